//! GetPayslip.

use midspan::prelude::*;
use systems::{
    PAYROLL,
    access::{self, EMPLOYEES, PROGRAMS},
    leave,
    payroll::{self, GET_PAYSLIP},
};

/// Whose payslip, and of which month.
#[input]
struct PayslipInput {
    /// Employee number
    ///
    /// As payroll knows it, such as E000042.
    #[path(max_length = 20)]
    employee_id: String,
    /// Month
    ///
    /// Such as 2026-02.
    #[path(min_length = 7, max_length = 7)]
    month: String,
}

/// Get a payslip
///
/// The payslip of a month, as a PDF document.
#[operation(get = "/employees/{employee_id}/payslips/{month}", auth = [EMPLOYEES, PROGRAMS], sources = [PAYROLL], deadline = "8s")]
async fn get_payslip(ctx: Context, input: PayslipInput) -> Result<Binary> {
    access::may_read(&ctx, &input.employee_id)?;
    if format!("{}-01", input.month).parse::<Date>().is_err() {
        let message = format!("\"month\" must be a month such as 2026-02, not \"{}\".", input.month);
        return Err(Error::bad_input("month", message));
    }
    let request = payroll::GetPayslip {
        employee_id: input.employee_id,
        month: input.month,
    };
    let operation = GET_PAYSLIP.read_only();
    let answer = ctx
        .source(&PAYROLL)
        .soap(&operation, &request)
        .answer_or_fault()
        .await?;
    let payslip = answer.map_err(|fault| leave::unknown(&fault))?.get_payslip_result;
    Ok(Binary {
        content: payslip.document.0,
        content_type: "application/pdf".to_owned(),
        etag: None,
    })
}

#[cfg(test)]
mod tests {
    use midspan::{
        source::soap::Base64,
        testing::{Reply, TestHost},
    };
    use systems::payroll::{GetPayslipResponse, Payslip};

    use super::*;

    fn host() -> TestHost {
        let host = systems::testing::host();
        let payslip = Payslip {
            file_name: "payslip.pdf".to_owned(),
            document: Base64("%PDF-1.4".into()),
        };
        let answer = Reply::soap(&GetPayslipResponse {
            get_payslip_result: payslip,
        });
        host.on("payroll", "POST /LeaveService.svc", answer);
        host
    }

    #[test]
    fn the_document_goes_out_as_it_is() {
        let answer = host().get::<GetPayslip>("/employees/E000007/payslips/2026-02");
        assert_eq!((answer.status(), answer.text().as_str()), (200, "%PDF-1.4"));
        assert_eq!(answer.header("content-type"), Some("application/pdf"));
    }

    #[test]
    fn a_month_that_is_none_is_the_callers_mistake() {
        let answer = systems::testing::host().get::<GetPayslip>("/employees/E000007/payslips/2026-13");
        assert_eq!(answer.error().error.target.as_deref(), Some("month"));
    }

    #[test]
    fn a_payslip_is_told_to_whose_it_is() {
        systems::testing::assert_read_by_owner(|caller| {
            let host = host();
            host.calls_as(caller);
            let answer = host.get::<GetPayslip>("/employees/E000007/payslips/2026-02");
            assert_eq!(host.requests("payroll").len(), usize::from(answer.status() == 200));
            answer
        });
    }
}
