//! Changing a row: `PATCH`, with an `If-Match` or without one.
//!
//! Learn, "Update and delete table rows using the Web API" and "Perform conditional operations using the Web API": without `If-Match` it
//! is an upsert, with `*` it changes only what exists, and with an entity tag only what has not changed since. Whoever calls this
//! organisation may change tasks and nothing else, and may not create any.

use http::StatusCode;
use serde_json::{Map, Value};

use super::account::{ACCOUNT, CONTACT};
use super::error::DataverseError;
use super::store::Changes;
use super::table::Record;
use super::task::{TASK, TaskRow};
use super::{Dataverse, below_version, row, set_and_key};
use crate::call::Call;
use crate::population::Guid;
use crate::reply::{self, Reply, WithHeader};

impl Dataverse {
    /// Makes the change of a `PATCH` in `changes`.
    pub(super) fn write(&self, call: &Call, changes: &mut Changes) -> Result<Reply, DataverseError> {
        let segments = call.segments();
        let [one] = below_version(&segments)? else {
            return Err(DataverseError::method_not_allowed());
        };
        let key = match set_and_key(one) {
            ("tasks", Some(key)) => key,
            ("accounts", Some(_)) => return Err(DataverseError::no_privilege("Write", &ACCOUNT)),
            ("contacts", Some(_)) => return Err(DataverseError::no_privilege("Write", &CONTACT)),
            ("tasks" | "accounts" | "contacts", None) => return Err(DataverseError::method_not_allowed()),
            _ => return Err(DataverseError::no_such_segment(one)),
        };
        let id = key.parse().map_err(|_| DataverseError::bad_key(&TASK, key))?;
        let existing = self.existing(call, changes, id)?;
        if call
            .header("if-match")
            .is_some_and(|tags| tags != "*" && !tags.split(',').any(|tag| tag.trim() == existing.entity_tag()))
        {
            return Err(DataverseError::changed_meanwhile());
        }
        if call.header("if-none-match") == Some("*") {
            let message = "A record with matching key values already exists.";
            return Err(DataverseError::exists(message));
        }
        let task = existing.changed(&payload(call)?)?;
        let reply = self.written(call, &task)?;
        changes.insert(task.number(), task);
        Ok(reply)
    }

    fn existing(&self, call: &Call, changes: &Changes, id: Guid) -> Result<TaskRow, DataverseError> {
        match self.store.population().task(id) {
            Some(task) => Ok(changes.get(&task.number()).cloned().unwrap_or_else(|| task.into())),
            None if call.header("if-match").is_some() => Err(DataverseError::does_not_exist(&TASK, id)),
            None => Err(DataverseError::no_privilege("Create", &TASK)),
        }
    }

    /// 204, or 200 with the row for `Prefer: return=representation`.
    fn written(&self, call: &Call, task: &TaskRow) -> Result<Reply, DataverseError> {
        if row::preference(call, "return") == Some("representation") {
            let reply = self.representation(call, task)?;
            return Ok(reply.with("preference-applied", "return=representation"));
        }
        let url = format!("{}/api/data/v9.2/{}({})", call.base(), TASK.set, task.id());
        Ok(reply::empty(StatusCode::NO_CONTENT).with("odata-entityid", url))
    }
}

