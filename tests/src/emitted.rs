//! What a host emits, held against what must never be in it: secrets and personal data.
//!
//! Every host of the suite is started here (`tests/suite/emitted.rs` sees to it), so that every test is one of this as well.

use std::{
    borrow::Cow,
    ops::Deref,
    path::Path,
    sync::{Arc, Mutex, PoisonError},
};

use midspan_host::{Host, HostError, HostOptions, RequestRecord, RunningHost, manifest::Manifest};
use midspan_sources::{Options, Population};

/// Shorter ones are in any text by chance.
const SHORTEST_SECRET: usize = 6;
/// How a leak is told on standard output, for who runs the host in a process of its own and kills it.
pub const LEAK: &str = "a leak: ";
/// Employees whose names are looked for; the tests call for some of the first.
const NAMED: u32 = 200;
/// Those that `tests/spin.toml` gives to components as they are.
const IN_MANIFESTS: [&str; 3] = ["p0st=&s3cret", "b4sic: +%&", "m1ddle"];
/// The start of a JSON Web Token: an object in Base64.
const TOKEN: &str = "eyJ";

/// What must not be emitted.
#[derive(Debug, Clone)]
pub struct Planted {
    texts: Arc<[String]>,
}

impl Planted {
    /// The values of an application's secrets (the variables that its manifest calls that), and the people of the emulated systems. `variables` are as for [`HostOptions::variables`].
    ///
    /// # Panics
    /// If the manifest is not valid.
    #[must_use]
    pub fn of(manifest: &Path, variables: &[String]) -> Self {
        let manifest = Manifest::load(manifest).expect("the manifest is valid");
        let given = variables.iter().filter_map(|variable| variable.split_once('='));
        let secret = given.filter(|(name, _)| manifest.variables.get(*name).is_some_and(|one| one.secret));
        let secrets = secret.map(|(_, value)| value).chain(IN_MANIFESTS).map(str::to_owned);
        let population = Population::new(Options::default().seed);
        let people = (1..=NAMED).filter_map(|number| population.employee(number));
        let personal = people.flat_map(|one| [one.display_name(), one.mail(), one.phone()]);
        let texts = secrets.filter(|value| value.len() >= SHORTEST_SECRET).chain(personal);
        Self {
            texts: texts.chain([TOKEN.to_owned()]).collect(),
        }
    }

    /// The first of them that is in a text.
    #[must_use]
    pub fn in_text<'t>(&'t self, text: &'t str) -> Option<&'t str> {
        let whole = self
            .texts
            .iter()
            .map(String::as_str)
            .find(|planted| text.contains(planted));
        whole.or_else(|| employee_number(text))
    }

    /// Fails the test if one of them is in a text.
    ///
    /// # Panics
    /// In that case.
    pub fn check(&self, text: &str) {
        if let Some(planted) = self.in_text(text) {
            panic!("{planted:?} must not be in {text}");
        }
    }
}

/// `E` and six digits, alone: as payroll knows somebody.
fn employee_number(text: &str) -> Option<&str> {
    let is_word = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = text.as_bytes();
    let starts = (0..bytes.len()).filter(|at| bytes[*at] == b'E' && (*at == 0 || !is_word(bytes.get(at - 1))));
    starts
        .filter_map(|at| text.get(at..at + 7).filter(|_| !is_word(bytes.get(at + 7))))
        .find(|word| word[1..].bytes().all(|byte| byte.is_ascii_digit()))
}

/// A host under test. When it is gone, the test fails if it has emitted anything planted.
pub struct Watched {
    host: Option<RunningHost>,
    emitted: Arc<Emitted>,
}

struct Emitted {
    planted: Planted,
    leaks: Mutex<Vec<String>>,
}

impl Watched {
    /// As [`Host::start`].
    ///
    /// # Errors
    /// As [`Host::start`].
    pub async fn start(manifest: impl AsRef<Path>, options: HostOptions) -> Result<Self, HostError> {
        let emitted = Arc::new(Emitted {
            planted: Planted::of(manifest.as_ref(), &options.variables),
            leaks: Mutex::default(),
        });
        let host = Host::start(manifest, emitted.see(options)).await?;
        Ok(Self {
            host: Some(host),
            emitted,
        })
    }

    /// As [`RunningHost::shutdown`].
    pub async fn shutdown(mut self) {
        if let Some(host) = self.host.take() {
            host.shutdown().await;
        }
    }
}

impl Deref for Watched {
    type Target = RunningHost;

    fn deref(&self) -> &RunningHost {
        self.host.as_ref().expect("it runs until it is shut down")
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let leaks = self.emitted.leaks.lock().unwrap_or_else(PoisonError::into_inner);
        if !std::thread::panicking() {
            assert!(
                leaks.is_empty(),
                "the host has emitted what it must not:\n{}",
                leaks.join("\n")
            );
        }
    }
}

impl Emitted {
    /// Every line of every component, all that the host says, and what it says of each request.
    fn see(self: &Arc<Self>, mut options: HostOptions) -> HostOptions {
        let (seen, on_output) = (self.clone(), options.on_output.take());
        options.on_output = Some(Arc::new(move |line| {
            seen.look(line.component, line.line);
            if let Some(told) = &on_output {
                told(line);
            }
        }));
        let (seen, on_log) = (self.clone(), options.on_log.take());
        options.on_log = Some(Arc::new(move |line| {
            seen.look("the host", &line.message);
            if let Some(told) = &on_log {
                told(line);
            }
        }));
        let (seen, on_request) = (self.clone(), options.on_request.take());
        options.on_request = Some(Arc::new(move |record| {
            seen.look("of a request", &access_line(record));
            if let Some(told) = &on_request {
                told(record);
            }
        }));
        options
    }

    fn look(&self, who: &str, text: &str) {
        if let Some(planted) = self.planted.in_text(text) {
            let leak = format!("{planted:?} in what {who} says: {text}");
            println!("{LEAK}{leak}");
            self.leaks.lock().unwrap_or_else(PoisonError::into_inner).push(leak);
        }
    }
}

/// What is shown of a request: all of its record but the path, which the record calls personal.
fn access_line(record: &RequestRecord) -> String {
    let or_none = |text: &Option<String>| {
        text.as_deref()
            .map_or(Cow::Borrowed("-"), |text| text.to_owned().into())
    };
    format!(
        "{} {} {} {} {} {}",
        record.method,
        or_none(&record.route),
        record.status,
        or_none(&record.component),
        or_none(&record.correlation_id),
        or_none(&record.error),
    )
}
