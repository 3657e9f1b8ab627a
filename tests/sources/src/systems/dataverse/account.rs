//! The `account` and `contact` tables.
//!
//! Learn, "`account` `EntityType`", "`contact` `EntityType`".

use serde_json::Value;

use super::expand::Expand;
use super::row::Annotations;
use super::store::Store;
use super::table::{Record, Table, row};
use crate::odata::{Filter, Operand};
use crate::population::{Account, Contact, Guid, Population};

pub(super) static ACCOUNT: Table = Table {
    set: "accounts",
    entity: "account",
    label: "Account",
    key: "accountid",
    columns: &[
        "_ownerid_value",
        "_primarycontactid_value",
        "accountid",
        "accountnumber",
        "address1_city",
        "address1_country",
        "createdon",
        "industrycode",
        "modifiedon",
        "name",
        "numberofemployees",
        "revenue",
        "statecode",
        "statuscode",
        "telephone1",
        "versionnumber",
        "websiteurl",
    ],
    money: &["revenue"],
    lookups: &[("_ownerid_value", "systemuser"), ("_primarycontactid_value", "contact")],
    navigations: &[("primarycontactid", &CONTACT)],
};

pub(super) static CONTACT: Table = Table {
    set: "contacts",
    entity: "contact",
    label: "Contact",
    key: "contactid",
    columns: &[
        "_parentcustomerid_value",
        "contactid",
        "emailaddress1",
        "firstname",
        "fullname",
        "jobtitle",
        "lastname",
        "statecode",
        "statuscode",
        "telephone1",
        "versionnumber",
    ],
    money: &[],
    lookups: &[("_parentcustomerid_value", "account")],
    navigations: &[("parentcustomerid_account", &ACCOUNT)],
};

impl Record for Account {
    const TABLE: &'static Table = &ACCOUNT;

    fn id(&self) -> Guid {
        self.id
    }

    fn number(&self) -> u32 {
        self.number
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn operand(&self, store: &Store, column: &str) -> Operand<'static> {
        match column {
            "_ownerid_value" => store.owner(self.owner).map(|owner| owner.id).into(),
            "_primarycontactid_value" => primary_contact(store, self).map(|contact| contact.id).into(),
            "accountid" => self.id.to_string().into(),
            "accountnumber" => self.account_number().into(),
            "address1_city" => self.city.into(),
            "address1_country" => self.country.into(),
            "createdon" => Operand::Time(self.created),
            "industrycode" => Operand::Number(self.industry.into()),
            "modifiedon" => Operand::Time(self.modified),
            "name" => self.name().into(),
            "numberofemployees" => Operand::Number(self.employees.into()),
            "revenue" => Operand::Number(self.revenue.into()),
            "statecode" => Operand::Number(i64::from(!self.active)),
            "statuscode" => Operand::Number(i64::from(!self.active) + 1),
            "telephone1" => self.phone().into(),
            "versionnumber" => Operand::Number(self.version.into()),
            "websiteurl" => self.website().into(),
            _ => Operand::Null,
        }
    }

    fn label(&self, store: &Store, column: &str) -> Option<String> {
        match column {
            "_ownerid_value" => Some(store.owner(self.owner)?.display_name()),
            "_primarycontactid_value" => Some(primary_contact(store, self)?.full_name()),
            "statecode" | "statuscode" => Some(state(self.active).to_owned()),
            _ => None,
        }
    }

    fn expanded(&self, store: &Store, expand: &Expand, annotations: Annotations) -> Value {
        let contact = primary_contact(store, self);
        contact
            .map(|contact| row(store, &contact, &expand.columns, &[], annotations))
            .into()
    }