fn payload(call: &Call) -> Result<Map<String, Value>, DataverseError> {
    let bad = |reason: String| DataverseError::bad_payload(&TASK, &reason);
    let is_json = call
        .header("content-type")
        .is_some_and(|media| media.to_ascii_lowercase().starts_with("application/json"));
    if !is_json {
        return Err(bad(
            "Microsoft.OData.ODataContentTypeException: A supported MIME type could not be found that matches the content type of the \
             response."
                .to_owned(),
        ));
    }
    serde_json::from_slice(&call.body).map_err(|error| bad(format!("Microsoft.OData.ODataException: {error}")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::tests::{body, dataverse, some_task};
    use super::*;
    use crate::call::tests::{get, send};
    use crate::population::Task;
    use crate::systems::BackEnd;

    /// The answer to a change, and the task afterwards.
    fn patch(dataverse: &Dataverse, task: &Task, headers: &[(&str, &str)], change: &Value) -> (Reply, Value) {
        let target = format!("/api/data/v9.2/tasks({})", task.id);
        let mut all = vec![("authorization", "Bearer x"), ("content-type", "application/json")];
        all.extend(headers);
        let reply = dataverse.answer(&send("PATCH", &target, &all, change.to_string()));
        (reply, body(&dataverse.answer(&get(&target))))
    }

    fn open_task() -> Task {
        let open = |task: &Task| task.state == crate::population::TaskState::Open;
        let all = crate::population::Population::new(1).tasks(some_task().employee);
        all.into_iter().find(open).expect("an open task")
    }

    #[test]
    fn a_task_that_is_completed_stays_completed() {
        let (dataverse, task) = (dataverse(), open_task());
        let tag = TaskRow::from(task).entity_tag();
        let (reply, after) = patch(&dataverse, &task, &[("if-match", &tag)], &json!({"statecode": 1}));
        assert_eq!(reply.status(), StatusCode::NO_CONTENT);
        let url = format!("http://source/api/data/v9.2/tasks({})", task.id);
        assert_eq!(reply.headers()["odata-entityid"], url.as_str());
        assert_eq!(
            (&after["statecode"], &after["statuscode"], &after["percentcomplete"]),
            (&json!(1), &json!(5), &json!(100))
        );
        assert_ne!(after["@odata.etag"], tag);
        let open = format!(
            "/api/data/v9.2/tasks?$filter=statecode%20eq%200%20and%20contoso_employeenumber%20eq%20'E{:06}'",
            task.employee
        );
        let open = body(&dataverse.answer(&get(&open)));
        let open = open["value"].as_array().expect("rows");
        assert!(!open.is_empty());
        assert!(open.iter().all(|row| row["activityid"] != task.id.to_string()));
    }

    #[test]
    fn a_change_to_an_older_version_is_a_412_and_changes_nothing() {
        let (dataverse, task) = (dataverse(), open_task());
        let (reply, after) = patch(&dataverse, &task, &[("if-match", "W/\"1\"")], &json!({"statecode": 1}));
        assert_eq!(reply.status(), StatusCode::PRECONDITION_FAILED);
        insta::assert_json_snapshot!(body(&reply));
        assert_eq!(after["statecode"], 0);
    }

    #[test]
    fn without_an_entity_tag_or_with_a_star_the_latest_version_is_changed() {
        let (dataverse, task) = (dataverse(), open_task());
        for (headers, subject) in [(&[][..], "Ordre"), (&[("if-match", "*")], "Другое")] {
            let (reply, after) = patch(
                &dataverse,
                &task,
                headers,
                &json!({"subject": subject, "description": null}),
            );
            assert_eq!(reply.status(), StatusCode::NO_CONTENT);
            assert_eq!(after["subject"], subject);
        }
    }

    #[test]
    fn the_row_comes_back_where_it_is_preferred() {
        let (dataverse, task) = (dataverse(), open_task());
        let prefer = [("prefer", "return=representation")];
        let (reply, after) = patch(&dataverse, &task, &prefer, &json!({"prioritycode": 2}));
        assert_eq!(reply.status(), StatusCode::OK);
        assert_eq!(reply.headers()["preference-applied"], "return=representation");
        assert_eq!(body(&reply), after);
    }

    #[test]
    fn a_change_that_makes_no_sense_is_a_400_with_its_code() {
        let (dataverse, task) = (dataverse(), open_task());
        for (change, code) in [
            (json!({"statecode": "Completed"}), "0x80048d19"),
            (json!({"statecode": 0, "statuscode": 5}), "0x80048408"),
            (json!({"statuscode": 99}), "0x80048408"),
            (json!({"percentcomplete": 101}), "0x80048d19"),
            (json!({"scheduledend": "soon"}), "0x80048d19"),
            (json!({"shoesize": 43}), "0x80060888"),
            (json!({"createdon": "2026-03-02"}), "0x80040203"),
            (json!([]), "0x80048d19"),
        ] {
            let (reply, after) = patch(&dataverse, &task, &[], &change);
            assert_eq!(reply.status(), StatusCode::BAD_REQUEST, "{change}");
            assert_eq!(body(&reply)["error"]["code"], code, "{change}");
            assert_eq!(after["@odata.etag"], TaskRow::from(task).entity_tag(), "{change}");
        }
    }

    #[test]
    fn a_task_that_does_not_exist_is_not_made() {
        let mut task = open_task();
        task.id = "00000000-0000-0000-0000-000000000001".parse().expect("a GUID");
        let status = |headers: &[(&str, &str)]| patch(&dataverse(), &task, headers, &json!({})).0.status();
        assert_eq!(status(&[("if-match", "*")]), StatusCode::NOT_FOUND);
        assert_eq!(status(&[]), StatusCode::FORBIDDEN);
    }
}
