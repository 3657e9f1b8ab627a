//! Fields of records, from the elements and attributes of complex types.

use super::{Count, Field, FieldPlace, Kind, Ty, Variant, types::Types, types::missing};
use crate::{
    Error,
    rust::Scope,
    wsdl::{
        name::{Place, QName},
        node::{XML, XSD},
        schema::{Attribute, Attribution, Complex, Element, Particle, Schemas, Term, Type, TypeRef},
    },
};

/// More than any schema that is no circle.
const MAX_DEPTH: usize = 64;

/// All that a type consists of: its own, and what it has from the types and groups that it is made from.
pub(super) struct Content<'s> {
    schemas: &'s Schemas,
    particles: Vec<&'s Particle>,
    attributes: Vec<(&'s Attribute, bool)>,
    /// `xml:lang` and its like, which no schema here defines.
    ready: Vec<(&'s QName, bool)>,
    pub(super) text: Option<&'s TypeRef>,
}

impl<'s> Content<'s> {
    pub(super) fn of(schemas: &'s Schemas, complex: &'s Complex) -> Result<Self, Error> {
        let mut content = Self {
            schemas,
            particles: Vec::new(),
            attributes: Vec::new(),
            ready: Vec::new(),
            text: None,
        };
        content.add(complex, 0)?;
        Ok(content)
    }

    pub(super) fn is_text_alone(&self) -> bool {
        self.attributes.is_empty() && self.ready.is_empty()
    }

    fn add(&mut self, complex: &'s Complex, depth: usize) -> Result<(), Error> {
        if depth > MAX_DEPTH {
            return Err(complex
                .place
                .error("the type is derived from itself")
                .with_help("correct its base"));
        }
        if let Some(base) = &complex.base {
            match self.schemas.types.get(&base.name) {
                Some(Type::Complex(of)) => self.add(of, depth + 1)?,
                None if base.name.namespace == XSD => {}
                Some(Type::Simple(_)) | None => return Err(missing("complex type", &base.name, &base.place)),
            }
            if !base.extends {
                self.particles.clear();
            }
        }
        match &complex.text {
            // Text with attributes, and some more of them.
            Some(TypeRef::Named(name, _)) if let Some(Type::Complex(of)) = self.schemas.types.get(name) => {
                self.add(of, depth + 1)?;
            }
            Some(text) => self.text = Some(text),
            None => {}
        }
        self.particles.extend(&complex.content);
        self.attributions(&complex.attributes, depth)
    }

    fn attributions(&mut self, attributions: &'s [Attribution], depth: usize) -> Result<(), Error> {
        for attribution in attributions {
            match attribution {
                Attribution::One(attribute) => self.attribute(attribute, attribute.required),
                Attribution::Ref { name, required, .. } if name.namespace == XML => self.ready.push((name, *required)),
                Attribution::Ref { name, required, place } => {
                    let attribute = self.schemas.attributes.get(name);
                    self.attribute(attribute.ok_or_else(|| missing("attribute", name, place))?, *required);
                }
                Attribution::Group(name, place) => {
                    let group = self.schemas.attribute_groups.get(name);
                    let group = group.filter(|_| depth <= MAX_DEPTH);
                    self.attributions(group.ok_or_else(|| missing("attribute group", name, place))?, depth + 1)?;
                }
            }
        }
        Ok(())
    }

    /// A restriction may give an attribute of its base again.
    fn attribute(&mut self, attribute: &'s Attribute, required: bool) {
        self.attributes.retain(|(earlier, _)| earlier.name != attribute.name);
        self.attributes.push((attribute, required));
    }

    pub(super) fn fields(self, types: &mut Types<'s>, owner: &str) -> Result<Vec<Field>, Error> {
        let mut fields = Record {
            owner,
            names: Vec::new(),
            scope: Scope::new(&[]),
            made: Vec::new(),
            any: false,
        };
        for (attribute, required) in self.attributes {
            let ty = types.of(&attribute.of, owner, &attribute.name.local)?;
            let place = FieldPlace::Attribute(attribute.name.clone());
            fields.push(&attribute.name.local, &attribute.doc, place, ty, count(required));
        }
        for (name, required) in self.ready {
            fields.push(
                &name.local,
                "",
                FieldPlace::Attribute(name.clone()),
                Ty::Ready("String"),
                count(required),
            );
        }
        if let Some(text) = self.text {
            let ty = types.of(text, owner, "value")?;
            fields.push("value", "", FieldPlace::Text, ty, Count::One);
        }
        for particle in &self.particles {
            names(types.schemas, particle, 0, &mut fields.names)?;
        }
        for particle in &self.particles {
            fields.particle(types, particle, Occurs::default())?;
        }
        Ok(fields.finish())
    }
}

fn count(required: bool) -> Count {
    if required { Count::One } else { Count::Optional }
}

/// The names of all elements that a particle may bring, each as often as it is written. Circles of groups end here.
fn names<'s>(
    schemas: &'s Schemas,
    particle: &'s Particle,
    depth: usize,
    found: &mut Vec<&'s QName>,
) -> Result<(), Error> {
    match &particle.term {
        Term::Element(element) => found.push(&element.name),
        Term::ElementRef(name, _) => found.push(name),
        Term::Sequence(particles) | Term::Choice(particles) => {
            for particle in particles {
                names(schemas, particle, depth, found)?;
            }
        }
        Term::GroupRef(name, place) if depth > MAX_DEPTH => {
            return Err(place
                .error(format!("the group {name} contains itself"))
                .with_help("correct the reference"));
        }
        Term::GroupRef(name, place) => names(schemas, group(schemas, name, place)?, depth + 1, found)?,
        Term::Any => {}
    }
    Ok(())
}

