//! One item of `allowed_outbound_hosts`: `SCHEME://HOST[:PORT]`.

use std::{fmt, net::IpAddr, ops::Range, str::FromStr};

use url::Host;

use super::IpNetwork;

/// What one item lets through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    scheme: SchemePattern,
    host: HostName,
    port: PortPattern,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum SchemePattern {
    Any,
    Exact(String),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum HostName {
    Any,
    /// Any domain that ends in this, which starts with a dot.
    Subdomain(String),
    /// The application itself.
    Own,
    Exact(Host),
    Network(IpNetwork),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum PortPattern {
    Any,
    Exact(u16),
    /// The end is not part of it, as in Spin.
    Range(Range<u16>),
}

/// Why an item is not in Spin's form. Reads on after the item: `"example.com" has no scheme`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHostPattern {
    /// There is no `://`.
    #[error("has no scheme")]
    NoScheme,
    /// The scheme is not a word.
    #[error("has a scheme that is not of letters")]
    Scheme,
    /// Something follows the host and port.
    #[error("has a path, which cannot be allowed by itself")]
    Path,
    /// A `*` that stands neither alone nor as the first label.
    #[error("has a \"*\" that is not the whole host or its first part")]
    Wildcard,
    /// Not a host name, not an address.
    #[error("has no valid host")]
    Host,
    /// `{a,b}`, which Spin reserves.
    #[error("has a list in braces, which Spin does not support")]
    List,
    /// The scheme has no port of its own.
    #[error("needs a port, since its scheme has no default one")]
    NoPort,
    /// Not a number, a range of numbers or `*`.
    #[error("has a port that is not a number, a range such as 8000..9000, or \"*\"")]
    Port,
}

impl InvalidHostPattern {
    /// What an item must look like.
    pub(crate) const HELP: &str =
        "write SCHEME://HOST[:PORT], such as https://example.com, https://*.example.com or http://localhost:*";
}

impl HostPattern {
    pub(super) fn allows(&self, scheme: &str, host: &Host, port: Option<u16>) -> bool {
        self.scheme.allows(scheme) && self.host.allows(host) && self.port.allows(port.or_else(|| default_port(scheme)))
    }

    pub(super) fn allows_self(&self) -> bool {
        let http = self.scheme.allows("http") || self.scheme.allows("https");
        http && matches!(self.host, HostName::Any | HostName::Own)
    }

    /// The component that it lets the request be chained to; `*` for every one.
    pub(crate) fn chained_component(&self) -> Option<&str> {
        match &self.host {
            HostName::Exact(Host::Domain(domain)) => super::chained_component(domain),
            _ => None,
        }
    }
}

impl FromStr for HostPattern {
    type Err = InvalidHostPattern;

    fn from_str(text: &str) -> Result<Self, InvalidHostPattern> {
        let (scheme, rest) = text.trim().split_once("://").ok_or(InvalidHostPattern::NoScheme)?;
        // The last colon parts host and port, so an IPv6 address needs a port after it, as in Spin.
        let (host, port) = rest.rsplit_once(':').unwrap_or((rest, ""));
        let port = match port.split_once('/') {
            Some((_, path)) if !path.is_empty() => return Err(InvalidHostPattern::Path),
            Some((port, _)) => port,
            None => port,
        };
        Ok(Self {
            port: PortPattern::parse(port, scheme)?,
            scheme: SchemePattern::parse(scheme)?,
            host: HostName::parse(host.trim())?,
        })
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.scheme {
            SchemePattern::Any => f.write_str("*://")?,
            SchemePattern::Exact(scheme) => write!(f, "{scheme}://")?,
        }
        match &self.host {
            HostName::Any => f.write_str("*")?,
            HostName::Subdomain(suffix) => write!(f, "*{suffix}")?,
            HostName::Own => f.write_str("self")?,
            HostName::Exact(host) => write!(f, "{host}")?,
            HostName::Network(network) => write!(f, "{network}")?,
        }
        match &self.port {
            PortPattern::Any => f.write_str(":*"),
            PortPattern::Exact(port) => write!(f, ":{port}"),
            PortPattern::Range(range) => write!(f, ":{}..{}", range.start, range.end),
        }
    }
}

impl SchemePattern {
    fn parse(scheme: &str) -> Result<Self, InvalidHostPattern> {
        match scheme {
            "*" => Ok(Self::Any),
            _ if scheme.starts_with('{') => Err(InvalidHostPattern::List),
            _ if scheme.chars().all(char::is_alphabetic) => Ok(Self::Exact(scheme.to_owned())),
            _ => Err(InvalidHostPattern::Scheme),
        }
    }

    fn allows(&self, scheme: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(allowed) => allowed == scheme,
        }
    }
}

