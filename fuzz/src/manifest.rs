//! `spin.toml` and `runtime-config.toml`.

use std::path::Path;

use midspan_host::{manifest::Manifest, runtime_config::RuntimeConfig};

/// Reads it as either.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let lines = text.lines().count() + 1;
    match Manifest::parse(Path::new("spin.toml"), text) {
        Ok(manifest) => {
            for host in manifest
                .components
                .iter()
                .flat_map(|component| &component.allowed_outbound_hosts)
            {
                assert!(host.line <= lines);
            }
        }
        Err(found) => {
            assert!(!found.to_string().is_empty());
            assert!(
                found
                    .0
                    .iter()
                    .all(|problem| problem.line.is_none_or(|line| line <= lines)),
                "{found}"
            );
        }
    }
    if let Err(found) = RuntimeConfig::parse(Path::new("runtime-config.toml"), text) {
        assert!(!found.to_string().is_empty());
    }
}
