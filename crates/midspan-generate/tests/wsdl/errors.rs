//! What is wrong with a WSDL is named with its place, and with what to do.

use midspan_generate::{Error, Options, Request, wsdl};

fn error(text: &str) -> Error {
    let request = Request {
        name: "x",
        file: "x/service.wsdl",
        text,
        command: "midspan source add --wsdl x/service.wsdl",
        options: Options::default(),
    };
    wsdl::module(&request, &mut |path| match path {
        "x/types.xsd" => Ok("<schema xmlns='http://www.w3.org/2001/XMLSchema'>\n<element/></schema>".to_owned()),
        _ => Err("no such file".to_owned()),
    })
    .unwrap_err()
}

#[track_caller]
fn check(text: &str, expected: &str) {
    assert_eq!(error(text).to_string(), expected);
}

/// A whole service with these schemas and parts.
fn service(schema: &str, input: &str, body: &str) -> String {
    format!(
        "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/' xmlns:s='http://schemas.xmlsoap.org/wsdl/soap/' \
         xmlns:t='urn:t' xmlns:x='http://www.w3.org/2001/XMLSchema' targetNamespace='urn:t'>\n\
         <types><x:schema targetNamespace='urn:t'>\n{schema}\n</x:schema></types>\n\
         <message name='In'>\n{input}\n</message>\n\
         <portType name='P'><operation name='Do'><input message='t:In'/></operation></portType>\n\
         <binding name='B' type='t:P'><s:binding transport='http://schemas.xmlsoap.org/soap/http'/>\
         <operation name='Do'>\n<input>{body}</input></operation></binding>\n\
         <service name='S'><port name='P' binding='t:B'><s:address location='http://h/p'/></port></service></definitions>"
    )
}

const BODY: &str = "<s:body use='literal'/>";

#[test]
fn what_is_no_wsdl_says_what_it_is() {
    check(
        "<a>\n<b></a>",
        "x/service.wsdl:2:4: is not well-formed XML: expected 'b' tag, not 'a' at 2:4\n  \
         help: get the file again from the service",
    );
    check(
        "<html/>",
        "x/service.wsdl:1:1: the first element is `<html>` of namespace \"\"\n  \
         help: give the WSDL 1.1 of the service, whose first element is `<definitions>`",
    );
    check(
        "<description xmlns='http://www.w3.org/ns/wsdl'/>",
        "x/service.wsdl:1:1: the first element is `<description>` of namespace \"http://www.w3.org/ns/wsdl\"\n  \
         help: WSDL 2.0 is not read; most services publish WSDL 1.1 as well, often at `?wsdl`",
    );
    check(
        "<definitions xmlns='http://schemas.xmlsoap.org/wsdl/'/>",
        "x/service.wsdl:1:1: no service has a binding to SOAP over HTTP\n  \
         help: give the WSDL that has the services' ports; it may import the one that you gave",
    );
}

#[test]
fn files_that_cant_be_had_are_named() {
    let import = |location: &str| service(&format!("<x:import schemaLocation='{location}'/>"), "", BODY);
    check(
        &import("other.xsd"),
        "x/service.wsdl:3:1: can't read \"x/other.xsd\": no such file\n  \
         help: put the file there, or correct the location",
    );
    check(
        &import("http://h/S.svc?xsd=xsd0"),
        "x/service.wsdl:3:1: imports \"http://h/S.svc?xsd=xsd0\", and only files are read\n  \
         help: download it beside this file and correct the location, or get the WSDL in one piece: WCF gives it at \
         `?singleWsdl`",
    );
    check(
        &import("types.xsd"),
        "x/types.xsd:2:1: `<element>` has no attribute \"name\"\n  \
         help: the file is not valid; get it again from the service",
    );
}