    fn candidates<'a>(store: &'a Store, filter: Option<&Filter>) -> Box<dyn Iterator<Item = Self> + 'a> {
        let population = store.population();
        let by = |column: &str, find: &dyn Fn(&str) -> Option<Self>| {
            let keys = filter?.required_texts(column)?;
            Some(by_number(keys.into_iter().filter_map(find).collect()))
        };
        by("accountid", &|id| population.account_by_id(id.parse().ok()?))
            .or_else(|| by("accountnumber", &|number| population.account_by_number(number)))
            .unwrap_or_else(|| Box::new(population.accounts()))
    }

    fn find(store: &Store, id: Guid) -> Option<Self> {
        store.population().account_by_id(id)
    }
}

impl Record for Contact {
    const TABLE: &'static Table = &CONTACT;

    fn id(&self) -> Guid {
        self.id
    }

    fn number(&self) -> u32 {
        self.number
    }

    fn version(&self) -> u32 {
        self.version
    }

    fn operand(&self, store: &Store, column: &str) -> Operand<'static> {
        match column {
            "_parentcustomerid_value" => account_of(store, self).map(|account| account.id).into(),
            "contactid" => self.id.to_string().into(),
            "emailaddress1" => self.mail().into(),
            "firstname" => self.given_name.into(),
            "fullname" => self.full_name().into(),
            "jobtitle" => self.job_title.into(),
            "lastname" => self.surname.into(),
            "statecode" => Operand::Number(0),
            "statuscode" => Operand::Number(1),
            "telephone1" => self.phone().into(),
            "versionnumber" => Operand::Number(self.version.into()),
            _ => Operand::Null,
        }
    }

    fn label(&self, store: &Store, column: &str) -> Option<String> {
        match column {
            "_parentcustomerid_value" => Some(account_of(store, self)?.name()),
            "statecode" | "statuscode" => Some(state(true).to_owned()),
            _ => None,
        }
    }

    fn expanded(&self, store: &Store, expand: &Expand, annotations: Annotations) -> Value {
        let account = account_of(store, self);
        account
            .map(|account| row(store, &account, &expand.columns, &[], annotations))
            .into()
    }

    fn candidates<'a>(store: &'a Store, filter: Option<&Filter>) -> Box<dyn Iterator<Item = Self> + 'a> {
        let population = store.population();
        if let Some(ids) = filter.and_then(|filter| filter.required_texts("contactid")) {
            let find = |id: &str| population.contact(id.parse().ok()?);
            return by_number(ids.into_iter().filter_map(find).collect());
        }
        if let Some(ids) = filter.and_then(|filter| filter.required_texts("_parentcustomerid_value")) {
            let find = |id: &str| population.account_by_id(id.parse().ok()?);
            let accounts = by_number(ids.into_iter().filter_map(find).collect());
            return Box::new(accounts.flat_map(|account| population.contacts(account.number)));
        }
        Box::new((1..=Population::ACCOUNTS).flat_map(|account| population.contacts(account)))
    }

    fn find(store: &Store, id: Guid) -> Option<Self> {
        store.population().contact(id)
    }
}

fn primary_contact(store: &Store, account: &Account) -> Option<Contact> {
    store.population().contacts(account.number).into_iter().next()
}

fn account_of(store: &Store, contact: &Contact) -> Option<Account> {
    store.population().account(contact.account)
}

const fn state(active: bool) -> &'static str {
    if active { "Active" } else { "Inactive" }
}

