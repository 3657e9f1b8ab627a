//! A network in CIDR notation.

use std::{
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    str::FromStr,
};

/// A network such as `10.0.0.0/8` or `fe80::/10`. The bits after the prefix are cleared when it is read, as in Spin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IpNetwork {
    address: IpAddr,
    prefix: u8,
}

/// Not an address and a prefix length with a slash between.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a network in CIDR notation, such as 10.0.0.0/8")]
pub struct InvalidNetwork;

impl IpNetwork {
    /// Whether the address is in the network. An IPv4 address never is in an IPv6 one.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        self.address.is_ipv4() == address.is_ipv4() && truncate(address, self.prefix) == self.address
    }

    pub(super) const fn v4(a: u8, b: u8, c: u8, prefix: u8) -> Self {
        Self {
            address: IpAddr::V4(Ipv4Addr::new(a, b, c, 0)),
            prefix,
        }
    }

    pub(super) const fn v6(first: u16, second: u16, prefix: u8) -> Self {
        Self {
            address: IpAddr::V6(Ipv6Addr::new(first, second, 0, 0, 0, 0, 0, 0)),
            prefix,
        }
    }
}

/// The network of this address alone.
impl From<IpAddr> for IpNetwork {
    fn from(address: IpAddr) -> Self {
        let prefix = if address.is_ipv4() { 32 } else { 128 };
        Self { address, prefix }
    }
}

impl FromStr for IpNetwork {
    type Err = InvalidNetwork;

    fn from_str(text: &str) -> Result<Self, InvalidNetwork> {
        let (address, prefix) = text.split_once('/').ok_or(InvalidNetwork)?;
        let address: IpAddr = address.parse().map_err(|_| InvalidNetwork)?;
        let prefix: u8 = prefix.parse().map_err(|_| InvalidNetwork)?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        if prefix > longest {
            return Err(InvalidNetwork);
        }
        Ok(Self {
            address: truncate(address, prefix),
            prefix,
        })
    }
}

impl fmt::Display for IpNetwork {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.address, self.prefix)
    }
}

fn truncate(address: IpAddr, prefix: u8) -> IpAddr {
    let prefix = u32::from(prefix);
    match address {
        IpAddr::V4(v4) => {
            let mask = u32::MAX.checked_shl(32 - prefix.min(32)).unwrap_or(0);
            Ipv4Addr::from_bits(v4.to_bits() & mask).into()
        }
        IpAddr::V6(v6) => {
            let mask = u128::MAX.checked_shl(128 - prefix.min(128)).unwrap_or(0);
            Ipv6Addr::from_bits(v6.to_bits() & mask).into()
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn networks_are_read_and_their_host_bits_cleared() {
        let check = |text: &str, expected: Option<&str>| {
            let read = text.parse::<IpNetwork>().ok().map(|network| network.to_string());
            assert_eq!(read.as_deref(), expected, "{text}");
        };
        check("8.8.8.8/16", Some("8.8.0.0/16"));
        check("1.1.1.1/32", Some("1.1.1.1/32"));
        check("1.2.3.4/0", Some("0.0.0.0/0"));
        check("2001:db8::1/32", Some("2001:db8::/32"));
        check("::1/128", Some("::1/128"));
        check("1.1.1.1", None);
        check("1.1.1.1/33", None);
        check("::1/129", None);
        check("1.1.1.1/", None);
        check("/8", None);
        check("1.1.1.1/8/8", None);
        check("example.com/8", None);
    }

    proptest! {
        #[test]
        fn an_address_is_in_every_network_that_was_cut_from_it(bits: u32, prefix in 0u8..=32, wide: u128, long in 0u8..=128) {
            let v4 = IpAddr::V4(Ipv4Addr::from_bits(bits));
            let network: IpNetwork = format!("{v4}/{prefix}").parse().unwrap();
            prop_assert!(network.contains(v4));
            let v6 = IpAddr::V6(Ipv6Addr::from_bits(wide));
            let wider: IpNetwork = format!("{v6}/{long}").parse().unwrap();
            prop_assert!(wider.contains(v6));
            prop_assert!(!wider.contains(v4));
        }

        #[test]
        fn an_address_that_differs_in_the_prefix_is_outside(bits: u32, prefix in 1u8..=32) {
            let network: IpNetwork = format!("{}/{prefix}", Ipv4Addr::from_bits(bits)).parse().unwrap();
            let other = Ipv4Addr::from_bits(bits ^ (1 << (32 - prefix)));
            prop_assert!(!network.contains(other.into()));
        }
    }
}
