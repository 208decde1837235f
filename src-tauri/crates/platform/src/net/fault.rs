//! Classifies errors of the HTTP client, by their types first and their texts last, because texts differ between
//! systems and libraries. Used only for faults that the network probe (`probe`) did not find: those of later
//! requests, and of requests that failed although the probe succeeded.

use std::error::Error;
use std::io;

use airouter_core::gateway::NetFault;

/// The fault that an error means.
pub(super) fn of(error: &reqwest::Error) -> NetFault {
    let chain: Vec<String> = sources(error).map(|source| source.to_string().to_lowercase()).collect();
    let says = |words: &[&str]| chain.iter().any(|text| words.iter().any(|word| text.contains(word)));
    let is_tunnel = says(&["tunnel error", "proxy"]);

    if error.is_timeout() {
        return if error.is_connect() { NetFault::TcpTimeout } else { NetFault::ReadTimeout };
    }
    if says(&["proxy authorization required", "proxy authentication required"]) {
        return NetFault::ProxyAuth;
    }
    if says(&["tunnel error: unsuccessful"]) {
        return NetFault::ProxyBlock;
    }
    if is_tunnel && error.is_connect() {
        return NetFault::ProxyDown;
    }
    if let Some(fault) = certificate(&says) {
        return fault;
    }
    if says(&["dns error", "failed to lookup", "name resolution"]) {
        return NetFault::Dns;
    }
    let kind = sources(error).find_map(|source| source.downcast_ref::<io::Error>()).map(io::Error::kind);
    match kind {
        Some(io::ErrorKind::ConnectionRefused) => NetFault::TcpRefused,
        Some(io::ErrorKind::NetworkUnreachable | io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkDown) => {
            NetFault::Offline
        }
        Some(io::ErrorKind::TimedOut) => NetFault::TcpTimeout,
        Some(
            io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::UnexpectedEof
            | io::ErrorKind::BrokenPipe,
        ) => NetFault::Reset,
        _ if says(&["too large", "too many headers"]) => NetFault::TooLarge,
        _ if error.is_body() || error.is_decode() => NetFault::Reset,
        _ if says(&["reset by peer", "handshake eof", "connection closed", "incomplete message"]) => NetFault::Reset,
        _ => NetFault::Other,
    }
}

fn certificate(says: &impl Fn(&[&str]) -> bool) -> Option<NetFault> {
    if says(&["not valid yet", "notvalidyet"]) {
        Some(NetFault::TlsNotYetValid)
    } else if says(&["certificate expired", "has expired", "cert_e_expired"]) {
        Some(NetFault::TlsExpired)
    } else if says(&["not valid for name", "notvalidforname", "hostname mismatch", "cn_no_match"]) {
        Some(NetFault::TlsHost)
    } else if says(&[
        "unknownissuer",
        "unknown issuer",
        "self-signed",
        "self signed",
        "causedasendentity",
        "untrusted",
        "invalid peer certificate",
    ]) {
        Some(NetFault::TlsInspect { issuer: None })
    } else if says(&[
        "corrupt message",
        "protocolversion",
        "protocol version",
        "wrong version number",
        "invalidcontenttype",
    ]) {
        Some(NetFault::TlsProto)
    } else {
        None
    }
}

fn sources<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    let mut next = Some(error);
    std::iter::from_fn(move || {
        let error = next?;
        next = error.source();
        Some(error)
    })
}
