//! What designers are told.

use super::writer::Writer;
use crate::{
    dynamic::{Argument, Call, Dynamic, Given, List},
    operation::{Designer, Response, Trigger},
};

impl Writer<'_> {
    /// `,"designer":{...}`, unless there is nothing to tell.
    pub(super) const fn designer(&mut self, designer: &Designer) {
        let start = self.len;
        self.raw(",\"designer\":{\"responses\":[");
        let mut index = 0;
        while index < designer.responses.len() {
            self.comma(index);
            self.response(&designer.responses[index]);
            index += 1;
        }
        self.raw("]");
        let nothing = self.len;
        if let Some(trigger) = &designer.trigger {
            self.trigger(trigger);
        }
        self.text("hint", designer.hint);
        self.dynamic("output", designer.output);
        self.dynamic("body", designer.body);
        self.flag("deprecated", designer.deprecated);
        self.text("family", designer.family);
        if designer.revision > 0 {
            self.optional("revision", Some(designer.revision));
        }
        self.text("status", designer.status);
        if let Some(replacement) = &designer.replacement {
            self.key("replacement");
            self.call(replacement);
        }
        self.flag("noGenericTest", designer.no_generic_test);
        self.flag("openai", designer.openai);
        self.text("agenticProtocol", designer.agentic_protocol);
        if self.len == nothing && designer.responses.is_empty() {
            self.len = start;
        } else {
            self.raw("}");
        }
    }

    const fn response(&mut self, response: &Response) {
        self.raw("{\"status\":");
        self.number(response.status as u64);
        self.text("description", response.description);
        self.raw("}");
    }

    const fn trigger(&mut self, trigger: &Trigger) {
        self.key("trigger");
        match trigger {
            Trigger::Polling => self.raw("\"polling\""),
            Trigger::Webhook { content, unsubscribe } => {
                self.raw("{\"webhook\":{\"content\":");
                self.schema(content);
                self.key("unsubscribe");
                self.call(unsubscribe);
                self.raw("}}");
            }
        }
    }

    pub(super) const fn dynamic(&mut self, key: &str, dynamic: Option<&Dynamic>) {
        let Some(dynamic) = dynamic else { return };
        self.key(key);
        match dynamic {
            Dynamic::Values(list) => {
                self.raw("{\"kind\":\"values\",");
                self.list(list);
            }
            Dynamic::Schema { call, path } => {
                self.raw("{\"kind\":\"schema\",\"call\":");
                self.call(call);
                self.text("path", path);
            }
            Dynamic::Tree {
                open,
                browse,
                parent,
                select_parents,
                select_leaves,
            } => {
                self.raw("{\"kind\":\"tree\",\"open\":{");
                self.list(open);
                self.raw("},\"browse\":{");
                self.list(browse);
                self.raw("}");
                self.text("parent", parent);
                self.flag("selectParents", *select_parents);
                self.flag("selectLeaves", *select_leaves);
            }
        }
        self.raw("}");
    }

    const fn list(&mut self, list: &List) {
        self.raw("\"call\":");
        self.call(&list.call);
        self.text("items", list.items);
        self.text("value", list.value);
        self.text("title", list.title);
    }

    const fn call(&mut self, call: &Call) {
        self.raw("{\"operation\":");
        self.string(call.operation);
        self.text("file", call.at.file);
        self.optional("line", Some(call.at.line));
        self.key("arguments");
        self.raw("[");
        let mut index = 0;
        while index < call.arguments.len() {
            self.comma(index);
            self.argument(&call.arguments[index]);
            index += 1;
        }
        self.raw("]}");
    }

    const fn argument(&mut self, argument: &Argument) {
        self.raw("{\"name\":");
        self.string(argument.name);
        match argument.value {
            Given::Fixed(json) => {
                self.key("fixed");
                self.raw(json);
            }
            Given::Parameter(name) => self.text("parameter", name),
            Given::Sibling(name) => self.text("sibling", name),
            Given::Opened(name) => self.text("opened", name),
        }
        self.raw("}");
    }
}
