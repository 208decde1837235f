//! Refused messages: which lamp fails, and which model is asked next.

use super::attribution::{is_about_the_route, knows_the_key, lamp_of, more_specific, with_code};
use super::{CheckFlow, Step, TimedReply};
use crate::check::question::Question;
use crate::check::{LampId, LampState};
use crate::finding::{Code, Finding};
use crate::gateway::{Asked, Reply, Route, Verdict, classify, is_nearly_right};
use crate::models::{Tier, propose};

/// Requested when the gateway offers no list and the person named no model: whether or not the gateway
/// has it, the reply shows whether the route exists and the key is accepted. It is never proposed or
/// written.
const PROBE_MODEL: &str = "claude-haiku-4-5-20251001";

impl CheckFlow {
    /// Handles a turn that was refused and is not retried.
    pub(super) fn message_refused(&mut self, question: Question, timed: TimedReply, finding: Finding) {
        let rests_on_the_list = timed.reply.as_ref().is_ok_and(|reply| self.rests_on_the_list(reply));
        if rests_on_the_list && self.list_accepted && !std::mem::replace(&mut self.asked_open_list, true) {
            self.refused_message = Some((timed, question));
            self.ready.push(Step::OpenList);
            return;
        }
        self.judge_refusal(&question, finding);
    }

    /// True when only the accepted list shows that the key is good. The status does not decide: some gateways
    /// refuse a key with 400.
    fn rests_on_the_list(&self, reply: &Reply) -> bool {
        let code = |models_accepted_key| {
            let asked = Asked { models_accepted_key, ..self.asked(Route::Messages, true) };
            classify(reply, &asked).failure().map(|finding| finding.code)
        };
        code(true) != code(false)
    }

    /// Judges the refused message again, now that it is known whether the list is public.
    pub(super) fn judge_again(&mut self, timed: &TimedReply, question: &Question) {
        let finding = match &timed.reply {
            Err(fault) => self.no_reply(fault),
            Ok(reply) => match classify(reply, &self.asked(Route::Messages, true)) {
                Verdict::Ok => Finding::new(Code::NotAnthropic),
                Verdict::Failed(finding) => finding,
            },
        };
        self.judge_refusal(question, finding);
    }

    fn judge_refusal(&mut self, question: &Question, finding: Finding) {
        if self.may_try_other_scheme(&finding) {
            self.try_other_scheme(question.scheme, finding);
            self.ask_turn(&question.model);
            return;
        }
        if finding.code == Code::ClientRestricted && serves_claude(finding.fact("said").unwrap_or_default()) {
            return self.serves_only_claude(finding);
        }
        let is_about_the_model = matches!(finding.code, Code::ModelNotFound | Code::ModelNotAllowed | Code::NoChannel);
        if is_about_the_model {
            self.asked_models.push(question.model.clone());
            if let Some(next) = self.next_model().filter(|_| self.asked_models.len() < 2) {
                self.conversation.fallback = None;
                self.ask_turn(&next);
                return;
            }
        }
        let finding = self.refusal(finding);
        let finding = if is_about_the_model { finding.with("model", &question.model) } else { finding };
        self.message_failed(finding);
    }

    /// The gateway serves only Claude's own programs and refuses this one: nothing more can be tested.
    fn serves_only_claude(&mut self, finding: Finding) {
        self.light(LampId::Address);
        self.light(LampId::Key);
        self.downgrade_list_failure();
        self.warn(LampId::Answer, finding.softened().with("for", "claude"));
    }

    /// Messages are answered, so the failed list becomes a warning that the list is closed.
    pub(super) fn downgrade_list_failure(&mut self) {
        let Some(failure) = self.list_failure.take() else { return };
        let because = failure.code.number();
        self.warn(LampId::Models, Finding::new(Code::ModelsNotListed).with("because", because));
        if failure.code == Code::KeyRejected {
            self.extra.push(failure.softened().with("on", "list"));
        }
    }

    pub(super) fn message_failed(&mut self, finding: Finding) {
        let lamp = lamp_of(finding.code, LampId::Answer);
        if let Some(list_failure) = self.list_failure.take() {
            let says_no_more = matches!(lamp, LampId::Address) || finding.code == Code::UpstreamError;
            if list_failure.code == Code::UpstreamError && says_no_more {
                // The message says no more than the list, and the list proved that the gateway is there.
                return self.list_failed(LampId::Models, list_failure);
            }
            let list_lamp = lamp_of(list_failure.code, LampId::Models);
            if list_lamp == LampId::Key && (says_no_more || lamp == LampId::Key) {
                // Refused on both routes, and the list gave the reason.
                let refusal = self.refusal(list_failure);
                return self.list_failed(LampId::Key, refusal);
            }
            if !is_about_the_route(list_failure.code) && says_no_more && knows_the_key(&list_failure) {
                return self.list_failed(list_lamp, list_failure);
            }
            // Neither route exists: the address is wrong. If one exists, the other one is reported.
            if lamp == LampId::Address {
                return self.fail(LampId::Address, more_specific(list_failure, finding));
            }
            self.warn(LampId::Models, Finding::new(Code::ModelsNotListed));
        }
        if lamp == LampId::Address && self.list_accepted {
            // The list is served here but messages are not: an address for other programs.
            self.light(LampId::Key);
            if is_nearly_right(&finding) {
                self.light(LampId::Address);
                return self.fail(LampId::Answer, finding);
            }
            let finding = if is_about_the_route(finding.code) { with_code(finding, Code::OpenaiOnly) } else { finding };
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

    pub(super) fn ask_message(&mut self) {
        self.lamp(LampId::Answer).state = LampState::Running;
        self.lamp(LampId::Streaming).state = LampState::Running;
        let model = self.next_model().unwrap_or_else(|| PROBE_MODEL.to_owned());
        self.ask_turn(&model);
    }

    /// The model to try: what the person named, then what is proposed. It will be written as the default, so
    /// nothing replaces a named model, and no light model replaces a strong one.
    fn next_model(&self) -> Option<String> {
        if !self.wanted_models.is_empty() {
            return self.wanted_models.first().filter(|_| self.asked_models.is_empty()).cloned();
        }
        let is_light =
            |id: &String| self.offered.iter().any(|model| model.id == *id && model.tier == Some(Tier::Haiku));
        let proposal = propose(&self.offered);
        let open = |id: &&String| !self.asked_models.contains(id);
        let next = proposal.iter().filter(open).find(|id| self.asked_models.is_empty() || !is_light(id));
        next.cloned()
    }
}

/// True when a refusal of this program says that Claude's own programs are served.
fn serves_claude(said: &str) -> bool {
    let said = said.to_lowercase();
    let has = |words: &[&str]| words.iter().any(|word| said.contains(word));
    let names_it =
        has(&["claude code", "claude-code", "claude cli", "claude-cli", "claude_code", "claudecode", "claude desktop"]);
    let others_are_out = has(&[
        "only",
        "之外",
        "以外",
        "outside",
        "other than",
        "except",
        "仅",
        "只",
        "专",
        "限",
        "must",
        "please use",
        "请使用",
        "required",
        "requires",
        "allowed list",
        "invalid claude",
        "valid claude",
    ]);
    let it_is_out = has(&[
        "not allowed",
        "not supported",
        "not permitted",
        "is blocked",
        "is forbidden",
        "禁止",
        "不支持",
        "不允许",
        "disabled",
        "cannot use claude",
        "denied",
    ]);
    names_it && (others_are_out || !it_is_out)
}
