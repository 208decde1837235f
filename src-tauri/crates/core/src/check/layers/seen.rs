//! Computes the layers from what was observed: lamps, route probe, first reply.
//!
//! There is only one inference: a reply that came has passed every layer below it. The layer of the account
//! passes only by an answered message.

use super::super::route_probe::RouteProbe;
use super::super::{Lamp, LampId, LampState};
use super::{Layer, LayerId, layer_of};
use crate::finding::{Code, Evidence, Finding};

/// The observations that the layers are computed from.
pub(in super::super) struct Seen<'a> {
    /// The lamps, none of them open.
    pub(in super::super) lamps: &'a [Lamp],
    /// The route probe, as far as it is known.
    pub(in super::super) reach: Option<&'a RouteProbe>,
    /// The status and the milliseconds of the very first reply.
    pub(in super::super) first_reply: Option<(u16, u32)>,
    /// A finding about the proxy that did not end the check.
    pub(in super::super) proxy_note: Option<&'a Finding>,
}

impl Seen<'_> {
    /// All twelve layers.
    pub(in super::super) fn layers(&self) -> Vec<Layer> {
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
            LayerId::Shape if self.list_came() => Layer { state: LampState::Ok, ..untested(id) },
            LayerId::Shape => self.by_lamp(id, LampId::Address, false),
            LayerId::Key => self.by_lamp(id, LampId::Key, false),
            // Gateways look at the balance when a message is requested, and not before.
            LayerId::Account => self.by_lamp(id, LampId::Answer, false),
            LayerId::Models => self.by_lamp(id, LampId::Models, true),
            LayerId::Message => self.by_lamp(id, LampId::Answer, true),
            LayerId::Streaming => self.by_lamp(id, LampId::Streaming, true),
            LayerId::Tools => self.by_lamp(id, LampId::Tools, true),
        }
    }

    fn on_the_way(&self, id: LayerId) -> Layer {
        let leg = self.reach.and_then(|reach| reach.steps.iter().find(|leg| leg.id == id));
        let failure = self.reach.and_then(|reach| reach.failure.as_ref()).filter(|failure| failure.layer == id);
        let mut layer = untested(id);
        if let Some(leg) = leg {
            (layer.facts, layer.millis) = (leg.facts.clone(), leg.millis);
        } else if let Some(failure) = failure {
            (layer.facts, layer.millis) = (failure.facts.clone(), failure.millis);
        }
        // A reply came over this layer, whatever the route probe met.
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

    /// True when a list of models was given, so the server speaks the right protocol.
    fn list_came(&self) -> bool {
        self.lamps.iter().any(|lamp| lamp.id == LampId::Models && lamp.state == LampState::Ok)
    }

    /// The layer of a lamp's finding: what the route probe met, else what the code says, limited to the
    /// layers of the lamp. What fails after an answer came is not put below that answer.
    fn place(&self, lamp: LampId, code: Code) -> LayerId {
        let met = self.reach.and_then(|reach| reach.failure.as_ref());
        if let Some(failure) = met.filter(|_| lamp == LampId::Address && self.first_reply.is_none())
            && failure.finding().code == code
        {
            return failure.layer;
        }
        let by_code = layer_of(code);
        if lamp == LampId::Address && self.list_came() && by_code <= LayerId::Http {
            // The list came over the same route just before, so only the message fails.
            return LayerId::Message;
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
        // A message without a reply is a failure of the message, not of the account.
        if lamp == LampId::Answer && by_code < lowest { highest } else { by_code.clamp(lowest, highest) }
    }
}

fn untested(id: LayerId) -> Layer {
    Layer { id, state: LampState::NotTested, finding: None, facts: Vec::new(), millis: None }
}
