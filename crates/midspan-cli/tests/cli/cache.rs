//! `midspan cache`, with a real application whose store is `SQLite` or Redis.

use std::fmt::Write as _;

use insta::{allow_duplicates, assert_snapshot};
use midspan_sources::{Options, Sources, System};
use midspan_tests::Redis;
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::support::{Application, Running, UP, component, outcome};

const KEY: &str = "the operator's key, which is long enough";
/// Its SHA-256, as `midspan key` prints it.
const HASH: &str = "eb332d59cee9ff35afb90519c8232e986f690334d684d8d32509102822b738f3";

/// The key of a program that calls the suite, and its SHA-256.
const PROGRAM: &str = "a program's key, which is long enough";
const PROGRAM_HASH: &str = "fa928eb29ff38ff37feead68a18b9fe871332de4b32787fdab09eb3f96b46717";

/// An application with news for everybody, apps for each user and the operator's component.
struct Suite {
    application: Application,
    running: Running,
    _redis: Option<Redis>,
    sources: Sources,
    _runtime: Runtime,
}

impl Suite {
    fn in_sqlite() -> Self {
        Self::start(None)
    }

    fn in_redis() -> Self {
        let runtime = Runtime::new().expect("threads");
        let redis = runtime.block_on(Redis::start());
        Self::start(Some((runtime, redis)))
    }

    fn start(redis: Option<(Runtime, Redis)>) -> Self {
        let (runtime, redis) = match redis {
            Some((runtime, redis)) => (runtime, Some(redis)),
            None => (Runtime::new().expect("threads"), None),
        };
        let sources = runtime
            .block_on(Sources::start(Options::default()))
            .expect("the sources start");
        let application = Application::with_components(&[
            ("news", &table("news", System::SharePoint, &sources)),
            ("apps", &table("apps", System::PowerApps, &sources)),
            ("cache-admin", &admin()),
        ]);
        let manifest = application.read("spin.toml");
        let manifest = manifest
            .replace("\"/...\"", "\"/news\"")
            .replace("/cache-admin/...", "/operator/cache")
            .replace("/apps/...", "/apps");
        application.write("spin.toml", &manifest);
        let own = "[key_value_store.default]\ntype = \"spin\"\npath = \"store.db\"\n";
        let config = redis.as_ref().map_or_else(|| own.to_owned(), Redis::runtime_config);
        application.write("runtime-config.toml", &config);
        let arguments = [&UP[..], &["--runtime-config-file", "runtime-config.toml"]].concat();
        let running = Running::start(&mut application.midspan(&arguments));
        Self {
            application,
            running,
            _redis: redis,
            sources,
            _runtime: runtime,
        }
    }

    /// `midspan cache ...` with the operator's key.
    fn cache(&self, arguments: &[&str]) -> String {
        self.cache_with(KEY, arguments)
    }

    fn cache_with(&self, key: &str, arguments: &[&str]) -> String {
        let mut command = self.application.midspan(&[&["cache"], arguments].concat());
        let url = format!("http://{}", self.running.address);
        let shown = outcome(command.env("MIDSPAN_CACHE_URL", &url).env("MIDSPAN_CACHE_KEY", key));
        shown.replace(&url, "[url]")
    }

    /// The entries of a list, once there are so many: they are listed after the answer that they are of.
    fn entries(&self, count: usize, arguments: &[&str]) -> Vec<Value> {
        loop {
            let shown = self.cache(&[&["list", "--format=json"], arguments].concat());
            let (_, data) = shown.split_once("--- stdout\n").expect("data");
            let (data, _) = data.split_once("--- stderr\n").expect("data");
            let entries: Vec<Value> = serde_json::from_str(data).unwrap_or_else(|why| panic!("{why}: {shown}"));
            if entries.len() == count {
                return entries;
            }
            assert!(entries.len() < count, "{shown}");
        }
    }

