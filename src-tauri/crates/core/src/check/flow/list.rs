//! The list of models, requested with the key and without it.

use super::attribution::{is_about_the_route, knows_the_key, lamp_of};
use super::{CheckFlow, Step, TimedReply};
use crate::check::{AuthScheme, LampId};
use crate::finding::{Code, Evidence, Finding};
use crate::gateway::{Asked, NetFault, Route, Verdict, classify, read_models};
use crate::models::offer;

impl CheckFlow {
    pub(super) fn on_list(&mut self, scheme: AuthScheme, timed: &TimedReply) {
        self.lamp(LampId::Address).millis = Some(timed.millis);
        self.lamp(LampId::Models).millis = Some(timed.millis);
        let models = match &timed.reply {
            Err(fault) => return self.no_list(fault),
            Ok(reply) => match classify(reply, &self.asked(Route::Models, true)) {
                // Accepted is only a list that names a model of Anthropic's.
                Verdict::Ok => read_models(reply).into_models(),
                Verdict::Failed(finding) => return self.list_refused(scheme, finding),
            },
        };
        self.light(LampId::Address);
        self.list_accepted = true;
        self.offered = offer(&models, self.claude);
        let usable = self.offered.iter().filter(|model| model.dropped.is_none()).count();
        if usable == 0 && self.wanted_models.is_empty() {
            self.light(LampId::Key);
            return self.fail(LampId::Models, Finding::new(Code::ModelsEmpty).with("listed", models.len()));
        }
        self.lamp(LampId::Models).facts.push(Evidence::new("models", usable));
        self.light(LampId::Models);
        self.ask_message();
    }

    /// Handles a missing reply to the list. If the route probe passed, messages may still be answered.
    fn no_list(&mut self, fault: &NetFault) {
        let finding = self.no_reply(fault);
        let route_is_clear = self.reach.as_ref().is_some_and(|reach| reach.failure.is_none());
        match fault {
            NetFault::Encoding => {
                self.list_failure = Some(finding);
                self.ask_message();
            }
            NetFault::Reset if route_is_clear => {
                self.list_failure = Some(finding);
                self.ask_message();
            }
            _ => self.fail(LampId::Address, finding),
        }
    }

    /// Handles a refused list. The other authentication header is tried first; then, unless the reply is
    /// about the route or final, a message is tried nevertheless: Claude with a fixed list of models never
    /// requests the list, some keys may not read it, and some gateways have none.
    pub(super) fn list_refused(&mut self, scheme: AuthScheme, finding: Finding) {
        if self.may_try_other_scheme(&finding) {
            self.try_other_scheme(scheme, finding);
            self.ready.push(Step::Models(self.scheme));
            return;
        }
        let finding = self.refusal(finding);
        if finding.code == Code::ModelsEmpty && !self.wanted_models.is_empty() {
            // No model for Claude is listed, but the person named one.
            self.light(LampId::Address);
            self.list_accepted = true;
            self.warn(LampId::Models, Finding::new(Code::ModelsNotListed).with("because", finding.code.number()));
            return self.ask_message();
        }
        let lamp = lamp_of(finding.code, LampId::Models);
        let is_final =
            matches!(finding.code, Code::KeyExpired | Code::KeyDisabled | Code::AccountDisabled | Code::IpBlocked);
        match lamp {
            LampId::Address if !may_be_list_only(finding.code) => self.fail(LampId::Address, finding),
            _ if is_final || finding.code == Code::ModelsEmpty => self.list_failed(lamp, finding),
            _ => {
                self.list_failure = Some(finding);
                self.ask_message();
            }
        }
    }

    pub(super) fn list_failed(&mut self, lamp: LampId, finding: Finding) {
        self.light(LampId::Address);
        if lamp != LampId::Key && knows_the_key(&finding) {
            self.light(LampId::Key);
        }
        self.fail(lamp, finding);
    }

    pub(super) fn on_open_list(&mut self, timed: &TimedReply) {
        let Some((refused, question)) = self.refused_message.take() else { return };
        let is_open = timed.reply.as_ref().is_ok_and(|reply| {
            let asked = Asked { sent_key: false, ..self.asked(Route::Models, false) };
            classify(reply, &asked) == Verdict::Ok
        });
        // A public list accepts any key; then the refusal of the message is about the key.
        self.list_accepted = !is_open;
        self.judge_again(&refused, &question);
    }
}

/// True for failures that a gateway may have with its list while it answers messages: a page of its front
/// server, a redirect to the sign-in of its console.
fn may_be_list_only(code: Code) -> bool {
    is_about_the_route(code) || matches!(code, Code::GatewayDown | Code::Redirect)
}
