//! The conversation after the list: a turn, a tool call, its result, and a message of one token at the end.

use super::outcome::Outcome;
use super::{CheckFlow, Step, TimedReply};
use crate::check::question::{Kind, Question};
use crate::check::{LampId, LampState};
use crate::finding::{Code, Evidence, Finding};
use crate::gateway::Answer;

impl CheckFlow {
    /// Requests the first answer of a turn.
    pub(super) fn ask_turn(&mut self, model: &str) {
        self.ask(model, Kind::Turn);
    }

    /// Sends a request of the conversation, with what was learned so far left out.
    pub(super) fn ask(&mut self, model: &str, kind: Kind) {
        let question = Question::new(self.scheme, model, kind);
        let stream = question.stream && self.conversation.fallback.is_none();
        let (without, cap) = (self.conversation.left_out.clone(), self.conversation.cap);
        self.ready.push(Step::Ask(Box::new(Question { stream, without, cap, ..question })));
    }

    /// Takes the reply to any message.
    pub(super) fn on_answer(&mut self, question: Question, timed: TimedReply) {
        let outcome = self.outcome(&question, &timed);
        self.count(&question, &outcome);
        if self.conversation.search.is_some() {
            let accepted = timed.reply.as_ref().is_ok_and(crate::gateway::Reply::is_success);
            return self.on_search(&question, accepted);
        }
        if self.retry(&question, &timed, &outcome) {
            return;
        }
        let transient = self.conversation.transient.take();
        if let (Kind::Turn, Outcome::Refused(finding, _), Some(first)) = (&question.kind, &outcome, transient)
            && finding.code != first.code
        {
            return self.message_refused(question, timed, first);
        }
        match question.kind {
            Kind::Turn => self.on_turn(question, timed, outcome),
            Kind::Forced => self.on_forced(&question, outcome),
            Kind::NoInput(_) => self.on_no_input(&question, outcome),
            Kind::Result(_) => self.on_result(&question, &timed, outcome),
            Kind::Tiny => self.on_tiny(outcome),
        }
    }

    fn on_turn(&mut self, question: Question, timed: TimedReply, outcome: Outcome) {
        self.lamp(LampId::Answer).millis = Some(timed.millis);
        match outcome {
            Outcome::Answer(answer) if answer.is_empty() => {
                // The engine asks once more, and then shows an empty answer.
                if !std::mem::replace(&mut self.conversation.repeated, true) {
                    return self.ask_turn(&question.model);
                }
                let rule = if question.stream { "stream-holds-nothing" } else { "answer-holds-nothing" };
                self.answer_failed(Finding::new(Code::EmptyAnswer).with("rule", rule));
            }
            Outcome::Answer(answer) => self.answered(&question, &answer),
            Outcome::Unusable(finding) if question.stream => self.fall_back(&question, finding),
            Outcome::Unusable(finding) => self.message_refused(question, timed, finding),
            Outcome::Lost(finding) if question.stream && timed.reply.is_ok() => {
                self.conversation.lost = Some(finding);
                self.ask(&question.model, Kind::Tiny);
            }
            Outcome::Lost(finding) => self.message_refused(question, timed, finding),
            Outcome::Refused(finding, status) => self.turn_refused(question, timed, finding, status),
        }
    }

    fn turn_refused(&mut self, question: Question, timed: TimedReply, finding: Finding, status: Option<u16>) {
        if let (Ok(reply), Some(400 | 413 | 422)) = (&timed.reply, status)
            && self.on_malformed(&question, reply, &finding)
        {
            return;
        }
        let is_about_the_model = matches!(finding.code, Code::ModelNotFound | Code::ModelNotAllowed);
        let may_fall_back = status.is_some_and(|status| status == 404 || (200..300).contains(&status));
        if question.stream && may_fall_back && !is_about_the_model {
            return self.fall_back(&question, finding);
        }
        let fell_for_it = self.conversation.fallback.as_ref().is_some_and(|first| first.fact("status") == Some("404"));
        if status == Some(404) && fell_for_it && self.list_accepted && !is_about_the_model {
            return self.try_without_query(&question, &finding);
        }
        self.message_refused(question, timed, finding);
    }

