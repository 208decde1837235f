//! Settings of the network module. [`Options::default`] is used in the product; other values let tests simulate
//! faults: own certificates, names with other addresses, short limits, another date.

use std::time::{Duration, SystemTime};

use airouter_core::proxy::ProxySettings;
use rustls::pki_types::CertificateDer;

use super::names::Names;

/// Settings of a check.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Time limits.
    pub limits: Limits,
    /// Fixed answers for host names.
    pub names: Names,
    /// Where the proxy settings come from, unless the person typed a proxy.
    pub proxies: Proxies,
    /// Root certificates that are trusted besides the system's.
    pub more_roots: Vec<CertificateDer<'static>>,
    /// The port at which a server is asked for the time over plain HTTP.
    pub plain_port: PlainPort,
    /// The time to use instead of this computer's clock.
    pub clock: Option<SystemTime>,
}

/// Time limits. Each is hard: what is not done by then is aborted.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A name lookup.
    pub name: Duration,
    /// Name lookup, connection, proxy and TLS handshake together.
    pub connect: Duration,
    /// A whole request, its body included. A model may take long before its first token.
    pub request: Duration,
    /// The whole check; lamps without a result by then are not tested.
    pub whole: Duration,
    /// Asking a server for the time.
    pub clock: Duration,
    /// The pauses before the second and the third try after a temporary failure (obs: the engine's).
    pub gaps: [Duration; 2],
    /// The longest pause that a gateway's `retry-after` can cause.
    pub longest_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            name: Duration::from_secs(5),
            connect: Duration::from_secs(10),
            request: Duration::from_secs(60),
            whole: Duration::from_secs(240),
            clock: Duration::from_secs(3),
            gaps: [Duration::from_millis(600), Duration::from_millis(1200)],
            longest_wait: Duration::from_secs(60),
        }
    }
}

/// The port of plain HTTP, 80 by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainPort(pub u16);

impl Default for PlainPort {
    fn default() -> Self {
        Self(80)
    }
}

/// Where the proxy settings come from.
#[derive(Debug, Clone, Default)]
pub enum Proxies {
    /// This computer: its environment, else its system's settings.
    #[default]
    Computer,
    /// These settings.
    These(ProxySettings),
}
