//! Whether what operations say of one another holds: a dropdown that names what isn't there fails here, not for its maker.

use super::{
    DefineError,
    description::{Call, Dynamic, Given, List, Member, Operation, Schema, Trigger},
};

/// Everything that is wrong.
pub(super) fn check(operations: &[Operation]) -> Vec<DefineError> {
    let mut errors = Vec::new();
    for caller in operations {
        let mut check = Check {
            operations,
            caller,
            errors: &mut errors,
        };
        for parameter in &caller.parameters {
            check.member(parameter);
        }
        if let Some(body) = &caller.body {
            check.schema(body);
        }
        for dynamic in caller.designer.body.iter().chain(&caller.designer.output) {
            check.dynamic(dynamic);
        }
        check.schema(&caller.output);
        if let Some(content) = caller.content() {
            check.schema(content);
        }
        check.others();
    }
    errors
}

/// The operation with this id, or the one that is meant.
pub(super) fn find<'a>(operations: &'a [Operation], id: &str) -> Result<&'a Operation, String> {
    if let Some(found) = operations.iter().find(|operation| operation.id == id) {
        return Ok(found);
    }
    let near = operations
        .iter()
        .map(|operation| (distance(&operation.id, id), operation.id.as_str()))
        .min();
    let hint = match near {
        Some((distance, near)) if distance <= 3 => format!("; there is \"{near}\""),
        _ => String::new(),
    };
    Err(format!("there is no operation \"{id}\"{hint}"))
}

/// What of an operation's parameters a call leaves out though it can't.
pub(super) fn missing(target: &Operation, given: impl Fn(&str) -> bool) -> Vec<&str> {
    let mut missing: Vec<_> = required(&target.parameters);
    if let Some(Schema::Object { fields, .. }) = &target.body {
        missing.extend(required(fields));
    }
    missing.retain(|name| !given(name) && !given(&format!("body/{name}")));
    missing
}

fn required(members: &[Member]) -> Vec<&str> {
    let members = members.iter();
    members
        .filter(|member| member.required && member.default.is_none())
        .map(|member| member.name.as_str())
        .collect()
}

/// Whether an operation has a parameter, or a field in its body, that is given by this name.
pub(super) fn takes(operation: &Operation, name: &str) -> bool {
    let is_parameter = operation.parameters.iter().any(|parameter| parameter.name == name);
    let in_body = operation
        .body
        .as_ref()
        .is_some_and(|body| match name.strip_prefix("body/") {
            Some(path) => body.at(path).is_some(),
            None => body.field(name).is_some(),
        });
    is_parameter || in_body
}

struct Check<'a> {
    operations: &'a [Operation],
    caller: &'a Operation,
    errors: &'a mut Vec<DefineError>,
}

impl<'a> Check<'a> {
    fn error(&mut self, call: &Call, problem: String) {
        self.errors.push(DefineError::Call {
            file: call.file.clone(),
            line: call.line,
            operation: self.caller.id.clone(),
            problem,
        });
    }

    fn schema(&mut self, schema: &'a Schema) {
        match schema {
            Schema::Array { items } => self.schema(items),
            Schema::Map { values } => self.schema(values),
            Schema::Nullable { of } => self.schema(of),
            Schema::Object { fields, .. } => {
                for field in fields {
                    self.member(field);
                }
            }
            _ => {}
        }
    }

    fn member(&mut self, member: &'a Member) {
        if let Some(dynamic) = &member.dynamic {
            self.dynamic(dynamic);
        }
        self.schema(&member.schema);
    }

    fn dynamic(&mut self, dynamic: &'a Dynamic) {
        match dynamic {
            Dynamic::Values(list) => self.list(list, &[]),
            Dynamic::Schema { call, path } => {
                if let Some(target) = self.call(call)
                    && target.output.at(path).is_none()
                {
                    self.error(
                        call,
                        format!("the answer of \"{}\" has nothing at \"{path}\"", target.id),
                    );
                }
            }
            Dynamic::Tree {
                open, browse, parent, ..
            } => {
                self.list(open, &[parent]);
                self.list(browse, &[parent]);
            }
        }
    }

    fn list(&mut self, list: &'a List, more: &[&'a String]) {
        let Some(target) = self.call(&list.call) else {
            return;
        };
        let item = match target.output.at(&list.items) {
            Some(Schema::Array { items }) => items,
            Some(Schema::Any | Schema::Map { .. }) => return,
            _ if list.items.is_empty() => {
                let problem = format!(
                    "the answer of \"{}\" is no list; say where in it the list is",
                    target.id
                );
                return self.error(&list.call, problem);
            }
            _ => {
                let problem = format!("the answer of \"{}\" has no list at \"{}\"", target.id, list.items);
                return self.error(&list.call, problem);
            }
        };
        for name in [&list.value, &list.title].into_iter().chain(more.iter().copied()) {
            if item.at(name).is_none() {
                let problem = format!("the items of \"{}\" have no property \"{name}\"", target.id);
                self.error(&list.call, problem);
            }
        }
    }

    /// The operation that is called, and all that it is given.
    fn call(&mut self, call: &Call) -> Option<&'a Operation> {
        let target = match find(self.operations, &call.operation) {
            Ok(target) => target,
            Err(problem) => {
                self.error(call, problem);
                return None;
            }
        };
        for argument in &call.arguments {
            if !takes(target, &argument.name) {
                let problem = format!("operation \"{}\" has no parameter \"{}\"", target.id, argument.name);
                self.error(call, problem);
            }
            if let Given::Parameter(name) = &argument.value
                && !takes(self.caller, name)
            {
                self.error(call, format!("it has no parameter \"{name}\" to pass on"));
            }
        }
        let given = |name: &str| call.arguments.iter().any(|argument| argument.name == name);
        for name in missing(target, given) {
            self.error(
                call,
                format!("operation \"{}\" requires \"{name}\", which is not given", target.id),
            );
        }
        Some(target)
    }

    /// Those that are named, and not called by a designer.
    fn others(&mut self) {
        let designer = &self.caller.designer;
        if let Some(Trigger::Webhook { unsubscribe, .. }) = &designer.trigger {
            match find(self.operations, &unsubscribe.operation) {
                Ok(found) if found.method != "DELETE" => {
                    let problem = format!(
                        "the platform unsubscribes with DELETE, but \"{}\" is a {}",
                        found.id, found.method
                    );
                    self.error(unsubscribe, problem);
                }
                Ok(_) => {}
                Err(problem) => self.error(unsubscribe, problem),
            }
        }
        if let Some(replacement) = &designer.replacement
            && let Err(problem) = find(self.operations, &replacement.operation)
        {
            self.error(replacement, problem);
        }
    }
}

/// Levenshtein's distance: how many letters to add, remove or replace.
fn distance(one: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, x) in one.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, y) in other.bytes().enumerate() {
            let replaced = diagonal + usize::from(!x.eq_ignore_ascii_case(&y));
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}