fn by_number<R: Record + 'static>(mut rows: Vec<R>) -> Box<dyn Iterator<Item = R>> {
    rows.sort_by_key(Record::number);
    rows.dedup_by_key(|row| row.number());
    Box::new(rows.into_iter())
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde_json::{Value, json};

    use super::super::tests::{body, dataverse};
    use super::*;
    use crate::call::tests::{get, get_with};
    use crate::systems::BackEnd;

    fn ask(target: &str) -> Value {
        body(&dataverse().answer(&get(&format!("/api/data/v9.2/{target}").replace(' ', "%20"))))
    }

    fn names(page: &Value) -> Vec<String> {
        let rows = page["value"].as_array().unwrap_or_else(|| panic!("{page}"));
        rows.iter()
            .map(|row| row["name"].as_str().expect("a name").to_owned())
            .collect()
    }

    #[test]
    fn an_account_comes_with_its_primary_contact_when_expanded() {
        let population = Population::new(1);
        let account = population.accounts().find(|a| a.contacts > 0).expect("somebody");
        let target = format!(
            "/api/data/v9.2/accounts({})?$select=name,revenue,_primarycontactid_value&$expand=primarycontactid($select=fullname,emailaddress1)",
            account.id
        );
        let prefer = [
            ("authorization", "Bearer x"),
            ("prefer", "odata.include-annotations=\"*\""),
        ];
        insta::assert_json_snapshot!(body(&dataverse().answer(&get_with(&target, &prefer))));
        let lonely = population.accounts().find(|a| a.contacts == 0).expect("nobody");
        let target = format!("accounts({})?$expand=primarycontactid", lonely.id);
        assert_eq!(ask(&target)["primarycontactid"], Value::Null);
    }

    #[test]
    fn a_search_finds_names_by_a_part_of_them() {
        let page = ask(
            "accounts?$select=name&$filter=contains(name,'ür') and statecode eq 0&$top=5&$orderby=name&$count=true",
        );
        let found = names(&page);
        assert_eq!(found.len(), 5);
        assert!(found.iter().all(|name| name.to_lowercase().contains("ür")), "{found:?}");
        let of = |query: &str| names(&ask(&format!("accounts?$select=name&$top=5&$filter={query}")));
        assert!(of("startswith(name,'O''B')").iter().all(|name| name.starts_with("O'B")));
        assert!(
            of("endswith(name,'GmbH %26 Co. KG')")
                .iter()
                .all(|name| name.ends_with("KG"))
        );
    }

    #[test]
    fn many_are_looked_up_in_one_call() {
        let filter = "Microsoft.Dynamics.CRM.In(PropertyName='accountnumber',PropertyValues=['A-000007','A-000003','A-000003','A-999999'])";
        let page = ask(&format!("accounts?$select=accountnumber&$filter={filter}"));
        let found: Vec<&Value> = page["value"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| &row["accountnumber"])
            .collect();
        assert_eq!(found, [&json!("A-000003"), &json!("A-000007")]);
        let or =
            ask("accounts?$select=accountnumber&$filter=accountnumber eq 'A-000007' or accountnumber eq 'A-000003'");
        assert_eq!(or["value"], page["value"]);
    }

    #[test]
    fn the_operator_in_is_not_known() {
        let page = ask("accounts?$filter=accountnumber in ('A-000007')");
        assert_eq!(page["error"]["code"], "0x80060888");
    }

    #[test]
    fn the_contacts_of_accounts_are_found_by_their_lookup() {
        let population = Population::new(1);
        let account = population.accounts().find(|a| a.contacts == 3).expect("a busy one");
        let page = ask(&format!(
            "contacts?$select=fullname&$filter=_parentcustomerid_value eq {}&$expand=parentcustomerid_account($select=name)",
            account.id
        ));
        let expected: Vec<Value> = population
            .contacts(account.number)
            .iter()
            .map(|contact| json!([contact.full_name(), account.name()]))
            .collect();
        let found: Vec<Value> = page["value"]
            .as_array()
            .expect("rows")
            .iter()
            .map(|row| json!([row["fullname"], row["parentcustomerid_account"]["name"]]))
            .collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn tables_can_only_be_read() {
        let id = Population::new(1).account(1).expect("an account").id;
        let call = crate::call::tests::send(
            "PATCH",
            &format!("/api/data/v9.2/accounts({id})"),
            &[("authorization", "Bearer x")],
            "{}",
        );
        let reply = dataverse().answer(&call);
        assert_eq!(reply.status(), StatusCode::FORBIDDEN);
        assert_eq!(body(&reply)["error"]["code"], "0x80040220");
    }
}
