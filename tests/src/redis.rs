//! A real Redis server for one test, on a port of its own.

use std::{net::TcpListener, process::Stdio};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

/// Attempts, since another process may take the port between its choice and Redis' start.
const ATTEMPTS: usize = 5;

/// A running server, stopped when it is dropped.
pub struct Redis {
    port: u16,
    server: Child,
}

impl Redis {
    /// Starts `redis-server` from the `PATH`, which keeps nothing on disk.
    ///
    /// # Panics
    /// If it does not start: the test fails with the reason.
    pub async fn start() -> Self {
        for _ in 0..ATTEMPTS {
            if let Some(redis) = Self::try_start().await {
                return redis;
            }
        }
        panic!("redis-server does not start; is it installed? (Debian: apt-get install redis-server)");
    }

    async fn try_start() -> Option<Self> {
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = free.local_addr().expect("a port").port();
        drop(free);
        Self::try_start_on(port).await
    }

    async fn try_start_on(port: u16) -> Option<Self> {
        let mut server = Command::new("redis-server")
            .args([
                "--port",
                &port.to_string(),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--appendonly",
                "no",
            ])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("redis-server is installed (Debian: apt-get install redis-server)");
        let mut lines = BufReader::new(server.stdout.take()?).lines();
        while let Some(line) = lines.next_line().await.ok()? {
            if line.contains("Ready to accept connections") {
                // What it says later must not fill the pipe.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return Some(Self { port, server });
            }
        }
        None
    }

    /// Its URL, as `runtime-config.toml` has it.
    #[must_use]
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// A runtime configuration with this server as the store `default`.
    #[must_use]
    pub fn runtime_config(&self) -> String {
        format!(
            "[key_value_store.default]\ntype = \"redis\"\nurl = \"{}\"\n",
            self.url()
        )
    }

    /// Stops it, as if the machine died.
    ///
    /// # Panics
    /// If it is gone already.
    pub async fn kill(&mut self) {
        self.server.kill().await.expect("it runs");
    }

    /// Starts it again after [`kill`](Self::kill), empty and on the same port.
    ///
    /// # Panics
    /// If it does not start.
    pub async fn revive(&mut self) {
        *self = Self::try_start_on(self.port).await.expect("its port is still free");
    }
}
