//! Where values come from.

use std::{
    collections::BTreeMap,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use crate::diagnostic::Diagnostic;

/// Everything that can give a variable its value, except the manifest.
pub struct VariableInputs<'a> {
    /// The value of each `--variable`, as typed: `name=value`, `name=@file` (the file's text), or `@file.json` and
    /// `@file.toml` (many variables). A later one wins.
    pub arguments: &'a [String],
    /// The `[[variables_provider]]`s of the runtime configuration.
    pub providers: &'a [VariablesProvider],
    /// Reads the process's environment.
    pub environment: &'a dyn Fn(&str) -> Option<String>,
    /// The folder that relative file names start from, and where `.env` is looked for: the process's current one.
    pub directory: &'a Path,
}

/// A `[[variables_provider]]`.
#[derive(Clone, PartialEq, Eq)]
pub enum VariablesProvider {
    /// `type = "env"`: `PREFIX_NAME` in the environment, then in a file of the same form.
    Env {
        /// What stands before the underscore; Spin's is `SPIN_VARIABLE`.
        prefix: String,
        /// The file, if there is one; one that does not exist counts as empty.
        dotenv_path: Option<PathBuf>,
    },
    /// `type = "static"`: the values themselves.
    Static {
        /// Value by name.
        values: BTreeMap<String, String>,
    },
}

/// Shows the names of static values, never the values.
impl fmt::Debug for VariablesProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env { prefix, .. } => f.debug_tuple("Env").field(prefix).finish(),
            Self::Static { values } => f.debug_set().entries(values.keys()).finish(),
        }
    }
}

impl VariablesProvider {
    /// The one that always comes last.
    pub(crate) const DEFAULT_PREFIX: &str = "SPIN_VARIABLE";
}

impl<'a> VariableInputs<'a> {
    /// Reads the files; those that can't be read are added to `found`.
    pub(super) fn open(&self, found: &mut Vec<Diagnostic>) -> Sources<'a> {
        let mut arguments = BTreeMap::new();
        for argument in self.arguments {
            match self.read_argument(argument) {
                Ok(values) => arguments.extend(values),
                Err(problem) => found.push(problem),
            }
        }
        let last = VariablesProvider::Env {
            prefix: VariablesProvider::DEFAULT_PREFIX.to_owned(),
            dotenv_path: Some(PathBuf::from(".env")),
        };
        let providers = self.providers.iter().chain([&last]);
        let providers = providers
            .filter_map(|provider| self.open_provider(provider, found))
            .collect();
        Sources {
            arguments,
            providers,
            environment: self.environment,
        }
    }

    fn open_provider(&self, provider: &VariablesProvider, found: &mut Vec<Diagnostic>) -> Option<Provider> {
        match provider {
            VariablesProvider::Static { values } => Some(Provider::Static(values.clone())),
            VariablesProvider::Env { prefix, dotenv_path } => {
                let dotenv = dotenv_path
                    .as_ref()
                    .map_or(Ok(BTreeMap::new()), |path| read_dotenv(&self.directory.join(path)));
                match dotenv {
                    Ok(dotenv) => Some(Provider::Env {
                        prefix: prefix.clone(),
                        dotenv,
                    }),
                    Err(problem) => {
                        found.push(problem);
                        None
                    }
                }
            }
        }
    }

    fn read_argument(&self, argument: &str) -> Result<BTreeMap<String, String>, Diagnostic> {
        if let Some(path) = argument.strip_prefix('@') {
            return read_variables_file(Path::new(path), self.directory);
        }
        let Some((name, value)) = argument.split_once('=') else {
            // The argument itself is not shown: it may be a value that was pasted without its name.
            return Err(Diagnostic::error(
                "--variable",
                None,
                "an argument is not in the form \"name=value\" or \"@file\"",
            ));
        };
        let value = match value.strip_prefix('@') {
            Some(path) => read(Path::new(path), self.directory)?,
            None => value.to_owned(),
        };
        Ok(BTreeMap::from([(name.to_owned(), value)]))
    }
}

