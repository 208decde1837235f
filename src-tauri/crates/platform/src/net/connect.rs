//! Connects to whichever of a host's addresses answers first.
//!
//! Many home networks have a broken IPv6. So the two address families alternate, and the next address is tried while
//! the former one has not answered; a dead family then costs a moment instead of the check.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use airouter_core::finding::Evidence;
use airouter_core::gateway::NetFault;
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::names::is_online;

/// How long an address may take to answer before the next one is tried in parallel.
const HEAD_START: Duration = Duration::from_millis(250);

/// A connection.
pub(super) struct Connected {
    pub(super) stream: TcpStream,
    /// The address that answered, and those that did not.
    pub(super) facts: Vec<Evidence>,
}

/// Why no connection was made.
pub(super) struct NotConnected {
    pub(super) fault: NetFault,
    pub(super) facts: Vec<Evidence>,
}

/// Connects to one of the addresses, at the latest by `until`.
///
/// # Errors
/// The most informative of the failures.
pub(super) async fn connect(addresses: &[SocketAddr], until: Instant) -> Result<Connected, NotConnected> {
    let mut waiting = taking_turns(addresses).into_iter().peekable();
    let mut trying = JoinSet::new();
    let mut failed: Vec<(SocketAddr, io::ErrorKind)> = Vec::new();
    loop {
        if let Some(address) = waiting.next() {
            trying.spawn(async move { (address, TcpStream::connect(address).await) });
        } else if trying.is_empty() {
            return Err(not_connected(&failed, addresses));
        }
        tokio::select! {
            Some(joined) = trying.join_next() => match joined {
                Ok((address, Ok(stream))) => {
                    let tried: Vec<_> = addresses.iter().copied().filter(|it| !waiting.clone().any(|left| left == *it)).collect();
                    return Ok(Connected { stream, facts: connection_facts(address, &tried, &failed) });
                }
                Ok((address, Err(error))) => failed.push((address, error.kind())),
                Err(_) => {}
            },
            () = sleep(HEAD_START), if waiting.peek().is_some() => {}
            () = sleep_until(until) => {
                failed.push((addresses[0], io::ErrorKind::TimedOut));
                return Err(not_connected(&failed, addresses));
            }
        }
    }
}

/// Evidence: the address that answered, and those that failed or, in the other family, did not answer.
fn connection_facts(
    address: SocketAddr,
    tried: &[SocketAddr],
    failed: &[(SocketAddr, io::ErrorKind)],
) -> Vec<Evidence> {
    let mut facts = vec![Evidence::new("address", address)];
    for other in tried.iter().filter(|other| **other != address) {
        match failed.iter().find(|(dead, _)| dead == other) {
            Some((_, kind)) => facts.push(Evidence::new("silent", format!("{other} {kind}"))),
            None if other.is_ipv6() != address.is_ipv6() => facts.push(Evidence::new("silent", other)),
            None => {}
        }
    }
    facts
}

/// The addresses with the families alternating, beginning with the system's first choice.
fn taking_turns(addresses: &[SocketAddr]) -> Vec<SocketAddr> {
    let Some(first) = addresses.first() else { return Vec::new() };
    let (mut one, mut other): (Vec<_>, Vec<_>) = addresses.iter().partition(|it| it.is_ipv6() == first.is_ipv6());
    let mut turns = Vec::with_capacity(addresses.len());
    one.reverse();
    other.reverse();
    while let Some(next) = one.pop() {
        turns.push(next);
        turns.extend(other.pop());
    }
    turns.extend(other.into_iter().rev());
    turns
}

/// The most informative failure: a refusal is an answer, and a timeout still shows that a route exists.
fn not_connected(failed: &[(SocketAddr, io::ErrorKind)], addresses: &[SocketAddr]) -> NotConnected {
    use io::ErrorKind as Kind;
    let has = |kinds: &[Kind]| failed.iter().any(|(_, kind)| kinds.contains(kind));
    let fault = if has(&[Kind::ConnectionRefused, Kind::PermissionDenied]) {
        NetFault::TcpRefused
    } else if has(&[Kind::ConnectionReset, Kind::ConnectionAborted]) {
        NetFault::Reset
    } else if has(&[Kind::NetworkUnreachable, Kind::HostUnreachable, Kind::NetworkDown, Kind::AddrNotAvailable])
        && !is_online()
    {
        NetFault::Offline
    } else {
        NetFault::TcpTimeout
    };
    let facts = addresses.iter().take(4).map(|address| Evidence::new("address", address)).collect();
    NotConnected { fault, facts }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_take_turns() {
        let at = |text: &str| text.parse::<SocketAddr>().unwrap();
        let (a6, b6, c4, d4) = (at("[::1]:1"), at("[::2]:1"), at("1.1.1.1:1"), at("2.2.2.2:1"));
        assert_eq!(taking_turns(&[a6, b6, c4, d4]), [a6, c4, b6, d4]);
        assert_eq!(taking_turns(&[c4, a6, b6]), [c4, a6, b6]);
        assert_eq!(taking_turns(&[]), []);
    }
}
