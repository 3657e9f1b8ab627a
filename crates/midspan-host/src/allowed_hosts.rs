//! Where a component may send to: Spin's `allowed_outbound_hosts`, and the networks that the operator blocks.

mod blocked;
mod network;
mod pattern;

pub use self::{
    blocked::BlockedNetworks,
    network::{InvalidNetwork, IpNetwork},
    pattern::{HostPattern, InvalidHostPattern},
};
use crate::{
    diagnostic::{Diagnostic, Diagnostics},
    document::Located,
    manifest::{Component, Manifest},
    variables::{Template, Variables},
};

/// The host name under which a component reaches its own application; a URL without a host does so too.
pub const SELF_HOST: &str = "self.alt";

/// The hosts that a component may send to. By default: none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AllowedHosts {
    patterns: Vec<HostPattern>,
}

impl AllowedHosts {
    /// Reads a component's `allowed_outbound_hosts`, with the variables in their place.
    ///
    /// # Errors
    /// Every item that is not in Spin's form, at its line.
    pub fn parse(manifest: &Manifest, component: &Component, variables: &Variables) -> Result<Self, Diagnostics> {
        let mut found = Vec::new();
        let mut patterns = Vec::new();
        for host in &component.allowed_outbound_hosts {
            match parse_item(host, variables) {
                Ok(pattern) => patterns.push(pattern),
                Err(message) => found.push(
                    Diagnostic::error(
                        &manifest.path,
                        host.line,
                        format!("component {:?}: {message}", component.id),
                    )
                    .with_help(InvalidHostPattern::HELP),
                ),
            }
        }
        Diagnostics::unless_errors(Self { patterns }, found).map(|(hosts, _)| hosts)
    }

    /// Whether a request may go there. `host` is as in a URL, an IPv6 address in brackets; without `port` it is the
    /// scheme's own.
    #[must_use]
    pub fn allows(&self, scheme: &str, host: &str, port: Option<u16>) -> bool {
        let Ok(host) = url::Host::parse(host) else { return false };
        self.patterns.iter().any(|pattern| pattern.allows(scheme, &host, port))
    }

    /// Whether a request to the component's own application may go out, by a URL without a host or [`SELF_HOST`].
    /// Spin does not compare the scheme or port of such a request: either of HTTP's schemes will do.
    #[must_use]
    pub fn allows_self(&self) -> bool {
        self.patterns.iter().any(HostPattern::allows_self)
    }
}

/// The component that a host name chains to: `news` for `news.spin.internal` and `news.spin.internal:80`. Such a
/// request never leaves the host, but its URL must be allowed as any other.
#[must_use]
pub fn chained_component(host: &str) -> Option<&str> {
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    host.split_once('.')
        .filter(|(_, domain)| *domain == "spin.internal")
        .map(|(id, _)| id)
}

fn parse_item(item: &Located<Template>, variables: &Variables) -> Result<HostPattern, String> {
    let text = variables.render(&item.value).map_err(|error| error.to_string())?;
    text.parse::<HostPattern>().map_err(|error| match item.is_literal() {
        true => format!("{text:?} {error}"),
        false if variables.is_secret(&item.value) => format!("the value of \"{}\" {error}", item.value),
        false => format!("{text:?}, the value of \"{}\", {error}", item.value),
    })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::variables::VariableInputs;

    fn parse(hosts: &str, arguments: &[&str]) -> Result<AllowedHosts, String> {
        let text = format!(
            "spin_manifest_version = 2\n[application]\nname = \"a\"\n[variables]\nurl = {{ default = \"https://x\" }}\n\
             key = {{ default = \"https://k\", secret = true }}\n[[trigger.http]]\nroute = \"/\"\ncomponent = \"home\"\n\
             [component.home]\nsource = \"a\"\nallowed_outbound_hosts = {hosts}\n"
        );
        let manifest = Manifest::parse(Path::new("spin.toml"), &text).map_err(|error| error.to_string())?;
        let arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
        let directory = tempfile::tempdir().unwrap();
        let inputs = VariableInputs {
            arguments: &arguments,
            providers: &[],
            environment: &|_| None,
            directory: directory.path(),
        };
        let variables = Variables::resolve(&manifest, &inputs).map_err(|error| error.to_string())?;
        AllowedHosts::parse(&manifest, &manifest.components[0], &variables).map_err(|error| error.to_string())
    }

    #[test]
    fn nothing_is_allowed_unless_it_is_listed() {
        let none = parse("[]", &[]).unwrap();
        assert!(!none.allows("https", "example.com", None));
        assert!(!none.allows_self());
        let some = parse(r#"["*://a.example:443", "http://b.example:8383"]"#, &[]).unwrap();
        assert!(some.allows("https", "a.example", None));
        assert!(some.allows("tcp", "a.example", Some(443)));
        assert!(some.allows("http", "b.example", Some(8383)));
        assert!(!some.allows("http", "b.example", None));
        assert!(!some.allows("https", "b.example", Some(8383)));
        assert!(!some.allows("http", "not a host", Some(8383)));
    }

    #[test]
    fn a_variable_gives_the_host_and_may_carry_the_scheme_and_port_too() {
        let hosts = r#"["{{ url }}", "https://{{ region }}.example.com"]"#;
        assert!(parse(hosts, &[]).unwrap_err().contains("\"region\" is not declared"));
        let allowed = parse(r#"["{{ url }}"]"#, &["url=http://127.0.0.1:8080/"]).unwrap();
        assert!(allowed.allows("http", "127.0.0.1", Some(8080)));
        assert!(!allowed.allows("http", "127.0.0.1", None));
    }

    #[test]
    fn a_value_that_is_no_host_is_told_at_its_line_and_a_secret_one_is_not_shown() {
        let message = parse(
            r#"["{{ url }}", "{{ key }}"]"#,
            &["url=graph.microsoft.com", "key=hunter2"],
        )
        .unwrap_err();
        assert_eq!(
            message,
            "error: spin.toml:12: component \"home\": \"graph.microsoft.com\", the value of \"{{ url }}\", has no scheme\n  \
             help: write SCHEME://HOST[:PORT], such as https://example.com, https://*.example.com or http://localhost:*\n\
             error: spin.toml:12: component \"home\": the value of \"{{ key }}\" has no scheme\n  \
             help: write SCHEME://HOST[:PORT], such as https://example.com, https://*.example.com or http://localhost:*"
        );
    }

    #[test]
    fn requests_to_the_own_application_need_their_own_entry() {
        for (hosts, expected) in [
            (r#"["http://self"]"#, true),
            (r#"["https://self.alt"]"#, true),
            (r#"["*://*:*"]"#, true),
            (r#"["redis://self"]"#, false),
            (r#"["http://localhost"]"#, false),
        ] {
            assert_eq!(parse(hosts, &[]).unwrap().allows_self(), expected, "{hosts}");
        }
        assert!(!parse(r#"["http://self"]"#, &[]).unwrap().allows("http", "self", None));
    }

    #[test]
    fn a_chained_component_is_named_by_its_host() {
        let check = |host, expected| assert_eq!(chained_component(host), expected, "{host}");
        check("news.spin.internal", Some("news"));
        check("news.spin.internal:80", Some("news"));
        check("*.spin.internal", Some("*"));
        check("a.news.spin.internal", None);
        check("spin.internal", None);
        check("news.spin.internal.example.com", None);
        let allowed = parse(r#"["http://*.spin.internal"]"#, &[]).unwrap();
        assert!(allowed.allows("http", "news.spin.internal", None));
    }
}
