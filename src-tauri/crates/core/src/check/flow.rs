//! The order of the check and its verdicts, without any network: [`CheckFlow`] gives the request that may
//! be sent now, takes the reply, and sets the lamps.
//!
//! One request at a time, since some gateways allow no more. The list comes first, because it gives the
//! model ids; then a turn as Claude's engine sends it: a stream with tools on offer, the tool's result,
//! and last a message of one token like the app's own health probe. What the engine does after a bad reply
//! is done here, too: a refused part is left out, a broken stream is replaced by a whole answer, a
//! transient failure is retried. So each verdict is what a person would see in Claude.

mod attribution;
mod conversation;
mod list;
mod malformed;
mod message;
mod outcome;
mod refused_part;
mod retry;
mod scheme;
mod tools;

pub use attribution::judge_trial;
use attribution::{is_not_a_route_fault, network_kind, no_reply_finding};

use crate::address::GatewayUrl;
use crate::claude::version::Version;
use crate::finding::{Code, Finding, Severity, worst_first};
use crate::gateway::{Asked, NetFault, Reply, Route};
use crate::models::{OfferedModel, Tier, propose};

use super::layers::Seen;
use super::question::{Part, Question};
use super::route_probe::RouteProbe;
use super::{AuthScheme, CheckReport, Lamp, LampId, LampState};
use malformed::Search;
use std::collections::BTreeSet;

/// One request that the platform has to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// `GET /v1/models` with the key.
    Models(AuthScheme),
    /// `GET /v1/models` without any key, to find out whether the list is public.
    OpenList,
    /// `POST /v1/messages`.
    Ask(Box<Question>),
}

/// A reply and how long it took.
#[derive(Debug, Clone)]
pub struct TimedReply {
    /// The reply, or why there is none.
    pub reply: Result<Reply, NetFault>,
    /// How long it took, in milliseconds.
    pub millis: u32,
}

/// The state machine of one check.
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
    /// The refusal of the first authentication header, once the other one is tried.
    first_refusal: Option<(AuthScheme, Finding)>,
    list_accepted: bool,
    list_failure: Option<Finding>,
    refused_message: Option<(TimedReply, Question)>,
    asked_open_list: bool,
    conversation: ConversationState,
    offered: Vec<OfferedModel>,
    extra: Vec<Finding>,
    reach: Option<RouteProbe>,
    /// Status and milliseconds of the very first reply.
    first_reply: Option<(u16, u32)>,
    proxy_note: Option<Finding>,
    requests: u32,
    tokens: u32,
}

/// What was learned about how this gateway has to be asked for messages.
#[derive(Debug, Default)]
struct ConversationState {
    /// Parts that are left out from now on, because the engine leaves them out after such a refusal.
    left_out: BTreeSet<Part>,
    cap: Option<u32>,
    search: Option<Search>,
    /// Why streaming was given up; from then on whole answers are requested.
    fallback: Option<Finding>,
    /// The refusal because of which a request is retried. The refusal of the retry may be caused by the
    /// gateway having disabled the upstream meanwhile, and says less than this one.
    transient: Option<Finding>,
    /// The finding of a stream that broke off on every try, while a whole answer is tried.
    lost: Option<Finding>,
    /// True when the request is repeated because its first answer was empty.
    repeated: bool,
    /// True when the gateway refused `tool_choice` that demands a tool; the engine never sends that.
    demand_refused: bool,
}

