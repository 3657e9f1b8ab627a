//! A WSDL and all files that it imports and includes.

use std::{
    collections::{BTreeSet, VecDeque},
    rc::Rc,
};

use roxmltree::{Document, ParsingOptions};

use super::{
    name::Place,
    node::{Tag, WSDL, XML, XSD},
    schema::Schemas,
    service::Services,
};
use crate::{At, Error, Request};

/// All that the files define.
#[derive(Debug, Default)]
pub(super) struct Definitions {
    pub(super) services: Services,
    pub(super) schemas: Schemas,
    /// The namespace of the WSDL itself.
    pub(super) namespace: String,
}

/// A file that is still to be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Wanted {
    path: String,
    /// What an included schema that names no namespace takes over (XML Schema Part 1 s. 4.2.1).
    namespace: Option<String>,
}

/// The files that a document asks for, each with the place that names it.
pub(super) type Imports = Vec<(Wanted, Place)>;

pub(super) fn read(
    request: &Request<'_>,
    read: &mut dyn FnMut(&str) -> Result<String, String>,
) -> Result<Definitions, Error> {
    let mut definitions = Definitions::default();
    let mut wanted = VecDeque::from(take(&mut definitions, request.file, request.text, None)?);
    let mut done = BTreeSet::new();
    while let Some((file, place)) = wanted.pop_front() {
        if file.path == request.file || !done.insert(file.clone()) {
            continue;
        }
        let text = read(&file.path).map_err(|why| {
            place
                .error(format!("can't read \"{}\": {why}", file.path))
                .with_help("put the file there, or correct the location")
        })?;
        wanted.extend(take(&mut definitions, &file.path, &text, file.namespace.as_deref())?);
    }
    Ok(definitions)
}

/// Adds what a file defines.
fn take(definitions: &mut Definitions, path: &str, text: &str, included_in: Option<&str>) -> Result<Imports, Error> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // The published schemas of XML Schema itself have a document type definition; entities are still bounded.
    let options = ParsingOptions {
        allow_dtd: true,
        ..ParsingOptions::default()
    };
    let document = Document::parse_with_options(text, options).map_err(|error| {
        let pos = error.pos();
        let at = At {
            line: pos.row as usize,
            column: pos.col as usize,
        };
        Error::new(path, at, format!("is not well-formed XML: {error}"))
            .with_help("get the file again from the service")
    })?;
    let root = Tag::root(&document, Rc::from(path));
    let mut imports = Imports::new();
    if root.is(XSD, "schema") {
        definitions.schemas.take(&root, path, included_in, &mut imports)?;
        return Ok(imports);
    }
    if !root.is(WSDL, "definitions") {
        let (local, namespace) = (root.local(), root.namespace());
        let help = match namespace {
            "http://www.w3.org/ns/wsdl" => {
                "WSDL 2.0 is not read; most services publish WSDL 1.1 as well, often at `?wsdl`"
            }
            _ => "give the WSDL 1.1 of the service, whose first element is `<definitions>`",
        };
        return Err(root
            .error(format!("the first element is `<{local}>` of namespace \"{namespace}\""))
            .with_help(help));
    }
    if definitions.namespace.is_empty() {
        definitions.namespace = root.get("targetNamespace").map(str::to_owned).unwrap_or_default();
    }
    for types in root.each("types") {
        for schema in types.children().filter(|child| child.is(XSD, "schema")) {
            definitions.schemas.take(&schema, path, None, &mut imports)?;
        }
    }
    for import in root.each("import") {
        want(&mut imports, &import, path, import.get("location"), None)?;
    }
    definitions.services.take(&root)?;
    Ok(imports)
}

/// Notes the file that an import or an include names; without a location it is defined in a file that is read anyway.
pub(super) fn want(
    imports: &mut Imports,
    tag: &Tag<'_>,
    from: &str,
    location: Option<&str>,
    namespace: Option<String>,
) -> Result<(), Error> {
    let Some(location) = location.filter(|location| !location.is_empty()) else {
        return Ok(());
    };
    // What it has is built in: `xml:lang` and the like.
    if tag.get("namespace") == Some(XML) {
        return Ok(());
    }
    if location.contains("://") {
        return Err(tag
            .error(format!("imports \"{location}\", and only files are read"))
            .with_help(
                "download it beside this file and correct the location, or get the WSDL in one piece: WCF gives it at \
                 `?singleWsdl`",
            ));
    }
    let path = join(from, location);
    imports.push((Wanted { path, namespace }, tag.place()));
    Ok(())
}

/// `location` as seen from the file `from`.
fn join(from: &str, location: &str) -> String {
    let location = location.replace('\\', "/");
    let folder = from.rfind(['/', '\\']).map_or("", |at| &from[..=at]);
    let mut path: Vec<&str> = Vec::new();
    for step in folder
        .split(['/', '\\'])
        .filter(|step| !step.is_empty())
        .chain(location.split('/'))
    {
        match step {
            "." | "" => {}
            ".." if path.last().is_some_and(|last| *last != "..") => {
                path.pop();
            }
            step => path.push(step),
        }
    }
    let root = if folder.starts_with('/') { "/" } else { "" };
    format!("{root}{}", path.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_is_seen_from_the_file_that_names_it() {
        let check = |from, location, expected| assert_eq!(join(from, location), expected, "{from} {location}");
        check("leave.wsdl", "types.xsd", "types.xsd");
        check("a/b/leave.wsdl", "./types.xsd", "a/b/types.xsd");
        check("a/b/leave.wsdl", "../c/types.xsd", "a/c/types.xsd");
        check("leave.wsdl", "../../types.xsd", "../../types.xsd");
        check("/srv/leave.wsdl", "xsd\\types.xsd", "/srv/xsd/types.xsd");
    }
}
