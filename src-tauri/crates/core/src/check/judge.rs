//! The order of the check and its judgement, without any network: [`Road`] says which requests may be
//! made now, is told the replies, and lights the lamps.
//!
//! A message is asked for even where the list is fine, because relays check money and permission only
//! there; the list is asked for even where it may not be offered, because ids must come from
//! somewhere. At most two attempts are made to be let in, and only with the two ways of sending a key:
//! some relays lock out an address that knocks too often.

use crate::address::GatewayUrl;
use crate::claude::version::Version;
use crate::finding::{Code, Evidence, Finding, worst_first};
use crate::gateway::{
    Asked, ModelsReading, NetFault, Reply, Route, StreamState, StreamWatch, Verdict, classify, read_message,
    read_models,
};
use crate::models::{OfferedModel, Tier, offer, propose};

use super::layers::Seen;
use super::reach::Reach;
use super::{AuthScheme, CheckReport, Lamp, LampId, LampState};

/// Asked for when the gateway offers no list and the person named no model: whether or not the
/// gateway has it, the reply tells whether the route is there and the key is taken. It is never
/// proposed or written.
const PROBE_MODEL: &str = "claude-haiku-4-5-20251001";

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

    fn told_list(&mut self, scheme: AuthScheme, told: &Told) {
        self.lamp(LampId::Address).millis = Some(told.millis);
        self.lamp(LampId::Models).millis = Some(told.millis);
        let verdict = match &told.reply {
            Err(fault) => return self.fail(LampId::Address, self.no_reply(fault)),
            Ok(reply) => match classify(reply, &self.asked(Route::Models, true)) {
                Verdict::Ok => read_models(reply),
                Verdict::Trouble(finding) => return self.list_refused(scheme, finding),
            },
        };
        self.light(LampId::Address);
        self.list_accepted = true;
        match verdict {
            ModelsReading::Listed { models, .. } => {
                self.offered = offer(&models, self.claude);
                let usable = self.offered.iter().filter(|model| model.dropped.is_none()).count();
                if usable == 0 && self.wanted_models.is_empty() {
                    self.light(LampId::Key);
                    let finding = Finding::new(Code::ModelsEmpty).with("listed", models.len());
                    return self.fail(LampId::Models, finding);
                }
                let lamp = self.lamp(LampId::Models);
                lamp.facts.push(Evidence::new("models", usable));
                self.light(LampId::Models);
            }
            ModelsReading::Empty => {
                self.light(LampId::Key);
                return self.fail(LampId::Models, Finding::new(Code::ModelsEmpty));
            }
            ModelsReading::NotAList => {
                self.list_accepted = false;
                self.warn(LampId::Models, Finding::new(Code::ModelsNotListed));
            }
        }
        self.ask_message();
    }

    /// The list was not given. The other way of sending the key comes first; then, unless the reply
    /// is about the way there, a message is tried all the same: not every gateway offers a list, and one
    /// was seen to fail over it (500) while it answers messages.
    fn list_refused(&mut self, scheme: AuthScheme, finding: Finding) {
        if self.may_try_other_scheme(&finding) {
            self.try_other_scheme(scheme, finding);
            self.ready.push(Step::Models(self.scheme));
            return;
        }
        let finding = self.refusal(finding);
        match lamp_of(finding.code, LampId::Models) {
            LampId::Address if !is_about_the_route(finding.code) => self.fail(LampId::Address, finding),
            _ if is_about_the_route(finding.code) || finding.code == Code::UpstreamError => {
                self.list_trouble = Some(finding);
                self.ask_message();
            }
            lamp => self.list_failed(lamp, finding),
        }
    }

    fn list_failed(&mut self, lamp: LampId, finding: Finding) {
        self.light(LampId::Address);
        if lamp != LampId::Key && knows_the_key(&finding) {
            self.light(LampId::Key);
        }
        self.fail(lamp, finding);
    }

    fn told_open_list(&mut self, told: &Told) {
        let Some((refused, model)) = self.refused_message.take() else { return };
        let is_open = told.reply.as_ref().is_ok_and(|reply| {
            let asked = Asked { sent_key: false, ..self.asked(Route::Models, false) };
            classify(reply, &asked) == Verdict::Ok && matches!(read_models(reply), ModelsReading::Listed { .. })
        });
        // An open list accepts nobody's key in particular; then the refusal is the key's own.
        self.list_accepted = !is_open;
        let scheme = self.scheme;
        self.judge_message(scheme, model, refused);
    }

    fn told_message(&mut self, scheme: AuthScheme, model: String, told: Told) {
        let rests_on_the_list = told.reply.as_ref().is_ok_and(|reply| self.rests_on_the_list(reply));
        if rests_on_the_list && self.list_accepted && self.refused_message.is_none() && !self.asked_open_list() {
            self.refused_message = Some((told, model));
            self.extra.retain(|finding| finding.code != Code::Cancelled);
            self.ready.push(Step::OpenList);
            return;
        }
        self.judge_message(scheme, model, told);
    }

    /// True when the key is only cleared because the list took it. Statuses do not tell: there are
    /// gateways that refuse a key with a 400.
    fn rests_on_the_list(&self, reply: &Reply) -> bool {
        let code = |models_accepted_key| {
            let asked = Asked { models_accepted_key, ..self.asked(Route::Messages, true) };
            classify(reply, &asked).trouble().map(|finding| finding.code)
        };
        code(true) != code(false)
    }

    fn judge_message(&mut self, scheme: AuthScheme, model: String, told: Told) {
        self.lamp(LampId::Answer).millis = Some(told.millis);
        let Err(finding) = self.judge(&told, |reply| read_message(reply).map(|_| ())) else {
            return self.message_answered(scheme, model);
        };
        if self.may_try_other_scheme(&finding) {
            self.try_other_scheme(scheme, finding);
            self.ready.push(Step::Message(self.scheme, model));
            return;
        }
        let is_about_the_model = matches!(finding.code, Code::ModelNotFound | Code::ModelNotAllowed | Code::NoChannel);
        if is_about_the_model {
            self.asked_models.push(model.clone());
            if let Some(next) = self.next_model().filter(|_| self.asked_models.len() < 2) {
                if self.wanted_models.contains(&model) {
                    // Another model may well answer; that the one asked for does not must not be lost.
                    self.extra.push(finding.softened().with("model", model));
                }
                self.ready.push(Step::Message(scheme, next));
                return;
            }
        }
        let finding = self.refusal(finding);
        self.message_failed(finding);
    }

    fn message_answered(&mut self, scheme: AuthScheme, model: String) {
        self.light(LampId::Address);
        self.light(LampId::Key);
        if self.list_trouble.take().is_some() {
            self.warn(LampId::Models, Finding::new(Code::ModelsNotListed));
        }
        let lamp = self.lamp(LampId::Answer);
        lamp.facts.push(Evidence::new("model", &model));
        self.light(LampId::Answer);
        for id in [LampId::Streaming, LampId::Tools] {
            self.lamp(id).state = LampState::Running;
        }
        self.ready.push(Step::Stream(scheme, model.clone()));
        self.ready.push(Step::Tools(scheme, model));
    }

    fn message_failed(&mut self, finding: Finding) {
        let lamp = lamp_of(finding.code, LampId::Answer);
        if let Some(list_trouble) = self.list_trouble.take() {
            if list_trouble.code == Code::UpstreamError
                && (lamp == LampId::Address || finding.code == Code::UpstreamError)
            {
                // The message says no more, and the gateway was seen to be there.
                return self.list_failed(LampId::Models, list_trouble);
            }
            // Neither route is there: the address is wrong. One of them is: the other is to blame.
            if lamp == LampId::Address {
                return self.fail(LampId::Address, nearest(list_trouble, finding));
            }
            self.warn(LampId::Models, Finding::new(Code::ModelsNotListed));
        }
        if lamp == LampId::Address && self.list_accepted {
            // The list is served here but messages are not: an address for other programs.
            self.light(LampId::Key);
            let finding = if is_about_the_route(finding.code) { retitled(finding, Code::OpenaiOnly) } else { finding };
            self.lamp(LampId::Address).state = LampState::Running;
            return self.fail(LampId::Address, finding);
        }
        if lamp != LampId::Address {
            self.light(LampId::Address);
        }
        if !matches!(lamp, LampId::Key | LampId::Address) && (self.list_accepted || knows_the_key(&finding)) {
            self.light(LampId::Key);
        }
        self.fail(lamp, finding);
    }

    /// Judges a reply to a message: the network, the gateway's words, then the shape.
    fn judge(&self, told: &Told, shape: impl Fn(&Reply) -> Result<(), Finding>) -> Result<(), Finding> {
        match &told.reply {
            Err(fault) => Err(self.no_reply(fault)),
            Ok(reply) => match classify(reply, &self.asked(Route::Messages, true)) {
                Verdict::Ok => shape(reply),
                Verdict::Trouble(finding) => Err(finding),
            },
        }
    }

    /// Why there is no reply. The walk counts as long as nothing was ever heard from there.
    fn no_reply(&self, fault: &NetFault) -> Finding {
        why_no_reply(fault, self.reach.as_ref().filter(|_| self.first_reply.is_none()))
    }

    fn settle(&mut self, id: LampId, millis: u32, result: Result<(), Finding>, fallback: Code) {
        self.lamp(id).millis = Some(millis);
        match result {
            Ok(()) => self.light(id),
            Err(finding) => {
                // A plain message was answered just before, so a refusal here is about this ability,
                // unless the gateway is out of breath.
                let is_passing = matches!(
                    finding.code,
                    Code::RateLimited | Code::Overloaded | Code::QuotaExhausted | Code::ReadTimeout | Code::Reset
                );
                let is_ours = finding.code == fallback;
                let finding = if is_passing || is_ours { finding } else { retitled(finding, fallback) };
                let lamp = self.lamp(id);
                lamp.state = LampState::Failed;
                lamp.finding = Some(finding);
            }
        }
    }

    fn ask_message(&mut self) {
        self.lamp(LampId::Answer).state = LampState::Running;
        let model = self.next_model().unwrap_or_else(|| PROBE_MODEL.to_owned());
        self.ready.push(Step::Message(self.scheme, model));
    }

    /// The next model to try: what the person named, then the lightest of the list.
    fn next_model(&self) -> Option<String> {
        let usable = |model: &&OfferedModel| model.dropped.is_none();
        let by_tier = |tier: Option<Tier>| {
            self.offered
                .iter()
                .filter(usable)
                .filter(move |model| tier.is_none() || model.tier == tier)
                .map(|model| &model.id)
        };
        self.wanted_models
            .iter()
            .chain(by_tier(Some(Tier::Haiku)))
            .chain(by_tier(Some(Tier::Sonnet)))
            .chain(by_tier(None))
            .find(|id| !self.asked_models.contains(id))
            .cloned()
    }

    fn may_try_other_scheme(&self, finding: &Finding) -> bool {
        let is_about_the_scheme = matches!(finding.code, Code::KeyMissing | Code::KeyRejected | Code::AuthScheme);
        is_about_the_scheme && self.pinned_scheme.is_none() && self.first_refusal.is_none()
    }

    fn try_other_scheme(&mut self, refused: AuthScheme, finding: Finding) {
        self.first_refusal = Some((refused, finding));
        self.scheme = other(refused);
    }

    /// Of what was said to the key sent one way and the other, what is about the key itself: a gateway
    /// that reads one header only knows nothing of a key in the other.
    fn refusal(&mut self, last: Finding) -> Finding {
        let telling = match self.first_refusal.clone() {
            Some((scheme, first)) if !self.list_accepted && weight(first.code) >= weight(last.code) => {
                self.scheme = scheme;
                first
            }
            _ => last,
        };
        if telling.code == Code::AuthScheme { retitled(telling, Code::KeyMissing) } else { telling }
    }

    fn asked_open_list(&self) -> bool {
        // Asked once: afterwards the refused message is judged and the road goes on without it.
        self.lamps.iter().any(|lamp| lamp.id == LampId::Answer && lamp.millis.is_some())
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

/// A stream is good only when it is whole.
fn read_stream(reply: &Reply) -> Result<(), Finding> {
    match StreamWatch::read(reply, false) {
        StreamState::Done { .. } => Ok(()),
        StreamState::Broken(finding) => Err(finding),
        StreamState::Progress => Err(Finding::new(Code::StreamBroken)),
    }
}

fn other(scheme: AuthScheme) -> AuthScheme {
    match scheme {
        AuthScheme::Bearer => AuthScheme::XApiKey,
        AuthScheme::XApiKey => AuthScheme::Bearer,
    }
}

/// True for refusals that only somebody gives who has looked at the key and knows it. Silence, a crash
/// or a bad request prove nothing about it; a refusal from behind the gateway (4xx) has passed it.
fn knows_the_key(finding: &Finding) -> bool {
    let is_refused_behind = || {
        let status = finding.evidence.iter().find(|fact| fact.name == "status");
        status.is_some_and(|status| status.value.starts_with('4'))
    };
    match finding.code {
        Code::NoChannel | Code::Overloaded => true,
        Code::UpstreamError => is_refused_behind(),
        code => code.number().starts_with("AR-5"),
    }
}

/// How much a refusal says about the key.
fn weight(code: Code) -> u8 {
    match code {
        Code::KeyMissing | Code::AuthScheme => 0,
        Code::KeyRejected => 1,
        // What passes by itself says nothing about the key.
        code if code.number().starts_with("AR-2") || code.number().starts_with("AR-6") => 1,
        _ => 2,
    }
}

/// The lamp that a finding belongs to; what is about the model or the line belongs to the request.
fn lamp_of(code: Code, asked: LampId) -> LampId {
    match code {
        Code::GatewayDown | Code::NotAnthropic => LampId::Address,
        Code::ReadTimeout if asked == LampId::Answer => LampId::Answer,
        code if code.number().starts_with("AR-2") || code.number().starts_with("AR-3") => LampId::Address,
        Code::AccountDisabled | Code::IpBlocked => LampId::Key,
        code if code.number().starts_with("AR-4") => LampId::Key,
        Code::ModelsEmpty | Code::NoClaudePermission => LampId::Models,
        _ => asked,
    }
}

/// Replies that say no more than that this route is not served here.
fn is_about_the_route(code: Code) -> bool {
    matches!(code, Code::HtmlPage | Code::WrongBaseUrl | Code::OpenaiOnly | Code::NotAnthropic)
}

/// Of two troubles with the address, the one that says more.
fn nearest(list: Finding, message: Finding) -> Finding {
    if is_about_the_route(message.code) && !is_about_the_route(list.code) { list } else { message }
}

fn retitled(finding: Finding, code: Code) -> Finding {
    Finding { code, owner: code.owner(), severity: code.severity(), evidence: finding.evidence }
        .with("because", finding.code.number())
}

/// A key that cannot be sent and a reply that is too long: nothing that a walk could meet.
fn is_no_fault_of_the_way(fault: &NetFault) -> bool {
    matches!(fault, NetFault::BadHeader | NetFault::TooLarge)
}

/// What the walk met, else what the client said.
fn why_no_reply(fault: &NetFault, reach: Option<&Reach>) -> Finding {
    match reach.and_then(|reach| reach.trouble.as_ref()) {
        Some(trouble) if !is_no_fault_of_the_way(fault) => trouble.finding(),
        _ => fault.finding(false),
    }
}

/// Judges one model's answer to a one-token message; nothing means that it answers. The key was
/// accepted before. `reach` is what a walk met after there was no answer.
pub fn judge_trial(told: &Told, reach: &Reach, base_host: &str) -> Option<Finding> {
    let asked = Asked { route: Route::Messages, sent_key: true, models_accepted_key: true, base_host };
    match &told.reply {
        Err(fault) => Some(why_no_reply(fault, Some(reach))),
        Ok(reply) => match classify(reply, &asked) {
            Verdict::Ok => read_message(reply).err(),
            Verdict::Trouble(finding) => Some(finding),
        },
    }
}