    fn news(&self) {
        let answer = self.running.get_with("/news?top=3", &format!("x-api-key: {PROGRAM}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
    }

    /// Somebody who has signed in looks at their apps.
    fn apps_of(&self, number: u32) {
        let employee = self.sources.population().employee(number).expect("there is one");
        let header = format!("authorization: Bearer {}", self.sources.user_token(&employee));
        let answer = self.running.get_with("/apps", &header);
        assert_eq!(answer.status, 200, "{}", answer.body);
    }
}

/// The table of an operation with one source.
fn table(name: &str, system: System, sources: &Sources) -> String {
    let (source, known) = (system.name(), sources.variables());
    let key = "the key of the tests, which is long enough";
    let program = format!("program:{PROGRAM_HASH}");
    let (url, entra) = (&known[&format!("{source}_url")], &known["entra_url"]);
    let mut table = format!(
        "source = \"{}\"\nkey_value_stores = [\"default\"]\nallowed_outbound_hosts = [\"{url}\", \"{entra}\"]\n[component.{name}.variables]\n",
        component(name).display()
    );
    for (name, value) in [
        (format!("{source}_url").as_str(), url.as_str()),
        (&format!("{source}_token"), "service-principal"),
        ("paging_key", key),
        ("token_key", key),
        ("programs_keys", &program),
        ("employees_url", entra),
        ("employees_tenants", &known["employees_tenants"]),
        ("employees_audience", &known["employees_audience"]),
    ] {
        let _ = writeln!(table, "{name} = \"{value}\"");
    }
    table
}

fn admin() -> String {
    format!(
        "source = \"{}\"\nkey_value_stores = [\"default\"]\nvariables = {{ cache_admin_keys = \"ops:{HASH}\" }}\n",
        component("cache-admin").display()
    )
}

/// What can be known beforehand of a table: all but keys, hashes and times.
fn columns(shown: &str) -> Vec<Vec<&str>> {
    let (_, table) = shown.split_once("--- stdout\n").expect("a table");
    let (table, _) = table.split_once("--- stderr\n").expect("a table");
    let rows = table
        .lines()
        .map(|row| row.split("  ").map(str::trim).filter(|cell| !cell.is_empty()));
    rows.map(Iterator::collect).collect()
}

fn an_operator_lists_shows_and_takes_back(suite: &Suite) {
    assert_snapshot!(suite.cache(&["list"]), @r"
    exit code: 0
    --- stdout
    --- stderr
          Listed 0 entries
    ");
    suite.news();
    let news = suite.entries(1, &[]).remove(0);
    suite.apps_of(42);
    let apps = suite.entries(1, &["--scope=user"]).remove(0);
    let somebody = suite.sources.population().employee(42).expect("there is one");
    assert!(!apps.to_string().contains(&somebody.employee_id()), "{apps}");

    let shown = suite.cache(&["list"]);
    let rows = columns(&shown);
    assert_eq!(rows[0], ["KEY", "SOURCE", "SCOPE", "AGE", "FRESHNESS", "SIZE", "TAGS"]);
    let key = news["key"].as_str().expect("a key");
    let row = rows.iter().find(|row| row[1] == "sharepoint").expect("a row");
    assert_eq!((row[0], row[2], row[6]), (&key[..12], "public", "news"));
    assert!(row[4].starts_with("fresh for "), "{shown}");
    assert_eq!(rows.len(), 3, "{shown}");

    let one = suite.cache(&["show", &key[..12]]);
    assert!(one.contains("\ntarget     /sites/intranet/"), "{one}");
    let body = suite.cache(&["show", key, "--body"]);
    assert!(body.contains("\"Title\""), "{body}");

    let own = apps["key"].as_str().expect("a key");
    assert!(!suite.cache(&["show", own]).contains("target"));
    assert_snapshot!(suite.cache(&["show", own, "--body"]), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: This entry is somebody's own. To read its body, say so with "userData".
    "#);
    assert!(
        suite
            .cache(&["show", own, "--body", "--user-data"])
            .contains("displayName")
    );

    assert_snapshot!(suite.cache(&["invalidate", "news", "other"]), @r"
    exit code: 0
    --- stdout
    --- stderr
     Invalidated news, other
    ");
    let invalidated = suite.entries(1, &["--source=sharepoint"]).remove(0);
    assert_eq!(invalidated["state"], "invalidated");
    assert_snapshot!(suite.cache(&["purge", "news"]), @r"
    exit code: 0
    --- stdout
    --- stderr
          Purged news
    ");
    assert_eq!(suite.entries(1, &[])[0]["source"], "powerapps");
    assert!(suite.cache(&["purge", "--all"]).starts_with("exit code: 0"));
    assert!(suite.entries(0, &[]).is_empty());
}

#[test]
fn an_operator_lists_shows_and_takes_back_what_is_in_sqlite() {
    allow_duplicates! { an_operator_lists_shows_and_takes_back(&Suite::in_sqlite()) };
}

#[test]
fn an_operator_lists_shows_and_takes_back_what_is_in_redis() {
    allow_duplicates! { an_operator_lists_shows_and_takes_back(&Suite::in_redis()) };
}

#[test]
fn whoever_has_another_key_sees_nothing() {
    let suite = Suite::in_sqlite();
    for command in [
        &["list"][..],
        &["show", "abcd"],
        &["invalidate", "news"],
        &["purge", "--all"],
    ] {
        let shown = suite.cache_with("another key, which is long enough", command);
        allow_duplicates! {
            assert_snapshot!(shown, @r"
            exit code: 1
            --- stdout
            --- stderr
            error: [url]/operator/cache refuses the key
              help: give the operator's key in the environment as MIDSPAN_CACHE_KEY
            ");
        }
    }
}

#[test]
fn what_is_not_there_is_said_with_what_to_do() {
    let suite = Suite::in_sqlite();
    assert_snapshot!(suite.cache(&["show", "abcd"]), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: There is no entry whose key begins with "abcd", or more than one.
    "#);
    let elsewhere = format!("http://{}/somewhere/else", suite.running.address);
    let shown = suite
        .cache(&["list", "--url", &elsewhere])
        .replace(&elsewhere, "[elsewhere]");
    assert_snapshot!(shown.replace("[url]/somewhere/else", "[elsewhere]"), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: what answers at [elsewhere]/operator/cache is not the component that manages the cache
      help: does the application have the component "cache-admin"? see docs/cache.md
    "#);
}

#[test]
fn a_command_that_can_t_be_sent_says_why() {
    let application = Application::with("source = \"probe.wasm\"\n");
    let run = |arguments: &[&str]| outcome(&mut application.midspan(&[&["cache"], arguments].concat()));
    assert_snapshot!(run(&["list"]), @r"
    exit code: 1
    --- stdout
    --- stderr
    error: the operator's key is missing, or no text for a header
      help: put it into the environment as MIDSPAN_CACHE_KEY
    ");
    assert_snapshot!(run(&["list", "--key=k", "--url=suite.contoso.com"]), @r#"
    exit code: 1
    --- stdout
    --- stderr
    error: "suite.contoso.com" is no address of an application
      help: write it as https://suite.contoso.com
    "#);
    // Nothing listens on port 1, where only the system may.
    let nobody = run(&["list", "--key=k", "--url=http://127.0.0.1:1"]);
    assert!(nobody.starts_with("exit code: 1"), "{nobody}");
    assert!(
        nobody.contains("http://127.0.0.1:1/operator/cache does not answer: "),
        "{nobody}"
    );
    assert!(
        nobody.ends_with("help: name the address of the running application with --url\n"),
        "{nobody}"
    );
    let two = run(&["purge", "news", "--all", "--key=k"]);
    assert!(two.starts_with("exit code: 2"), "{two}");
    assert!(run(&["purge", "--key=k"]).starts_with("exit code: 2"));
}
