//! Leave, from payroll.

use midspan::{prelude::*, source::soap::Decimal};

use crate::{
    PAYROLL, kept,
    payroll::{self, GET_BALANCE, GetBalance, UnknownEmployee},
};

/// How many days of leave somebody has in a year.
#[derive(Debug, PartialEq, Data)]
pub struct Balance {
    /// Year
    pub year: i32,
    /// Days of the year
    pub entitlement: f64,
    /// Days left over from the year before
    pub carried_over: Option<f64>,
    /// Days taken
    pub taken: f64,
    /// Days left
    pub remaining: f64,
    /// Entries
    ///
    /// Leave that was taken or asked for.
    pub entries: Vec<Entry>,
}

/// Leave that was taken or asked for.
#[derive(Debug, PartialEq, Data)]
pub struct Entry {
    /// First day
    pub from: Date,
    /// Last day
    pub to: Date,
    /// Working days
    pub days: f64,
    /// Kind
    pub kind: Kind,
    /// Status
    pub status: Status,
    /// Comment
    pub comment: Option<String>,
}

/// What leave is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Data)]
pub enum Kind {
    /// Vacation
    Vacation,
    /// Sick
    Sick,
    /// Parental
    Parental,
    /// Unpaid
    Unpaid,
}

/// Whether a manager has agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Data)]
pub enum Status {
    /// Pending
    Pending,
    /// Approved
    Approved,
}

/// The balance of the employee with this number; this year's unless told.
///
/// # Errors
/// Those of the source; `NotFound` if payroll does not know the number.
pub async fn balance(ctx: &Context, employee_id: &str, year: Option<i32>) -> Result<Balance> {
    let request = GetBalance {
        employee_id: employee_id.to_owned(),
        year,
    };
    let operation = GET_BALANCE.read_only();
    let answer = ctx
        .source(&PAYROLL)
        .soap(&operation, &request)
        .http(|call| call.cached(kept::OWN).tag(tag(employee_id)))
        .answer_or_fault()
        .await?;
    match answer {
        Ok(answer) => Ok(answer.get_balance_result.into()),
        Err(fault) => Err(unknown(&fault)),
    }
}

/// The name of what payroll knows of somebody's leave, for whoever changes it.
#[must_use]
pub fn tag(employee_id: &str) -> String {
    format!("leave:{employee_id}")
}

/// What to tell where payroll does not know an employee number. It is payroll's failure: elsewhere the number may be known.
#[must_use]
pub fn unknown(fault: &UnknownEmployee) -> Error {
    let id = &fault.employee_id;
    Error::not_found(format!("Payroll knows nobody with the number \"{id}\".")).with_source("payroll", None)
}

impl From<payroll::Balance> for Balance {
    fn from(balance: payroll::Balance) -> Self {
        let entries = balance.entries.map(|list| list.entry).unwrap_or_default();
        Self {
            year: balance.year,
            entitlement: balance.entitlement.to_f64(),
            carried_over: balance.carried_over.as_ref().map(Decimal::to_f64),
            taken: balance.taken.to_f64(),
            remaining: balance.remaining.to_f64(),
            entries: entries.into_iter().map(Entry::from).collect(),
        }
    }
}

impl From<payroll::Entry> for Entry {
    fn from(entry: payroll::Entry) -> Self {
        Self {
            from: entry.from,
            to: entry.to,
            days: entry.days.to_f64(),
            kind: entry.kind.into(),
            status: entry.status.into(),
            comment: entry.comment.filter(|text| !text.is_empty()),
        }
    }
}

impl From<payroll::LeaveKind> for Kind {
    fn from(kind: payroll::LeaveKind) -> Self {
        match kind {
            payroll::LeaveKind::Vacation => Self::Vacation,
            payroll::LeaveKind::Sick => Self::Sick,
            payroll::LeaveKind::Parental => Self::Parental,
            payroll::LeaveKind::Unpaid => Self::Unpaid,
        }
    }
}

impl From<Kind> for payroll::LeaveKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Vacation => Self::Vacation,
            Kind::Sick => Self::Sick,
            Kind::Parental => Self::Parental,
            Kind::Unpaid => Self::Unpaid,
        }
    }
}

impl From<payroll::LeaveStatus> for Status {
    fn from(status: payroll::LeaveStatus) -> Self {
        match status {
            payroll::LeaveStatus::Pending => Self::Pending,
            payroll::LeaveStatus::Approved => Self::Approved,
        }
    }
}
