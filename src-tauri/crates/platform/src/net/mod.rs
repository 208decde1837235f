//! The network: the walk to the gateway and the requests to it, both made in one place.
//!
//! Redirects are never followed, because a key would go with them; time and size are bounded; this
//! computer itself is always reached without a proxy; certificates are judged by the system. What a
//! fault means is told by the walk, which goes the same way as the first request, one step at a time.

mod certificate;
mod clock;
mod connect;
mod encoding;
mod fault;
mod names;
mod options;
mod plain;
mod probe;
mod proxy;
mod receive;
mod tls;
mod tunnel;
mod wire;

pub use names::{Answer, Names};
pub use options::{Limits, Options, PlainPort, Proxies};
pub(crate) use proxy::choose as choose_proxy;
pub(crate) use wire::Wire;

/// How this program names itself, to gateways and proxies alike.
const USER_AGENT: &str = concat!("airouter-setup/", env!("CARGO_PKG_VERSION"));