#[test]
fn names_that_mean_nothing_are_named_where_they_stand() {
    let element = |content: &str| {
        let schema = format!("<x:element name='E'><x:complexType>{content}</x:complexType></x:element>");
        service(&schema, "<part name='p' element='t:E'/>", BODY)
    };
    check(
        &element("\n<x:sequence><x:element name='a' type='t:Nowhere'/></x:sequence>"),
        "x/service.wsdl:4:13: the type \"Nowhere\" of namespace \"urn:t\" is not defined\n  \
         help: import or include the schema that defines it, or correct the name",
    );
    check(
        &element("<x:sequence>\n<x:element name='a' type='q:T'/></x:sequence>"),
        "x/service.wsdl:4:1: the prefix of \"q:T\" is not declared\n  \
         help: add xmlns:q=\"...\", or correct the prefix",
    );
    check(
        &element("\n<x:group ref='t:G'/>"),
        "x/service.wsdl:4:1: the group \"G\" of namespace \"urn:t\" is not defined\n  \
         help: import or include the schema that defines it, or correct the name",
    );
    check(
        &service("", "<part name='p' element='t:E'/>", BODY),
        "x/service.wsdl:6:1: the element \"E\" of namespace \"urn:t\" is not defined\n  \
         help: import or include the schema that defines it, or correct the name",
    );
}

#[test]
fn circles_end() {
    let type_of_itself = "<x:complexType name='T'><x:complexContent>\n<x:extension base='t:T'/></x:complexContent></x:complexType>\
        <x:element name='E' type='t:T'/>";
    check(
        &service(type_of_itself, "<part name='p' element='t:E'/>", BODY),
        "x/service.wsdl:3:1: the type is derived from itself\n  help: correct its base",
    );
    let group_in_itself = "<x:group name='G'><x:sequence>\n<x:group ref='t:G'/></x:sequence></x:group>\
        <x:element name='E'><x:complexType><x:group ref='t:G'/></x:complexType></x:element>";
    check(
        &service(group_in_itself, "<part name='p' element='t:E'/>", BODY),
        "x/service.wsdl:4:1: the group \"G\" of namespace \"urn:t\" contains itself\n  help: correct the reference",
    );
}

#[test]
fn messages_that_are_not_literal_documents_say_how_they_should_be() {
    check(
        &service("", "", "<s:body use='encoded'/>"),
        "x/service.wsdl:9:91: operation \"Do\" is bound with use=\"encoded\"\n  \
         help: only literal messages are read (WS-I Basic Profile 1.1, R2706): ask the service's owner for such a WSDL",
    );
    check(
        &service("", "<part name='p' type='x:string'/>", BODY),
        "x/service.wsdl:6:1: the part \"p\" of a document has a type, and no element\n  \
         help: name an element there (WS-I Basic Profile 1.1, R2204)",
    );
    check(
        &service(
            "",
            "<part name='p' element='t:E'/>\n<part name='q' element='t:E'/>",
            BODY,
        ),
        "x/service.wsdl:7:1: the document of \"In\" of namespace \"urn:t\" has several parts\n  \
         help: leave one in the body by parts=\"...\" of `<soap:body>` (WS-I Basic Profile 1.1, R2201)",
    );
}

proptest::proptest! {
    /// A real WSDL with a piece of it in another place.
    #[test]
    fn no_text_panics(from in 0_usize..8000, length in 0_usize..400, to in 0_usize..8000) {
        let mut text: Vec<char> = include_str!("descriptions/shapes.wsdl").chars().collect();
        let from = from.min(text.len());
        let piece: Vec<char> = text.drain(from..(from + length).min(text.len())).collect();
        let to = to.min(text.len());
        text.splice(to..to, piece);
        let text: String = text.into_iter().collect();
        let request = Request { name: "x", file: "shapes.wsdl", text: &text, command: "midspan", options: Options::default() };
        let module = wsdl::module(&request, &mut |_| Ok(include_str!("descriptions/shapes/geometry.xsd").to_owned()));
        if let Err(error) = module {
            proptest::prop_assert!(error.at.is_some(), "{}", error);
        }
    }
}
