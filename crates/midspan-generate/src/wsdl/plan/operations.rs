//! Operations: which ports count, and what each operation takes and answers.

use std::{collections::BTreeMap, fmt::Write as _};

use super::{
    Count, Field, FieldPlace, Kind, Operation, Plan, Source, Ty, Variant, boxes,
    types::{Types, wrapper},
};
use crate::{
    Error, Options,
    rust::Scope,
    wsdl::{
        files::Definitions,
        name::QName,
        service::{Binding, Bound, Encoding, Part, PartOf, Port, Services, Signature, Version},
    },
};

/// Plans the module of a source of this name.
pub(in crate::wsdl) fn plan(name: &str, options: Options<'_>, definitions: &Definitions) -> Result<Plan, Error> {
    let services = &definitions.services;
    let ports = ports(services)?;
    let addresses = Addresses::of(&ports, options.base_path);
    let mut planner = Planner {
        services,
        types: Types::new(&definitions.schemas, options.dates_as_text),
        constants: Scope::new(&["NAMESPACE"]),
        faults: BTreeMap::new(),
        skipped: None,
    };
    let source = planner.constants.constant(name);
    let is_wanted = |name: &str| options.only.is_empty() || options.only.iter().any(|only| only == name);
    let mut names = Vec::new();
    let mut operations = Vec::new();
    for (port, binding) in &ports {
        let signatures = services.port_types.get(&binding.port_type);
        let signatures = signatures.ok_or_else(|| {
            let message = format!("the port type {} is not defined", binding.port_type);
            binding
                .place
                .error(message)
                .with_help("import the WSDL that defines it, or correct the name")
        })?;
        for signature in signatures {
            names.push(signature.name.as_str());
            if !is_wanted(&signature.name) {
                continue;
            }
            let path = addresses.path(&port.address);
            operations.extend(planner.operation(signature, binding, path)?);
        }
    }
    if let Some(unknown) = options.only.iter().find(|only| !names.contains(&only.as_str())) {
        let error = nothing(services, &format!("there is no operation \"{unknown}\""));
        return Err(error.with_help(format!("there are {}", names.join(", "))));
    }
    if operations.is_empty() {
        return Err(planner
            .skipped
            .unwrap_or_else(|| nothing(services, "the services have no operations")));
    }
    let soap12 = ports.iter().all(|(_, binding)| binding.version == Version::Soap12);
    if !soap12
        && services
            .bindings
            .values()
            .any(|binding| binding.version == Version::Soap12)
    {
        planner
            .types
            .note("The service speaks SOAP 1.2 too; the module uses 1.1.".to_owned());
    }
    let (mut items, mut notes) = planner.types.finish();
    notes.extend(addresses.note());
    boxes::add_boxes(&mut items);
    boxes::add_defaults(&mut items);
    Ok(Plan {
        doc: services.doc.clone(),
        source: Source {
            ident: source,
            title: services.name.clone().unwrap_or_else(|| name.to_owned()),
            soap12,
            policy: services.policy,
            address: addresses.base,
        },
        operations,
        items,
        namespace: definitions.namespace.clone(),
        notes,
    })
}

/// The ports to SOAP over HTTP, one for each port type, in SOAP 1.1 where it is spoken: all services understand it.
fn ports(services: &Services) -> Result<Vec<(Port, &Binding)>, Error> {
    let mut chosen: Vec<(Port, &Binding)> = Vec::new();
    let without_service = services
        .bindings
        .iter()
        .filter(|_| services.ports.is_empty())
        .map(|(name, _)| Port {
            binding: name.clone(),
            address: String::new(),
        });
    for port in services.ports.iter().cloned().chain(without_service) {
        let Some(binding) = services.bindings.get(&port.binding) else {
            continue;
        };
        match chosen
            .iter_mut()
            .find(|(_, earlier)| earlier.port_type == binding.port_type)
        {
            None => chosen.push((port, binding)),
            Some(earlier) if (earlier.1.version, binding.version) == (Version::Soap12, Version::Soap11) => {
                *earlier = (port, binding);
            }
            Some(_) => {}
        }
    }
    if chosen.is_empty() {
        return Err(nothing(services, "no service has a binding to SOAP over HTTP"));
    }
    Ok(chosen)
}

