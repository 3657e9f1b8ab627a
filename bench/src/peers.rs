//! Caches made by others, before the native program, from the system's packages. One that is not installed is left out.

use std::{
    net::{SocketAddr, TcpListener},
    process::Command,
};

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::processes::Process;

/// One that is installed, with its version as it tells it, or a line that says what is missing.
pub(crate) enum Peer {
    Running(String, Process),
    Missing(String),
}

/// nginx with `proxy_cache`, tuned as its documentation says.
pub(crate) fn nginx(origin: SocketAddr) -> Result<Peer> {
    let Some(version) = version("nginx", "-v", "nginx/") else {
        return Ok(Peer::Missing(missing("nginx", "nginx-light")));
    };
    let (folder, address) = (TempDir::new()?, free_address()?);
    let configuration = folder.path().join("nginx.conf");
    std::fs::write(&configuration, nginx_configuration(address, origin))?;
    let mut command = Command::new("nginx");
    command.arg("-e").arg("stderr").arg("-p").arg(folder.path());
    let process = Process::other(command.arg("-c").arg(&configuration), address, folder).context("nginx")?;
    Ok(Peer::Running(format!("nginx {version}"), process))
}

/// `user` so that workers may read the folder where the benchmark is run by root; of no meaning else.
fn nginx_configuration(address: SocketAddr, origin: SocketAddr) -> String {
    format!(
        "user root;
worker_processes auto;
daemon off;
pid nginx.pid;
error_log stderr error;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_requests 1000000000;
    open_file_cache max=10000 inactive=10m;
    open_file_cache_valid 10m;
    client_body_temp_path body;
    proxy_temp_path proxy;
    fastcgi_temp_path fastcgi;
    uwsgi_temp_path uwsgi;
    scgi_temp_path scgi;
    proxy_cache_path kept levels=1:2 keys_zone=kept:16m max_size=256m inactive=10m use_temp_path=off;
    upstream origin {{ server {origin}; keepalive 16; }}
    server {{
        listen {address};
        location / {{
            proxy_pass http://origin;
            proxy_http_version 1.1;
            proxy_set_header Connection \"\";
            proxy_cache kept;
            proxy_cache_lock on;
            proxy_cache_valid 200 10m;
            proxy_ignore_headers Cache-Control;
        }}
    }}
}}
"
    )
}

/// Varnish, with its answers in memory.
pub(crate) fn varnish(origin: SocketAddr) -> Result<Peer> {
    let Some(version) = version("varnishd", "-V", "varnish-") else {
        return Ok(Peer::Missing(missing("Varnish", "varnish")));
    };
    let (folder, address) = (TempDir::new()?, free_address()?);
    let program = folder.path().join("home.vcl");
    std::fs::write(&program, varnish_program(origin))?;
    let working = folder.path().join("working");
    let mut command = Command::new("varnishd");
    // Without a jail: it needs users that only some systems have.
    command.args(["-F", "-j", "none", "-s", "malloc,256m"]);
    command.arg("-a").arg(address.to_string()).arg("-f").arg(&program);
    silence(&mut command);
    let process = Process::other(command.arg("-n").arg(&working), address, folder).context("Varnish")?;
    Ok(Peer::Running(format!("Varnish {version}"), process))
}

fn varnish_program(origin: SocketAddr) -> String {
    format!(
        "vcl 4.1;
backend origin {{ .host = \"{}\"; .port = \"{}\"; }}
sub vcl_backend_response {{
    set beresp.ttl = 10m;
    set beresp.uncacheable = false;
    return (deliver);
}}
",
        origin.ip(),
        origin.port()
    )
}

/// It tells of each start and end of its child.
fn silence(command: &mut Command) {
    command
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
}

fn missing(name: &str, package: &str) -> String {
    format!("{name} is not installed, and is left out: `apt-get install {package}`")
}

/// What stands after `before` in what the program says of itself; nothing where there is no such program.
fn version(program: &str, argument: &str, before: &str) -> Option<String> {
    let said = Command::new(program).arg(argument).output().ok()?;
    let said = [said.stdout, said.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    let (_, version) = said.split_once(before)?;
    Some(version.split_ascii_whitespace().next()?.to_owned())
}

/// One that is free now: neither program tells which one it took of its own accord.
fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}
