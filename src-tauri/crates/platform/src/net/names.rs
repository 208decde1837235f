//! Looks host names up with the system's resolver, unless an answer is given for a name here.

use std::collections::HashMap;
use std::io;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// Fixed answers for certain names; all others are looked up by the system.
#[derive(Debug, Clone, Default)]
pub struct Names {
    answers: Arc<HashMap<String, Answer>>,
}

/// The answer for a name.
#[derive(Debug, Clone)]
pub enum Answer {
    /// The name has these addresses.
    At(Vec<IpAddr>),
    /// There is no such name.
    Nowhere,
    /// The lookup never ends.
    Silence,
    /// The lookup fails because there is no network.
    NoNetwork,
}

impl Names {
    /// Makes fixed answers for these names.
    pub fn of<'a>(answers: impl IntoIterator<Item = (&'a str, Answer)>) -> Self {
        let answers = answers.into_iter().map(|(name, answer)| (name.to_ascii_lowercase(), answer));
        Self { answers: Arc::new(answers.collect()) }
    }

    /// The addresses of a host, in the system's order; an address is returned as it is.
    ///
    /// # Errors
    /// The error of the lookup.
    pub(super) async fn look_up(&self, name: &str, port: u16) -> io::Result<Vec<SocketAddr>> {
        if let Ok(address) = name.parse::<IpAddr>() {
            return Ok(vec![SocketAddr::new(address, port)]);
        }
        match self.answers.get(&name.to_ascii_lowercase()) {
            Some(Answer::At(addresses)) => Ok(addresses.iter().map(|ip| SocketAddr::new(*ip, port)).collect()),
            Some(Answer::Nowhere) => Err(io::Error::new(io::ErrorKind::NotFound, "no such name")),
            Some(Answer::NoNetwork) => Err(io::ErrorKind::NetworkUnreachable.into()),
            Some(Answer::Silence) => std::future::pending().await,
            None => Ok(tokio::net::lookup_host((name, port)).await?.collect()),
        }
    }
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let names = self.clone();
        Box::pin(async move {
            let found = names.look_up(name.as_str(), 0).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// True if this computer has a route to the internet. Nothing is sent: the system reports a missing route when a
/// UDP socket is connected.
pub(super) fn is_online() -> bool {
    let has_route = |from: &str, to: &str| UdpSocket::bind(from).and_then(|socket| socket.connect(to)).is_ok();
    has_route("0.0.0.0:0", "223.5.5.5:53") || has_route("[::]:0", "[2400:3200::1]:53")
}

/// True for an address that no gateway on another computer has: loopback, unspecified, or one that proxy tools make
/// up (198.18.0.0/15). Not for private addresses, where companies run gateways.
pub(super) fn is_made_up(address: IpAddr) -> bool {
    let address = address.to_canonical();
    address.is_loopback() || address.is_unspecified() || is_fake(address)
}

/// True for an address of a private network (RFC 1918, RFC 4193, RFC 6598) or a link-local address.
pub(super) fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            v4.is_private() || v4.is_link_local() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    }
}

/// True for an address that a proxy tool returns for a name, so that connections come to the tool.
pub(super) fn is_fake(address: IpAddr) -> bool {
    matches!(address.to_canonical(), IpAddr::V4(v4) if v4.octets()[0] == 198 && matches!(v4.octets()[1], 18 | 19))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_addresses_are_known() {
        let check = |text: &str| is_made_up(text.parse().unwrap());
        for address in ["127.0.0.1", "0.0.0.0", "198.18.0.7", "198.19.9.9", "::1", "::ffff:127.0.0.1"] {
            assert!(check(address), "{address}");
        }
        for address in ["223.5.5.5", "198.20.0.1", "2400:3200::1", "10.1.1.1", "192.168.1.1", "fd00::1"] {
            assert!(!check(address), "{address}");
        }
    }

    #[test]
    fn private_addresses_are_known() {
        let check = |text: &str| is_private(text.parse().unwrap());
        for address in ["10.1.1.1", "172.16.0.1", "192.168.1.1", "169.254.1.1", "100.64.0.1", "fd00::1", "fe80::1"] {
            assert!(check(address), "{address}");
        }
        for address in ["127.0.0.1", "198.18.0.7", "223.5.5.5", "100.128.0.1", "172.32.0.1", "2400:3200::1"] {
            assert!(!check(address), "{address}");
        }
    }
}
