//! The way from this computer to a called tool, layer by layer, for support: six lamps tell a person
//! enough, twelve layers tell whoever helps them where exactly it ends.
//!
//! The layers stand on each other. The lowest that fails carries the finding, and above it everything
//! counts as not tested, whatever else was tried at the same time. A layer that is not needed (no
//! proxy, no encryption to this computer itself) is *ok* and says so by the fact `needed` = `no`.
//! Through a proxy it is the proxy that looks the name up and connects: those two are *ok* with
//! `by` = `proxy` once the proxy has done it, and not tested when it has not.

mod seen;

pub(super) use seen::Seen;

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

use super::LampState;
use super::layer_id::LayerId;
use crate::finding::{Code, Evidence, Finding};

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct Layer {
    /// Which.
    pub id: LayerId,
    /// Its verdict.
    pub state: LampState,
    /// Why, when it is not simply good.
    pub finding: Option<Finding>,
    /// What was seen.
    pub facts: Vec<Evidence>,
    /// How long it took, in milliseconds.
    pub millis: Option<u32>,
}

/// The layer that a code belongs to. A few can come from more than one (a connection may be cut
/// anywhere): for these it is the lowest that is likely, and what was seen on the way overrules it.
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
        // What is left of the gateway's own troubles shows when a message is asked for.
        _ => LayerId::Message,
    }
}

#[cfg(test)]
mod tests;