impl HostName {
    fn parse(host: &str) -> Result<Self, InvalidHostPattern> {
        match host {
            "*" => return Ok(Self::Any),
            "self" | super::SELF_HOST => return Ok(Self::Own),
            _ if host.starts_with('{') => return Err(InvalidHostPattern::List),
            _ => {}
        }
        if let Ok(network) = host.parse() {
            return Ok(Self::Network(network));
        }
        let host = host.trim_end_matches('/');
        if host.contains('/') {
            return Err(InvalidHostPattern::Path);
        }
        match host.strip_prefix("*.") {
            Some(domain) if !domain.contains('*') => Ok(Self::Subdomain(format!(".{domain}"))),
            _ if host.contains('*') => Err(InvalidHostPattern::Wildcard),
            _ => Host::parse(host).map(Self::Exact).map_err(|_| InvalidHostPattern::Host),
        }
    }

    fn allows(&self, host: &Host) -> bool {
        match (self, host) {
            (Self::Any, _) => true,
            (Self::Subdomain(suffix), Host::Domain(domain)) => domain.ends_with(suffix),
            (Self::Exact(allowed), host) => allowed == host,
            (Self::Network(network), Host::Ipv4(address)) => network.contains(IpAddr::V4(*address)),
            (Self::Network(network), Host::Ipv6(address)) => network.contains(IpAddr::V6(*address)),
            (Self::Own | Self::Subdomain(_) | Self::Network(_), _) => false,
        }
    }
}

impl PortPattern {
    fn parse(port: &str, scheme: &str) -> Result<Self, InvalidHostPattern> {
        let number = |text: &str| text.parse::<u16>().map_err(|_| InvalidHostPattern::Port);
        match port {
            "" => default_port(scheme).map(Self::Exact).ok_or(InvalidHostPattern::NoPort),
            "*" => Ok(Self::Any),
            _ if port.starts_with('{') => Err(InvalidHostPattern::List),
            _ => match port.split_once("..") {
                Some((start, end)) => Ok(Self::Range(number(start)?..number(end)?)),
                None => number(port).map(Self::Exact),
            },
        }
    }

    fn allows(&self, port: Option<u16>) -> bool {
        match (self, port) {
            (Self::Any, _) => true,
            (Self::Exact(allowed), Some(port)) => *allowed == port,
            (Self::Range(allowed), Some(port)) => allowed.contains(&port),
            (_, None) => false,
        }
    }
}

