//! A metadata document, from XML.

use std::collections::BTreeMap;

use roxmltree::{Document, Node};

use super::metadata::{Metadata, Navigation, Operation, Property, Reference, Set, Structure, Type, Version};
use crate::{At, Error, Request};

/// # Errors
/// Where the text is no XML, or no metadata with something to call.
pub(super) fn read<'a>(request: &Request<'a>) -> Result<Metadata<'a>, Error> {
    let file = request.file;
    let text = request.text.strip_prefix('\u{feff}').unwrap_or(request.text);
    let document = Document::parse(text).map_err(|error| {
        let pos = error.pos();
        let at = At {
            line: pos.row as usize,
            column: pos.col as usize,
        };
        Error::new(file, at, format!("this is not well-formed XML: {error}"))
            .with_help("get the metadata again from the service: its address with /$metadata, as XML")
    })?;
    let root = document.root_element();
    if root.tag_name().name() != "Edmx" {
        let message = format!(
            "this is no OData metadata: the first element is `<{}>`",
            root.tag_name().name()
        );
        return Err(Error::new(file, at(&root), message).with_help("give what the service answers to $metadata"));
    }
    let mut metadata = Metadata {
        version: version(&root),
        types: BTreeMap::new(),
        operations: Vec::new(),
        sets: Vec::new(),
        imports: Vec::new(),
        file,
    };
    let schemas: Vec<Node<'_, '_>> = root.descendants().filter(|node| is(node, "Schema")).collect();
    let names = Names::of(&schemas);
    for schema in &schemas {
        metadata.take(schema, &names);
    }
    if metadata.sets.is_empty() && metadata.imports.is_empty() {
        let message = "the metadata has no entity sets, singletons, functions or actions: there is nothing to call";
        return Err(Error::new(file, at(&root), message));
    }
    Ok(metadata)
}

/// CSDL 4 says so itself; before, the data services' version does (MS-ODATA s. 2.2.1).
fn version(root: &Node<'_, '_>) -> Version {
    if root
        .attribute("Version")
        .is_some_and(|version| version.starts_with('4'))
    {
        return Version::V4;
    }
    let services = root.descendants().find(|node| is(node, "DataServices"));
    let said = services.and_then(|node| {
        let mut versions = node
            .attributes()
            .filter(|attribute| attribute.name() == "DataServiceVersion");
        versions.next().map(|attribute| attribute.value().to_owned())
    });
    match said {
        Some(version) if version.starts_with('3') => Version::V3,
        _ => Version::V2,
    }
}

/// Aliases of namespaces, and the ends of version 2's associations.
struct Names {
    aliases: Vec<(String, String)>,
    /// Association and role: the type at that end, and whether there are many.
    ends: BTreeMap<(String, String), Reference>,
}

impl Names {
    fn of(schemas: &[Node<'_, '_>]) -> Self {
        let alias = |schema: &Node<'_, '_>| Some((schema.attribute("Alias")?.to_owned(), namespace(schema)));
        let mut names = Self {
            aliases: schemas.iter().filter_map(alias).collect(),
            ends: BTreeMap::new(),
        };
        for schema in schemas {
            for association in schema.children().filter(|node| is(node, "Association")) {
                for end in association.children().filter(|node| is(node, "End")) {
                    let role = attribute(&end, "Role");
                    let mut ty = names.reference(&attribute(&end, "Type"));
                    ty.collection = end.attribute("Multiplicity") == Some("*");
                    names.ends.insert((qualified(schema, &association), role), ty);
                }
            }
        }
        names
    }

    fn full(&self, name: &str) -> String {
        let split = name.rsplit_once('.');
        let alias = split.and_then(|(prefix, own)| {
            let (_, namespace) = self.aliases.iter().find(|(alias, _)| alias == prefix)?;
            Some(format!("{namespace}.{own}"))
        });
        alias.unwrap_or_else(|| name.to_owned())
    }

    fn reference(&self, text: &str) -> Reference {
        let inner = text
            .trim()
            .strip_prefix("Collection(")
            .and_then(|rest| rest.strip_suffix(')'));
        Reference {
            name: self.full(inner.unwrap_or(text.trim())),
            collection: inner.is_some(),
        }
    }

    fn navigation(&self, node: &Node<'_, '_>) -> Navigation {
        let ty = match node.attribute("Type") {
            Some(ty) => self.reference(ty),
            None => {
                let end = (self.full(&attribute(node, "Relationship")), attribute(node, "ToRole"));
                let found = self.ends.get(&end).cloned();
                found.unwrap_or_else(|| self.reference("Edm.Untyped"))
            }
        };
        Navigation {
            name: attribute(node, "Name"),
            doc: doc(node),
            ty,
            contains: node.attribute("ContainsTarget") == Some("true"),
        }
    }

    fn property(&self, node: &Node<'_, '_>) -> Property {
        Property {
            name: attribute(node, "Name"),
            doc: doc(node),
            ty: self.reference(&attribute(node, "Type")),
            nullable: node.attribute("Nullable") != Some("false"),
        }
    }
}

