//! The address to listen on.

use std::{
    io::ErrorKind,
    net::{SocketAddr, TcpListener, ToSocketAddrs},
};

use midspan_host::HostError;

/// How many ports `--find-free-port` tries, as in Spin.
const PORTS_TO_TRY: u16 = 10;

/// Reads `--listen`: an address, or a name such as `localhost:3000`, of which the IPv4 loopback is preferred.
pub(crate) fn parse(text: &str) -> Result<SocketAddr, String> {
    let expected = || "expected an IP address or a host name, and a port, such as 127.0.0.1:3000".to_owned();
    let addresses: Vec<SocketAddr> = text.to_socket_addrs().map_err(|_| expected())?.collect();
    let preferred = addresses
        .iter()
        .find(|address| address.is_ipv4() && address.ip().is_loopback());
    preferred.or(addresses.first()).copied().ok_or_else(expected)
}

/// Checks that the address is free before anything long is begun; with `find_free_port`, the next free port counts.
///
/// # Errors
/// [`HostError::Bind`].
pub(crate) fn check_free(address: SocketAddr, find_free_port: bool) -> Result<SocketAddr, HostError> {
    let last = if find_free_port {
        address.port().saturating_add(PORTS_TO_TRY - 1)
    } else {
        address.port()
    };
    let mut candidate = address;
    loop {
        match TcpListener::bind(candidate) {
            Ok(_) => return Ok(candidate),
            Err(error) if error.kind() == ErrorKind::AddrInUse && candidate.port() < last => {
                candidate.set_port(candidate.port() + 1);
            }
            Err(source) => {
                return Err(HostError::Bind {
                    address: candidate,
                    source,
                });
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_or_a_name_with_a_port_is_read() {
        let check = |text, expected: Option<&str>| {
            assert_eq!(
                parse(text).ok(),
                expected.map(|address| address.parse().unwrap()),
                "{text}"
            );
        };
        check("127.0.0.1:3000", Some("127.0.0.1:3000"));
        check("[::1]:3000", Some("[::1]:3000"));
        check("localhost:3000", Some("127.0.0.1:3000"));
        check("127.0.0.1", None);
        check("3000", None);
        check("127.0.0.1:70000", None);
    }

    #[test]
    fn the_next_free_port_is_found_only_when_asked_for() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = taken.local_addr().unwrap();
        assert!(matches!(check_free(address, false), Err(HostError::Bind { address: at, .. }) if at == address));
        // The ports above may all be taken too, by whatever else runs on the machine; then that is said.
        match check_free(address, true) {
            Ok(found) => assert!((1..PORTS_TO_TRY).contains(&(found.port() - address.port())), "{found}"),
            Err(error) => assert!(matches!(error, HostError::Bind { .. }), "{error}"),
        }
    }
}
