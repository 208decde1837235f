//! Tool calls: judged by what the engine needs, and answered with a result.

use serde_json::Value;

use super::attribution::with_code;
use super::outcome::Outcome;
use super::{CheckFlow, TimedReply};
use crate::check::LampId;
use crate::check::question::{Kind, OfferedTool, Question, WORD_IN_RESULT};
use crate::finding::{Code, Evidence, Finding};
use crate::gateway::{Answer, Call};

impl CheckFlow {
    /// Judges the calls of an answer and goes on with the first of them.
    pub(super) fn judge_calls(&mut self, question: &Question, answer: &Answer) {
        if answer.lost_calls > 0 {
            return self.fail(LampId::Tools, Finding::new(Code::ToolsBroken).with("rule", "call-never-ended"));
        }
        let offered = question.offered();
        let fault = answer.calls.iter().find_map(|call| Some((call, fault(call, &offered)?)));
        if let Some((call, rule)) = fault {
            let finding = Finding::new(Code::ToolsBroken).with("rule", rule);
            let named = if call.name.is_empty() { finding } else { finding.with("tool", short(&call.name)) };
            return self.fail(LampId::Tools, named);
        }
        if let Some(call) = answer.calls.first() {
            self.conversation.repeated = false;
            self.ask(&question.model, Kind::Result(Box::new(call.clone())));
        }
    }

    pub(super) fn on_forced(&mut self, question: &Question, outcome: Outcome) {
        match outcome {
            Outcome::Answer(answer) if answer.has_calls() => self.judge_calls(question, &answer),
            Outcome::Refused(_, Some(400 | 422)) => {
                self.conversation.demand_refused = true;
                self.ask(&question.model, Kind::NoInput(true));
            }
            Outcome::Refused(finding, _) => self.tools_failed(finding),
            _ => self.ask(&question.model, Kind::NoInput(false)),
        }
    }

    /// Judges the last try: a tool without input, in a whole answer.
    pub(super) fn on_no_input(&mut self, question: &Question, outcome: Outcome) {
        match outcome {
            Outcome::Answer(answer) if !answer.calls.is_empty() => {
                let offered = question.offered();
                if let Some(rule) = answer.calls.iter().find_map(|call| fault(call, &offered)) {
                    return self.fail(LampId::Tools, Finding::new(Code::ToolsBroken).with("rule", rule));
                }
                self.lamp(LampId::Tools).facts.push(Evidence::new("seen", "whole-answer"));
                self.tools_work(&question.model);
            }
            Outcome::Answer(_) if self.conversation.demand_refused => {
                let finding =
                    Finding::new(Code::ToolsBroken).softened().with("rule", "demand-refused-and-never-called");
                self.warn(LampId::Tools, finding);
                self.ask_tiny(&question.model);
            }
            Outcome::Answer(_) => {
                self.fail(LampId::Tools, Finding::new(Code::ToolsBroken).with("rule", "never-called"));
            }
            Outcome::Refused(_, Some(400 | 422)) if question.kind == Kind::NoInput(false) => {
                self.conversation.demand_refused = true;
                self.ask(&question.model, Kind::NoInput(true));
            }
            // An unreadable whole answer says nothing about tools; the stream was read well.
            Outcome::Unusable(finding) if self.conversation.fallback.is_none() => {
                let finding = Finding { evidence: finding.evidence, ..Finding::new(Code::ToolsBroken) };
                self.warn(LampId::Tools, finding.softened().with("because", Code::WholeAnswerOdd.number()));
                self.ask_tiny(&question.model);
            }
            Outcome::Unusable(finding) | Outcome::Lost(finding) | Outcome::Refused(finding, _) => {
                self.tools_failed(finding);
            }
        }
    }

