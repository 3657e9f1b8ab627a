//! Parameters.

use super::{
    document::{Document, Version},
    schema::Schemas,
    view::{View, doc},
};
use crate::{rust::Ty, tree::Node};

/// A parameter of an operation, or a field of its form.
#[derive(Debug, Clone)]
pub(super) struct Parameter {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) doc: String,
    pub(super) ty: ParameterType,
    pub(super) required: bool,
    /// The only value that it has: then it is no parameter of the function.
    pub(super) constant: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Path,
    Query,
    Header,
    Form,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) enum ParameterType {
    One(Ty),
    /// Values, each with the name.
    Repeated(Ty),
    /// Values in one text, with this between.
    Joined(Ty, &'static str),
    /// Values by name: `filter[state]=open`.
    Deep,
    File,
}

/// The parameters of an operation but for the body; of two with one name and place, the operation's own counts.
pub(super) fn parameters<'a>(
    document: &Document<'a>,
    schemas: &mut Schemas<'a>,
    declared: &[&'a Node],
    (path, id): (&str, &str),
) -> Vec<Parameter> {
    let mut found: Vec<Parameter> = Vec::new();
    for &node in declared {
        let Some(parameter) = read(document, schemas, node, id) else {
            continue;
        };
        let is_elsewhere = parameter.place == Place::Path && !path.contains(&format!("{{{}}}", parameter.name));
        if is_elsewhere {
            continue;
        }
        let known = found
            .iter_mut()
            .find(|known| known.name == parameter.name && known.place == parameter.place);
        match known {
            Some(known) => *known = parameter,
            None => found.push(parameter),
        }
    }
    // In the order of the path, and none forgotten.
    let mut of_path: Vec<Parameter> = Vec::new();
    for name in names(path) {
        if of_path.iter().any(|known| known.name == name) {
            continue;
        }
        let declared = found
            .iter()
            .position(|known| known.place == Place::Path && known.name == name);
        of_path.push(match declared {
            Some(at) => found.remove(at),
            None => undeclared(name),
        });
    }
    of_path.append(&mut found);
    of_path
}

/// The names in a path's template.
pub(super) fn names(path: &str) -> impl Iterator<Item = &str> {
    path.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0))
}

fn undeclared(name: &str) -> Parameter {
    Parameter {
        name: name.to_owned(),
        place: Place::Path,
        doc: String::new(),
        ty: ParameterType::One(Ty::Text),
        required: true,
        constant: None,
    }
}

fn read<'a>(document: &Document<'a>, schemas: &mut Schemas<'a>, node: &'a Node, id: &str) -> Option<Parameter> {
    let name = node.text("name")?;
    let place = match node.text("in")? {
        "path" => Place::Path,
        "query" => Place::Query,
        "header" => Place::Header,
        "formData" => Place::Form,
        "cookie" => {
            document.note(node.at, &format!("{id}: the cookie \"{name}\" is not sent"));
            return None;
        }
        _ => return None,
    };
    let schema = match document.version {
        Version::V2 => Some(node),
        Version::V3 => node.get("schema").or_else(|| {
            let (_, media) = node.map("content").first()?;
            media.get("schema")
        }),
    };
    let view = schema.map(|schema| View::of(document, schema)).unwrap_or_default();
    let constant = constant(node, schema, &view);
    if place == Place::Header {
        match header(name, constant.is_some()) {
            Header::Ours => return None,
            Header::Parameter => {}
        }
    }
    let ty = match schema {
        // What has a value of its own needs no type.
        _ if constant.is_some() => ParameterType::One(Ty::Text),
        _ if node.text("type") == Some("file") => ParameterType::File,
        Some(schema) if schema.is_map() => schemas.parameter(schema, &view, node, &format!("{id} {name}")),
        _ => ParameterType::One(Ty::Text),
    };
    Some(Parameter {
        name: name.to_owned(),
        doc: Some(doc(node)).filter(|text| !text.is_empty()).unwrap_or(view.doc),
        required: node.is("required") || place == Place::Path,
        place,
        ty,
        constant,
    })
}

