//! `spin:key-value`: shared by components, bounded by the manifest, durable.

use std::process::Stdio;

use midspan_host::{Host, HostOptions};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::support::{App, get, probe_manifest, url};

const STORE: &str = "key_value_stores = [\"default\"]";

#[tokio::test(flavor = "multi_thread")]
async fn values_are_set_read_listed_and_deleted() {
    let app = App::probe(STORE);
    let host = app.start().await;
    let ask = async |path: &str| get(&url(&host, path)).await.text();

    assert_eq!(ask("/get?key=a").await, "(none)");
    assert_eq!(ask("/set?key=a&value=1").await, "set");
    assert_eq!(ask("/set?key=b&value=2").await, "set");
    assert_eq!(ask("/set?key=a&value=3").await, "set");
    assert_eq!(ask("/get?key=a").await, "3");
    assert_eq!(ask("/exists?key=b").await, "true");
    assert_eq!(ask("/list").await, "a,b");
    assert_eq!(ask("/delete?key=b").await, "deleted");
    assert_eq!(ask("/exists?key=b").await, "false");
    assert_eq!(ask("/delete?key=b").await, "deleted");
    assert!(app.folder.path().join(".spin/sqlite_key_value.db").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_is_shared_by_the_components_that_may_open_it() {
    let app = App::new(
        r#"
        spin_manifest_version = 2
        [application]
        name = "test"
        [[trigger.http]]
        route = "/one/..."
        component = "one"
        [[trigger.http]]
        route = "/two/..."
        component = "two"
        [[trigger.http]]
        route = "/three/..."
        component = "three"
        [component.one]
        source = "probe.wasm"
        key_value_stores = ["default"]
        [component.two]
        source = "probe.wasm"
        key_value_stores = ["default"]
        [component.three]
        source = "probe.wasm"
        "#,
    );
    let host = app.start().await;
    let ask = async |path: &str| get(&url(&host, path)).await.text();

    assert_eq!(ask("/one/set?key=k&value=shared").await, "set");

    assert_eq!(ask("/two/get?key=k").await, "shared");
    assert!(
        ask("/three/get?key=k").await.contains("AccessDenied"),
        "{}",
        ask("/three/get?key=k").await
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_state_folder_values_live_in_memory_and_survive_a_reload() {
    let mut app = App::uncompiled(&probe_manifest(STORE));
    app.options.state_dir = Some(std::path::PathBuf::new());
    let host = app.start().await;

    get(&url(&host, "/set?key=a&value=1")).await;
    host.reload().await.expect("a reload");

    assert_eq!(get(&url(&host, "/get?key=a")).await.text(), "1");
    assert!(!app.folder.path().join(".spin").exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_value_that_was_set_survives_the_death_of_the_process() {
    let app = App::probe(STORE);
    for round in 0..3 {
        let (mut child, address) = serve_in_a_process(&app).await;
        for key in 0..20 {
            let answer = get(&format!("http://{address}/set?key={round}-{key}&value={key}")).await;
            assert_eq!(answer.text(), "set");
        }
        // SIGKILL: nothing of the process runs after this.
        child.kill().await.expect("the host is killed");
    }

    let (mut child, address) = serve_in_a_process(&app).await;
    let keys = get(&format!("http://{address}/list")).await.text();
    child.kill().await.expect("the host is killed");

    assert_eq!(keys.split(',').count(), 60, "{keys}");
}

/// Runs this test binary as a host.
async fn serve_in_a_process(app: &App) -> (tokio::process::Child, String) {
    let mut child = Command::new(std::env::current_exe().expect("this binary"))
        .args(["--exact", "key_value::a_host_in_a_process_of_its_own", "--nocapture"])
        .env(MANIFEST, app.manifest())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("a process");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    while let Some(line) = lines.next_line().await.expect("its output") {
        if let Some((_, address)) = line.split_once("listening on ") {
            return (child, address.to_owned());
        }
    }
    panic!("the host in the process did not start");
}

const MANIFEST: &str = "MIDSPAN_TEST_MANIFEST";

/// Not a test by itself: what [`serve_in_a_process`] runs.
#[tokio::test(flavor = "multi_thread")]
async fn a_host_in_a_process_of_its_own() {
    let Some(manifest) = std::env::var_os(MANIFEST) else {
        return;
    };
    let options = HostOptions {
        listen: ([127, 0, 0, 1], 0).into(),
        ..HostOptions::default()
    };
    let host = Host::start(manifest, options).await.expect("the host starts");
    println!("listening on {}", host.local_addr());
    std::future::pending::<()>().await;
}
