//! The networks that no component may reach, whatever it is allowed: `block_networks` of the runtime configuration.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::IpNetwork;

/// Blocked networks. Compare the address that a name resolved to, not the name.
///
/// By default they are the link-local networks and the other addresses at which clouds give credentials to whoever asks.
/// Spin's default is none: there, `block_networks` has to name them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedNetworks {
    networks: Vec<IpNetwork>,
    private: bool,
}

impl Default for BlockedNetworks {
    fn default() -> Self {
        let networks = LINK_LOCAL.into_iter().chain(METADATA.map(IpNetwork::from));
        Self::new(networks.collect(), false)
    }
}

impl BlockedNetworks {
    /// Blocks `networks` and, if `private`, every address that is not routed globally: private, loopback, link-local
    /// (where clouds keep their metadata service), shared, documentation and reserved ones.
    #[must_use]
    pub fn new(networks: Vec<IpNetwork>, private: bool) -> Self {
        Self { networks, private }
    }

    /// Whether nothing is blocked.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.networks.is_empty() && !self.private
    }

    /// Whether no connection to the address may be made.
    #[must_use]
    pub fn is_blocked(&self, address: IpAddr) -> bool {
        if self.private && !is_global(address) || self.networks.iter().any(|network| network.contains(address)) {
            return true;
        }
        match address {
            IpAddr::V6(v6) => embedded(v6).is_some_and(|v4| self.is_blocked(v4.into())),
            IpAddr::V4(_) => false,
        }
    }
}

/// The IPv4 address that is reached by one of IPv6: `::ffff:10.0.0.1` and `::10.0.0.1`, as Spin has it; and where there is
/// such a gateway, `64:ff9b::10.0.0.1` (RFC 6052 s. 2.1) and `2002:a00:1::` (RFC 3056 s. 2).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    match address.octets() {
        [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0, v4 @ ..] => Some(v4.into()),
        [0x20, 0x02, first, second, third, fourth, ..] => Some([first, second, third, fourth].into()),
        _ => address.to_ipv4(),
    }
}

const LINK_LOCAL: [IpNetwork; 2] = [IpNetwork::v4(169, 254, 0, 16), IpNetwork::v6(0xfe80, 0, 10)];

/// Amazon's and Google's by IPv6, Alibaba's, Oracle's, and what Azure's virtual machines are managed by. Those of all
/// others are link-local.
const METADATA: [IpAddr; 5] = [
    IpAddr::V6(Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V6(Ipv6Addr::new(0xfd20, 0xce, 0, 0, 0, 0, 0, 0x254)),
    IpAddr::V4(Ipv4Addr::new(100, 100, 100, 200)),
    IpAddr::V4(Ipv4Addr::new(192, 0, 0, 192)),
    IpAddr::V4(Ipv4Addr::new(168, 63, 129, 16)),
];

/// Globally reachable by the IANA special-purpose address registries, as Spin reads them.
fn is_global(address: IpAddr) -> bool {
    match address {
        // The port control protocol and TURN anycast addresses are the two global ones of their block.
        IpAddr::V4(v4) if matches!(v4.octets(), [192, 0, 0, 9 | 10]) => true,
        IpAddr::V4(_) => !LOCAL_V4.iter().any(|network| network.contains(address)),
        IpAddr::V6(v6) if v6.is_multicast() => v6.segments()[0] & 0xf == 0xe,
        IpAddr::V6(v6) if v6.is_loopback() || v6.is_unspecified() => false,
        IpAddr::V6(_) => !LOCAL_V6.iter().any(|network| network.contains(address)),
    }
}

const LOCAL_V4: [IpNetwork; 13] = [
    IpNetwork::v4(0, 0, 0, 8),
    IpNetwork::v4(10, 0, 0, 8),
    IpNetwork::v4(100, 64, 0, 10),
    IpNetwork::v4(127, 0, 0, 8),
    IpNetwork::v4(169, 254, 0, 16),
    IpNetwork::v4(172, 16, 0, 12),
    IpNetwork::v4(192, 0, 0, 24),
    IpNetwork::v4(192, 0, 2, 24),
    IpNetwork::v4(192, 168, 0, 16),
    IpNetwork::v4(198, 18, 0, 15),
    IpNetwork::v4(198, 51, 100, 24),
    IpNetwork::v4(203, 0, 113, 24),
    // Reserved, the broadcast address included.
    IpNetwork::v4(240, 0, 0, 4),
];

const LOCAL_V6: [IpNetwork; 4] = [
    IpNetwork::v6(0xfc00, 0, 7),
    IpNetwork::v6(0xfe80, 0, 10),
    IpNetwork::v6(0xfec0, 0, 10),
    IpNetwork::v6(0x2001, 0xdb8, 32),
];

#[cfg(test)]
mod tests {
    use super::*;

    fn check(blocked: &BlockedNetworks, address: &str, expected: bool) {
        assert_eq!(blocked.is_blocked(address.parse().unwrap()), expected, "{address}");
    }

    #[test]
    fn link_local_and_metadata_addresses_are_blocked_by_default_however_they_are_written() {
        let default = BlockedNetworks::default();
        assert!(!default.is_empty());
        for address in [
            "169.254.169.254",
            "169.254.170.2",
            "::ffff:169.254.169.254",
            "::ffff:a9fe:a9fe",
            "::169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "fe80::a9fe:a9fe",
            "febf::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "100.100.100.200",
            "192.0.0.192",
            "168.63.129.16",
        ] {
            check(&default, address, true);
        }
        for address in [
            "127.0.0.1",
            "10.0.0.1",
            "169.253.0.1",
            "fd00::1",
            "64:ff9b::a00:1",
            "2600::beef",
        ] {
            check(&default, address, false);
        }
    }

    #[test]
    fn nothing_is_blocked_where_the_operator_says_so() {
        let none = BlockedNetworks::new(Vec::new(), false);
        assert!(none.is_empty());
        check(&none, "169.254.169.254", false);
    }

    #[test]
    fn a_listed_network_is_blocked_also_by_its_addresses_in_ipv6() {
        let networks = vec!["123.123.0.0/16".parse().unwrap(), "2001::/96".parse().unwrap()];
        let blocked = BlockedNetworks::new(networks, false);
        assert!(!blocked.is_empty());
        check(&blocked, "123.123.123.123", true);
        check(&blocked, "::ffff:123.123.123.123", true);
        check(&blocked, "::123.123.123.123", true);
        check(&blocked, "2001::1000", true);
        check(&blocked, "123.100.100.100", false);
        check(&blocked, "2002::1000", false);
        check(&blocked, "10.0.0.1", false);
    }

    #[test]
    fn private_means_all_that_is_not_global() {
        let blocked = BlockedNetworks::new(Vec::new(), true);
        for address in [
            "0.0.0.0",
            "10.10.10.10",
            "100.64.1.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.31.255.255",
            "192.0.0.1",
            "192.168.0.1",
            "198.19.0.1",
            "203.0.113.7",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:169.254.169.254",
            "64:ff9b::10.0.0.1",
            "2002:7f00:1::",
            "fc00::f00d",
            "fe80::1",
            "fec0::1",
            "2001:db8::1",
            "ff02::1",
        ] {
            check(&blocked, address, true);
        }
        for address in [
            "123.123.123.123",
            "172.32.0.1",
            "192.0.0.9",
            "192.0.1.1",
            "2600::beef",
            "ff0e::1",
        ] {
            check(&blocked, address, false);
        }
    }
}
