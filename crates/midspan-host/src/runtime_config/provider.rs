//! `[[variables_provider]]`.

use crate::{
    diagnostic::Diagnostic,
    document::{Table, Value},
    variables::VariablesProvider,
};

/// The providers in their order; `config_provider` is the key's old name.
pub(super) fn read(root: &mut Table<'_>) -> Vec<VariablesProvider> {
    let tables = root.take("variables_provider");
    let old = root.take("config_provider");
    let tables = tables.or(old).map(Value::tables).unwrap_or_default();
    tables.into_iter().filter_map(read_provider).collect()
}

fn read_provider(mut table: Table<'_>) -> Option<VariablesProvider> {
    let document = table.document;
    let kind = table.require("type").and_then(Value::string)?;
    let provider = match kind.value.as_str() {
        "env" => VariablesProvider::Env {
            prefix: match table.string("prefix") {
                Some(prefix) => prefix.value,
                None => VariablesProvider::DEFAULT_PREFIX.to_owned(),
            },
            dotenv_path: table.string("dotenv_path").map(|path| path.value.into()),
        },
        "static" => {
            let values = table.require("values").and_then(Value::table).map(Table::into_strings);
            let values = values.unwrap_or_default().into_iter();
            VariablesProvider::Static {
                values: values.map(|(name, value)| (name.value, value.value)).collect(),
            }
        }
        "vault" | "open_bao" | "azure_key_vault" => {
            let message = format!("the embedded host does not support variables from {:?} yet", kind.value);
            let help = "give the values by --variable or SPIN_VARIABLE_NAME, or run the application with `spin up`";
            document.report(Diagnostic::error(document.file, kind.line, message).with_help(help));
            return None;
        }
        other => {
            document.error(kind.line, format!("there is no variables provider of type {other:?}"));
            return None;
        }
    };
    table.finish();
    Some(provider)
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, path::Path};

    use super::*;
    use crate::runtime_config::RuntimeConfig;

    fn parse(text: &str) -> Result<Vec<VariablesProvider>, String> {
        let config = RuntimeConfig::parse(Path::new("rc.toml"), text);
        config
            .map(|config| config.variables_providers)
            .map_err(|found| found.to_string())
    }

    #[test]
    fn providers_are_read_in_their_order() {
        let providers = parse(
            "[[variables_provider]]\ntype = \"env\"\nprefix = \"MY_APP\"\ndotenv_path = \"my.env\"\n\
             [[variables_provider]]\ntype = \"static\"\nvalues = { a = \"hunter2\" }\n[[variables_provider]]\ntype = \"env\"\n",
        )
        .unwrap();
        let env = |prefix: &str, path: Option<&str>| VariablesProvider::Env {
            prefix: prefix.to_owned(),
            dotenv_path: path.map(Into::into),
        };
        let values = BTreeMap::from([("a".to_owned(), "hunter2".to_owned())]);
        let expected = [
            env("MY_APP", Some("my.env")),
            VariablesProvider::Static { values },
            env("SPIN_VARIABLE", None),
        ];
        assert_eq!(providers, expected);
        assert!(!format!("{providers:?}").contains("hunter2"));
        assert_eq!(
            parse("[[config_provider]]\ntype = \"env\"\n").unwrap(),
            [env("SPIN_VARIABLE", None)]
        );
    }

    #[test]
    fn a_provider_that_the_embedded_host_lacks_or_nobody_has_is_refused_by_line() {
        assert_eq!(
            parse("[[variables_provider]]\ntype = \"vault\"\nurl = \"x\"\n[[variables_provider]]\ntype = \"etcd\"\n")
                .unwrap_err(),
            "error: rc.toml:2: the embedded host does not support variables from \"vault\" yet\n  \
             help: give the values by --variable or SPIN_VARIABLE_NAME, or run the application with `spin up`\n\
             error: rc.toml:5: there is no variables provider of type \"etcd\""
        );
        assert_eq!(
            parse("[[variables_provider]]\ntype = \"env\"\nprefx = \"X\"\n").unwrap_err(),
            "error: rc.toml:3: unknown key \"prefx\" in [variables_provider]\n  help: did you mean \"prefix\"?"
        );
    }
}
