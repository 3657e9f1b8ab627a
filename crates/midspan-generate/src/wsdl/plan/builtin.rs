//! The types that XML Schema has of its own (Part 2 s. 3).

use super::Ty;

/// What Rust has for one; nothing where there is no type of that name.
pub(super) fn builtin(local: &str) -> Option<Ty> {
    let path = match local {
        "string" | "normalizedString" | "token" | "language" | "Name" | "NCName" | "NMTOKEN" | "ID" | "IDREF"
        | "ENTITY" | "anyURI" | "QName" | "NOTATION" | "anySimpleType" | "anyAtomicType" | "duration" | "time"
        | "gYearMonth" | "gYear" | "gMonthDay" | "gDay" | "gMonth" | "hexBinary" | "dayTimeDuration"
        | "yearMonthDuration" => "String",
        "NMTOKENS" | "IDREFS" | "ENTITIES" => return Some(Ty::List(Box::new(Ty::Ready("String")))),
        "boolean" => "bool",
        "byte" => "i8",
        "short" => "i16",
        "int" => "i32",
        // Without bounds in XML Schema; services mean what their own integers hold.
        "long" | "integer" | "nonPositiveInteger" | "negativeInteger" => "i64",
        "unsignedByte" => "u8",
        "unsignedShort" => "u16",
        "unsignedInt" => "u32",
        "unsignedLong" | "nonNegativeInteger" | "positiveInteger" => "u64",
        "float" => "f32",
        "double" => "f64",
        "decimal" => "soap::Decimal",
        "date" => "Date",
        "dateTime" | "dateTimeStamp" => "soap::DateTime",
        "base64Binary" => "soap::Base64",
        "anyType" => "soap::AnyElement",
        _ => return None,
    };
    Some(Ty::Ready(path))
}
