//! Who calls in the unit tests of operations.

use midspan::{
    Caller, ErrorCode,
    testing::{Response, TestHost},
};

use crate::access::{READ_ALL, READ_WRITE_ALL};

/// A scripted host that is called by a program that may do everything.
#[must_use]
pub fn host() -> TestHost {
    let host = TestHost::new();
    host.calls_as(program(&[
        READ_WRITE_ALL,
        "Notifications.Send",
        "Subscriptions.Read.All",
    ]));
    host
}

/// A program with a key that has these roles.
#[must_use]
pub fn program(roles: &[&str]) -> Caller {
    let program = Caller::application("tests");
    roles.iter().fold(program, |program, role| program.with_role(*role))
}

/// The employee with this number, who has signed in.
#[must_use]
pub fn employee(number: &str) -> Caller {
    Caller::user(format!("object-id-of-{number}"))
        .with_scope("access_as_user")
        .with_claim("employeeid", number)
}

/// Checks that what `ask` asks about E000007, as some caller, is told to that employee and to whoever may read about all.
///
/// # Panics
/// If it is told to others, or not to these.
pub fn assert_read_by_owner(ask: impl Fn(Caller) -> Response) {
    assert_own(&ask, &[READ_ALL, READ_WRITE_ALL], &[]);
}

/// The same where something is changed: whoever may only read may not.
///
/// # Panics
/// If others may change it, or these may not.
pub fn assert_changed_by_owner(ask: impl Fn(Caller) -> Response) {
    assert_own(&ask, &[READ_WRITE_ALL], &[READ_ALL]);
}

/// Checks that what `ask` asks, as some caller, is told that it needs this role, and that with it the call gets as far as the
/// error `then`.
///
/// # Panics
/// If others are admitted, or who has the role is not.
pub fn assert_needs_role(role: &str, then: ErrorCode, ask: impl Fn(Caller) -> Response) {
    for caller in [employee("E000007"), program(&[READ_WRITE_ALL])] {
        let answer = ask(caller);
        assert_eq!(answer.status(), 403, "{}", answer.text());
        assert!(
            answer.error().message.contains(&format!("{role:?}")),
            "{}",
            answer.text()
        );
    }
    let answer = ask(program(&[role]));
    assert_eq!(answer.error().error.code, then, "{}", answer.text());
}

fn assert_own(ask: &impl Fn(Caller) -> Response, sufficient: &[&str], others: &[&str]) {
    let admits = |caller: Caller| {
        let shown = format!("{caller:?}");
        let answer = ask(caller);
        assert!(answer.status() < 300, "{shown}: {}", answer.text());
    };
    let refuses = |caller: Caller, why: &str| {
        let shown = format!("{caller:?}");
        let answer = ask(caller);
        assert_eq!(answer.status(), 403, "{shown}: {}", answer.text());
        let error = answer.error();
        assert_eq!(error.error.code, ErrorCode::Forbidden);
        assert!(
            error.message.contains(why) && error.message.contains(sufficient[0]),
            "{}",
            error.message
        );
    };
    admits(employee("E000007"));
    admits(employee("e000007"));
    refuses(employee("E000008"), "of yourself only");
    refuses(employee("E00000"), "of yourself only");
    // An employee whose token does not say which, and a program that says it is one.
    refuses(Caller::user("o-7").with_scope("access_as_user"), "claim \"employeeid\"");
    refuses(program(&[]).with_claim("employeeid", "E000007"), "The key needs");
    for role in sufficient {
        admits(program(&[role]));
        admits(employee("E000008").with_role(*role));
    }
    for role in others {
        refuses(program(&[role]), "The key needs");
        refuses(employee("E000008").with_role(*role), "of yourself only");
    }
}
