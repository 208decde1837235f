//! What a message, a stream and a call of a tool tell, and which model is asked.

use super::blame::{is_about_the_route, knows_the_key, lamp_of, nearest, retitled};
use super::{Road, Step, Told};
use crate::check::{AuthScheme, LampId, LampState};
use crate::finding::{Code, Evidence, Finding};
use crate::gateway::{Asked, Reply, Route, StreamState, StreamWatch, Verdict, classify, read_message};
use crate::models::{OfferedModel, Tier};

/// Asked for when the gateway offers no list and the person named no model: whether or not the
/// gateway has it, the reply tells whether the route is there and the key is taken. It is never
/// proposed or written.
const PROBE_MODEL: &str = "claude-haiku-4-5-20251001";

impl Road {
    pub(super) fn told_message(&mut self, scheme: AuthScheme, model: String, told: Told) {
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
    pub(super) fn rests_on_the_list(&self, reply: &Reply) -> bool {
        let code = |models_accepted_key| {
            let asked = Asked { models_accepted_key, ..self.asked(Route::Messages, true) };
            classify(reply, &asked).trouble().map(|finding| finding.code)
        };
        code(true) != code(false)
    }

    pub(super) fn judge_message(&mut self, scheme: AuthScheme, model: String, told: Told) {
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

    pub(super) fn message_answered(&mut self, scheme: AuthScheme, model: String) {
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

    pub(super) fn message_failed(&mut self, finding: Finding) {
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
    pub(super) fn judge(&self, told: &Told, shape: impl Fn(&Reply) -> Result<(), Finding>) -> Result<(), Finding> {
        match &told.reply {
            Err(fault) => Err(self.no_reply(fault)),
            Ok(reply) => match classify(reply, &self.asked(Route::Messages, true)) {
                Verdict::Ok => shape(reply),
                Verdict::Trouble(finding) => Err(finding),
            },
        }
    }

    pub(super) fn settle(&mut self, id: LampId, millis: u32, result: Result<(), Finding>, fallback: Code) {
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

    pub(super) fn ask_message(&mut self) {
        self.lamp(LampId::Answer).state = LampState::Running;
        let model = self.next_model().unwrap_or_else(|| PROBE_MODEL.to_owned());
        self.ready.push(Step::Message(self.scheme, model));
    }

    /// The next model to try: what the person named, then the lightest of the list.
    pub(super) fn next_model(&self) -> Option<String> {
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

    pub(super) fn asked_open_list(&self) -> bool {
        // Asked once: afterwards the refused message is judged and the road goes on without it.
        self.lamps.iter().any(|lamp| lamp.id == LampId::Answer && lamp.millis.is_some())
    }
}

/// A stream is good only when it is whole.
pub(super) fn read_stream(reply: &Reply) -> Result<(), Finding> {
    match StreamWatch::read(reply, false) {
        StreamState::Done { .. } => Ok(()),
        StreamState::Broken(finding) => Err(finding),
        StreamState::Progress => Err(Finding::new(Code::StreamBroken)),
    }
}
