//! GetLeave.

use midspan::prelude::*;
use systems::{
    PAYROLL,
    access::{self, EMPLOYEES, PROGRAMS},
    leave::{self, Balance},
};

/// Whose leave.
#[input]
struct LeaveInput {
    /// Employee number
    ///
    /// As payroll knows it, such as E000042.
    #[path(max_length = 20)]
    employee_id: String,
    /// Year
    ///
    /// This year unless given.
    #[query(min = 2000, max = 2100)]
    year: Option<i32>,
}

/// Get leave
///
/// How many days of leave somebody has in a year, how many are left, and what was taken.
#[operation(
    get = "/employees/{employee_id}/leave",
    auth = [EMPLOYEES, PROGRAMS],
    sources = [PAYROLL],
    deadline = "5s",
    visibility = "important"
)]
async fn get_leave(ctx: Context, input: LeaveInput) -> Result<Balance> {
    access::may_read(&ctx, &input.employee_id)?;
    leave::balance(&ctx, &input.employee_id, input.year).await
}

#[cfg(test)]
mod tests {
    use midspan::testing::{Reply, TestHost};
    use systems::{
        leave::{Kind, Status},
        payroll::{self, ArrayOfEntry, GetBalance, GetBalanceResponse, UnknownEmployee},
    };

    use super::*;

    const ROUTE: &str = "POST /LeaveService.svc";

    fn host(reply: Reply) -> TestHost {
        let host = systems::testing::host();
        host.on("payroll", ROUTE, reply);
        host
    }

    fn day(text: &str) -> Date {
        text.parse().unwrap()
    }

    #[test]
    fn a_balance_is_told_in_days_with_what_was_taken() {
        let entry = payroll::Entry {
            id: 1,
            kind: payroll::LeaveKind::Vacation,
            status: payroll::LeaveStatus::Approved,
            from: day("2026-01-05"),
            to: day("2026-01-07"),
            days: 3.into(),
            comment: None,
        };
        let balance = payroll::Balance {
            year: 2026,
            entitlement: 28.into(),
            taken: 3.into(),
            remaining: 25.into(),
            entries: Some(ArrayOfEntry { entry: vec![entry] }),
            ..payroll::Balance::default()
        };
        let host = host(Reply::soap(&GetBalanceResponse {
            get_balance_result: balance,
        }));
        let balance: Balance = host.get::<GetLeave>("/employees/E000007/leave?year=2026").json();
        assert_eq!(
            (balance.entitlement, balance.carried_over, balance.remaining),
            (28.0, None, 25.0)
        );
        let entry = &balance.entries[0];
        assert_eq!(
            (entry.kind, entry.status, entry.days),
            (Kind::Vacation, Status::Approved, 3.0)
        );
        let asked = host.requests("payroll")[0].soap::<GetBalance>();
        assert_eq!((asked.employee_id.as_str(), asked.year), ("E000007", Some(2026)));
    }

    #[test]
    fn somebody_whom_payroll_does_not_know_is_a_404_that_says_so() {
        let fault = UnknownEmployee {
            employee_id: "E999999".to_owned(),
        };
        let host = host(Reply::soap_fault("Client", "Payroll knows no employee.", &fault));
        let answer = host.get::<GetLeave>("/employees/E999999/leave");
        assert_eq!(answer.status(), 404);
        assert_eq!(
            answer.error().message,
            "Payroll knows nobody with the number \"E999999\"."
        );
    }

    #[test]
    fn leave_is_told_to_whose_it_is() {
        systems::testing::assert_read_by_owner(|caller| {
            let host = host(Reply::soap(&GetBalanceResponse::default()));
            host.calls_as(caller);
            let answer = host.get::<GetLeave>("/employees/E000007/leave");
            assert_eq!(host.requests("payroll").len(), usize::from(answer.status() == 200));
            answer
        });
    }
}
