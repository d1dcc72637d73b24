//! Which addresses a server may send to for somebody else: no way into its own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Where deliveries may go.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Network {
    /// Public addresses, by HTTPS.
    #[default]
    Public,
    /// Any address, by HTTP too; for a server on a developer's machine. An `https` URL of
    /// `localhost` or of a private address as such is sent to by HTTP: there is no certificate
    /// for these that a client would trust.
    Any,
}

/// Why nothing is sent to a URL.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UrlRefusal {
    /// It is no URL of HTTPS.
    NotHttps,
    /// It leads to an address that is not public.
    NotPublic,
}

impl std::fmt::Display for UrlRefusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NotHttps => "the URL is not one of HTTPS",
            Self::NotPublic => "the URL leads to an address that is not public",
        })
    }
}

impl std::error::Error for UrlRefusal {}

impl Network {
    /// Holds a URL against what can be said without asking for the address of a name. The
    /// addresses of a name are looked at whenever a connection is made.
    ///
    /// # Errors
    /// Nothing would ever be sent there.
    pub fn check(self, url: &str) -> Result<(), UrlRefusal> {
        self.target(url).map(drop)
    }

    /// What to call for a URL.
    pub(super) fn target(self, url: &str) -> Result<Url, UrlRefusal> {
        let mut url = Url::parse(url).map_err(|_| UrlRefusal::NotHttps)?;
        let private = is_private(&url);
        match (self, url.scheme()) {
            (Self::Public, "https") if private => Err(UrlRefusal::NotPublic),
            (Self::Public | Self::Any, "https") if !private => Ok(url),
            (Self::Any, "https") => {
                // The port stays what it was: 443, where none is named.
                let port = url.port_or_known_default();
                let changed = url
                    .set_scheme("http")
                    .and_then(|()| url.set_port(port).map_err(drop));
                changed.map_err(|()| UrlRefusal::NotHttps)?;
                Ok(url)
            }
            (Self::Any, "http") => Ok(url),
            _ => Err(UrlRefusal::NotHttps),
        }
    }
}

/// Whether a URL's host is, as such, one that is not public. `http://2130706433/` is 127.0.0.1,
/// as the URL Standard reads it.
fn is_private(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let literal = host.trim_start_matches('[').trim_end_matches(']');
    match literal.parse::<IpAddr>() {
        Ok(address) => !is_public(address),
        Err(_) => {
            let name = host.trim_end_matches('.');
            name == "localhost" || name.ends_with(".localhost")
        }
    }
}

/// Whether an address is one of the public internet: in none of the blocks that IANA's registries
/// of special-purpose addresses (RFC 6890) call not globally reachable, and no multicast. An IPv6
/// address that carries an IPv4 address is public if that one is.
pub(super) fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let special = match address.octets() {
        [0 | 10 | 127, ..] | [169, 254, ..] | [192, 168, ..] => true,
        [100, second, ..] => second & 0xc0 == 64,
        [172, second, ..] => second & 0xf0 == 16,
        [192, 0, 0 | 2, _] | [192, 88, 99, _] | [198, 18 | 19, ..] => true,
        [198, 51, 100, _] | [203, 0, 113, _] => true,
        [first, ..] => first >= 224,
    };
    !special
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(v4) = address.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let parts = address.segments();
    let v4 = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match parts {
        // NAT64 (RFC 6052) and 6to4 (RFC 3056).
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => v4(high, low),
        [0x2002, high, low, ..] => v4(high, low),
        // IETF protocols, Teredo among them, and documentation.
        [0x2001, second, ..] if second < 0x200 || second == 0xdb8 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // Global unicast is 2000::/3.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

/// A name leads to no address that may be called.
#[derive(Debug)]
pub(super) struct NoPublicAddress;

impl std::fmt::Display for NoPublicAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name leads to an address that is not public")
    }
}

impl std::error::Error for NoPublicAddress {}

/// Finds the addresses of names, and gives the client those that were looked at: what it connects
/// to is what was allowed, whatever the name leads to a moment later.
#[derive(Clone, Copy, Debug)]
pub(super) struct Checked(pub(super) Network);

impl Resolve for Checked {
    fn resolve(&self, name: Name) -> Resolving {
        let network = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.collect();
            // One private address among public ones is a trick or a mistake; neither is called.
            if network == Network::Public && !found.iter().all(|one| is_public(one.ip())) {
                return Err(NoPublicAddress.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_spelling_of_an_inner_address_passes_for_a_public_one() {
        for inner in [
            "127.0.0.1",
            "2130706433",
            "0x7f.1",
            "0177.0.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.19.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "[::1]",
            "[::]",
            "[fe80::1]",
            "[fd00::1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[2002:7f00:1::]",
            "[2001::1]",
            "[ff02::1]",
            "[2001:db8::1]",
            "localhost",
            "localhost.",
            "a.localhost",
            "LOCALHOST",
        ] {
            let url = format!("https://{inner}/hook");
            assert_eq!(
                Network::Public.check(&url),
                Err(UrlRefusal::NotPublic),
                "{url}"
            );
            assert_eq!(Network::Any.check(&url), Ok(()), "{url}");
        }
        for public in [
            "1.1.1.1",
            "172.32.0.1",
            "100.128.0.1",
            "[2606:4700::1111]",
            "example.com",
        ] {
            assert_eq!(
                Network::Public.check(&format!("https://{public}/")),
                Ok(()),
                "{public}"
            );
        }
        for other in [
            "http://example.com",
            "ftp://example.com",
            "example.com",
            "file:///etc/passwd",
        ] {
            assert_eq!(
                Network::Public.check(other),
                Err(UrlRefusal::NotHttps),
                "{other}"
            );
        }
    }

    #[test]
    fn a_private_address_is_sent_to_without_tls_where_it_is_sent_to_at_all() {
        let target = |url| Network::Any.target(url).expect("a target").to_string();
        assert_eq!(
            target("https://127.0.0.1:4000/a"),
            "http://127.0.0.1:4000/a"
        );
        assert_eq!(target("https://localhost/a"), "http://localhost:443/a");
        assert_eq!(target("https://example.com/a"), "https://example.com/a");
    }

    #[tokio::test]
    async fn the_addresses_of_a_name_are_looked_at() {
        let name = || "localhost".parse::<Name>().expect("a name");
        assert!(Checked(Network::Public).resolve(name()).await.is_err());
        let found = Checked(Network::Any)
            .resolve(name())
            .await
            .expect("addresses");
        assert!(found.into_iter().all(|address| address.ip().is_loopback()));
    }
}
