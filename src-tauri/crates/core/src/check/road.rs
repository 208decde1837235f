//! The order of the check and its judgement, without any network: [`Road`] says which requests may be
//! made now, is told the replies, and lights the lamps.
//!
//! A message is asked for even where the list is fine, because relays check money and permission only
//! there; the list is asked for even where it may not be offered, because ids must come from
//! somewhere. At most two attempts are made to be let in, and only with the two ways of sending a key:
//! some relays lock out an address that knocks too often.

mod blame;
mod list;
mod message;
mod scheme;

pub use blame::judge_trial;
use blame::{is_no_fault_of_the_way, why_no_reply};
use message::read_stream;

use crate::address::GatewayUrl;
use crate::claude::version::Version;
use crate::finding::{Code, Finding, worst_first};
use crate::gateway::{Asked, NetFault, Reply, Route, read_message};
use crate::models::{OfferedModel, Tier, propose};

use super::layers::Seen;
use super::reach::Reach;
use super::{AuthScheme, CheckReport, Lamp, LampId, LampState};

/// One request.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Step {
    /// `GET /v1/models` with the key.
    Models(AuthScheme),
    /// `GET /v1/models` without any key: is the list open to everybody?
    OpenList,
    /// `POST /v1/messages`, one token.
    Message(AuthScheme, String),
    /// The same, streaming.
    Stream(AuthScheme, String),
    /// A message that must call a tool.
    Tools(AuthScheme, String),
}

/// What came back.
#[derive(Debug, Clone)]
pub struct Told {
    /// The reply, or why there is none.
    pub reply: Result<Reply, NetFault>,
    /// How long it took, in milliseconds.
    pub millis: u32,
}

/// The check under way.
#[derive(Debug)]
pub struct Road {
    base: GatewayUrl,
    claude: Option<Version>,
    pinned_scheme: Option<AuthScheme>,
    wanted_models: Vec<String>,
    scheme: AuthScheme,
    lamps: Vec<Lamp>,
    ready: Vec<Step>,
    under_way: usize,
    asked_models: Vec<String>,
    /// What was said to the key sent the first way, once the other way is tried.
    first_refusal: Option<(AuthScheme, Finding)>,
    list_accepted: bool,
    list_trouble: Option<Finding>,
    refused_message: Option<(Told, String)>,
    offered: Vec<OfferedModel>,
    extra: Vec<Finding>,
    reach: Option<Reach>,
    /// Status and milliseconds of the first reply of all.
    first_reply: Option<(u16, u32)>,
    proxy_note: Option<Finding>,
}

impl Road {
    /// A check of an address. `scheme` pins the way of sending the key; `models` are ids that the
    /// person named, tried before those of the list; `claude` is the installed version.
    pub fn new(base: GatewayUrl, scheme: Option<AuthScheme>, models: Vec<String>, claude: Option<Version>) -> Self {
        let first = scheme.unwrap_or(AuthScheme::Bearer);
        let mut road = Self {
            base,
            claude,
            pinned_scheme: scheme,
            wanted_models: models,
            scheme: first,
            lamps: LampId::ALL.into_iter().map(Lamp::waiting).collect(),
            ready: vec![Step::Models(first)],
            under_way: 0,
            asked_models: Vec::new(),
            first_refusal: None,
            list_accepted: false,
            list_trouble: None,
            refused_message: None,
            offered: Vec::new(),
            extra: Vec::new(),
            reach: None,
            first_reply: None,
            proxy_note: None,
        };
        for id in [LampId::Address, LampId::Key, LampId::Models] {
            road.lamp(id).state = LampState::Running;
        }
        road
    }

    /// The requests that may be made now, at the same time.
    pub fn take_ready(&mut self) -> Vec<Step> {
        let ready = std::mem::take(&mut self.ready);
        self.under_way += ready.len();
        ready
    }

    /// True when nothing is left to do.
    pub fn is_over(&self) -> bool {
        self.ready.is_empty() && self.under_way == 0
    }

    /// All lamps as they are now.
    pub fn lamps(&self) -> &[Lamp] {
        &self.lamps
    }

    /// Takes in what was seen on the way. It says nothing by itself: only if the first request gets no
    /// reply does it decide what is said.
    pub fn tell_reach(&mut self, reach: Reach) {
        self.reach = Some(reach);
    }

    /// True when the walk has to be told before this: no reply came, and the walk knows why.
    pub fn waits_for_reach(&self, told: &Told) -> bool {
        let may_be_explained = matches!(&told.reply, Err(fault) if !is_no_fault_of_the_way(fault));
        may_be_explained && self.first_reply.is_none() && self.reach.is_none()
    }

    /// Takes in what is to be said of the proxy although the road goes on.
    pub fn note_proxy(&mut self, note: Option<Finding>) {
        self.proxy_note = note;
    }

    /// Ends the road before any request: what it would need is not right.
    pub fn refuse(&mut self, finding: Finding) {
        self.under_way = 0;
        self.fail(LampId::Address, finding);
        self.close();
    }