/// The sources with their files read.
pub(super) struct Sources<'a> {
    arguments: BTreeMap<String, String>,
    providers: Vec<Provider>,
    environment: &'a dyn Fn(&str) -> Option<String>,
}

enum Provider {
    Env {
        prefix: String,
        dotenv: BTreeMap<String, String>,
    },
    Static(BTreeMap<String, String>),
}

impl Sources<'_> {
    /// The variable's value from the first source that has one.
    pub(super) fn value(&self, name: &str) -> Option<String> {
        let provided = || self.providers.iter().find_map(|provider| self.provided(provider, name));
        self.arguments.get(name).cloned().or_else(provided)
    }

    /// The variables that `--variable` gave a value to.
    pub(super) fn argument_names(&self) -> impl Iterator<Item = &str> {
        self.arguments.keys().map(String::as_str)
    }

    fn provided(&self, provider: &Provider, name: &str) -> Option<String> {
        match provider {
            Provider::Static(values) => values.get(name).cloned(),
            Provider::Env { prefix, dotenv } => {
                let key = format!("{prefix}_{}", name.to_ascii_uppercase());
                (self.environment)(&key).or_else(|| dotenv.get(&key).cloned())
            }
        }
    }
}

fn read_variables_file(path: &Path, directory: &Path) -> Result<BTreeMap<String, String>, Diagnostic> {
    // A parser's own message may quote the file's text, which may be a secret: only the place is told.
    let bad = |line, kind| {
        Diagnostic::error(path, line, format!("this is not a {kind} file of variables"))
            .with_help("it must hold only names and strings")
    };
    match path.extension().and_then(|extension| extension.to_str()) {
        Some("json") => {
            let text = read(path, directory)?;
            serde_json::from_str(&text).map_err(|error| bad(Some(error.line()), "JSON"))
        }
        Some("toml") => {
            let text = read(path, directory)?;
            toml::from_str(&text).map_err(|error| {
                bad(
                    error.span().map(|span| text[..span.start].matches('\n').count() + 1),
                    "TOML",
                )
            })
        }
        _ => Err(
            Diagnostic::error(path, None, "a file of variables must end in .json or .toml")
                .with_help("for the value of one variable, write name=@file"),
        ),
    }
}

fn read(path: &Path, directory: &Path) -> Result<String, Diagnostic> {
    fs::read_to_string(directory.join(path)).map_err(|error| unreadable(path, &error))
}

fn read_dotenv(path: &Path) -> Result<BTreeMap<String, String>, Diagnostic> {
    match dotenvy::from_path_iter(path) {
        Ok(lines) => lines.collect::<Result<_, _>>().map_err(|error| match error {
            dotenvy::Error::Io(error) => unreadable(path, &error),
            // Its message would quote the line.
            _ => Diagnostic::error(path, None, "a line is not in the form \"NAME=value\"")
                .with_help("put a value with spaces in quotes"),
        }),
        Err(dotenvy::Error::Io(error)) if error.kind() != io::ErrorKind::NotFound => Err(unreadable(path, &error)),
        Err(_) => Ok(BTreeMap::new()),
    }
}

