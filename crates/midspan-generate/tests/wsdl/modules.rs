//! Generated modules are the ones that are checked in.

use std::{fs, path::Path};

use midspan_generate::{Error, Module, Options, Request, wsdl};

/// The emulated payroll system publishes its WSDL with its own address in it.
const ADDRESS: &str = "https://payroll.contoso.example/LeaveService.svc";

fn generate(name: &str, folder: &str, file: &str) -> Module {
    generate_with(name, folder, file, Options::default()).unwrap_or_else(|error| panic!("{error}"))
}

fn generate_with(name: &str, folder: &str, file: &str, options: Options<'_>) -> Result<Module, Error> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut read = |path: &str| {
        let text = fs::read_to_string(folder.join(path)).map_err(|why| why.to_string())?;
        let text = text
            .replace("{location}?xsd=xsd0", "messages.xsd")
            .replace("{location}?xsd=xsd1", "types.xsd");
        Ok(text.replace("{location}", ADDRESS))
    };
    let text = read(file).unwrap();
    let request = Request {
        name,
        file,
        text: &text,
        command: &format!("midspan source add --wsdl {file} --name {name}"),
        options,
    };
    wsdl::module(&request, &mut read)
}

#[track_caller]
fn check(name: &str, folder: &str) -> Module {
    check_in("tests/wsdl/generated", name, folder, name)
}

#[track_caller]
fn check_in(target: &str, name: &str, folder: &str, wsdl: &str) -> Module {
    let module = generate(name, folder, &format!("{wsdl}.wsdl"));
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(target)
        .join(format!("{name}.rs"));
    if std::env::var_os("MIDSPAN_UPDATE").is_some() {
        fs::write(&path, &module.text).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).unwrap(), module.text, "{name}");
    assert_eq!(
        generate(name, folder, &format!("{wsdl}.wsdl")),
        module,
        "the same each time"
    );
    module
}

const HERE: &str = "tests/wsdl/descriptions";

#[test]
fn a_service_of_windows_communication_foundation_has_its_schemas_in_files_of_their_own() {
    let module = check("leave", "../../tests/sources/src/systems/payroll");
    let variables: Vec<_> = module
        .variables
        .iter()
        .map(|variable| (variable.name.as_str(), variable.secret))
        .collect();
    assert_eq!(
        variables,
        [("leave_url", false), ("leave_user", false), ("leave_password", true)]
    );
    assert_eq!(
        module.variables[0].default.as_deref(),
        Some("https://payroll.contoso.example")
    );
    assert_eq!(module.notes, ["The service speaks SOAP 1.2 too; the module uses 1.1."]);
}

#[test]
fn a_java_service_has_elements_of_named_types_and_headers() {
    let module = check("directory", HERE);
    assert_eq!(
        module.notes,
        ["Where the WSDL has `personKey`, there may be `person` by `xsi:type`: what that adds is not read."]
    );
}

#[test]
fn rpc_literal_has_wrappers_and_what_is_encoded_is_left_out() {
    let module = check("clock", HERE);
    assert_eq!(
        module.variables[0].default.as_deref(),
        Some("https://clock.example.org")
    );
    assert_eq!(
        module.notes,
        ["Operation `legacy` is left out: it is bound with use=\"encoded\"."]
    );
}

#[test]
fn names_of_any_kind_become_those_of_rust() {
    assert_eq!(check("hr", HERE).notes, [""; 0]);
}

#[test]
fn choices_groups_and_recursive_types_are_enums_fields_and_boxes() {
    let module = check("shapes", HERE);
    assert_eq!(module.variables[0].default, None);
    assert_eq!(module.notes, [""; 0]);
}

#[test]
fn the_module_of_the_reference_connector_is_the_one_that_is_checked_in() {
    let wsdl = "../../tests/sources/src/systems/payroll";
    let module = check_in("../../components/systems/src", "payroll", wsdl, "leave");
    assert!(module.text.contains(".at(\"/LeaveService.svc\")"), "{}", module.text);
}

#[test]
fn what_was_chosen_goes_before_what_the_wsdl_says() {
    let only = ["removePerson".to_owned()];
    let options = Options {
        base_path: Some("/people"),
        only: &only,
        dates_as_text: true,
    };
    let module = generate_with("directory", HERE, "directory.wsdl", options).unwrap();
    assert!(
        module.text.contains("REMOVE_PERSON") && !module.text.contains("FIND_PEOPLE"),
        "{}",
        module.text
    );
    assert!(module.text.contains(".at(\"/people\")"), "{}", module.text);
    let all = Options { only: &[], ..options };
    let module = generate_with("directory", HERE, "directory.wsdl", all).unwrap();
    assert!(module.text.contains("pub since: Option<String>"), "{}", module.text);
    let only = ["addPerson".to_owned()];
    let unknown = Options { only: &only, ..options };
    let error = generate_with("directory", HERE, "directory.wsdl", unknown).unwrap_err();
    assert_eq!(
        error.to_string(),
        "directory.wsdl:3:1: there is no operation \"addPerson\"\n  help: there are findPeople, removePerson"
    );
}

/// End to end, `tests/suite/soap.rs` asks a service by others through it.
#[test]
fn the_module_of_the_test_operation_is_the_one_that_is_checked_in() {
    let module = check_in(
        "../../tests/components/stock/src",
        "stock",
        "../../tests/peers/soap",
        "stock",
    );
    assert_eq!(module.notes, [""; 0]);
}
