//! `[[client_tls]]`: which servers a component trusts, and the certificate it shows them.

use std::path::{Path, PathBuf};

use http::uri::Authority;

use crate::{
    diagnostic::Diagnostic,
    document::{Located, Table},
};

/// The TLS settings for the connections of some components to some hosts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientTls {
    /// The components they are for.
    pub component_ids: Vec<String>,
    /// The hosts they are for, without a port.
    pub hosts: Vec<String>,
    /// Whether the system's certificate authorities are trusted.
    pub ca_use_platform_roots: bool,
    /// Whether Mozilla's certificate authorities are trusted.
    pub ca_use_webpki_roots: bool,
    /// More certificate authorities to trust, in PEM; absolute.
    pub ca_roots_file: Option<PathBuf>,
    /// What to show a server that asks for a certificate.
    pub client_cert: Option<ClientCertificate>,
    /// Its line in the file.
    pub line: usize,
}

/// A client's certificate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate and those up to its authority, in PEM; absolute.
    pub cert_file: PathBuf,
    /// Its private key in PEM; absolute.
    pub private_key_file: PathBuf,
}

impl ClientTls {
    pub(super) fn is_for(&self, component_id: &str, host: &str) -> bool {
        self.component_ids.iter().any(|id| id == component_id) && self.hosts.iter().any(|allowed| allowed == host)
    }

    fn read(mut table: Table<'_>, folder: &Path) -> Self {
        let line = table.line;
        let file = |path: Option<Located<String>>| path.map(|path| folder.join(path.value));
        let hosts = read_some(&mut table, "hosts");
        for host in &hosts {
            if host
                .parse::<Authority>()
                .is_ok_and(|authority| authority.port().is_none())
            {
                continue;
            }
            table
                .document
                .error(host.line, format!("{:?} is not a host without a port", host.value));
        }
        let ca_roots_file = file(table.string("ca_roots_file"));
        let platform = table.boolean("ca_use_platform_roots");
        let webpki = table.boolean("ca_use_webpki_roots");
        let texts = |list: Vec<Located<String>>| list.into_iter().map(|text| text.value).collect();
        let settings = Self {
            component_ids: texts(read_some(&mut table, "component_ids")),
            hosts: texts(hosts),
            // Naming any authority turns the system's off, as in Spin.
            ca_use_platform_roots: platform.unwrap_or(webpki.is_none() && ca_roots_file.is_none()),
            ca_use_webpki_roots: webpki.unwrap_or(false),
            ca_roots_file,
            client_cert: read_certificate(&mut table, folder),
            line,
        };
        if !(settings.ca_use_platform_roots || settings.ca_use_webpki_roots || settings.ca_roots_file.is_some()) {
            let document = table.document;
            let problem = Diagnostic::error(document.file, line, "these client TLS settings trust no server");
            document.report(problem.with_help("set `ca_roots_file`, or one of the other roots to true"));
        }
        table.finish();
        settings
    }
}

pub(super) fn read(root: &mut Table<'_>, folder: &Path) -> Vec<ClientTls> {
    root.tables("client_tls")
        .into_iter()
        .map(|table| ClientTls::read(table, folder))
        .collect()
}

/// A list of strings that must not be empty.
fn read_some(table: &mut Table<'_>, key: &'static str) -> Vec<Located<String>> {
    let Some(value) = table.require(key) else {
        return Vec::new();
    };
    let line = value.line;
    if value.is_empty() {
        table.document.error(line, format!("{key:?} must not be empty"));
    }
    value.strings()
}

fn read_certificate(table: &mut Table<'_>, folder: &Path) -> Option<ClientCertificate> {
    let certificate = table.string("client_cert_file");
    let key = table.string("client_private_key_file");
    match (certificate, key) {
        (Some(certificate), Some(key)) => Some(ClientCertificate {
            cert_file: folder.join(certificate.value),
            private_key_file: folder.join(key.value),
        }),
        (Some(certificate), None) => {
            table.document.error(
                certificate.line,
                "\"client_cert_file\" needs \"client_private_key_file\" beside it",
            );
            None
        }
        (None, Some(key)) => {
            table.document.error(
                key.line,
                "\"client_private_key_file\" needs \"client_cert_file\" beside it",
            );
            None
        }
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::runtime_config::RuntimeConfig;

    fn parse(text: &str) -> Result<RuntimeConfig, String> {
        RuntimeConfig::parse(Path::new("/etc/rc.toml"), text).map_err(|found| found.to_string())
    }

    const FOR: &str = "[[client_tls]]\ncomponent_ids = [\"payroll\"]\nhosts = [\"hr.example.com\"]\n";

    #[test]
    fn all_settings_are_read_and_files_are_beside_the_configuration() {
        let config = parse(&format!(
            "{FOR}ca_use_webpki_roots = true\nca_roots_file = \"ca.pem\"\nclient_cert_file = \"c.pem\"\nclient_private_key_file = \"/k.pem\"\n"
        ))
        .unwrap();
        let expected = ClientTls {
            component_ids: vec!["payroll".to_owned()],
            hosts: vec!["hr.example.com".to_owned()],
            ca_use_platform_roots: false,
            ca_use_webpki_roots: true,
            ca_roots_file: Some("/etc/ca.pem".into()),
            client_cert: Some(ClientCertificate {
                cert_file: "/etc/c.pem".into(),
                private_key_file: "/k.pem".into(),
            }),
            line: 1,
        };
        assert_eq!(config.client_tls, [expected]);
    }

    #[test]
    fn the_system_is_trusted_unless_something_else_is_named() {
        let check = |roots: &str, platform: bool, webpki: bool| {
            let settings = &parse(&format!("{FOR}{roots}")).unwrap().client_tls[0];
            assert_eq!(
                (settings.ca_use_platform_roots, settings.ca_use_webpki_roots),
                (platform, webpki),
                "{roots}"
            );
        };
        check("", true, false);
        check("ca_roots_file = \"ca.pem\"\n", false, false);
        check("ca_use_webpki_roots = true\n", false, true);
        check("ca_use_platform_roots = true\nca_use_webpki_roots = true\n", true, true);
        check(
            "ca_use_platform_roots = true\nca_roots_file = \"ca.pem\"\n",
            true,
            false,
        );
    }

    #[test]
    fn the_first_settings_for_the_component_and_host_count() {
        let config = parse(&format!("{FOR}{FOR}")).unwrap();
        assert_eq!(
            config
                .client_tls_for("payroll", "hr.example.com")
                .map(|settings| settings.line),
            Some(1)
        );
        assert_eq!(config.client_tls_for("home", "hr.example.com"), None);
        assert_eq!(config.client_tls_for("payroll", "example.com"), None);
    }

    #[test]
    fn settings_that_cannot_work_are_refused_by_line() {
        assert_eq!(
            parse("[[client_tls]]\ncomponent_ids = []\nhosts = [\"a:443\", \"a/b\"]\nca_use_webpki_roots = false\nclient_cert_file = \"c\"\n").unwrap_err(),
            "error: /etc/rc.toml:1: these client TLS settings trust no server\n  help: set `ca_roots_file`, or one of the other roots to true\n\
             error: /etc/rc.toml:2: \"component_ids\" must not be empty\n\
             error: /etc/rc.toml:3: \"a:443\" is not a host without a port\n\
             error: /etc/rc.toml:3: \"a/b\" is not a host without a port\n\
             error: /etc/rc.toml:5: \"client_cert_file\" needs \"client_private_key_file\" beside it"
        );
    }
}
