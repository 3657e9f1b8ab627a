//! Reading schemas.

use super::{
    Attribute, Attribution, Base, Complex, Element, Form, Particle, Schemas, Simple, Term, Type, TypeRef, Value,
};
use crate::{
    Error,
    wsdl::{
        files::{Imports, want},
        name::QName,
        node::{Tag, XSD},
    },
};

/// What holds for all of one schema.
struct Reader<'s> {
    namespace: &'s str,
    elements_qualified: bool,
    attributes_qualified: bool,
}

impl Schemas {
    /// Adds what a schema defines.
    pub(in crate::wsdl) fn take(
        &mut self,
        schema: &Tag<'_>,
        path: &str,
        included_in: Option<&str>,
        imports: &mut Imports,
    ) -> Result<(), Error> {
        let own = schema.get("targetNamespace").or(included_in).unwrap_or_default();
        let schema = schema.clone().or_in(own);
        let reader = Reader {
            namespace: own,
            elements_qualified: schema.get("elementFormDefault") == Some("qualified"),
            attributes_qualified: schema.get("attributeFormDefault") == Some("qualified"),
        };
        for item in schema.children().filter(|item| item.namespace() == XSD) {
            let name = || Ok(QName::new(own, item.needed("name")?));
            match item.local() {
                "import" => want(imports, &item, path, item.get("schemaLocation"), None)?,
                // What a redefinition changes, it mostly narrows; the original reads it as well.
                "include" | "redefine" => want(imports, &item, path, item.get("schemaLocation"), Some(own.to_owned()))?,
                "element" => {
                    let element = Element {
                        name: name()?,
                        ..reader.element(&item)?
                    };
                    if let Some(head) = item.qname("substitutionGroup")? {
                        self.substitutions.entry(head).or_default().push(element.name.clone());
                    }
                    self.elements.entry(name()?).or_insert(element);
                }
                "complexType" => {
                    let complex = Type::Complex(reader.complex(&item)?.into());
                    self.types.entry(name()?).or_insert(complex);
                }
                "simpleType" => {
                    let simple = Type::Simple(reader.simple(&item)?);
                    self.types.entry(name()?).or_insert(simple);
                }
                "attribute" => {
                    let attribute = Attribute {
                        name: name()?,
                        ..reader.attribute(&item)?
                    };
                    self.attributes.entry(name()?).or_insert(attribute);
                }
                "group" => {
                    let content = reader
                        .content(&item)?
                        .unwrap_or_else(|| Particle::once(Term::Sequence(Vec::new())));
                    self.groups.entry(name()?).or_insert(content);
                }
                "attributeGroup" => {
                    let attributes = reader.attributes(&item)?;
                    self.attribute_groups.entry(name()?).or_insert(attributes);
                }
                _ => {}
            }
        }
        Ok(())
    }
}

impl Particle {
    fn once(term: Term) -> Self {
        Self {
            term,
            optional: false,
            repeats: false,
        }
    }

    fn new(tag: &Tag<'_>, term: Term) -> Self {
        Self {
            term,
            optional: tag.get("minOccurs") == Some("0"),
            repeats: tag.get("maxOccurs").is_some_and(|most| !matches!(most, "0" | "1")),
        }
    }
}