fn nothing(services: &Services, message: &str) -> Error {
    let error = services.place.as_ref().map(|place| place.error(message));
    let error = error.unwrap_or_else(|| Error::new("", None, message));
    error.with_help("give the WSDL that has the services' ports; it may import the one that you gave")
}

/// Where the services are: each at a path of one host, which is what a component is let out to.
struct Addresses<'a> {
    base: Option<String>,
    elsewhere: Vec<String>,
    /// The path that was chosen in place of the WSDL's.
    path: Option<&'a str>,
}

impl<'a> Addresses<'a> {
    fn of(ports: &[(Port, &Binding)], path: Option<&'a str>) -> Self {
        let all = ports.iter().map(|(port, _)| port.address.as_str());
        let mut all = all.filter(|address| !address.is_empty());
        let base = all.clone().next().map(origin);
        let elsewhere = all.by_ref().filter(|address| Some(origin(address)) != base);
        Self {
            elsewhere: elsewhere.map(str::to_owned).collect(),
            base: base.map(str::to_owned),
            path,
        }
    }

    /// What is below the host.
    fn path(&self, address: &str) -> String {
        let own = &address[origin(address).len()..];
        self.path.unwrap_or(own).to_owned()
    }

    fn note(&self) -> Option<String> {
        let all = self.elsewhere.join(", ");
        (!all.is_empty()).then(|| format!("These addresses are on other hosts, and called on the source's own: {all}."))
    }
}

/// Scheme and authority.
fn origin(address: &str) -> &str {
    let after_scheme = address.find("://").map_or(0, |at| at + 3);
    let end = address[after_scheme..]
        .find('/')
        .map_or(address.len(), |at| after_scheme + at);
    &address[..end]
}

struct Planner<'s> {
    services: &'s Services,
    types: Types<'s>,
    constants: Scope,
    /// Operations with the same faults share their type.
    faults: BTreeMap<Vec<QName>, Ty>,
    /// Why the first operation that can't be had can't.
    skipped: Option<Error>,
}

impl<'s> Planner<'s> {
    fn operation(
        &mut self,
        signature: &Signature,
        binding: &Binding,
        path: String,
    ) -> Result<Option<Operation>, Error> {
        let Some(bound) = binding.operations.get(&signature.name) else {
            let message = format!(
                "the binding does not say how operation \"{}\" is spoken",
                signature.name
            );
            self.skip(
                signature,
                "the binding does not say how it is spoken",
                binding.place.error(message),
            );
            return Ok(None);
        };
        if bound.input.encoded || bound.output.encoded {
            let message = format!("operation \"{}\" is bound with use=\"encoded\"", signature.name);
            let error = bound.place.error(message).with_help(
                "only literal messages are read (WS-I Basic Profile 1.1, R2706): ask the service's owner for such a WSDL",
            );
            self.skip(signature, "it is bound with use=\"encoded\"", error);
            return Ok(None);
        }
        let name = &signature.name;
        let answer_name = format!("{name}Response");
        let request = self.message(signature.input.as_ref(), name, signature, bound, &bound.input)?;
        let answer = self.message(signature.output.as_ref(), &answer_name, signature, bound, &bound.output)?;
        let mut doc = signature.doc.clone();
        for (encoding, how) in [
            (&bound.input, "`.header(...)`"),
            (&bound.output, "`.reply()` and its `.header()`"),
        ] {
            let headers = self.headers(encoding, signature)?;
            if !headers.is_empty() {
                let _ = write!(doc, "\n\nSOAP header, by {how}: {}.", headers.join(", "));
            }
        }
        Ok(Some(Operation {
            ident: self.constants.constant(name),
            doc,
            request,
            answer,
            fault: self.fault(signature)?,
            action: bound.action.clone(),
            path,
        }))
    }

    fn skip(&mut self, signature: &Signature, why: &str, error: Error) {
        self.types
            .note(format!("Operation `{}` is left out: {why}.", signature.name));
        self.skipped.get_or_insert(error);
    }