    /// Gives streaming up: the same is requested as a whole answer.
    pub(super) fn fall_back(&mut self, question: &Question, finding: Finding) {
        self.conversation.fallback = Some(finding);
        self.conversation.repeated = false;
        self.ask(&question.model, question.kind.clone());
    }

    /// Handles the first usable answer of the check.
    fn answered(&mut self, question: &Question, answer: &Answer) {
        self.light(LampId::Address);
        self.light(LampId::Key);
        self.downgrade_list_failure();
        self.answered_model = Some(question.model.clone());
        let lamp = self.lamp(LampId::Answer);
        lamp.facts.push(Evidence::new("model", &question.model));
        self.light(LampId::Answer);
        for part in &question.without {
            self.lamp(LampId::Answer).facts.push(Evidence::new("left_out", part.word()));
        }
        self.judge_streaming();
        if answer.usage.is_broken {
            return self.fail(LampId::Answer, Finding::new(Code::UsageBroken).with("rule", "usage-counts"));
        }
        self.note_usage(question, answer);
        self.lamp(LampId::Tools).state = LampState::Running;
        if !answer.has_calls() {
            return self.ask(&question.model, Kind::Forced);
        }
        self.judge_calls(question, answer);
    }

    /// Sets the lamp of streaming by whether streaming had to be given up.
    fn judge_streaming(&mut self) {
        match self.conversation.fallback.clone() {
            None => self.light(LampId::Streaming),
            Some(why) => {
                let evidence = why.evidence.clone();
                let because = why.code.number();
                let finding = Finding { evidence, ..Finding::new(Code::StreamFallback) }.with("because", because);
                self.warn(LampId::Streaming, finding);
            }
        }
    }

    pub(super) fn note_usage(&mut self, question: &Question, answer: &Answer) {
        let form = if question.stream { "stream" } else { "whole" };
        let is_noted = self.extra.iter().any(|finding| finding.code == Code::AnswerOdd);
        if answer.usage.is_missing && !is_noted {
            let finding = Finding::new(Code::AnswerOdd).with("rule", "usage-missing").with("field", "usage");
            self.extra.push(finding.with("form", form));
        }
    }

    fn on_tiny(&mut self, outcome: Outcome) {
        let fault = match outcome {
            Outcome::Answer(answer) => {
                let may_be_empty = answer.stop_reason.as_deref() == Some("max_tokens");
                if !answer.is_empty() || may_be_empty {
                    let question = Question { stream: false, ..Question::new(self.scheme, "", Kind::Tiny) };
                    self.note_usage(&question, &answer);
                    None
                } else {
                    Some(Finding::new(Code::EmptyAnswer).with("rule", "answer-holds-nothing"))
                }
            }
            Outcome::Unusable(finding) | Outcome::Lost(finding) | Outcome::Refused(finding, _) => Some(finding),
        };
        if let Some(lost) = self.conversation.lost.take() {
            return self.stream_lost(lost, fault);
        }
        if let Some(fault) = fault {
            let because = fault.code.number();
            let finding = Finding { evidence: fault.evidence, ..Finding::new(Code::WholeAnswerOdd) };
            self.warn(LampId::Answer, finding.with("because", because));
        }
    }

    /// Handles streams that break off on every try: streaming fails, since the engine retries them without
    /// success whether or not whole answers come.
    fn stream_lost(&mut self, lost: Finding, fault: Option<Finding>) {
        self.light(LampId::Address);
        match fault {
            None => {
                self.light(LampId::Key);
                self.light(LampId::Answer);
                self.fail(LampId::Streaming, lost);
            }
            Some(_) => self.message_failed(lost),
        }
    }

    /// Adds the tokens of a request: input, and output of the answer.
    fn count(&mut self, question: &Question, outcome: &Outcome) {
        if let Outcome::Answer(answer) = outcome {
            let written = u32::try_from(answer.usage.output_tokens.min(200_000)).unwrap_or_default();
            self.tokens = self.tokens.saturating_add(question.tokens()).saturating_add(written.max(1));
        }
    }
}