impl Metadata<'_> {
    fn take(&mut self, schema: &Node<'_, '_>, names: &Names) {
        for node in schema.children().filter(Node::is_element) {
            let name = qualified(schema, &node);
            match node.tag_name().name() {
                "EntityType" | "ComplexType" => {
                    self.types.insert(name, Type::Structure(structure(&node, names)));
                }
                "EnumType" => {
                    let members = node.children().filter(|node| is(node, "Member"));
                    let members = members.map(|node| attribute(&node, "Name")).collect();
                    self.types.insert(
                        name,
                        Type::Choice {
                            doc: doc(&node),
                            members,
                        },
                    );
                }
                "TypeDefinition" => {
                    self.types.insert(name, Type::Name(attribute(&node, "UnderlyingType")));
                }
                kind @ ("Function" | "Action") if self.version == Version::V4 => {
                    self.operations.push(operation(name, kind == "Function", &node, names));
                }
                "EntityContainer" => self.take_container(&node, names),
                _ => {}
            }
        }
    }

    fn take_container(&mut self, container: &Node<'_, '_>, names: &Names) {
        for node in container.children().filter(Node::is_element) {
            let name = attribute(&node, "Name");
            match node.tag_name().name() {
                kind @ ("EntitySet" | "Singleton") => {
                    let ty = node.attribute("EntityType").or_else(|| node.attribute("Type"));
                    self.sets.push(Set {
                        name,
                        doc: doc(&node),
                        ty: names.full(ty.unwrap_or_default()),
                        is_singleton: kind == "Singleton",
                    });
                }
                kind @ ("FunctionImport" | "ActionImport") if self.version == Version::V4 => {
                    let operation = attribute(&node, kind.trim_end_matches("Import"));
                    self.imports.push((name, names.full(&operation)));
                }
                _ => {}
            }
        }
    }
}

fn structure(node: &Node<'_, '_>, names: &Names) -> Structure {
    let mut structure = Structure {
        doc: doc(node),
        base: node.attribute("BaseType").map(|base| names.full(base)),
        is_entity: is(node, "EntityType"),
        is_abstract: node.attribute("Abstract") == Some("true"),
        is_open: node.attribute("OpenType") == Some("true"),
        ..Structure::default()
    };
    for child in node.children().filter(Node::is_element) {
        match child.tag_name().name() {
            "Key" => {
                let references = child.children().filter(|node| is(node, "PropertyRef"));
                structure.key = references.map(|node| attribute(&node, "Name")).collect();
            }
            "Property" => structure.properties.push(names.property(&child)),
            "NavigationProperty" => structure.navigations.push(names.navigation(&child)),
            _ => {}
        }
    }
    structure
}

fn operation(name: String, is_function: bool, node: &Node<'_, '_>, names: &Names) -> Operation {
    let parameters = node.children().filter(|node| is(node, "Parameter"));
    let mut parameters: Vec<Property> = parameters.map(|node| names.property(&node)).collect();
    let is_bound = node.attribute("IsBound") == Some("true") && !parameters.is_empty();
    let bound_to = is_bound.then(|| parameters.remove(0).ty);
    let returns = node.children().find(|node| is(node, "ReturnType"));
    Operation {
        name,
        doc: doc(node),
        is_function,
        bound_to,
        parameters,
        returns: returns.map(|node| names.reference(&attribute(&node, "Type"))),
    }
}

fn is(node: &Node<'_, '_>, name: &str) -> bool {
    node.is_element() && node.tag_name().name() == name
}

fn attribute(node: &Node<'_, '_>, name: &str) -> String {
    node.attribute(name).unwrap_or_default().to_owned()
}

fn namespace(schema: &Node<'_, '_>) -> String {
    attribute(schema, "Namespace")
}

fn qualified(schema: &Node<'_, '_>, node: &Node<'_, '_>) -> String {
    format!("{}.{}", namespace(schema), attribute(node, "Name"))
}

fn at(node: &Node<'_, '_>) -> At {
    let pos = node.document().text_pos_at(node.range().start);
    At {
        line: pos.row as usize,
        column: pos.col as usize,
    }
}

/// What it says of itself: `Core.Description` or `Core.LongDescription`, `sap:label`, or the documentation of version 2.
fn doc(node: &Node<'_, '_>) -> String {
    let annotation = |end: &str| {
        let found = node
            .children()
            .find(|node| is(node, "Annotation") && node.attribute("Term").is_some_and(|term| term.ends_with(end)));
        found.and_then(|node| node.attribute("String").or_else(|| node.text()).map(str::to_owned))
    };
    let label = || {
        let mut labels = node.attributes().filter(|attribute| attribute.name() == "label");
        labels.next().map(|attribute| attribute.value().to_owned())
    };
    let documentation = || {
        let documentation = node.children().find(|node| is(node, "Documentation"))?;
        let summary = documentation
            .children()
            .find(|node| is(node, "Summary") || is(node, "LongDescription"))?;
        summary.text().map(str::to_owned)
    };
    let found = annotation(".LongDescription").or_else(|| annotation(".Description"));
    found
        .or_else(label)
        .or_else(documentation)
        .unwrap_or_default()
        .trim()
        .to_owned()
}