    /// Ends the road because all of it took too long: the first lamp that is open is to blame, and what
    /// comes after it is not tested.
    pub fn time_out(&mut self) {
        self.ready.clear();
        self.under_way = 0;
        let finding = self.no_reply(&NetFault::ReadTimeout);
        let is_open = |lamp: &&Lamp| matches!(lamp.state, LampState::Running | LampState::Waiting);
        if self.lamp(LampId::Answer).state == LampState::Running {
            // The key's lamp is open too, but it only waits for the message.
            self.message_failed(finding);
        } else if let Some(id) = self.lamps.iter().find(is_open).map(|lamp| lamp.id) {
            self.fail(id, finding);
        }
        self.close();
    }

    /// Takes a reply in.
    pub fn tell(&mut self, step: Step, told: Told) {
        self.under_way -= 1;
        if let (None, Ok(reply)) = (self.first_reply, &told.reply) {
            self.first_reply = Some((reply.status, told.millis));
        }
        match step {
            Step::Models(scheme) => self.told_list(scheme, &told),
            Step::OpenList => self.told_open_list(&told),
            Step::Message(scheme, model) => self.told_message(scheme, model, told),
            Step::Stream(..) => {
                let result = self.judge(&told, read_stream);
                self.settle(LampId::Streaming, told.millis, result, Code::StreamBroken);
            }
            Step::Tools(..) => {
                let result = self.judge(&told, |reply| {
                    let message = read_message(reply)?;
                    if message.tool_use.is_empty() { Err(Finding::new(Code::ToolsBroken)) } else { Ok(()) }
                });
                self.settle(LampId::Tools, told.millis, result, Code::ToolsBroken);
            }
        }
        if self.is_over() {
            self.close();
        }
    }

    /// Stops: what was not reached is not tested.
    pub fn cancel(&mut self) {
        self.ready.clear();
        self.under_way = 0;
        self.extra.push(Finding::new(Code::Cancelled));
        self.close();
    }

    /// The result.
    pub fn report(mut self) -> CheckReport {
        let mut findings: Vec<Finding> = self.lamps.iter().filter_map(|lamp| lamp.finding.clone()).collect();
        findings.append(&mut self.extra);
        findings.extend(self.proxy_note.clone());
        let seen = Seen {
            lamps: &self.lamps,
            reach: self.reach.as_ref(),
            first_reply: self.first_reply,
            proxy_note: self.proxy_note.as_ref(),
        };
        let layers = seen.layers();
        let proposal = if self.wanted_models.is_empty() { propose(&self.offered) } else { self.wanted_models.clone() };
        let passed = self.lamps.iter().all(|lamp| matches!(lamp.state, LampState::Ok | LampState::Warning));
        let has_small = self.offered.iter().any(|model| model.dropped.is_none() && model.tier == Some(Tier::Haiku));
        if passed && !has_small && !self.offered.is_empty() {
            findings.push(Finding::new(Code::NoSmallModel));
        }
        if passed && self.pinned_scheme.is_none() && self.scheme == AuthScheme::XApiKey {
            findings.push(Finding::new(Code::AuthScheme).with("scheme", self.scheme.word()));
        }
        findings.dedup_by(|a, b| a.code == b.code);
        worst_first(&mut findings);
        CheckReport {
            base: self.base.as_str().to_owned(),
            scheme: self.scheme,
            lamps: self.lamps,
            layers,
            findings,
            models: self.offered,
            proposal,
            passed,
        }
    }

    /// Why there is no reply. The walk counts as long as nothing was ever heard from there.
    fn no_reply(&self, fault: &NetFault) -> Finding {
        why_no_reply(fault, self.reach.as_ref().filter(|_| self.first_reply.is_none()))
    }

    fn asked(&self, route: Route, sent_key: bool) -> Asked<'_> {
        Asked { route, sent_key, models_accepted_key: self.list_accepted, base_host: self.base.host() }
    }

    fn lamp(&mut self, id: LampId) -> &mut Lamp {
        let index = LampId::ALL.iter().position(|other| *other == id).unwrap_or_default();
        &mut self.lamps[index]
    }

    fn light(&mut self, id: LampId) {
        let lamp = self.lamp(id);
        if matches!(lamp.state, LampState::Running | LampState::Waiting) {
            lamp.state = LampState::Ok;
        }
    }

    fn warn(&mut self, id: LampId, finding: Finding) {
        let lamp = self.lamp(id);
        lamp.state = LampState::Warning;
        lamp.finding = Some(finding);
    }

    fn fail(&mut self, id: LampId, finding: Finding) {
        let lamp = self.lamp(id);
        lamp.state = LampState::Failed;
        lamp.finding = Some(finding);
        self.ready.clear();
    }

    /// Whatever is still open was not tested.
    fn close(&mut self) {
        for lamp in &mut self.lamps {
            if matches!(lamp.state, LampState::Waiting | LampState::Running) {
                lamp.state = LampState::NotTested;
            }
        }
    }
}
