//! Which addresses a contract may reach.
//!
//! A worker stands in somebody's network, with neighbours who trust whoever is inside. A contract
//! is anybody's, so only addresses of the public internet are for it, unless the operator names
//! others. What counts is the address that the connection is made to, not the name.

use super::{
    config::HttpConfig,
    names::{NameError, Names},
};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use ureq::{
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{ResolvedSocketAddrs, Resolver},
        transport::NextTimeout,
    },
    Error, Timeout,
};

/// The most addresses of a name that are tried.
const MOST_ADDRESSES: usize = 16;

/// The addresses of a name may not be reached.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("no address of it may be reached")]
pub(super) struct Refused;

/// Resolves names, and gives only those addresses that may be reached: the connection is made to
/// one of them, so there is no second look-up that could answer something else.
#[derive(Debug)]
pub(super) struct CheckedResolver {
    allowed: Vec<IpNet>,
    names: Names,
}

impl CheckedResolver {
    pub(super) fn new(config: &HttpConfig) -> Self {
        Self {
            allowed: config.allow_networks.clone(),
            names: Names::new(config),
        }
    }

    fn may_reach(&self, address: IpAddr) -> bool {
        is_public(address)
            || self
                .allowed
                .iter()
                .any(|network| network.contains(&address))
    }
}

impl Resolver for CheckedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        _: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let port = uri.port_u16().or(match uri.scheme_str() {
            Some("https") => Some(443),
            Some("http") => Some(80),
            _ => None,
        });
        let (Some(host), Some(port)) = (uri.host(), port) else {
            return Err(Error::HostNotFound);
        };
        let found = self.names.look_up(host, *timeout.after);
        let found = found.map_err(|error| match error {
            NameError::Late(_) => Error::Timeout(Timeout::Resolve),
            NameError::Unknown(why) => {
                tracing::debug!(host, why, "a name has no address");
                Error::HostNotFound
            }
        })?;
        if found.is_empty() {
            return Err(Error::HostNotFound);
        }
        let mut kept = self.empty();
        let reachable = found.into_iter().filter(|found| self.may_reach(*found));
        for address in reachable.take(MOST_ADDRESSES) {
            kept.push(SocketAddr::new(address, port));
        }
        if kept.is_empty() {
            Err(Error::Other(Box::new(Refused)))
        } else {
            Ok(kept)
        }
    }
}

/// Whether an address is one of the public internet, as the registries of special-purpose
/// addresses (RFC 6890 and what updates it) have it.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        // "This" network; shared between a provider and its customers; protocol assignments;
        // benchmarks; reserved, broadcast included.
        [0, ..] | [100, 64..=127, ..] | [192, 0, 0, _] | [198, 18..=19, ..] | [240..=255, ..] => {
            true
        }
        // Relays of 6to4.
        [192, 88, 99, _] => true,
        _ => {
            address.is_private()
                || address.is_loopback()
                || address.is_link_local()
                || address.is_multicast()
                || address.is_documentation()
        }
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    match address.segments() {
        // Teredo, benchmarks, ORCHID: 2001::/23 is for protocols.
        [0x2001, 0..=0x1ff, ..] => false,
        // Documentation; 6to4, which wraps an IPv4 address.
        [0x2001, 0xdb8, ..] | [0x2002, ..] => false,
        [0x3fff, 0..=0xfff, ..] => false,
        // Global unicast. Everything else isn't: unspecified, loopback, IPv4-mapped and its
        // kin, unique-local, link-local, multicast.
        [0x2000..=0x3fff, ..] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_public() {
        for refused in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.0.2.1",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::7f00:1",
            "fc00::1",
            "fd12:3456::1",
            "fe80::1",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
        ] {
            assert!(!is_public(refused.parse().unwrap()), "{refused}");
        }
        for public in [
            "1.1.1.1",
            "8.8.8.8",
            "100.63.255.255",
            "172.32.0.1",
            "192.0.1.1",
            "2606:4700::1111",
            "2a00:1450:4001::1",
        ] {
            assert!(is_public(public.parse().unwrap()), "{public}");
        }
    }

    #[test]
    fn an_operator_may_allow_more() {
        let mut config = HttpConfig::default();
        let loopback: IpAddr = "127.0.0.1".parse().unwrap();
        assert!(!CheckedResolver::new(&config).may_reach(loopback));
        config.allow_networks = vec!["127.0.0.0/30".parse().unwrap()];
        let resolver = CheckedResolver::new(&config);
        assert!(resolver.may_reach(loopback));
        for other in ["127.0.0.4", "10.0.0.1", "::1", "::ffff:127.0.0.1"] {
            assert!(!resolver.may_reach(other.parse().unwrap()), "{other}");
        }
    }
}