impl Reader<'_> {
    fn element(&self, tag: &Tag<'_>) -> Result<Element, Error> {
        let qualified = tag
            .get("form")
            .map_or(self.elements_qualified, |form| form == "qualified");
        Ok(Element {
            name: QName::new(if qualified { self.namespace } else { "" }, tag.needed("name")?),
            doc: tag.doc(),
            of: self.type_of(tag, "anyType")?,
            nillable: tag.flag("nillable"),
            is_abstract: tag.flag("abstract"),
        })
    }

    /// By the attribute `type`, or written in it; without either it is anything.
    fn type_of(&self, tag: &Tag<'_>, otherwise: &str) -> Result<TypeRef, Error> {
        if let Some(name) = tag.qname("type")? {
            return Ok(TypeRef::Named(name, tag.place()));
        }
        if let Some(complex) = tag.first("complexType") {
            return Ok(TypeRef::Inline(Type::Complex(self.complex(&complex)?.into()).into()));
        }
        if let Some(simple) = tag.first("simpleType") {
            return Ok(TypeRef::Inline(Type::Simple(self.simple(&simple)?).into()));
        }
        Ok(TypeRef::Named(QName::new(XSD, otherwise), tag.place()))
    }

    fn simple(&self, tag: &Tag<'_>) -> Result<Simple, Error> {
        let form = if let Some(restriction) = tag.first("restriction") {
            self.restriction(&restriction)?
        } else if let Some(list) = tag.first("list") {
            Form::List(self.base(&list, "itemType")?)
        } else {
            Form::Union
        };
        Ok(Simple { doc: tag.doc(), form })
    }

    fn restriction(&self, tag: &Tag<'_>) -> Result<Form, Error> {
        let values = tag.each("enumeration").map(|value| {
            Ok(Value {
                text: value.get("value").unwrap_or_default().to_owned(),
                doc: value.doc(),
            })
        });
        Ok(Form::Restriction {
            base: self.base(tag, "base")?,
            values: values.collect::<Result<_, Error>>()?,
        })
    }

    fn base(&self, tag: &Tag<'_>, attribute: &str) -> Result<TypeRef, Error> {
        match (tag.qname(attribute)?, tag.first("simpleType")) {
            (Some(name), _) => Ok(TypeRef::Named(name, tag.place())),
            (None, Some(simple)) => Ok(TypeRef::Inline(Type::Simple(self.simple(&simple)?).into())),
            (None, None) => Ok(TypeRef::Named(QName::new(XSD, "string"), tag.place())),
        }
    }

    fn complex(&self, tag: &Tag<'_>) -> Result<Complex, Error> {
        let mut complex = Complex {
            doc: tag.doc(),
            is_abstract: tag.flag("abstract"),
            base: None,
            content: None,
            text: None,
            attributes: Vec::new(),
            place: tag.place(),
            namespace: self.namespace.to_owned(),
        };
        if let Some((derivation, extends)) = tag.first("complexContent").as_ref().and_then(derivation) {
            complex.base = Some(Base {
                name: derivation.resolve(derivation.needed("base")?)?,
                place: derivation.place(),
                extends,
            });
            complex.content = self.content(&derivation)?;
            complex.attributes = self.attributes(&derivation)?;
        } else if let Some((derivation, extends)) = tag.first("simpleContent").as_ref().and_then(derivation) {
            complex.text = Some(match self.restriction(&derivation)? {
                // A narrower text of a type with attributes is still that type.
                Form::Restriction { values, .. } if !extends && !values.is_empty() => {
                    TypeRef::Named(QName::new(XSD, "string"), derivation.place())
                }
                _ => self.base(&derivation, "base")?,
            });
            complex.attributes = self.attributes(&derivation)?;
        } else {
            complex.content = self.content(tag)?;
            complex.attributes = self.attributes(tag)?;
        }
        Ok(complex)
    }

    /// The particle in a type, a derivation or a group.
    fn content(&self, tag: &Tag<'_>) -> Result<Option<Particle>, Error> {
        let mut particles = tag.children().filter_map(|child| self.particle(&child).transpose());
        particles.next().transpose()
    }

    fn particle(&self, tag: &Tag<'_>) -> Result<Option<Particle>, Error> {
        if tag.namespace() != XSD || tag.get("maxOccurs") == Some("0") {
            return Ok(None);
        }
        let term = match tag.local() {
            "element" => match tag.qname("ref")? {
                Some(name) => Term::ElementRef(name, tag.place()),
                None => Term::Element(self.element(tag)?.into()),
            },
            "sequence" | "all" => Term::Sequence(self.particles(tag)?),
            "choice" => Term::Choice(self.particles(tag)?),
            "group" => Term::GroupRef(tag.resolve(tag.needed("ref")?)?, tag.place()),
            "any" => Term::Any,
            _ => return Ok(None),
        };
        Ok(Some(Particle::new(tag, term)))
    }

    fn particles(&self, tag: &Tag<'_>) -> Result<Vec<Particle>, Error> {
        tag.children()
            .filter_map(|child| self.particle(&child).transpose())
            .collect()
    }

    fn attributes(&self, tag: &Tag<'_>) -> Result<Vec<Attribution>, Error> {
        let mut attributes = Vec::new();
        for child in tag.children().filter(|child| child.namespace() == XSD) {
            let use_of = child.get("use").unwrap_or("optional");
            if use_of == "prohibited" {
                continue;
            }
            match (child.local(), child.qname("ref")?) {
                ("attribute", Some(name)) => attributes.push(Attribution::Ref {
                    name,
                    required: use_of == "required",
                    place: child.place(),
                }),
                ("attribute", None) => attributes.push(Attribution::One(self.attribute(&child)?)),
                ("attributeGroup", Some(name)) => attributes.push(Attribution::Group(name, child.place())),
                _ => {}
            }
        }
        Ok(attributes)
    }

    fn attribute(&self, tag: &Tag<'_>) -> Result<Attribute, Error> {
        let qualified = tag
            .get("form")
            .map_or(self.attributes_qualified, |form| form == "qualified");
        Ok(Attribute {
            name: QName::new(if qualified { self.namespace } else { "" }, tag.needed("name")?),
            doc: tag.doc(),
            of: self.type_of(tag, "string")?,
            required: tag.get("use") == Some("required"),
        })
    }
}

/// The extension or the restriction in a content, and whether it is an extension.
fn derivation<'d>(content: &Tag<'d>) -> Option<(Tag<'d>, bool)> {
    let extension = content.first("extension").map(|tag| (tag, true));
    extension.or_else(|| content.first("restriction").map(|tag| (tag, false)))
}
