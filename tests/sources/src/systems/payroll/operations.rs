//! What the service does: read a balance, ask for leave, give out a payslip.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use roxmltree::Node;

use super::envelope::{Fault, SERVICE, TYPES, escaped};
use super::payslip;
use crate::population::{Employee, Leave, LeaveEntry, Moment, Population};

/// What is in the body of an answer, and the document that goes with it.
pub(super) struct Answer {
    pub(super) body: String,
    pub(super) attachment: Option<Vec<u8>>,
}

/// What was asked for since the start, by employee and year.
type Requested = HashMap<(u32, i64), Vec<LeaveEntry>>;

pub(super) struct Operations {
    population: Arc<Population>,
    requested: Mutex<Requested>,
}

impl Operations {
    pub(super) fn new(population: Arc<Population>) -> Self {
        Self {
            population,
            requested: Mutex::default(),
        }
    }

    /// The answer of the operation that an action names; `None` where there is no such operation.
    pub(super) fn answer(&self, operation: &str, content: Node<'_, '_>) -> Option<Result<Answer, Fault>> {
        let (names, answer): (&[&str], fn(&Self, &Arguments) -> _) = match operation {
            "GetBalance" => (&["employeeId", "year"], Self::get_balance),
            "RequestLeave" => (&["employeeId", "from", "to", "kind", "comment"], Self::request_leave),
            "GetPayslip" => (&["employeeId", "month"], Self::get_payslip),
            _ => return None,
        };
        Some(Arguments::read(content, operation, names).and_then(|arguments| answer(self, &arguments)))
    }

    fn get_balance(&self, arguments: &Arguments) -> Result<Answer, Fault> {
        let employee = self.employee(arguments)?;
        let year = match arguments.optional("year") {
            None => 2026,
            Some(year) => year.parse::<i32>().map_err(|_| arguments.bad("year", "Int32"))?.into(),
        };
        let leave = self.leave(&employee, year);
        let carried_over = match leave.carried_over {
            Some(halves) => format!("<t:carriedOver>{}</t:carriedOver>", days(halves)),
            None => "<t:carriedOver xsi:nil=\"true\"/>".to_owned(),
        };
        let entries: String = leave.entries.iter().map(entry).collect();
        // A list without anything in it is left out.
        let entries = match entries.as_str() {
            "" => String::new(),
            entries => format!("<t:entries>{entries}</t:entries>"),
        };
        Ok(result(
            "GetBalance",
            &format!(" asOf=\"{}\" unit=\"days\"", date(Moment::NOW)),
            &format!(
                "<t:employeeId>{}</t:employeeId><t:year>{year}</t:year><t:entitlement>{}</t:entitlement>{carried_over}\
                 <t:taken>{}</t:taken><t:remaining>{}</t:remaining>{entries}",
                employee.employee_id(),
                days(leave.entitlement),
                days(leave.taken()),
                days(leave.remaining())
            ),
        ))
    }

    fn request_leave(&self, arguments: &Arguments) -> Result<Answer, Fault> {
        let employee = self.employee(arguments)?;
        let day = |name: &str| {
            let text = arguments.required(name)?;
            text.parse::<Moment>().map_err(|_| arguments.bad(name, "DateTime"))
        };
        let (from, to) = (day("from")?, day("to")?);
        let kind = match arguments.required("kind")? {
            "Vacation" => "Vacation",
            "Sick" => "Sick",
            "Parental" => "Parental",
            "Unpaid" => "Unpaid",
            _ => return Err(arguments.bad("kind", "LeaveKind")),
        };
        if from > to || to.day_number() - from.day_number() > 366 {
            return Err(Fault::typed(
                "The period ends before it starts, or is longer than a year.",
                String::new(),
            ));
        }
        let working = (from.day_number()..=to.day_number()).filter(|day| Moment::day(*day).is_weekday());
        let halves = u32::try_from(working.count()).unwrap_or(u32::MAX / 2) * 2;
        let year = from.fields()[0];
        let mut requested = self.requested.lock().unwrap_or_else(PoisonError::into_inner);
        let remaining = with(
            &requested,
            &employee,
            year,
            self.population.leave(employee.number, year),
        )
        .remaining();
        if kind == "Vacation" && halves > remaining {
            return Err(insufficient(halves, remaining));
        }
        let ids: usize = requested.values().map(Vec::len).sum();
        let id = 1_000_000 + u32::try_from(ids).unwrap_or_default();
        requested.entry((employee.number, year)).or_default().push(LeaveEntry {
            id,
            kind,
            from,
            to,
            halves,
            approved: false,
            comment: arguments.optional("comment").map(str::to_owned),
        });
        Ok(result(
            "RequestLeave",
            "",
            &format!(
                "<t:requestId>{id}</t:requestId><t:status>Pending</t:status><t:days>{}</t:days>",
                days(halves)
            ),
        ))
    }