    pub(super) fn on_result(&mut self, question: &Question, timed: &TimedReply, outcome: Outcome) {
        match outcome {
            Outcome::Answer(answer) => {
                if answer.usage.is_broken {
                    return self.fail(LampId::Answer, Finding::new(Code::UsageBroken).with("rule", "usage-counts"));
                }
                self.note_usage(question, &answer);
                let is_told = answer.text.to_lowercase().contains(WORD_IN_RESULT) || !answer.calls.is_empty();
                if is_told {
                    return self.tools_work(&question.model);
                }
                if !std::mem::replace(&mut self.conversation.repeated, true) {
                    return self.ask(&question.model, question.kind.clone());
                }
                let rule = if answer.is_empty() { "result-not-answered" } else { "result-lost" };
                self.fail(LampId::Tools, Finding::new(Code::ToolsBroken).with("rule", rule));
            }
            Outcome::Unusable(finding) if question.stream => {
                let because = finding.code.number();
                let noted = Finding { evidence: finding.evidence.clone(), ..Finding::new(Code::StreamFallback) };
                self.warn(LampId::Streaming, noted.with("because", because));
                self.fall_back(question, finding);
            }
            Outcome::Refused(_, Some(400)) if timed.reply.as_ref().is_ok_and(|reply| self.leave_out(reply)) => {
                self.ask(&question.model, question.kind.clone());
            }
            Outcome::Refused(finding, Some(404)) if question.stream => self.fall_back(question, finding),
            Outcome::Lost(finding) if question.stream => {
                self.fail(LampId::Streaming, finding);
            }
            Outcome::Unusable(finding) | Outcome::Lost(finding) | Outcome::Refused(finding, _) => {
                self.tools_failed(finding);
            }
        }
    }

    fn tools_work(&mut self, model: &str) {
        self.light(LampId::Tools);
        // Where streaming had to be given up, the whole answer was tested already.
        if self.conversation.fallback.is_none() {
            self.ask_tiny(model);
        }
    }

    fn ask_tiny(&mut self, model: &str) {
        self.ask(model, Kind::Tiny);
    }

    /// A message was answered just before, so a refusal here is about tools, unless the gateway is
    /// overloaded.
    fn tools_failed(&mut self, finding: Finding) {
        let is_transient = matches!(
            finding.code,
            Code::RateLimited | Code::Overloaded | Code::QuotaExhausted | Code::ReadTimeout | Code::Reset
        );
        let finding = if is_transient { finding } else { with_code(finding, Code::ToolsBroken) };
        self.fail(LampId::Tools, finding);
    }
}

/// Why a call is useless to the engine, if it is: it needs an id, a name that was offered, and an object
/// that fits the tool's schema (obs, engine 2.1.332).
fn fault(call: &Call, offered: &[OfferedTool]) -> Option<&'static str> {
    if call.id.trim().is_empty() {
        return Some("call-without-id");
    }
    let Some(tool) = offered.iter().find(|tool| tool.name == call.name) else { return Some("tool-not-offered") };
    let Value::Object(input) = &call.input else { return Some("input-not-an-object") };
    let has = |name: &&str| input.get(*name).is_some_and(Value::is_string);
    if !tool.required.iter().all(has) {
        return Some("input-incomplete");
    }
    // Claude refuses a call with members that its schema does not name; the tool without input is ours alone.
    let is_known = |name: &String| tool.required.contains(&name.as_str()) || OPTIONAL_INPUT.contains(&name.as_str());
    if tool.required.is_empty() || input.keys().all(is_known) { None } else { Some("input-not-offered") }
}

/// Further input of Claude's own tool for reading; models know it from training.
const OPTIONAL_INPUT: &[&str] = &["offset", "limit", "pages"];

/// A tool's name for a finding. A text that cannot be a name is not quoted: cut short, it might be a part
/// of the key that redaction does not recognise.
fn short(name: &str) -> String {
    let is_name = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-".contains(&byte));
    if is_name { name.to_owned() } else { format!("({} letters)", name.chars().count()) }
}