/// The value of a parameter that can only have one: what it must be and may only be, or what makers don't see.
fn constant(node: &Node, schema: Option<&Node>, view: &View<'_>) -> Option<String> {
    if node.is("required")
        && let [only] = view.choices.as_slice()
    {
        return Some(only.clone());
    }
    let is_internal = node.text("x-ms-visibility") == Some("internal");
    let default = node.get("default").or_else(|| schema?.get("default"));
    default.filter(|_| is_internal).and_then(Node::scalar)
}

enum Header {
    /// What a call sets by itself (OpenAPI 3.1 s. 4.8.12: `Accept`, `Content-Type` and `Authorization` are ignored), but
    /// for a value that the description fixes.
    Ours,
    Parameter,
}

fn header(name: &str, has_constant: bool) -> Header {
    let ours = match name.to_ascii_lowercase().as_str() {
        "accept" => !has_constant,
        "authorization" | "content-type" | "content-length" | "host" => true,
        _ => false,
    };
    if ours || !is_header_name(name) {
        Header::Ours
    } else {
        Header::Parameter
    }
}

/// A token (RFC 9110 s. 5.1).
pub(super) fn is_header_name(name: &str) -> bool {
    let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(is_token)
}

impl<'a> Schemas<'a> {
    fn parameter(&mut self, schema: &'a Node, view: &View<'a>, node: &Node, place: &str) -> ParameterType {
        match self.ty(schema, place) {
            Ty::Optional(inner) => self.styled(*inner, view, node),
            ty => self.styled(ty, view, node),
        }
    }

    fn styled(&mut self, ty: Ty, view: &View<'a>, node: &Node) -> ParameterType {
        match ty {
            Ty::List(item) => {
                let item = if self.is_one_text(&item) { *item } else { Ty::Text };
                let separator = match (node.text("collectionFormat"), node.text("style")) {
                    (Some("multi"), _) => return ParameterType::Repeated(item),
                    (Some("ssv"), _) | (_, Some("spaceDelimited")) => " ",
                    (Some("tsv"), _) => "\t",
                    (Some("pipes"), _) | (_, Some("pipeDelimited")) => "|",
                    (Some(_), _) => ",",
                    // Version 3 repeats a query's parameters unless told; version 2 puts a comma between.
                    _ if self.is_version_3() && node.text("in") == Some("query") && explodes(node) => {
                        return ParameterType::Repeated(item);
                    }
                    _ => ",",
                };
                ParameterType::Joined(item, separator)
            }
            _ if node.text("style") == Some("deepObject")
                || (view.kind() == Some("object") && node.get("schema").is_some()) =>
            {
                ParameterType::Deep
            }
            ty if self.is_one_text(&ty) => ParameterType::One(ty),
            _ => ParameterType::One(Ty::Text),
        }
    }

    /// The fields of a form in version 3.
    pub(super) fn form(&mut self, schema: &'a Node, id: &str) -> Vec<Parameter> {
        let view = View::of(self.document(), schema);
        let mut fields = Vec::new();
        for (name, property) in view.properties {
            let of_property = View::of(self.document(), property);
            let is_file = matches!(of_property.format, Some("binary")) || of_property.types == ["file"];
            let ty = if is_file {
                ParameterType::File
            } else {
                match self.ty(property, &format!("{id} {name}")) {
                    Ty::List(item) if self.is_one_text(&item) => ParameterType::Repeated(*item),
                    Ty::Optional(ty) if self.is_one_text(&ty) => ParameterType::One(*ty),
                    ty if self.is_one_text(&ty) => ParameterType::One(ty),
                    _ => ParameterType::One(Ty::Text),
                }
            };
            fields.push(Parameter {
                name: name.to_owned(),
                place: Place::Form,
                doc: of_property.doc,
                ty,
                required: view.required.contains(name),
                constant: None,
            });
        }
        fields
    }
}

fn explodes(node: &Node) -> bool {
    node.get("explode").and_then(Node::scalar).as_deref() != Some("false")
}