impl CheckFlow {
    /// A check of the address `base`. `scheme` fixes the authentication header; `models` are ids that the
    /// person named, of which the first is tried; `claude` is the installed version of Claude Desktop.
    pub fn new(base: GatewayUrl, scheme: Option<AuthScheme>, models: Vec<String>, claude: Option<Version>) -> Self {
        let first = scheme.unwrap_or_default();
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
            list_failure: None,
            refused_message: None,
            asked_open_list: false,
            conversation: ConversationState::default(),
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

    /// The requests that may be sent now: none or one.
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

    /// Takes the result of the route probe. It is used only if the first request gets no reply.
    pub fn on_route_probe(&mut self, reach: RouteProbe) {
        self.reach = Some(reach);
    }

    /// True when this result must not be passed in before the route probe's: there was no reply, and the
    /// probe knows why.
    pub fn waits_for_route_probe(&self, timed: &TimedReply) -> bool {
        let may_be_explained = matches!(&timed.reply, Err(fault) if !is_not_a_route_fault(fault));
        may_be_explained && self.first_reply.is_none() && self.reach.is_none()
    }

    /// Takes a finding about the proxy that does not end the check.
    pub fn note_proxy(&mut self, note: Option<Finding>) {
        self.proxy_note = note;
    }

    /// Ends the check before any request, because a precondition fails.
    pub fn refuse(&mut self, finding: Finding) {
        self.under_way = 0;
        self.fail(LampId::Address, finding);
        self.close();
    }

    /// Ends the check because it took too long as a whole: the first open lamp fails, and the lamps after
    /// it are not tested.
    pub fn time_out(&mut self) {
        self.ready.clear();
        self.under_way = 0;
        let finding = self.no_reply(&NetFault::ReadTimeout);
        let is_open = |lamp: &&Lamp| matches!(lamp.state, LampState::Running | LampState::Waiting);
        if self.lamp(LampId::Answer).state == LampState::Running {
            // The key's lamp is open too, but its verdict depends on the message.
            self.message_failed(finding);
        } else if let Some(id) = self.lamps.iter().find(is_open).map(|lamp| lamp.id) {
            self.fail(id, finding);
        }
        self.close();
    }

    /// Takes the reply to a step of [`Self::take_ready`].
    pub fn on_reply(&mut self, step: Step, timed: TimedReply) {
        self.under_way -= 1;
        if let (None, Ok(reply)) = (self.first_reply, &timed.reply) {
            self.first_reply = Some((reply.status, timed.millis));
        }
        match step {
            Step::Models(scheme) => self.on_list(scheme, &timed),
            Step::OpenList => self.on_open_list(&timed),
            Step::Ask(question) => self.on_answer(*question, timed),
        }
        if self.is_over() {
            self.close();
        }
    }

    /// Cancels the check: what was not reached is not tested.
    pub fn cancel(&mut self) {
        self.ready.clear();
        self.under_way = 0;
        self.extra.push(Finding::new(Code::Cancelled));
        self.close();
    }

    /// The result; call it when [`Self::is_over`].
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
        let clean = passed
            && self.lamps.iter().all(|lamp| lamp.state == LampState::Ok)
            && findings.iter().all(|finding| finding.severity == Severity::Info);
        CheckReport {
            base: self.base.as_str().to_owned(),
            scheme: self.scheme,
            proposal: self.proposal(),
            lamps: self.lamps,
            layers,
            findings,
            models: self.offered,
            passed,
            clean,
            requests: self.requests,
            tokens_estimate: self.tokens,
        }
    }

    /// True when every lamp is ok or a warning. A gateway that serves only Claude's own clients refuses this
    /// program from the answer on, and Claude may use it nevertheless.
    fn has_passed(&self) -> bool {
        let is_good = |lamp: &Lamp| matches!(lamp.state, LampState::Ok | LampState::Warning);
        let serves_only_claude =
            |lamp: &Lamp| lamp.finding.as_ref().is_some_and(|f| f.code == Code::ClientRestricted && !f.blocks());
        let behind = |lamp: &Lamp| lamp.id > LampId::Answer && lamp.state == LampState::NotTested;
        let is_closed = self.lamps.iter().any(serves_only_claude);
        self.lamps.iter().all(|lamp| is_good(lamp) || (is_closed && behind(lamp)))
    }

    /// The ids to write to Claude's list, the default first: what the person named, else the usual proposal,
    /// with the model that answered moved to the front.
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

    /// The finding for a request without a reply. The route probe counts only as long as no reply came at all.
    fn no_reply(&self, fault: &NetFault) -> Finding {
        let finding = no_reply_finding(fault, self.reach.as_ref().filter(|_| self.first_reply.is_none()));
        match network_kind(&self.base, &finding) {
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

    /// Marks every lamp that is still open as not tested.
    fn close(&mut self) {
        for lamp in &mut self.lamps {
            if matches!(lamp.state, LampState::Waiting | LampState::Running) {
                lamp.state = LampState::NotTested;
            }
        }
    }
}
