//! SearchAccounts.

use std::time::Duration;

use futures_util::future::try_join_all;
use midspan::{
    prelude::*,
    source::{
        Keys,
        odata::{Guid, Query, field},
    },
};
use systems::{
    DATAVERSE,
    access::{EMPLOYEES, PROGRAMS},
};

/// A search through all accounts takes longer than the reading of a few rows.
const SEARCH: Duration = Duration::from_secs(4);

/// Which accounts to look for.
#[input]
struct SearchInput {
    /// Text
    ///
    /// A part of the account's name.
    #[query(min_length = 2, max_length = 100)]
    text: String,
    /// Most results
    #[query(default = 50, min = 1, max = 200)]
    top: u32,
}

/// What was found.
#[derive(Debug, PartialEq, Data)]
struct Accounts {
    /// Accounts
    value: Vec<Account>,
}

/// A customer.
#[derive(Debug, PartialEq, Data)]
struct Account {
    /// Id
    id: String,
    /// Name
    name: String,
    /// Number
    number: Option<String>,
    /// City
    city: Option<String>,
    /// Primary contact
    contact: Option<Contact>,
}

/// Whom to speak to.
#[derive(Debug, Clone, PartialEq, Data)]
struct Contact {
    /// Id
    id: String,
    /// Name
    name: String,
    /// Job title
    job_title: Option<String>,
    /// E-mail
    mail: Option<String>,
}

/// Search accounts
///
/// Customers whose name has a text in it, each with whom to speak to there.
#[operation(get = "/accounts", auth = [EMPLOYEES, PROGRAMS], sources = [DATAVERSE], deadline = "5s", visibility = "important")]
async fn search_accounts(ctx: Context, input: SearchInput) -> Result<Accounts> {
    let query = Query::new()
        .select([
            "accountid",
            "name",
            "accountnumber",
            "address1_city",
            "_primarycontactid_value",
        ])
        .filter(field("name").contains(input.text).and(field("statecode").eq(0)))
        .order_by(field("name").ascending())
        .top(input.top);
    let found: Rows = ctx
        .source(&DATAVERSE)
        .get("/api/data/v9.2/accounts")
        .timeout(SEARCH)
        .odata(&query)
        .json()
        .await?;
    let contacts = contacts(&ctx, &found.value).await?;
    let accounts = found.value.into_iter().zip(contacts);
    Ok(Accounts {
        value: accounts.map(|(row, contact)| row.with(contact)).collect(),
    })
}

/// The contact of each row: a call for each 50 of them, however many rows there are.
async fn contacts(ctx: &Context, rows: &[Row]) -> Result<Vec<Option<Contact>>> {
    let query = Query::new().select(["contactid", "fullname", "jobtitle", "emailaddress1"]);
    let contacts = ctx
        .source(&DATAVERSE)
        .get("/api/data/v9.2/contacts")
        .timeout(SEARCH)
        .odata(&query)
        .lookup(Keys::is_one_of("contactid"), |contact: &ContactRow| {
            contact.contactid.clone()
        });
    let of = async |row: &Row| match &row.contact {
        Some(id) => contacts.get(id.clone()).await,
        None => Ok(None),
    };
    let found = try_join_all(rows.iter().map(of)).await?;
    Ok(found.into_iter().map(|contact| contact.map(Contact::from)).collect())
}

#[derive(Deserialize)]
struct Rows {
    value: Vec<Row>,
}

/// As Dataverse's table `account` has it.
#[derive(Deserialize)]
struct Row {
    accountid: String,
    name: Option<String>,
    accountnumber: Option<String>,
    address1_city: Option<String>,
    #[serde(rename = "_primarycontactid_value")]
    contact: Option<Guid>,
}

/// As Dataverse's table `contact` has it.
#[derive(Clone, Deserialize)]
struct ContactRow {
    contactid: Guid,
    fullname: Option<String>,
    jobtitle: Option<String>,
    emailaddress1: Option<String>,
}

impl Row {
    fn with(self, contact: Option<Contact>) -> Account {
        Account {
            id: self.accountid,
            name: self.name.unwrap_or_default(),
            number: self.accountnumber,
            city: self.address1_city,
            contact,
        }
    }
}

impl From<ContactRow> for Contact {
    fn from(row: ContactRow) -> Self {
        Self {
            id: row.contactid.to_string(),
            name: row.fullname.unwrap_or_default(),
            job_title: row.jobtitle,
            mail: row.emailaddress1,
        }
    }
}

#[cfg(test)]
mod tests {
    use midspan::testing::Reply;
    use serde_json::{Value, json};

    use super::*;

    fn guid(kind: u32, number: u32) -> String {
        format!("{kind:08x}-0000-0000-0000-{number:012x}")
    }

    fn row(number: u32) -> Value {
        // Every third one has no contact; every other one shares it with its neighbour.
        let contact = (!number.is_multiple_of(3)).then(|| guid(2, number / 2));
        json!({"accountid": guid(1, number), "name": format!("Contoso {number}"), "_primarycontactid_value": contact})
    }

    #[test]
    fn two_hundred_accounts_have_their_contacts_after_three_calls() {
        let host = systems::testing::host();
        let rows: Vec<_> = (0..200).map(row).collect();
        let contacts: Vec<_> = (0..100)
            .map(|number| json!({"contactid": guid(2, number).to_uppercase(), "fullname": format!("Ada {number}")}))
            .collect();
        let answer = |rows: Vec<Value>| Reply::json(200, json!({ "value": rows }).to_string());
        host.on("dataverse", "GET /api/data/v9.2/accounts", answer(rows));
        host.on("dataverse", "GET /api/data/v9.2/contacts", answer(contacts));
        let found: Accounts = host.get::<SearchAccounts>("/accounts?text=conto&top=200").json();
        assert_eq!(found.value.len(), 200);
        for (number, account) in (0..).zip(&found.value) {
            let expected = (!u32::is_multiple_of(number, 3)).then(|| format!("Ada {}", number / 2));
            assert_eq!(account.contact.as_ref().map(|contact| contact.name.clone()), expected);
        }
        assert_eq!(
            host.requests("dataverse").len(),
            3,
            "one for the accounts, one for each 50 contacts"
        );
    }

    #[test]
    fn a_text_is_a_text_to_dataverse_whatever_it_holds() {
        let host = systems::testing::host();
        host.on(
            "dataverse",
            "GET /api/data/v9.2/accounts",
            Reply::json(200, r#"{"value": []}"#),
        );
        assert_eq!(
            host.get::<SearchAccounts>("/accounts?text=O'H')%20or%20(1%20eq%201")
                .status(),
            200
        );
        let asked = host.requests("dataverse")[0].request.uri().query().unwrap().to_owned();
        assert!(asked.contains("contains(name,'O''H'')%20or%20(1%20eq%201')"), "{asked}");
    }
}
