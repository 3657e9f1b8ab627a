//! YAML 1.2, with its core schema (s. 10.3) and the merge keys of 1.1 (`<<`) that descriptions use.

use std::{borrow::Cow, collections::HashMap};

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, StrInput, Tag};

use super::{Node, Value};
use crate::{At, Error};

/// How many values aliases may stand for altogether: more is a file that wants to fill the memory.
const MAX_ALIASED: usize = 1_000_000;

/// As deep as our JSON reader goes.
const MAX_DEPTH: usize = 512;

pub(super) fn read(file: &str, text: &str) -> Result<Node, Error> {
    let mut reader = Reader {
        file,
        events: Parser::new_from_str(text),
        anchors: HashMap::new(),
        aliased: 0,
    };
    loop {
        match reader.event()? {
            (Event::StreamStart | Event::DocumentStart(_) | Event::Nothing, _) => {}
            (Event::StreamEnd | Event::DocumentEnd, span) => {
                return Err(Error::new(file, place(span), "the file is empty"));
            }
            (event, span) => return reader.node(event, span, 0),
        }
    }
}

struct Reader<'a> {
    file: &'a str,
    events: Parser<'a, StrInput<'a>>,
    anchors: HashMap<usize, (Node, usize)>,
    aliased: usize,
}

impl<'a> Reader<'a> {
    fn event(&mut self) -> Result<(Event<'a>, Span), Error> {
        match self.events.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.syntax(&error)),
            None => Err(Error::new(self.file, None, "this is not YAML: it ends too early")),
        }
    }

    fn syntax(&self, error: &ScanError) -> Error {
        let marker = error.marker();
        let at = At {
            line: marker.line(),
            column: marker.col() + 1,
        };
        Error::new(self.file, at, format!("this is not YAML: {}", error.info()))
    }

    fn node(&mut self, event: Event<'a>, span: Span, depth: usize) -> Result<Node, Error> {
        let at = place(span);
        if depth > MAX_DEPTH {
            return Err(Error::new(self.file, at, "values are nested too deeply"));
        }
        let (value, anchor) = match event {
            Event::Scalar(text, style, anchor, tag) => (scalar(text, style, tag.as_deref()), anchor),
            Event::SequenceStart(anchor, _) => (Value::List(self.items(depth)?), anchor),
            Event::MappingStart(anchor, _) => (Value::Map(self.members(depth)?), anchor),
            Event::Alias(id) => return self.alias(id, at),
            _ => return Err(Error::new(self.file, at, "this is not YAML: a value was expected")),
        };
        let node = Node { at, value };
        if anchor > 0 {
            self.anchors.insert(anchor, (node.clone(), count(&node)));
        }
        Ok(node)
    }

    fn items(&mut self, depth: usize) -> Result<Vec<Node>, Error> {
        let mut items = Vec::new();
        loop {
            match self.event()? {
                (Event::SequenceEnd, _) => return Ok(items),
                (event, span) => items.push(self.node(event, span, depth + 1)?),
            }
        }
    }

    fn members(&mut self, depth: usize) -> Result<Vec<(String, Node)>, Error> {
        let mut members = Vec::new();
        loop {
            let name = match self.event()? {
                (Event::MappingEnd, _) => return Ok(members),
                // As it is written: `200`, `true` and `null` are names here.
                (Event::Scalar(text, ..), _) => text.into_owned(),
                (_, span) => return Err(Error::new(self.file, place(span), "a name must be text")),
            };
            let (event, span) = self.event()?;
            let node = self.node(event, span, depth + 1)?;
            if name == "<<" && node.is_map() {
                // What stands in the map itself comes later, and counts.
                members.splice(0..0, node.members().iter().cloned());
            } else {
                members.push((name, node));
            }
        }
    }

    fn alias(&mut self, id: usize, at: At) -> Result<Node, Error> {
        let Some((node, size)) = self.anchors.get(&id) else {
            return Err(Error::new(self.file, at, "an alias stands within what it stands for"));
        };
        self.aliased += size;
        if self.aliased > MAX_ALIASED {
            return Err(Error::new(
                self.file,
                at,
                "the aliases stand for more values than are read",
            ));
        }
        Ok(node.clone())
    }
}

fn place(span: Span) -> At {
    At {
        line: span.start.line(),
        column: span.start.col() + 1,
    }
}

fn count(node: &Node) -> usize {
    let below: usize = match &node.value {
        Value::List(items) => items.iter().map(count).sum(),
        Value::Map(members) => members.iter().map(|(_, node)| count(node)).sum(),
        _ => 0,
    };
    below + 1
}

/// YAML 1.2.2 s. 10.3.2, tag resolution: only plain scalars are anything but text.
fn scalar(text: Cow<'_, str>, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    if style != ScalarStyle::Plain || is_text {
        return Value::Text(text.into_owned());
    }
    match text.as_ref() {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        number if is_number(number) => Value::Number(text.into_owned()),
        _ => Value::Text(text.into_owned()),
    }
}

fn is_number(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.')) && text.parse::<f64>().is_ok()
}