fn group<'s>(schemas: &'s Schemas, name: &QName, place: &Place) -> Result<&'s Particle, Error> {
    schemas.groups.get(name).ok_or_else(|| missing("group", name, place))
}

/// How often a particle occurs, with all that it is in.
#[derive(Debug, Clone, Copy, Default)]
struct Occurs {
    optional: bool,
    repeats: bool,
    /// One branch of several.
    in_choice: bool,
}

impl Occurs {
    fn within(self, particle: &Particle) -> Self {
        Self {
            optional: self.optional || particle.optional,
            repeats: self.repeats || particle.repeats,
            in_choice: self.in_choice,
        }
    }

    fn count(self) -> Count {
        match self {
            Self { repeats: true, .. } => Count::Many,
            Self { optional: true, .. } => Count::Optional,
            _ => Count::One,
        }
    }
}

/// The fields of a record so far.
struct Record<'o, 's> {
    owner: &'o str,
    /// See [`names`].
    names: Vec<&'s QName>,
    scope: Scope,
    made: Vec<Field>,
    any: bool,
}

impl<'s> Record<'_, 's> {
    fn particle(&mut self, types: &mut Types<'s>, particle: &'s Particle, occurs: Occurs) -> Result<(), Error> {
        let occurs = occurs.within(particle);
        match &particle.term {
            Term::Element(element) => {
                let ty = types.of(&element.of, self.owner, &element.name.local)?;
                self.element(element, ty, occurs);
            }
            // A schema within a document, as .NET's data sets have it.
            Term::ElementRef(name, _) if name.namespace == XSD => self.any = true,
            Term::ElementRef(name, place) => self.reference(types, name, place, occurs)?,
            Term::Sequence(particles) => {
                for particle in particles {
                    self.particle(types, particle, occurs)?;
                }
            }
            Term::Choice(particles) if self.is_plain(particles, occurs) => self.choice(types, particles, occurs)?,
            Term::Choice(particles) => {
                let occurs = Occurs {
                    optional: true,
                    in_choice: true,
                    ..occurs
                };
                for particle in particles {
                    self.particle(types, particle, occurs)?;
                }
            }
            Term::GroupRef(name, place) => self.particle(types, group(types.schemas, name, place)?, occurs)?,
            Term::Any => self.any = true,
        }
        Ok(())
    }

    fn reference(
        &mut self,
        types: &mut Types<'s>,
        name: &'s QName,
        place: &Place,
        occurs: Occurs,
    ) -> Result<(), Error> {
        let element = types.element(name, place)?;
        let members = types.schemas.substitutions.get(name).map_or(&[][..], Vec::as_slice);
        if members.is_empty() {
            let ty = types.of_element(element)?;
            self.element(element, ty, occurs);
            return Ok(());
        }
        let mut elements = Vec::new();
        for name in std::iter::once(name).chain(members) {
            let element = types.element(name, place)?;
            if !element.is_abstract {
                elements.push((element, types.of_element(element)?));
            }
        }
        self.one_of(types, &name.local, elements, occurs)
    }

    /// Whether a choice is one between single elements that stand nowhere else: then it is an enum.
    fn is_plain(&self, particles: &[Particle], occurs: Occurs) -> bool {
        let is_plain = |particle: &Particle| match &particle.term {
            Term::Element(element) => self.is_only(&element.name),
            Term::ElementRef(name, _) => name.namespace != XSD && self.is_only(name),
            _ => false,
        };
        let repeats = particles.iter().any(|particle| particle.repeats) && !occurs.repeats;
        particles.len() > 1 && particles.iter().all(is_plain) && !repeats
    }

    fn is_only(&self, name: &QName) -> bool {
        self.names.iter().filter(|given| **given == name).count() == 1
    }

    fn choice(&mut self, types: &mut Types<'s>, particles: &'s [Particle], occurs: Occurs) -> Result<(), Error> {
        let mut elements = Vec::new();
        for particle in particles {
            let (element, ty) = match &particle.term {
                Term::Element(element) => (&**element, types.of(&element.of, self.owner, &element.name.local)?),
                Term::ElementRef(name, place) => {
                    let element = types.element(name, place)?;
                    (element, types.of_element(element)?)
                }
                _ => continue,
            };
            elements.push((element, ty));
        }
        let optional = occurs.optional || particles.iter().any(|particle| particle.optional);
        self.one_of(types, "choice", elements, Occurs { optional, ..occurs })
    }

    fn one_of(
        &mut self,
        types: &mut Types<'s>,
        name: &str,
        elements: Vec<(&'s Element, Ty)>,
        occurs: Occurs,
    ) -> Result<(), Error> {
        let names: Vec<_> = elements
            .iter()
            .map(|(element, _)| format!("`{}`", element.name.local))
            .collect();
        let doc = format!("One of {}.", names.join(", "));
        let ty = types.add(&format!("{} {name}", self.owner), &doc, |_, _| {
            let mut scope = Scope::new(&["Self"]);
            let variants = elements.into_iter().map(|(element, ty)| Variant {
                ident: scope.ty(&element.name.local),
                doc: element.doc.clone(),
                name: element.name.clone(),
                ty,
            });
            Ok(Kind::Elements(variants.collect()))
        })?;
        self.push(name, &doc, FieldPlace::Choice, ty, occurs.count());
        Ok(())
    }

    /// A field for an element. One that is written several times is one field: in branches of a choice it is there once
    /// at most, elsewhere it is a list.
    fn element(&mut self, element: &Element, ty: Ty, occurs: Occurs) {
        let same =
            |field: &&mut Field| matches!(&field.place, FieldPlace::Element { name, .. } if *name == element.name);
        if let Some(earlier) = self.made.iter_mut().find(same) {
            if !occurs.in_choice || occurs.repeats {
                earlier.count = if element.nillable {
                    Count::ManyOrNil
                } else {
                    Count::Many
                };
            }
            return;
        }
        let (count, nillable) = match occurs.count() {
            Count::Many if element.nillable => (Count::ManyOrNil, false),
            Count::One if element.nillable => (Count::Optional, true),
            count => (count, false),
        };
        let place = FieldPlace::Element {
            name: element.name.clone(),
            nillable,
        };
        self.push(&element.name.local, &element.doc, place, ty, count);
    }

    fn push(&mut self, name: &str, doc: &str, place: FieldPlace, ty: Ty, count: Count) {
        self.made.push(Field {
            ident: self.scope.value(name),
            doc: doc.to_owned(),
            place,
            ty,
            count,
        });
    }

    fn finish(mut self) -> Vec<Field> {
        let has_elements = self
            .made
            .iter()
            .any(|field| !matches!(field.place, FieldPlace::Attribute(_)));
        // Beside others, they would be taken for those.
        if self.any && !has_elements {
            let doc = "Elements of any name.";
            self.push(
                "any",
                doc,
                FieldPlace::Choice,
                Ty::Ready("soap::AnyElement"),
                Count::Many,
            );
        }
        self.made
    }
}
