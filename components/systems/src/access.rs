//! Who may call the suite, and about whom.
//!
//! A connection of makers has one way to prove who calls, so that all operations take the same two. Whoever is admitted may
//! read what every colleague may see. About one employee, only they themselves are told, and those who have the role for
//! everybody.

use midspan::{Scheme, prelude::*};

/// Employees, who sign in.
pub static EMPLOYEES: Scheme = Scheme::entra_id("employees")
    .titled("Sign in")
    .scopes(&["access_as_user"]);

/// Programs, each with a key of its own.
pub static PROGRAMS: Scheme = Scheme::api_key_header("programs", "x-api-key").titled("API key");

/// May read about every employee.
pub const READ_ALL: &str = "Employees.Read.All";

/// May read and change what every employee has.
pub const READ_WRITE_ALL: &str = "Employees.ReadWrite.All";

/// The claim of a token that has the employee's number, as payroll knows it.
const EMPLOYEE_NUMBER: &str = "employeeid";

/// Goes on only with the employee themselves, or somebody who may read about all.
///
/// # Errors
/// `Forbidden` says what is missing.
pub fn may_read(ctx: &Context, employee_id: &str) -> Result<()> {
    check(ctx, employee_id, &[READ_ALL, READ_WRITE_ALL])
}

/// Goes on only with the employee themselves, or somebody who may act for all.
///
/// # Errors
/// `Forbidden` says what is missing.
pub fn may_change(ctx: &Context, employee_id: &str) -> Result<()> {
    check(ctx, employee_id, &[READ_WRITE_ALL])
}

/// Whether the caller may act for every employee, so that nobody has to find out for whom.
#[must_use]
pub fn may_change_all(ctx: &Context) -> bool {
    ctx.caller().has_role(READ_WRITE_ALL)
}

fn check(ctx: &Context, employee_id: &str, roles: &[&str]) -> Result<()> {
    let caller = ctx.caller();
    if roles.iter().any(|role| caller.has_role(role)) {
        return Ok(());
    }
    let role = roles[0];
    let number = caller.claim(EMPLOYEE_NUMBER).filter(|_| caller.is_user());
    let why = match number {
        // Payroll writes them in capitals; what somebody types may not be.
        Some(own) if own.eq_ignore_ascii_case(employee_id) => return Ok(()),
        Some(_) => format!("You may see this of yourself only. For others you need the role \"{role}\"."),
        None if caller.is_user() => format!(
            "Your sign-in does not say which employee you are. Ask an administrator to add the claim \"{EMPLOYEE_NUMBER}\" to \
             the connector's tokens, or for the role \"{role}\"."
        ),
        None => format!("This is about one employee. The key needs the role \"{role}\". Ask an administrator for it."),
    };
    Err(Error::new(ErrorCode::Forbidden, why))
}
