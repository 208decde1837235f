//! The order of the check and its judgement, without any network: [`CheckFlow`] says which request may be
//! made now, is told the reply, and lights the lamps.
//!
//! One request at a time, since some gateways allow no more. The list comes first, because ids must come
//! from somewhere; then a turn as Claude's engine takes it: a stream with tools on offer, the tool's result,
//! and last one token as the app's own health probe asks. What the engine does after a bad reply is done
//! here, too: a refused part is left out, a broken stream is asked for as a whole answer, a crash is tried
//! again. For each of these the verdict is what a person would meet.

mod blame;
mod conversation;
mod heal;
mod list;
mod message;
mod outcome;
mod part;
mod patience;
mod scheme;
mod tools;

pub use blame::judge_trial;
use blame::{is_no_fault_of_the_way, whereabouts, why_no_reply};

use crate::address::GatewayUrl;
use crate::claude::version::Version;
use crate::finding::{Code, Finding, worst_first};
use crate::gateway::{Asked, NetFault, Reply, Route};
use crate::models::{OfferedModel, Tier, propose};

use super::layers::Seen;
use super::question::{Part, Question};
use super::reach::Reach;
use super::{AuthScheme, CheckReport, Lamp, LampId, LampState};
use heal::Search;
use std::collections::BTreeSet;

/// One request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `GET /v1/models` with the key.
    Models(AuthScheme),
    /// `GET /v1/models` without any key: is the list open to everybody?
    OpenList,
    /// `POST /v1/messages`.
    Ask(Box<Question>),
}

/// What came back.
#[derive(Debug, Clone)]
pub struct TimedReply {
    /// The reply, or why there is none.
    pub reply: Result<Reply, NetFault>,
    /// How long it took, in milliseconds.
    pub millis: u32,
}

/// The check under way.
#[derive(Debug)]
pub struct CheckFlow {
    base: GatewayUrl,
    claude: Option<Version>,
    pinned_scheme: Option<AuthScheme>,
    wanted_models: Vec<String>,
    scheme: AuthScheme,
    lamps: Vec<Lamp>,
    ready: Vec<Step>,
    under_way: usize,
    asked_models: Vec<String>,
    /// The model that answered.
    answered_model: Option<String>,
    /// What was said to the key sent the first way, once the other way is tried.
    first_refusal: Option<(AuthScheme, Finding)>,
    list_accepted: bool,
    list_trouble: Option<Finding>,
    refused_message: Option<(TimedReply, Question)>,
    asked_open_list: bool,
    talk: Talk,
    offered: Vec<OfferedModel>,
    extra: Vec<Finding>,
    reach: Option<Reach>,
    /// Status and milliseconds of the first reply of all.
    first_reply: Option<(u16, u32)>,
    proxy_note: Option<Finding>,
    requests: u32,
    tokens: u32,
}

/// What was learned about how messages have to be asked for.
#[derive(Debug, Default)]
struct Talk {
    /// What is left out because the engine leaves it out after such a refusal.
    healed: BTreeSet<Part>,
    cap: Option<u32>,
    search: Option<Search>,
    /// Why streams are given up; from then on whole answers are asked for.
    fallback: Option<Finding>,
    /// Why the same is asked once more. What comes of that may be of a gateway that has put the way aside
    /// meanwhile, and says less.
    passing: Option<Finding>,
    /// A stream that was lost again and again, while it is found out whether whole answers come.
    lost: Option<Finding>,
    /// What is asked once more, since it came to nothing the first time.
    repeated: bool,
    /// A demanded tool was refused, which the engine never demands.
    demand_refused: bool,
}

