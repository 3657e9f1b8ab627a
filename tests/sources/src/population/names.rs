//! Names and places of many cultures, so that answers are full of what breaks naive code: accents, apostrophes, hyphens,
//! other scripts, right-to-left text, family names that come first.

/// Where a person comes from: names, language, the office that people of this culture mostly work in.
#[derive(Debug)]
pub(super) struct Culture {
    pub(super) language: &'static str,
    pub(super) country: &'static str,
    pub(super) city: &'static str,
    pub(super) dialling_code: &'static str,
    /// The family name is written before the given name.
    pub(super) family_first: bool,
    pub(super) given: &'static [&'static str],
    pub(super) family: &'static [&'static str],
}

macro_rules! culture {
    ($language:literal $country:literal $city:literal $code:literal $family_first:literal [$($given:literal)*] [$($family:literal)*]) => {
        Culture {
            language: $language,
            country: $country,
            city: $city,
            dialling_code: $code,
            family_first: $family_first,
            given: &[$($given),*],
            family: &[$($family),*],
        }
    };
}

pub(super) static CULTURES: &[Culture] = &[
    culture!("en-US" "US" "Seattle" "+1 206" false
        ["Ava" "Noah" "Olivia" "Liam" "Emma" "Mason" "Harper" "Ethan" "Grace" "Logan" "Mary-Kate" "DeShawn"]
        ["Anderson" "Brooks" "Carter" "Davis" "Foster" "Hughes" "Jackson" "Miller" "Reed" "Turner" "Washington" "Young"]),
    culture!("en-IE" "IE" "Dublin" "+353 1" false
        ["Aoife" "Ciarán" "Niamh" "Seán" "Siobhán" "Pádraig" "Róisín" "Conor" "Gráinne" "Eoin"]
        ["O'Brien" "Murphy" "O'Connor" "Byrne" "Ní Dhomhnaill" "Fitzgerald" "Ó Súilleabháin" "Kavanagh" "Doyle" "McCarthy"]),
    culture!("de-DE" "DE" "München" "+49 89" false
        ["Jürgen" "Sören" "Käthe" "Björn" "Anneliese" "Günther" "Lieselotte" "Matthias" "Ursula" "Klaus-Peter"]
        ["Müller" "Weiß" "Schröder" "Schäfer" "Großmann" "Köhler" "von Bülow" "Kühn" "Strauß" "Meyer-Lüdenscheidt"]),
    culture!("fr-FR" "FR" "Lyon" "+33 4" false
        ["Zoé" "François" "Amélie" "Benoît" "Chloé" "Loïc" "Maëlle" "Jérôme" "Anaïs" "Jean-Noël"]
        ["Lefèvre" "Dubois" "Béranger" "D'Arcy" "Gauthier" "L'Hôpital" "Moreau" "Péron" "Rousseau" "Saint-Étienne"]),
    culture!("es-MX" "MX" "Guadalajara" "+52 33" false
        ["José" "María José" "Ángel" "Begoña" "Íñigo" "Lucía" "Ramón" "Sofía" "Tomás" "Ximena"]
        ["García Márquez" "Muñoz" "Núñez" "Peña" "Hernández" "Ibáñez" "López de la Cruz" "Ordóñez" "Gutiérrez" "Zúñiga"]),
    culture!("pl-PL" "PL" "Kraków" "+48 12" false
        ["Łukasz" "Małgorzata" "Paweł" "Agnieszka" "Stanisław" "Bożena" "Michał" "Żaneta" "Grzegorz" "Święcisława"]
        ["Wiśniewski" "Dąbrowska" "Kowalczyk" "Szymański" "Źrebiec" "Woźniak" "Kozłowska" "Jabłoński" "Grześkowiak" "Łoś"]),
    culture!("tr-TR" "TR" "İzmir" "+90 232" false
        ["Çağla" "İbrahim" "Şule" "Gökhan" "Ayşe" "Ömer" "Büşra" "Uğur" "Işıl" "Ilgın"]
        ["Yılmaz" "Şahin" "Öztürk" "Çelik" "Güneş" "Kılıç" "Doğan" "Aydın" "Işık" "Ünal"]),
    culture!("sv-SE" "SE" "Göteborg" "+46 31" false
        ["Åsa" "Örjan" "Märta" "Göran" "Annika" "Håkan" "Linnéa" "Björn" "Ylva" "Tor-Åke"]
        ["Åkesson" "Sjöberg" "Löfgren" "Öberg" "Håkansson" "Nyström" "Hägglund" "Björk" "Lindström" "Ångström"]),
    culture!("el-GR" "GR" "Θεσσαλονίκη" "+30 231" false
        ["Ελένη" "Γιώργος" "Αικατερίνη" "Νίκος" "Σοφία" "Δημήτρης" "Ιωάννα" "Παναγιώτης"]
        ["Παπαδοπούλου" "Οικονόμου" "Γεωργίου" "Νικολάου" "Αγγελόπουλος" "Μακρής" "Κωνσταντίνου" "Ψαρράς"]),
    culture!("uk-UA" "UA" "Львів" "+380 32" false
        ["Олена" "Андрій" "Соломія" "Тарас" "Ганна" "Богдан" "Їванна" "Юрій"]
        ["Шевченко" "Ковальчук" "Мельник" "Лук'яненко" "Гриценко" "Єфименко" "Щербак" "Д'яченко"]),
    culture!("hi-IN" "IN" "पुणे" "+91 20" false
        ["आरव" "दीपिका" "राजेश" "प्रिया" "सुरेश" "अनन्या" "विक्रम" "लक्ष्मी"]
        ["शर्मा" "पटेल" "कुलकर्णी" "चतुर्वेदी" "जोशी" "देशपांडे" "मिश्रा" "वर्मा"]),
    culture!("ar-EG" "EG" "القاهرة" "+20 2" false
        ["محمد" "فاطمة" "أحمد" "ليلى" "يوسف" "مريم" "خالد" "نور"]
        ["عبد الله" "حسن" "المصري" "السيد" "إبراهيم" "النجار" "فؤاد" "الشافعي"]),
    culture!("ja-JP" "JP" "大阪" "+81 6" true
        ["花子" "太郎" "さくら" "健一" "美咲" "翔太" "陽菜" "大輔"]
        ["山田" "佐藤" "鈴木" "高橋" "渡邊" "小林" "𠮷田" "齋藤"]),
    culture!("ko-KR" "KR" "부산" "+82 51" true
        ["민준" "서연" "지훈" "수빈" "현우" "하은" "도윤" "예진"]
        ["김" "이" "박" "최" "정" "강" "조" "윤"]),
    culture!("vi-VN" "VN" "Đà Nẵng" "+84 236" true
        ["Thị Hồng" "Văn Đức" "Ngọc Ánh" "Quốc Bảo" "Minh Châu" "Hữu Nghĩa" "Thùy Dương" "Tuấn Kiệt"]
        ["Nguyễn" "Trần" "Lê" "Phạm" "Đặng" "Vũ" "Bùi" "Đỗ"]),
    culture!("yo-NG" "NG" "Ìbàdàn" "+234 2" false
        ["Adébáyọ̀" "Fọláṣadé" "Olúwáṣeun" "Títílayọ̀" "Kọ́ládé" "Yétúndé" "Ṣadé" "Babátúndé"]
        ["Adéyẹmí" "Ọláníyan" "Akíndélé" "Oyèlọ́wọ̀" "Ògúnlẹ́sì" "Ajàyí" "Ṣóyínká" "Bámgbóṣé"]),
];

/// A department with the titles of those in it who manage nobody.
pub(super) static DEPARTMENTS: &[(&str, &[&str])] = &[
    (
        "Engineering",
        &[
            "Software Engineer",
            "Senior Software Engineer",
            "Site Reliability Engineer",
            "Test Engineer",
        ],
    ),
    (
        "Research & Development",
        &["Scientist", "Laboratory Technician", "Research Fellow"],
    ),
    (
        "Sales",
        &["Account Executive", "Sales Representative", "Pre-Sales Consultant"],
    ),
    ("Marketing", &["Content Editor", "Campaign Planner", "Brand Designer"]),
    ("Finance", &["Accountant", "Payroll Specialist", "Controller"]),
    (
        "Human Resources",
        &["Recruiter", "People Partner", "Learning Specialist"],
    ),
    (
        "Operations",
        &[
            "Shift Lead",
            "Logistics Planner",
            "Plant Operator",
            "Maintenance Technician",
        ],
    ),
    (
        "Customer Service",
        &["Service Agent", "Support Engineer", "Complaints Specialist"],
    ),
    ("Legal", &["Counsel", "Paralegal"]),
    (
        "Information Technology",
        &["System Administrator", "Service Desk Analyst", "Data Engineer"],
    ),
];
