//! The check layer by layer, from the host's name to a called tool, for support: six lamps are enough for
//! the person, twelve layers show exactly where the connection ends.
//!
//! Each layer needs the ones below it. The lowest that fails carries the finding, and everything above it
//! is not tested, whatever else was tried at the same time. A layer that is not needed (no proxy, no
//! encryption to this computer itself) is *ok* with the fact `needed` = `no`. Through a proxy it is the
//! proxy that resolves the name and connects: those two layers are *ok* with `by` = `proxy` once the proxy
//! has done it, and not tested when it has not.

mod seen;

pub(super) use seen::Seen;

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

use super::LampState;
use super::layer_id::LayerId;
use crate::finding::{Code, Evidence, Finding};

/// The verdict on one layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Layer {
    /// Which layer.
    pub id: LayerId,
    /// Its verdict.
    pub state: LampState,
    /// Why it is not simply passed.
    pub finding: Option<Finding>,
    /// What was observed.
    pub facts: Vec<Evidence>,
    /// How long it took, in milliseconds.
    pub millis: Option<u32>,
}

/// The layer that a code belongs to. For codes that can come from several layers (a connection may be cut
/// anywhere) it is the lowest likely one, and the route probe overrules it.
pub fn layer_of(code: Code) -> LayerId {
    match code {
        Code::Offline | Code::Dns | Code::DnsHijack | Code::UrlInvalid | Code::UrlRepaired => LayerId::Name,
        Code::TcpRefused | Code::TcpTimeout => LayerId::Tcp,
        Code::ProxyAuth | Code::ProxyDown | Code::ProxyBlock | Code::ProxyScript | Code::ProxyInvalid => LayerId::Proxy,
        Code::TlsClock
        | Code::TlsExpired
        | Code::TlsInspect
        | Code::TlsHost
        | Code::TlsProto
        | Code::TlsNotYetValid => LayerId::Tls,
        Code::ReadTimeout
        | Code::Reset
        | Code::CaptivePortal
        | Code::WafBlock
        | Code::Redirect
        | Code::WrongScheme
        | Code::GatewayDown => LayerId::Http,
        Code::HtmlPage | Code::WrongBaseUrl | Code::OpenaiOnly | Code::NotAnthropic => LayerId::Shape,
        Code::KeyLint
        | Code::KeyRejected
        | Code::KeyDisabled
        | Code::KeyExpired
        | Code::KeyMissing
        | Code::AuthScheme
        | Code::KeyCleaned
        | Code::KeyElsewhere
        | Code::AddressNamed => LayerId::Key,
        Code::AccountDisabled
        | Code::IpBlocked
        | Code::QuotaExhausted
        | Code::NoClaudePermission
        | Code::ClientRestricted
        | Code::RateLimited
        | Code::Forbidden => LayerId::Account,
        Code::ModelNotAllowed
        | Code::ModelNotFound
        | Code::ModelsEmpty
        | Code::ModelsNotListed
        | Code::NoSmallModel => LayerId::Models,
        Code::StreamBroken | Code::StreamFallback => LayerId::Streaming,
        Code::ToolsBroken => LayerId::Tools,
        // The gateway's other failures show when a message is requested.
        _ => LayerId::Message,
    }
}

#[cfg(test)]
mod tests;