impl CheckFlow {
    /// A check of an address. `scheme` pins the way of sending the key; `models` are ids that the
    /// person named, of which the first is tried; `claude` is the installed version.
    pub fn new(base: GatewayUrl, scheme: Option<AuthScheme>, models: Vec<String>, claude: Option<Version>) -> Self {
        let first = scheme.unwrap_or(AuthScheme::Bearer);
        let mut flow = Self {
            base,
            claude,
            pinned_scheme: scheme,
            wanted_models: models,
            scheme: first,
            lamps: LampId::ALL.into_iter().map(Lamp::waiting).collect(),
            ready: vec![Step::Models(first)],
            under_way: 0,
            asked_models: Vec::new(),
            answered_model: None,
            first_refusal: None,
            list_accepted: false,
            list_trouble: None,
            refused_message: None,
            asked_open_list: false,
            talk: Talk::default(),
            offered: Vec::new(),
            extra: Vec::new(),
            reach: None,
            first_reply: None,
            proxy_note: None,
            requests: 0,
            tokens: 0,
        };
        for id in [LampId::Address, LampId::Key, LampId::Models] {
            flow.lamp(id).state = LampState::Running;
        }
        flow
    }

    /// The request that may be made now; never more than one.
    pub fn take_ready(&mut self) -> Vec<Step> {
        let ready = std::mem::take(&mut self.ready);
        self.under_way += ready.len();
        self.requests += u32::try_from(ready.len()).unwrap_or(u32::MAX);
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
    pub fn on_reach(&mut self, reach: Reach) {
        self.reach = Some(reach);
    }

    /// True when the walk has to be told before this: no reply came, and the walk knows why.
    pub fn waits_for_reach(&self, told: &TimedReply) -> bool {
        let may_be_explained = matches!(&told.reply, Err(fault) if !is_no_fault_of_the_way(fault));
        may_be_explained && self.first_reply.is_none() && self.reach.is_none()
    }

    /// Takes in what is to be said of the proxy although the flow goes on.
    pub fn note_proxy(&mut self, note: Option<Finding>) {
        self.proxy_note = note;
    }

    /// Ends the flow before any request: what it would need is not right.
    pub fn refuse(&mut self, finding: Finding) {
        self.under_way = 0;
        self.fail(LampId::Address, finding);
        self.close();
    }

    /// Ends the flow because all of it took too long: the first lamp that is open is to blame, and what
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
    pub fn on_reply(&mut self, step: Step, told: TimedReply) {
        self.under_way -= 1;
        if let (None, Ok(reply)) = (self.first_reply, &told.reply) {
            self.first_reply = Some((reply.status, told.millis));
        }
        match step {
            Step::Models(scheme) => self.on_list(scheme, &told),
            Step::OpenList => self.on_open_list(&told),
            Step::Ask(question) => self.on_answer(*question, told),
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
        let passed = self.has_passed();
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
            proposal: self.proposal(),
            lamps: self.lamps,
            layers,
            findings,
            models: self.offered,
            passed,
            requests: self.requests,
            tokens_estimate: self.tokens,
        }
    }

    /// True when all lamps are good enough. A gateway for Claude's clients alone lets this program no
    /// further, and yet Claude may use it.
    fn has_passed(&self) -> bool {
        let is_good = |lamp: &Lamp| matches!(lamp.state, LampState::Ok | LampState::Warning);
        let for_claude_alone =
            |lamp: &Lamp| lamp.finding.as_ref().is_some_and(|f| f.code == Code::ClientRestricted && !f.blocks());
        let behind = |lamp: &Lamp| lamp.id > LampId::Answer && lamp.state == LampState::NotTested;
        let is_closed = self.lamps.iter().any(for_claude_alone);
        self.lamps.iter().all(|lamp| is_good(lamp) || (is_closed && behind(lamp)))
    }

    /// The ids to be chosen, the default first: what the person named, else the usual ones, but the one
    /// that answered before one that is not there.
    fn proposal(&self) -> Vec<String> {
        if !self.wanted_models.is_empty() {
            return self.wanted_models.clone();
        }
        let mut proposal = propose(&self.offered);
        if let Some(place) = self.answered_model.as_ref().and_then(|id| proposal.iter().position(|other| other == id)) {
            proposal[..=place].rotate_right(1);
        }
        proposal
    }

    /// Why there is no reply. The walk counts as long as nothing was ever heard from there.
    fn no_reply(&self, fault: &NetFault) -> Finding {
        let finding = why_no_reply(fault, self.reach.as_ref().filter(|_| self.first_reply.is_none()));
        match whereabouts(&self.base, &finding) {
            Some(place) if finding.fact("where").is_none() => finding.with("where", place),
            _ => finding,
        }
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
