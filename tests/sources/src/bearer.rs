//! Who a bearer token speaks for. Signatures are not checked: these systems are emulated, and so are their callers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::population::{Employee, Population, TENANT_ID};

/// An access token that speaks for an employee: a JWT with the claims `upn`, `oid` and `tid` and a signature that is none.
#[must_use]
pub fn token_for(employee: &Employee) -> String {
    let part = |claims: Value| URL_SAFE_NO_PAD.encode(claims.to_string());
    let header = part(json!({"typ": "JWT", "alg": "RS256", "kid": "emulated"}));
    let claims = part(json!({"upn": employee.mail(), "oid": employee.id.to_string(), "tid": TENANT_ID}));
    format!("{header}.{claims}.bm90LWEtc2lnbmF0dXJl")
}

/// The employee of a token's `upn` or else `oid` claim; `None` for a service principal (any other token).
pub(crate) fn employee(population: &Population, token: &str) -> Option<Employee> {
    let claims = token.split('.').nth(1)?;
    let claims: Value = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).ok()?).ok()?;
    let by_upn = claims["upn"].as_str().and_then(|upn| population.by_upn(upn));
    by_upn.or_else(|| population.by_guid(claims["oid"].as_str()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_for_somebody_is_read_back_to_them() {
        let population = Population::new(1);
        let somebody = population.employee(42).expect("employee 42");
        assert_eq!(employee(&population, &token_for(&somebody)), Some(somebody));
    }

    #[test]
    fn an_object_id_alone_is_enough() {
        let population = Population::new(1);
        let somebody = population.employee(42).expect("employee 42");
        let claims = URL_SAFE_NO_PAD.encode(json!({"oid": somebody.id.to_string()}).to_string());
        assert_eq!(employee(&population, &format!("e30.{claims}.")), Some(somebody));
    }

    #[test]
    fn any_other_token_is_nobodys() {
        for token in ["app", "a.b.c", "e30.e30.e30", ".."] {
            assert_eq!(employee(&Population::new(1), token), None, "{token}");
        }
    }
}
