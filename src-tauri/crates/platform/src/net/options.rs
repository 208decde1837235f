//! What the network part takes from outside. [`Options::default`] is what people get; the rest is there
//! so that faults can be played: certificates of one's own, names that lead elsewhere, short limits,
//! another day.

use std::time::{Duration, SystemTime};

use airouter_core::proxy::ProxySettings;
use rustls::pki_types::CertificateDer;

use super::names::Names;

/// How the network is used.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// How long anything may take.
    pub limits: Limits,
    /// Where names lead.
    pub names: Names,
    /// Who says which proxy to use, unless the person typed one.
    pub proxies: Proxies,
    /// Certificates that are trusted besides those of the system.
    pub more_roots: Vec<CertificateDer<'static>>,
    /// Where a server is asked for the time without encryption.
    pub plain_port: PlainPort,
    /// What this computer's clock is taken to show; nothing means: what it shows.
    pub clock: Option<SystemTime>,
}

/// Limits in time. Each is hard: what is not there by then is given up.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Looking a name up.
    pub name: Duration,
    /// Name, connection, proxy and encryption together.
    pub connect: Duration,
    /// A whole request, its body included. A model may think for long before its first word.
    pub request: Duration,
    /// The whole check; the lamps that are open then are not tested.
    pub whole: Duration,
    /// Asking a server for the time.
    pub clock: Duration,
    /// The gaps before the second and the third try of what may pass by itself (obs: the engine's).
    pub gaps: [Duration; 2],
    /// The longest that a gateway may ask to be left alone before the next try.
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

/// The port of plain http.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainPort(pub u16);

impl Default for PlainPort {
    fn default() -> Self {
        Self(80)
    }
}

/// Who says which proxy to use.
#[derive(Debug, Clone, Default)]
pub enum Proxies {
    /// This computer: its environment, else its system's settings.
    #[default]
    Computer,
    /// These settings.
    These(ProxySettings),
}
