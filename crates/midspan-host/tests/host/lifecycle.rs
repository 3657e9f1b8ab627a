//! Start, reload and shutdown.

use std::time::Duration;

use midspan_host::{CompileCount, HostError};

use crate::support::upstream::Upstream;
use crate::support::{App, get, probe_manifest, url};

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_takes_the_compiled_code_from_disk() {
    let app = App::uncompiled(&probe_manifest(""));
    let first = app.start().await;
    assert_eq!(
        first.compile_count(),
        CompileCount {
            compiled: 1,
            from_cache: 0
        }
    );
    first.shutdown().await;

    let second = app.start().await;

    assert_eq!(
        second.compile_count(),
        CompileCount {
            compiled: 0,
            from_cache: 1
        }
    );
    assert_eq!(get(&url(&second, "/hello")).await.text(), "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_compiled_code_is_compiled_anew() {
    let app = App::uncompiled(&probe_manifest(""));
    app.start().await.shutdown().await;
    let code = only_file_with(&app, "cwasm");
    let whole = std::fs::read(&code).expect("the compiled code");
    let mut damaged = whole.clone();
    damaged[whole.len() / 2] ^= 0xff;

    for bytes in [&whole[..whole.len() / 2], &damaged, b""] {
        std::fs::write(&code, bytes).expect("the code is damaged");
        let host = app.start().await;
        assert_eq!(
            host.compile_count(),
            CompileCount {
                compiled: 1,
                from_cache: 0
            }
        );
        assert_eq!(get(&url(&host, "/hello")).await.text(), "hello");
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn compiled_code_that_others_could_have_written_is_not_run() {
    use std::os::unix::fs::PermissionsExt;
    let app = App::uncompiled(&probe_manifest(""));
    app.start().await.shutdown().await;
    let code = only_file_with(&app, "cwasm");
    assert_eq!(
        std::fs::metadata(&code).expect("the code").permissions().mode() & 0o777,
        0o600
    );
    std::fs::set_permissions(&code, PermissionsExt::from_mode(0o666)).expect("the code's permissions");

    let host = app.start().await;

    assert_eq!(
        host.compile_count(),
        CompileCount {
            compiled: 1,
            from_cache: 0
        }
    );
}

fn only_file_with(app: &App, extension: &str) -> std::path::PathBuf {
    let cache = std::fs::read_dir(app.folder.path().join(".spin/cache")).expect("the cache");
    let mut files = cache.map(|entry| entry.expect("an entry").path());
    files
        .find(|path| path.extension().is_some_and(|found| found == extension))
        .expect("such a file")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_takes_the_new_manifest_without_dropping_a_request() {
    let upstream = Upstream::start().await;
    let hosts = format!("allowed_outbound_hosts = [\"{}\"]", upstream.url(""));
    let app = App::probe(&format!("{hosts}\nenvironment = {{ VERSION = \"1\" }}"));
    let host = app.start().await;
    let running = tokio::spawn({
        let url = url(&host, &format!("/fetch?url={}", upstream.url("/hang")));
        async move { get(&url).await.status }
    });
    upstream.has_had(1).await;

    app.write("spin.toml", &probe_manifest("environment = { VERSION = \"2\" }"));
    host.reload().await.expect("a reload");

    assert!(get(&url(&host, "/environment")).await.text().contains("VERSION=2"));
    upstream.release();
    assert_eq!(running.await.expect("an answer"), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reload_that_fails_leaves_the_old_version_serving() {
    let app = App::probe("");
    let host = app.start().await;
    app.write("spin.toml", "spin_manifest_version = 2\n[application]\n");

    let error = host.reload().await.expect_err("an error");

    assert!(matches!(error, HostError::Configuration(_)), "{error}");
    assert_eq!(get(&url(&host, "/hello")).await.text(), "hello");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_lets_running_requests_end_and_takes_no_others() {
    let upstream = Upstream::start().await;
    let app = App::probe(&format!("allowed_outbound_hosts = [\"{}\"]", upstream.url("")));
    let host = app.start().await;
    let address = host.local_addr();
    let running = tokio::spawn({
        let url = url(&host, &format!("/fetch?url={}", upstream.url("/hang")));
        async move { get(&url).await.status }
    });
    upstream.has_had(1).await;

    let shutdown = tokio::spawn(host.shutdown());
    while tokio::net::TcpStream::connect(address).await.is_ok() {}
    upstream.release();

    assert_eq!(running.await.expect("an answer"), 200);
    shutdown.await.expect("the shutdown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_does_not_wait_for_ever() {
    let mut app = App::probe("");
    app.options.limits.shutdown_grace = Duration::from_millis(50);
    let upstream = Upstream::start().await;
    app.write(
        "spin.toml",
        &probe_manifest(&format!("allowed_outbound_hosts = [\"{}\"]", upstream.url(""))),
    );
    let host = app.start().await;
    let hanging = url(&host, &format!("/fetch?url={}", upstream.url("/hang")));
    tokio::spawn(async move { get(&hanging).await });
    upstream.has_had(1).await;

    host.shutdown().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_in_use_is_an_error_that_says_so() {
    let mut app = App::probe("");
    let first = app.start().await;
    app.options.listen = first.local_addr();

    let error = app.try_start().await.err().expect("an error").to_string();

    assert!(
        error.contains("cannot listen on") && error.contains("another process listens there"),
        "{error}"
    );
}
