//! The network: the probe of the gateway and the requests to it.
//!
//! Redirects are never followed, because the key would be sent along; time and size are bounded; this computer
//! itself is always reached without a proxy; certificates are verified by the system. The cause of a fault is
//! found by the probe, which uses the same route as the first request, one step at a time.

mod certificate;
mod clock;
mod connect;
mod encoding;
mod fault;
mod gateway_client;
mod names;
mod options;
mod plain;
mod probe;
mod proxy;
mod receive;
mod tls;
mod tunnel;

pub(crate) use gateway_client::GatewayClient;
pub use names::{Answer, Names};
pub use options::{Limits, Options, PlainPort, Proxies};
pub(crate) use proxy::choose as choose_proxy;

/// The `User-Agent` that gateways and proxies get.
const USER_AGENT: &str = concat!("airouter-setup/", env!("CARGO_PKG_VERSION"));
