//! `[outbound_http]` and `[outbound_networking]`.

use crate::{
    allowed_hosts::{BlockedNetworks, IpNetwork},
    diagnostic::Diagnostic,
    document::{Document, Table, Value},
};

/// How outbound HTTP uses connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutboundHttp {
    /// Whether a connection is kept for the next request to the same server.
    pub connection_pooling: bool,
    /// How many connections there may be at once; none at all if 0.
    pub max_connections: Option<usize>,
}

impl Default for OutboundHttp {
    fn default() -> Self {
        Self {
            connection_pooling: true,
            max_connections: None,
        }
    }
}

impl OutboundHttp {
    /// HTTP is all that goes out of the embedded host, so the limit of all connections is a limit of HTTP's.
    pub(super) fn read(root: &mut Table<'_>, max_total_connections: Option<usize>) -> Self {
        let Some(mut table) = root.table("outbound_http") else {
            return Self {
                max_connections: max_total_connections,
                ..Self::default()
            };
        };
        let connection_pooling = table.boolean("connection_pooling").unwrap_or(true);
        let max_connections = table.take("max_connections").and_then(Value::count);
        let old_limit = read_old_limit(&mut table, max_connections.is_some());
        table.finish();
        let limits = [max_connections, old_limit, max_total_connections];
        Self {
            connection_pooling,
            max_connections: limits.into_iter().flatten().min(),
        }
    }
}

/// `max_concurrent_requests` let one more connection through than it said, and still does.
fn read_old_limit(table: &mut Table<'_>, has_new_limit: bool) -> Option<usize> {
    let document = table.document;
    let value = table.take("max_concurrent_requests")?;
    let line = value.line;
    if has_new_limit {
        document.error(
            line,
            "\"max_concurrent_requests\" cannot stand beside \"max_connections\"",
        );
    }
    let limit = value.count()?.saturating_add(1);
    let problem = Diagnostic::warning(document.file, line, "\"max_concurrent_requests\" is deprecated");
    document.report(problem.with_help(format!("write max_connections = {limit}")));
    Some(limit)
}

/// The blocked networks, and the limit of all connections.
pub(super) fn read_networking(root: &mut Table<'_>) -> (BlockedNetworks, Option<usize>) {
    let Some(mut table) = root.table("outbound_networking") else {
        return (BlockedNetworks::default(), None);
    };
    let blocked = match table.take("block_networks") {
        Some(value) => read_blocked(table.document, value),
        None => BlockedNetworks::default(),
    };
    let max_total_connections = table.take("max_total_connections").and_then(Value::count);
    // No component of the embedded host opens a socket of its own.
    table.take("max_socket_connections");
    table.finish();
    (blocked, max_total_connections)
}

fn read_blocked(document: &Document<'_>, value: Value<'_>) -> BlockedNetworks {
    let mut networks = Vec::new();
    let mut private = false;
    for text in value.strings() {
        match text.parse::<IpNetwork>() {
            _ if text.value == "private" => private = true,
            Ok(network) => networks.push(network),
            Err(error) => {
                let problem = Diagnostic::error(document.file, text.line, format!("{:?} {error}", text.value));
                document.report(problem.with_help("write \"private\" for all that are not global"));
            }
        }
    }
    BlockedNetworks::new(networks, private)
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::{diagnostic::Diagnostics, runtime_config::RuntimeConfig};

    fn parse(text: &str) -> Result<RuntimeConfig, Diagnostics> {
        RuntimeConfig::parse(Path::new("rc.toml"), text)
    }

    #[test]
    fn connections_are_pooled_and_unlimited_unless_said_otherwise() {
        let check = |text: &str, connection_pooling, max_connections| {
            let expected = OutboundHttp {
                connection_pooling,
                max_connections,
            };
            assert_eq!(parse(text).unwrap().outbound_http, expected, "{text}");
        };
        check("", true, None);
        check("[outbound_http]\n", true, None);
        check(
            "[outbound_http]\nconnection_pooling = false\nmax_connections = 0\n",
            false,
            Some(0),
        );
        check("[outbound_http]\nmax_concurrent_requests = 0\n", true, Some(1));
        check("[outbound_networking]\nmax_total_connections = 9\n", true, Some(9));
        check(
            "[outbound_networking]\nmax_total_connections = 9\n[outbound_http]\nmax_connections = 10\n",
            true,
            Some(9),
        );
    }

    #[test]
    fn the_old_limit_is_warned_of_and_refused_beside_the_new_one() {
        let warning =
            "warning: rc.toml:2: \"max_concurrent_requests\" is deprecated\n  help: write max_connections = 5";
        let old = parse("[outbound_http]\nmax_concurrent_requests = 4\n").unwrap();
        assert_eq!(Diagnostics(old.warnings).to_string(), warning);
        let both = parse("[outbound_http]\nmax_concurrent_requests = 4\nmax_connections = 4\n").unwrap_err();
        let refused = "error: rc.toml:2: \"max_concurrent_requests\" cannot stand beside \"max_connections\"";
        assert_eq!(both.to_string(), format!("{refused}\n{warning}"));
    }

    #[test]
    fn networks_are_blocked_by_their_prefix_or_as_private() {
        let blocked =
            parse("[outbound_networking]\nblock_networks = [\"1.1.1.1/32\", \"8.8.8.8/16\", \"private\"]\n").unwrap();
        let networks = vec!["1.1.1.1/32".parse().unwrap(), "8.8.0.0/16".parse().unwrap()];
        assert_eq!(blocked.blocked_networks, BlockedNetworks::new(networks, true));
        let default = BlockedNetworks::default();
        assert_eq!(parse("").unwrap().blocked_networks, default);
        assert_eq!(parse("[outbound_networking]\n").unwrap().blocked_networks, default);
        assert_eq!(RuntimeConfig::default().blocked_networks, default);
        let none = parse("[outbound_networking]\nblock_networks = []\n").unwrap();
        assert!(none.blocked_networks.is_empty());
        assert_eq!(
            parse("[outbound_networking]\nblock_networks = [\n\"10.0.0.1\",\n]\n")
                .unwrap_err()
                .to_string(),
            "error: rc.toml:3: \"10.0.0.1\" is not a network in CIDR notation, such as 10.0.0.0/8\n  \
             help: write \"private\" for all that are not global"
        );
    }
}
