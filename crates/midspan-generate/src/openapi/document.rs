//! An OpenAPI document of any version as one thing: where its schemas, parameters and addresses are.

use std::cell::RefCell;

use percent_encoding::percent_decode_str;

use crate::{At, Error, Request, tree::Node};

/// How far references are followed.
const MAX_REFERENCES: usize = 32;

/// A document with what was found missing in it.
pub(crate) struct Document<'a> {
    pub(crate) file: &'a str,
    pub(crate) root: &'a Node,
    pub(crate) version: Version,
    notes: RefCell<Vec<String>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// OpenAPI 2.0, known as Swagger.
    V2,
    /// OpenAPI 3.0 and 3.1.
    V3,
}

impl<'a> Document<'a> {
    /// # Errors
    /// Where the tree is no OpenAPI document, or has no paths.
    pub(crate) fn new(request: &Request<'a>, root: &'a Node) -> Result<Self, Error> {
        Self::of(request.file, root)
    }

    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn of(file: &'a str, root: &'a Node) -> Result<Self, Error> {
        let error = |at, message: &str| Error::new(file, at, message);
        let version = match (root.get("swagger"), root.get("openapi")) {
            (Some(version), _) if starts(version, "2") => Version::V2,
            (_, Some(version)) if starts(version, "3") => Version::V3,
            (Some(other), _) | (_, Some(other)) => {
                let found = other.scalar().unwrap_or_default();
                let message = format!("OpenAPI version \"{found}\" is not known");
                return Err(error(other.at, &message).with_help("it must be 2.0 or 3.x"));
            }
            (None, None) => {
                return Err(error(
                    root.at,
                    "this is no OpenAPI document: it has neither \"swagger\" nor \"openapi\"",
                )
                .with_help("use --odata for the metadata of an OData service, --wsdl for a SOAP service"));
            }
        };
        if !root.get("paths").is_some_and(Node::is_map) {
            return Err(error(
                root.at,
                "the document has no \"paths\": there is nothing to call",
            ));
        }
        Ok(Self {
            file,
            root,
            version,
            notes: RefCell::default(),
        })
    }

    /// Records what the module lacks, with its place in the document; once.
    pub(crate) fn note(&self, at: At, message: &str) {
        let note = format!("{}:{}:{}: {message}", self.file, at.line, at.column);
        let mut notes = self.notes.borrow_mut();
        if !notes.contains(&note) {
            notes.push(note);
        }
    }

    pub(crate) fn notes(self) -> Vec<String> {
        self.notes.into_inner()
    }

    /// The node itself, or what its `$ref` leads to; nothing where that does not exist, which is noted.
    pub(crate) fn resolve(&self, node: &'a Node) -> Option<&'a Node> {
        let mut node = node;
        for _ in 0..MAX_REFERENCES {
            match reference(node) {
                None => return Some(node),
                Some(target) => node = self.target(node, &target)?,
            }
        }
        self.note(node.at, "the references lead in a circle");
        None
    }

    /// What a reference leads to.
    pub(crate) fn target(&self, node: &'a Node, reference: &str) -> Option<&'a Node> {
        let found = reference
            .strip_prefix('#')
            .and_then(|pointer| self.root.pointer(pointer));
        if found.is_none() {
            let why = if reference.starts_with('#') {
                "does not exist"
            } else {
                "is another file"
            };
            self.note(node.at, &format!("\"{reference}\" {why}; any JSON is taken for it"));
        }
        found
    }

    /// The named schemas, with the references that lead to them.
    pub(crate) fn schemas(&self) -> impl Iterator<Item = (String, &'a str)> {
        let (prefix, schemas) = match self.version {
            Version::V2 => ("#/definitions/", self.root.map("definitions")),
            Version::V3 => {
                let components = self.root.get("components");
                (
                    "#/components/schemas/",
                    components.map(|node| node.map("schemas")).unwrap_or_default(),
                )
            }
        };
        schemas.iter().map(move |(name, _)| {
            let token = name.replace('~', "~0").replace('/', "~1");
            (format!("{prefix}{token}"), name.as_str())
        })
    }

    /// What the document is called and what it says of itself.
    pub(crate) fn title(&self) -> &'a str {
        self.root
            .get("info")
            .and_then(|info| info.text("title"))
            .unwrap_or_default()
            .trim()
    }

    pub(crate) fn description(&self) -> &'a str {
        self.root
            .get("info")
            .and_then(|info| info.text("description"))
            .unwrap_or_default()
    }

    /// The address below which its paths are, where it says one: its origin, if it is a whole address, and its path.
    ///
    /// They are apart because `allowed_outbound_hosts` takes no path, so that a source's variable should have none.
    pub(crate) fn server(&self) -> (Option<String>, String) {
        let url = match self.version {
            Version::V2 => self.server_2(),
            Version::V3 => self.server_3().unwrap_or_default(),
        };
        let (origin, path) = match url.split_once("://") {
            Some((scheme, rest)) => {
                let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
                let is_whole = !authority.is_empty() && !authority.contains(['{', '}', '<', ' ', '@']);
                let origin = format!("{}://{authority}", scheme.to_ascii_lowercase());
                (Some(origin).filter(|_| is_whole && scheme.starts_with("http")), path)
            }
            None => (None, url.as_str()),
        };
        let path = path.split(['?', '#']).next().unwrap_or_default().trim_matches('/');
        let path = if path.is_empty() {
            String::new()
        } else {
            format!("/{path}")
        };
        (origin, path)
    }

    fn server_2(&self) -> String {
        let path = self.root.text("basePath").unwrap_or_default();
        let Some(host) = self.root.text("host") else {
            return path.to_owned();
        };
        let schemes = self.root.list("schemes");
        let has_https = schemes.is_empty() || schemes.iter().any(|scheme| scheme.as_text() == Some("https"));
        let scheme = if has_https { "https" } else { "http" };
        format!("{scheme}://{host}/{}", path.trim_start_matches('/'))
    }

    fn server_3(&self) -> Option<String> {
        let server = self.root.list("servers").first()?;
        let variables = server.map("variables").iter();
        Some(variables.fold(server.text("url")?.to_owned(), |url, (name, variable)| {
            match variable.get("default").and_then(Node::scalar) {
                Some(value) => url.replace(&format!("{{{name}}}"), &value),
                None => url,
            }
        }))
    }
}

fn starts(version: &Node, with: &str) -> bool {
    version.scalar().is_some_and(|text| text.starts_with(with))
}

/// A node's `$ref`, without the escapes of a URL.
pub(crate) fn reference(node: &Node) -> Option<String> {
    let text = node.text("$ref")?;
    Some(percent_decode_str(text).decode_utf8_lossy().into_owned())
}