    fn get_payslip(&self, arguments: &Arguments) -> Result<Answer, Fault> {
        let employee = self.employee(arguments)?;
        let month = arguments.required("month")?;
        if format!("{month}-01").parse::<Moment>().is_err() {
            return Err(arguments.bad("month", "gYearMonth"));
        }
        let fields = format!(
            "<t:fileName>payslip-{}-{month}.pdf</t:fileName><t:document>{}</t:document>",
            employee.employee_id(),
            payslip::include()
        );
        Ok(Answer {
            attachment: Some(payslip::pdf(&employee, month)),
            ..result("GetPayslip", "", &fields)
        })
    }

    fn employee(&self, arguments: &Arguments) -> Result<Employee, Fault> {
        let id = arguments.required("employeeId")?;
        self.population.by_employee_id(id).ok_or_else(|| {
            let detail = format!(
                "<UnknownEmployee xmlns=\"{TYPES}\"><employeeId>{}</employeeId></UnknownEmployee>",
                escaped(id)
            );
            Fault::typed(format!("Payroll knows no employee '{id}'."), detail)
        })
    }

    fn leave(&self, employee: &Employee, year: i64) -> Leave {
        let requested = self.requested.lock().unwrap_or_else(PoisonError::into_inner);
        with(&requested, employee, year, self.population.leave(employee.number, year))
    }
}

/// Leave with what was asked for in addition.
fn with(requested: &Requested, employee: &Employee, year: i64, mut leave: Leave) -> Leave {
    let more = requested.get(&(employee.number, year)).into_iter().flatten();
    leave.entries.extend(more.cloned());
    leave
}

fn result(operation: &str, attributes: &str, fields: &str) -> Answer {
    Answer {
        body: format!(
            "<{operation}Response xmlns=\"{SERVICE}\"><{operation}Result xmlns:t=\"{TYPES}\"{attributes}>{fields}</{operation}Result>\
             </{operation}Response>"
        ),
        attachment: None,
    }
}

fn entry(entry: &LeaveEntry) -> String {
    let comment = match &entry.comment {
        Some(comment) => format!("<t:comment>{}</t:comment>", escaped(comment)),
        None => "<t:comment xsi:nil=\"true\"/>".to_owned(),
    };
    let status = if entry.approved { "Approved" } else { "Pending" };
    format!(
        "<t:entry id=\"{}\" kind=\"{}\" status=\"{status}\"><t:from>{}</t:from><t:to>{}</t:to><t:days>{}</t:days>{comment}</t:entry>",
        entry.id,
        entry.kind,
        date(entry.from),
        date(entry.to),
        days(entry.halves)
    )
}

fn insufficient(requested: u32, remaining: u32) -> Fault {
    let detail = format!(
        "<InsufficientBalance xmlns=\"{TYPES}\"><requested>{}</requested><remaining>{}</remaining></InsufficientBalance>",
        days(requested),
        days(remaining)
    );
    Fault::typed("There are fewer days left than were asked for.", detail)
}

/// Half days as days: `12.5`.
fn days(halves: u32) -> String {
    format!("{}.{}", halves / 2, if halves % 2 == 1 { 5 } else { 0 })
}

fn date(moment: Moment) -> String {
    moment.to_string()[..10].to_owned()
}

/// What an operation was called with. As the serializer of .NET does, it takes elements only in the order of the schema.
struct Arguments {
    operation: String,
    values: Vec<(String, Option<String>)>,
}

impl Arguments {
    fn read(content: Node<'_, '_>, operation: &str, names: &[&str]) -> Result<Self, Fault> {
        if !content.has_tag_name((SERVICE, operation)) {
            let found = content.tag_name().name();
            let why = format!(
                "OperationFormatter encountered an invalid Message body. Expected to find node type 'Element' with name \
                               '{operation}' and namespace '{SERVICE}'. Found node type 'Element' with name '{found}'."
            );
            return Err(Fault::bad_message(operation, &why));
        }
        let mut values = Vec::new();
        let mut expected = names.iter();
        for child in content.children().filter(Node::is_element) {
            let name = child.tag_name().name();
            if child.tag_name().namespace() != Some(SERVICE) || !expected.any(|known| *known == name) {
                let why = format!("Element '{name}' is not expected there.");
                return Err(Fault::bad_message(operation, &why));
            }
            let nil = child.attribute(("http://www.w3.org/2001/XMLSchema-instance", "nil")) == Some("true");
            values.push((
                name.to_owned(),
                (!nil).then(|| child.text().unwrap_or_default().to_owned()),
            ));
        }
        Ok(Self {
            operation: operation.to_owned(),
            values,
        })
    }

    fn optional(&self, name: &str) -> Option<&str> {
        let found = self.values.iter().find(|(key, _)| key == name);
        found.and_then(|(_, value)| value.as_deref())
    }

    fn required(&self, name: &str) -> Result<&str, Fault> {
        self.optional(name)
            .ok_or_else(|| Fault::bad_message(&self.operation, &format!("Element '{name}' is missing.")))
    }

    fn bad(&self, name: &str, kind: &str) -> Fault {
        Fault::bad_message(
            &self.operation,
            &format!("The value of '{name}' cannot be parsed as the type '{kind}'."),
        )
    }
}
