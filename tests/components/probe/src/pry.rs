//! What a hostile component tries: everything but what the manifest gives it.

use std::fs;
use std::io::Write;
use std::net::{TcpListener, TcpStream, ToSocketAddrs, UdpSocket};
use std::path::Path;

use spin_sdk::{key_value::Store, variables};

use crate::{Answer, Query, required, text};

/// A line an attempt: what was tried, and `refused` or what came of it. `address` is where somebody listens.
pub(crate) async fn pry(query: &Query) -> Answer {
    let address = required(query, "address")?;
    let mut lines = Vec::new();
    let mut tried = |what: &str, came: Option<String>| {
        lines.push(format!("{what}: {}", came.as_deref().unwrap_or("refused")));
    };

    for path in ["/", ".", "..", "/etc", "/proc/self", "/.spin", "../.spin"] {
        tried(
            &format!("list {path}"),
            fs::read_dir(path).ok().map(|entries| entries.count().to_string()),
        );
    }
    for path in [
        "/etc/passwd",
        "/proc/self/environ",
        "spin.toml",
        "../spin.toml",
        "/dev/random",
    ] {
        tried(
            &format!("read {path}"),
            fs::read(path).ok().map(|bytes| bytes.len().to_string()),
        );
    }
    tried(
        "write",
        fs::File::create("/tmp/pried")
            .ok()
            .map(|mut file| format!("{:?}", file.write_all(b"x"))),
    );
    tried("make a folder", fs::create_dir("pried").ok().map(|()| "made".into()));
    tried(
        "link",
        fs::hard_link("/etc/passwd", "pried").ok().map(|()| "linked".into()),
    );
    tried(
        "current folder",
        std::env::current_dir()
            .ok()
            .filter(|path| path != Path::new("/"))
            .map(|_| "told".into()),
    );

    tried("environment", std::env::vars().next().map(|(name, _)| name));
    tried("arguments", std::env::args().next());
    tried("standard input", std::io::stdin().lines().next().and_then(Result::ok));
    tried(
        "a process",
        std::process::Command::new("/bin/sh")
            .spawn()
            .ok()
            .map(|_| "started".into()),
    );

    tried("connect", TcpStream::connect(address).ok().map(|_| "connected".into()));
    tried(
        "listen",
        TcpListener::bind("127.0.0.1:0").ok().map(|_| "listens".into()),
    );
    tried("send a datagram", datagram(address));
    tried(
        "resolve a name",
        ("localhost", 80)
            .to_socket_addrs()
            .ok()
            .and_then(|mut all| all.next())
            .map(|it| it.to_string()),
    );

    for store in ["default", "other", "", "../default"] {
        let opened = Store::open(store).await.ok();
        tried(&format!("store {store:?}"), opened.map(|_| "opened".into()));
    }
    for name in ["other_secret", "secret", "SPIN_VARIABLE_SECRET", "path"] {
        tried(&format!("variable {name:?}"), variables::get(name).await.ok());
    }
    Ok(text(lines.join("\n")))
}

fn datagram(address: &str) -> Option<String> {
    let socket = UdpSocket::bind("127.0.0.1:0").ok()?;
    socket.send_to(b"x", address).ok().map(|bytes| bytes.to_string())
}
