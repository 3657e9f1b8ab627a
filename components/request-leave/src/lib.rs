//! RequestLeave.

use midspan::prelude::*;
use systems::{
    PAYROLL,
    access::{self, EMPLOYEES, PROGRAMS},
    leave::{self, Kind, Status},
    payroll::{self, REQUEST_LEAVE, RequestLeaveFault},
};

/// Who wants to be away, and when.
#[input]
struct LeaveInput {
    /// Employee number
    ///
    /// As payroll knows it, such as E000042.
    #[path(max_length = 20)]
    employee_id: String,
    /// Leave
    #[body]
    leave: Leave,
}

/// When to be away, and why.
#[derive(Debug, Data)]
struct Leave {
    /// First day
    from: Date,
    /// Last day
    to: Date,
    /// Kind
    kind: Kind,
    /// Comment
    #[data(max_length = 500)]
    comment: Option<String>,
}

/// What payroll made of it.
#[derive(Debug, PartialEq, Data)]
struct Receipt {
    /// Number of the request
    request_id: i32,
    /// Status
    status: Status,
    /// Working days
    days: f64,
}

/// Request leave
///
/// Asks for leave; a manager decides. Nothing is asked for if there are fewer days left. A call that is repeated with its
/// key asks once.
#[operation(
    post = "/employees/{employee_id}/leave/requests",
    auth = [EMPLOYEES, PROGRAMS],
    sources = [PAYROLL],
    deadline = "8s",
    idempotent = "24h",
    visibility = "important"
)]
async fn request_leave(ctx: Context, input: LeaveInput) -> Result<Accepted<Receipt>> {
    access::may_change(&ctx, &input.employee_id)?;
    let leave = input.leave;
    if leave.from > leave.to {
        return Err(Error::bad_input("to", "\"to\" must not be before \"from\"."));
    }
    let request = payroll::RequestLeave {
        employee_id: input.employee_id.clone(),
        from: leave.from,
        to: leave.to,
        kind: leave.kind.into(),
        comment: leave.comment,
    };
    let answer = ctx
        .source(&PAYROLL)
        .soap(&REQUEST_LEAVE, &request)
        .http(|call| call.invalidates(leave::tag(&input.employee_id)))
        .answer_or_fault()
        .await?;
    let receipt = answer.map_err(|fault| refused(&fault))?.request_leave_result;
    Ok(Accepted {
        location: None,
        retry_after: None,
        value: Receipt {
            request_id: receipt.request_id,
            status: receipt.status.into(),
            days: receipt.days.to_f64(),
        },
    })
}

fn refused(fault: &RequestLeaveFault) -> Error {
    match fault {
        RequestLeaveFault::InsufficientBalance(balance) => Error::conflict(format!(
            "There are only {} days left, and {} were asked for. Nothing was changed.",
            balance.remaining, balance.requested
        )),
        RequestLeaveFault::UnknownEmployee(unknown) => leave::unknown(unknown),
    }
}

#[cfg(test)]
mod tests {
    use midspan::testing::{Reply, Response, TestHost};
    use systems::payroll::{InsufficientBalance, LeaveReceipt, LeaveStatus, RequestLeaveResponse};

    use super::*;

    fn host(reply: Reply) -> TestHost {
        let host = systems::testing::host();
        host.on("payroll", "POST /LeaveService.svc", reply);
        host
    }

    fn ask(host: &TestHost, body: &'static str) -> Response {
        let request = http::Request::post("/employees/E000007/leave/requests").body(body.into());
        host.send::<RequestLeave>(request.unwrap())
    }

    const MONDAY: &str = r#"{"from": "2026-07-06", "to": "2026-07-06", "kind": "vacation", "comment": "Ü & Ö"}"#;

    #[test]
    fn a_request_is_accepted_with_its_number() {
        let receipt = LeaveReceipt {
            request_id: 7,
            status: LeaveStatus::Pending,
            days: 1.into(),
        };
        let host = host(Reply::soap(&RequestLeaveResponse {
            request_leave_result: receipt,
        }));
        let answer = ask(&host, MONDAY);
        assert_eq!(answer.status(), 202, "{}", answer.text());
        assert_eq!(answer.json::<Receipt>().status, Status::Pending);
        let asked = host.requests("payroll")[0].soap::<payroll::RequestLeave>();
        assert_eq!(asked.comment.as_deref(), Some("Ü & Ö"));
    }

    #[test]
    fn what_is_not_left_is_a_conflict_that_says_how_much_is() {
        let fault = RequestLeaveFault::InsufficientBalance(InsufficientBalance {
            requested: 9.into(),
            remaining: 2.into(),
        });
        let answer = ask(&host(Reply::soap_fault("Client", "No.", &fault)), MONDAY);
        assert_eq!(answer.status(), 409);
        let message = "There are only 2 days left, and 9 were asked for. Nothing was changed.";
        assert_eq!(answer.error().message, message);
    }

    #[test]
    fn a_request_is_never_sent_twice() {
        let host = host(Reply::json(503, ""));
        assert_eq!(ask(&host, MONDAY).error().error.code, ErrorCode::SourceFailed);
        assert_eq!(host.requests("payroll").len(), 1);
    }

    #[test]
    fn a_request_of_which_payroll_said_nothing_is_not_asked_again_in_the_dark() {
        let host = host(Reply::hang());
        let ask = || {
            let request = http::Request::post("/employees/E000007/leave/requests");
            let request = request.header("x-ms-client-request-id", "flow-1");
            host.send::<RequestLeave>(request.body(MONDAY.into()).unwrap())
        };
        assert_eq!(ask().error().error.code, ErrorCode::SourceTimeout);
        assert_eq!(ask().error().error.code, ErrorCode::OutcomeUnknown);
        assert_eq!(host.requests("payroll").len(), 1);
    }

    #[test]
    fn a_period_that_ends_before_it_starts_is_the_callers_mistake() {
        let body = r#"{"from": "2026-07-06", "to": "2026-07-05", "kind": "sick"}"#;
        assert_eq!(
            ask(&systems::testing::host(), body).error().error.target.as_deref(),
            Some("to")
        );
    }

    #[test]
    fn leave_is_asked_for_by_whose_it_is() {
        systems::testing::assert_changed_by_owner(|caller| {
            let host = host(Reply::soap(&RequestLeaveResponse {
                request_leave_result: LeaveReceipt {
                    request_id: 7,
                    status: LeaveStatus::Pending,
                    days: 1.into(),
                },
            }));
            host.calls_as(caller);
            let answer = ask(&host, MONDAY);
            assert_eq!(host.requests("payroll").len(), usize::from(answer.status() == 202));
            answer
        });
    }
}
