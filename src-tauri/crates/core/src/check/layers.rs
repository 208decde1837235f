//! The way from this computer to a called tool, layer by layer, for support: six lamps tell a person
//! enough, twelve layers tell whoever helps them where exactly it ends.
//!
//! The layers stand on each other. The lowest that fails carries the finding, and above it everything
//! counts as not tested, whatever else was tried at the same time. A layer that is not needed (no
//! proxy, no encryption to this computer itself) is *ok* and says so by the fact `needed` = `no`.
//! Through a proxy it is the proxy that looks the name up and connects: those two are *ok* with
//! `by` = `proxy` once the proxy has done it, and not tested when it has not.

use serde::Serialize;
use ts_rs::TS;

use super::reach::Reach;
use super::{Lamp, LampId, LampState};
use crate::finding::{Code, Evidence, Finding};

/// The layers from the lowest to the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum LayerId {
    /// The host's name leads to an address.
    Name,
    /// That address can be connected to.
    Tcp,
    /// The proxy, where one is used, lets us through.
    Proxy,
    /// The connection is encrypted and the other side is who it says.
    Tls,
    /// Whoever is there answers.
    Http,
    /// The answer is of the agreed form.
    Shape,
    /// The key is accepted.
    Key,
    /// The account behind the key may ask, and can pay.
    Account,
    /// There is a model to ask.
    Models,
    /// A message is answered.
    Message,
    /// An answer streams.
    Streaming,
    /// A tool is called.
    Tools,
}

impl LayerId {
    /// All layers, the lowest first.
    pub const ALL: [Self; 12] = [
        Self::Name,
        Self::Tcp,
        Self::Proxy,
        Self::Tls,
        Self::Http,
        Self::Shape,
        Self::Key,
        Self::Account,
        Self::Models,
        Self::Message,
        Self::Streaming,
        Self::Tools,
    ];
}

/// One layer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, TS)]
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
        | Code::KeyCleaned => LayerId::Key,
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
        Code::StreamBroken => LayerId::Streaming,
        Code::ToolsBroken => LayerId::Tools,
        // What is left of the gateway's own troubles shows when a message is asked for.
        _ => LayerId::Message,
    }
}

/// What the layers are made from.
pub(super) struct Seen<'a> {
    /// The lamps, closed.
    pub(super) lamps: &'a [Lamp],
    /// The walk, as far as it is known.
    pub(super) reach: Option<&'a Reach>,
    /// The status and the time of the first reply of all.
    pub(super) first_reply: Option<(u16, u32)>,
    /// Said of the proxy although the road goes on.
    pub(super) proxy_note: Option<&'a Finding>,
}

impl Seen<'_> {
    /// All twelve layers.
    pub(super) fn layers(&self) -> Vec<Layer> {
        let mut layers: Vec<Layer> = LayerId::ALL.into_iter().map(|id| self.layer(id)).collect();
        let failed = self.lamps.iter().find_map(|lamp| Some((lamp.id, self.blocking(lamp)?)));
        if let Some((lamp, finding)) = failed {
            let at = self.place(lamp, finding.code);
            for layer in &mut layers {
                if layer.id == at {
                    layer.state = LampState::Failed;
                    layer.finding = Some(finding.clone());
                } else if layer.id > at {
                    *layer = untested(layer.id);
                }
            }
        }
        layers
    }

    fn layer(&self, id: LayerId) -> Layer {
        match id {
            LayerId::Name | LayerId::Tcp | LayerId::Proxy | LayerId::Tls => self.on_the_way(id),
            LayerId::Http => match self.first_reply {
                Some((status, millis)) => Layer {
                    state: LampState::Ok,
                    facts: vec![Evidence::new("status", status)],
                    millis: Some(millis),
                    ..untested(id)
                },
                None => untested(id),
            },
            LayerId::Shape => self.by_lamp(id, LampId::Address, false),
            LayerId::Key => self.by_lamp(id, LampId::Key, false),
            // Relays look at the balance when a message is asked for, and not before.
            LayerId::Account => self.by_lamp(id, LampId::Answer, false),
            LayerId::Models => self.by_lamp(id, LampId::Models, true),
            LayerId::Message => self.by_lamp(id, LampId::Answer, true),
            LayerId::Streaming => self.by_lamp(id, LampId::Streaming, true),
            LayerId::Tools => self.by_lamp(id, LampId::Tools, true),
        }
    }

    fn on_the_way(&self, id: LayerId) -> Layer {
        let leg = self.reach.and_then(|reach| reach.legs.iter().find(|leg| leg.id == id));
        let trouble = self.reach.and_then(|reach| reach.trouble.as_ref()).filter(|trouble| trouble.layer == id);
        let mut layer = untested(id);
        if let Some(leg) = leg {
            (layer.facts, layer.millis) = (leg.facts.clone(), leg.millis);
        } else if let Some(trouble) = trouble {
            (layer.facts, layer.millis) = (trouble.facts.clone(), trouble.millis);
        }
        // A reply came over this layer, whatever the walk beside it met.
        if leg.is_some() || self.first_reply.is_some() {
            layer.state = LampState::Ok;
        }
        if id == LayerId::Proxy && layer.state == LampState::Ok && self.proxy_note.is_some() {
            layer.state = LampState::Warning;
            layer.finding = self.proxy_note.cloned();
        }
        layer
    }

    fn by_lamp(&self, id: LayerId, lamp: LampId, with_facts: bool) -> Layer {
        let Some(lamp) = self.lamps.iter().find(|other| other.id == lamp) else { return untested(id) };
        match lamp.state {
            LampState::Ok | LampState::Warning => Layer {
                id,
                state: if with_facts { lamp.state } else { LampState::Ok },
                finding: lamp.finding.clone().filter(|_| with_facts),
                facts: if with_facts { lamp.facts.clone() } else { Vec::new() },
                millis: lamp.millis.filter(|_| with_facts),
            },
            _ => untested(id),
        }
    }

    fn blocking<'b>(&self, lamp: &'b Lamp) -> Option<&'b Finding> {
        lamp.finding.as_ref().filter(|_| lamp.state == LampState::Failed)
    }

    /// Where a lamp's finding belongs: what the walk met, else what the code says, within what the
    /// lamp stands for. What fails after an answer came is not put below that answer.
    fn place(&self, lamp: LampId, code: Code) -> LayerId {
        let met = self.reach.and_then(|reach| reach.trouble.as_ref());
        if let Some(trouble) = met.filter(|_| lamp == LampId::Address && self.first_reply.is_none()) {
            if trouble.finding().code == code {
                return trouble.layer;
            }
        }
        let (lowest, highest) = match lamp {
            LampId::Address if self.first_reply.is_some() => (LayerId::Http, LayerId::Shape),
            LampId::Address => (LayerId::Name, LayerId::Shape),
            LampId::Key => (LayerId::Key, LayerId::Account),
            LampId::Models => (LayerId::Key, LayerId::Models),
            LampId::Answer => (LayerId::Account, LayerId::Message),
            LampId::Streaming => (LayerId::Streaming, LayerId::Streaming),
            LampId::Tools => (LayerId::Tools, LayerId::Tools),
        };
        let by_code = layer_of(code);
        // A message that no reply comes to is the message's own trouble, not the account's.
        if lamp == LampId::Answer && by_code < lowest { highest } else { by_code.clamp(lowest, highest) }
    }
}

fn untested(id: LayerId) -> Layer {
    Layer { id, state: LampState::NotTested, finding: None, facts: Vec::new(), millis: None }
}

#[cfg(test)]
mod tests;