    /// What the body holds: the element of its one part, or in RPC style one that is named by the operation.
    fn message(
        &mut self,
        message: Option<&QName>,
        name: &str,
        signature: &Signature,
        bound: &Bound,
        encoding: &Encoding,
    ) -> Result<Ty, Error> {
        let Some(message) = message else {
            return Ok(Ty::Nothing);
        };
        let in_header = |part: &&Part| {
            let headers = &encoding.headers;
            headers.iter().any(|(of, name)| of == message && *name == part.name)
        };
        let in_body = |part: &&Part| match &encoding.parts {
            Some(parts) => parts.contains(&part.name),
            None => !in_header(part),
        };
        let parts: Vec<&Part> = self.parts(message, signature)?.iter().filter(in_body).collect();
        if bound.rpc {
            return self.wrapped(name, &parts, &encoding.namespace);
        }
        match parts.as_slice() {
            [] => Ok(Ty::Nothing),
            [part] => match &part.of {
                PartOf::Element(element) => self.types.root(element, &part.place),
                PartOf::Type(_) => Err(part
                    .place
                    .error(format!(
                        "the part \"{}\" of a document has a type, and no element",
                        part.name
                    ))
                    .with_help("name an element there (WS-I Basic Profile 1.1, R2204)")),
            },
            [_, second, ..] => Err(second
                .place
                .error(format!("the document of {message} has several parts"))
                .with_help("leave one in the body by parts=\"...\" of `<soap:body>` (WS-I Basic Profile 1.1, R2201)")),
        }
    }

    fn parts(&self, message: &QName, signature: &Signature) -> Result<&'s [Part], Error> {
        let services: &'s Services = self.services;
        let parts = services.messages.get(message).map(Vec::as_slice);
        parts.ok_or_else(|| {
            let error = signature.place.error(format!("the message {message} is not defined"));
            error.with_help("import the WSDL that defines it, or correct the name")
        })
    }

    fn wrapped(&mut self, name: &str, parts: &[&Part], namespace: &str) -> Result<Ty, Error> {
        self.types.add(name, "", |types, _| {
            let mut scope = Scope::new(&[]);
            let mut fields = Vec::new();
            for part in parts {
                let ty = match &part.of {
                    PartOf::Type(of) => types.named(of, &part.place)?,
                    PartOf::Element(of) => {
                        let element = types.element(of, &part.place)?;
                        types.of_element(element)?
                    }
                };
                fields.push(Field {
                    ident: scope.value(&part.name),
                    doc: String::new(),
                    place: FieldPlace::Element {
                        // Parts have no namespace (WS-I Basic Profile 1.1, R2735).
                        name: QName::new("", &part.name),
                        nillable: false,
                    },
                    ty,
                    count: Count::One,
                });
            }
            Ok(wrapper(QName::new(namespace, name), fields))
        })
    }

    /// The names of the blocks in the header, for the documentation.
    fn headers(&mut self, encoding: &Encoding, signature: &Signature) -> Result<Vec<String>, Error> {
        let mut headers = Vec::new();
        for (message, name) in &encoding.headers {
            let parts = self.parts(message, signature)?;
            let Some(part) = parts.iter().find(|part| part.name == *name) else {
                continue;
            };
            if let PartOf::Element(element) = &part.of {
                let ty = self.types.root(element, &part.place)?;
                headers.push(self.types.link(&ty));
            }
        }
        Ok(headers)
    }

    /// The detail of its faults: one element, or one of several.
    fn fault(&mut self, signature: &Signature) -> Result<Option<Ty>, Error> {
        let mut variants = Vec::new();
        let mut names = Vec::new();
        let mut scope = Scope::new(&["Self"]);
        for (_, message) in &signature.faults {
            let Some(Part {
                of: PartOf::Element(element),
                place,
                ..
            }) = self.parts(message, signature)?.first()
            else {
                continue;
            };
            if names.contains(element) {
                continue;
            }
            names.push(element.clone());
            variants.push(Variant {
                ident: scope.ty(&element.local),
                doc: String::new(),
                name: element.clone(),
                ty: self.types.root(element, place)?,
            });
        }
        match variants.len() {
            0 => Ok(None),
            1 => Ok(variants.pop().map(|variant| variant.ty)),
            _ => {
                if let Some(known) = self.faults.get(&names) {
                    return Ok(Some(known.clone()));
                }
                let doc = format!("What {} may fail with.", signature.name);
                let kind = Kind::Elements(variants);
                let ty = self
                    .types
                    .add(&format!("{} fault", signature.name), &doc, |_, _| Ok(kind))?;
                self.faults.insert(names, ty.clone());
                Ok(Some(ty))
            }
        }
    }
}