fn unreadable(path: &Path, error: &io::Error) -> Diagnostic {
    Diagnostic::error(path, None, format!("this file of variables cannot be read: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Diagnostics;

    struct Given {
        directory: tempfile::TempDir,
        providers: Vec<VariablesProvider>,
    }

    impl Given {
        fn files(files: &[(&str, &str)]) -> Self {
            let directory = tempfile::tempdir().unwrap();
            for (name, text) in files {
                fs::write(directory.path().join(name), text).unwrap();
            }
            Self {
                directory,
                providers: Vec::new(),
            }
        }

        fn value(&self, arguments: &[&str], name: &str) -> Result<Option<String>, String> {
            let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
            let environment = |name: &str| (name == "MY_APP_REGION").then(|| "from the environment".to_owned());
            let inputs = VariableInputs {
                arguments: &arguments,
                providers: &self.providers,
                environment: &environment,
                directory: self.directory.path(),
            };
            let mut found = Vec::new();
            let value = inputs.open(&mut found).value(name);
            if found.is_empty() {
                Ok(value)
            } else {
                Err(Diagnostics(found).to_string())
            }
        }
    }

    #[test]
    fn an_argument_takes_the_forms_of_spin() {
        let given = Given::files(&[
            ("key.txt", "line\n"),
            ("v.json", r#"{"a": "from json"}"#),
            ("v.toml", "a = \"from toml\""),
        ]);
        let check = |arguments: &[&str], expected: Option<&str>| {
            assert_eq!(
                given.value(arguments, "a"),
                Ok(expected.map(str::to_owned)),
                "{arguments:?}"
            );
        };
        check(&[], None);
        check(&["a="], Some(""));
        check(&["a=b=c"], Some("b=c"));
        check(&["a=@key.txt"], Some("line\n"));
        check(&["@v.json"], Some("from json"));
        check(&["@v.toml"], Some("from toml"));
        check(&["@v.toml", "a=later"], Some("later"));
        check(&["b=1"], None);
    }

    #[test]
    fn an_argument_that_cannot_be_used_is_told_without_its_text() {
        let given = Given::files(&[("bad.json", "{\n\"a\": 5}"), ("bad.toml", "a = \"x\"\nb = hunter2")]);
        let check = |argument: &str, expected: &str| {
            assert_eq!(given.value(&[argument], "a"), Err(expected.to_owned()), "{argument}");
        };
        check(
            "hunter2",
            "error: --variable: an argument is not in the form \"name=value\" or \"@file\"",
        );
        check(
            "@bad.json",
            "error: bad.json:2: this is not a JSON file of variables\n  help: it must hold only names and strings",
        );
        check(
            "@bad.toml",
            "error: bad.toml:2: this is not a TOML file of variables\n  help: it must hold only names and strings",
        );
        check(
            "@v.yaml",
            "error: v.yaml: a file of variables must end in .json or .toml\n  help: for the value of one variable, write name=@file",
        );
        let missing = given.value(&["a=@nowhere"], "a").unwrap_err();
        assert!(
            missing.starts_with("error: nowhere: this file of variables cannot be read: "),
            "{missing}"
        );
    }

    #[test]
    fn providers_are_asked_in_their_order_and_the_dotenv_file_last() {
        let mut given = Given::files(&[
            (
                ".env",
                "SPIN_VARIABLE_REGION=dotenv\nSPIN_VARIABLE_ONLY=\"in dotenv\"\n",
            ),
            ("my.env", "# mine\nexport MY_APP_REGION=mine\nMY_APP_OTHER='mine'\n"),
        ]);
        assert_eq!(given.value(&[], "only"), Ok(Some("in dotenv".to_owned())));
        given.providers = vec![
            VariablesProvider::Static {
                values: BTreeMap::from([("fixed".to_owned(), "static".to_owned())]),
            },
            VariablesProvider::Env {
                prefix: "MY_APP".to_owned(),
                dotenv_path: Some("my.env".into()),
            },
        ];
        let check = |name, expected: Option<&str>| {
            assert_eq!(given.value(&[], name), Ok(expected.map(str::to_owned)), "{name}");
        };
        check("fixed", Some("static"));
        check("region", Some("from the environment"));
        check("other", Some("mine"));
        check("only", Some("in dotenv"));
        check("nothing", None);
    }

    #[test]
    fn a_dotenv_file_that_cannot_be_parsed_is_told_without_its_text() {
        let given = Given::files(&[(".env", "SPIN_VARIABLE_A='hunter2\n")]);
        let problem = given.value(&[], "a").unwrap_err();
        assert!(
            problem.contains(".env: a line is not in the form \"NAME=value\""),
            "{problem}"
        );
        assert!(!problem.contains("hunter2"), "{problem}");
    }
}