/// The schemes that Spin knows a port for.
fn default_port(scheme: &str) -> Option<u16> {
    match scheme {
        "postgres" => Some(5432),
        "mysql" => Some(3306),
        "redis" => Some(6379),
        "mqtt" => Some(1883),
        "http" => Some(80),
        "https" => Some(443),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn items_are_read_as_spin_reads_them() {
        use InvalidHostPattern as Invalid;
        let check = |text: &str, expected: Result<&str, Invalid>| {
            let parsed = text.parse::<HostPattern>().map(|pattern| pattern.to_string());
            assert_eq!(parsed, expected.map(str::to_owned), "{text}");
        };
        check("http://spin.example", Ok("http://spin.example:80"));
        check("http://spin.example/", Ok("http://spin.example:80"));
        check(" https://spin.example ", Ok("https://spin.example:443"));
        check("http://spin.example:4444/", Ok("http://spin.example:4444"));
        check("https://Spin.Example", Ok("https://spin.example:443"));
        check("redis://cache", Ok("redis://cache:6379"));
        check("http://spin.example:4444..5555", Ok("http://spin.example:4444..5555"));
        check("*://spin.example:7777", Ok("*://spin.example:7777"));
        check("*://*:*", Ok("*://*:*"));
        check("http://self", Ok("http://self:80"));
        check("http://self.alt", Ok("http://self:80"));
        check("http://localhost:3001", Ok("http://localhost:3001"));
        check("http://*.example.com", Ok("http://*.example.com:80"));
        check("http://192.168.1.1:3002", Ok("http://192.168.1.1:3002"));
        check("http://[::1]:8001", Ok("http://[::1]:8001"));
        check("*://127.0.0.9/24:80", Ok("*://127.0.0.0/24:80"));
        check("*://ff00::/8:80", Ok("*://ff00::/8:80"));

        check("*", Err(Invalid::NoScheme));
        check("", Err(Invalid::NoScheme));
        check("spin.example:80", Err(Invalid::NoScheme));
        check("insecure:allow-all", Err(Invalid::NoScheme));
        check("h2+x://a:1", Err(Invalid::Scheme));
        check("{http,https}://a:1", Err(Invalid::List));
        check("http://{a,b}", Err(Invalid::List));
        check("http://a:{1,2}", Err(Invalid::List));
        check("http://spin.example/a", Err(Invalid::Path));
        check("http://spin.example:6666/a/b", Err(Invalid::Path));
        check("http://*.example.com/a", Err(Invalid::Path));
        check("http://a.*.com", Err(Invalid::Wildcard));
        check("http://*.*.com", Err(Invalid::Wildcard));
        check("http://*example.com", Err(Invalid::Wildcard));
        check("http://user@example.com", Err(Invalid::Host));
        check("http://user:pass@example.com", Err(Invalid::Port));
        check("http://", Err(Invalid::Host));
        check("*://example.com", Err(Invalid::NoPort));
        check("*://127.0.0.0/24", Err(Invalid::NoPort));
        check("tcp://example.com", Err(Invalid::NoPort));
        check("http://[::1]", Err(Invalid::Port));
        check("http://a:65536", Err(Invalid::Port));
        check("http://a:1..x", Err(Invalid::Port));
    }

    #[test]
    fn a_pattern_lets_through_what_spin_lets_through() {
        let check = |pattern: &str, url: &str, expected: bool| {
            let pattern: HostPattern = pattern.parse().unwrap();
            let url: url::Url = url.parse().unwrap();
            let host = Host::parse(url.host_str().unwrap()).unwrap();
            assert_eq!(
                pattern.allows(url.scheme(), &host, url.port()),
                expected,
                "{pattern} {url}"
            );
        };
        check("https://my.example/", "https://my.example", true);
        check("https://my.example", "https://my.example:443/a", true);
        check("https://my.example", "https://my.example:444/a", false);
        check("https://my.example", "http://my.example", false);
        check("https://MY.example", "https://my.EXAMPLE", true);
        check("http://*.example.com", "http://a.b.example.com/foo", true);
        check("http://*.example.com", "http://example.com/foo", false);
        check("http://*.example.com", "http://myexample.com/foo", false);
        check("http://*.example.com:8383", "http://a.example.com", false);
        check("http://*.1", "http://10.0.0.1", false);
        check("http://a:8000..9000", "http://a:8000", true);
        check("http://a:8000..9000", "http://a:9000", false);
        check("http://*", "http://anything", true);
        check("http://*", "http://anything:8080", false);
        check("http://*:*", "http://[::1]:8080", true);
        check("*://127.0.0.1/24:63551", "http://127.0.0.77:63551", true);
        check("*://127.0.0.1/24:63551", "http://127.0.1.77:63551", false);
        check("*://127.0.0.1/24:63551", "http://localhost:63551", false);
        check("*://fe80::/10:80", "http://[fe80::1]", true);
        check("http://[::1]:80", "http://[0:0::1]", true);
        check("http://self", "http://self", false);
        // A trick that a look at the text alone would fall for.
        check("http://127.0.0.1", "http://0x7f.1", true);
        check("http://good.example", "http://good.example@bad.example", false);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".*", scheme in "[a-z*{]{0,5}", host in ".{0,8}", port in ".{0,6}") {
            let _ = text.parse::<HostPattern>();
            let _ = format!("{scheme}://{host}:{port}").parse::<HostPattern>();
        }

        #[test]
        fn a_pattern_survives_being_written_and_read(
            scheme in "[a-z]{1,5}|\\*",
            host in "(\\*\\.)?[a-z0-9]{1,4}\\.[a-z]{2,4}|\\*|self|10\\.0\\.[1-9][0-9]?\\.0/(8|16|24)|\\[::[0-9a-f]{1,4}\\]",
            port in "[0-9]{1,4}|\\*|[0-9]{1,4}\\.\\.[0-9]{1,4}",
        ) {
            let pattern: HostPattern = format!("{scheme}://{host}:{port}").parse().unwrap();
            prop_assert_eq!(pattern.to_string().parse::<HostPattern>().unwrap(), pattern);
        }

        #[test]
        fn an_exact_pattern_lets_only_its_own_host_through(allowed in "[a-z]{1,3}\\.[a-z]{2,3}", asked in "[a-z]{1,3}\\.[a-z]{2,3}") {
            let pattern: HostPattern = format!("https://{allowed}").parse().unwrap();
            let host = Host::parse(&asked).unwrap();
            prop_assert_eq!(pattern.allows("https", &host, None), allowed == asked);
        }
    }
}
