//! A service for leave, and an operation that asks it.

use midspan::{prelude::*, source::soap, testing::Reply};

pub(crate) const NAMESPACE: &str = "http://contoso.com/leave";

pub(crate) static PAYROLL: Source = Source::soap("payroll").titled("Payroll");

pub(crate) const GET_BALANCE: soap::Operation<GetBalance, GetBalanceResponse> =
    soap::Operation::new("http://contoso.com/leave/GetBalance").read_only();

#[derive(Debug, PartialEq, Xml)]
#[xml(namespace = NAMESPACE, rename_all = "PascalCase")]
pub(crate) struct GetBalance {
    pub(crate) employee_id: String,
}

#[derive(Debug, PartialEq, Xml)]
#[xml(namespace = NAMESPACE, rename_all = "PascalCase")]
pub(crate) struct GetBalanceResponse {
    #[xml(attribute)]
    pub(crate) year: Option<i32>,
    pub(crate) days: soap::Decimal,
    #[xml(nillable)]
    pub(crate) expires: Option<Date>,
    pub(crate) entry: Vec<Entry>,
}

#[derive(Debug, PartialEq, Xml)]
#[xml(namespace = NAMESPACE, rename_all = "PascalCase")]
pub(crate) struct Entry {
    pub(crate) from: Date,
    pub(crate) note: Option<String>,
}

/// Whose leave.
#[input]
pub(crate) struct BalanceInput {
    /// Employee
    #[path]
    id: String,
}

#[derive(Data)]
pub(crate) struct Balance {
    pub(crate) year: Option<i32>,
    pub(crate) days: f64,
    pub(crate) expires: Option<Date>,
    pub(crate) from: Vec<Date>,
    pub(crate) notes: Vec<Option<String>>,
}

/// Get the balance
#[operation(get = "/balance/{id}", auth = none, sources = [PAYROLL])]
pub(crate) async fn get_leave(ctx: Context, input: BalanceInput) -> Result<Balance> {
    let request = GetBalance { employee_id: input.id };
    let answer = ctx.source(&PAYROLL).soap(&GET_BALANCE, &request).answer().await?;
    Ok(Balance {
        year: answer.year,
        days: answer.days.to_f64(),
        expires: answer.expires,
        from: answer.entry.iter().map(|entry| entry.from).collect(),
        notes: answer.entry.into_iter().map(|entry| entry.note).collect(),
    })
}

/// A text as the answer of the service.
pub(crate) fn answers(host: &midspan::testing::TestHost, reply: Reply) -> midspan::testing::Response {
    host.on("payroll", "POST /", reply);
    host.get::<GetLeave>("/balance/E1")
}

/// The content of a body in an envelope of SOAP 1.1.
pub(crate) fn envelope(body: &str) -> String {
    format!("<s:Envelope xmlns:s='http://schemas.xmlsoap.org/soap/envelope/'><s:Body>{body}</s:Body></s:Envelope>")
}
