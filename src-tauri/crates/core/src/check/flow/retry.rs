//! Retries of transient failures before they are reported, as the engine does: with its first two delays,
//! which the platform knows, or with the delay that the gateway asks for.

use super::outcome::Outcome;
use super::{CheckFlow, Step, TimedReply};
use crate::check::question::Question;
use crate::finding::Code;
use crate::gateway::Reply;

/// How many tries follow the first one.
const MORE_TRIES: u8 = 2;
/// The longest delay that the engine waits, in seconds; asked for more it gives up (obs).
const LONGEST_WAIT: u32 = 60;

impl CheckFlow {
    /// Retries the request where that may help. Returns false when the outcome is final.
    pub(super) fn retry(&mut self, question: &Question, timed: &TimedReply, outcome: &Outcome) -> bool {
        if question.tries >= MORE_TRIES || !is_transient(timed, outcome) {
            return false;
        }
        let wait = match timed.reply.as_ref().ok().and_then(retry_after) {
            Some(wait) if wait > LONGEST_WAIT => return false,
            wait => wait,
        };
        if let Outcome::Refused(finding, _) = outcome {
            self.conversation.transient.get_or_insert_with(|| finding.clone());
        }
        let again = Question { tries: question.tries + 1, wait, ..question.clone() };
        self.ready.push(Step::Ask(Box::new(again)));
        true
    }
}

fn is_transient(timed: &TimedReply, outcome: &Outcome) -> bool {
    let should = timed.reply.as_ref().ok().and_then(|reply| reply.header("x-should-retry"));
    match (should, outcome) {
        (Some("false"), _) | (_, Outcome::Answer(_)) => false,
        (_, Outcome::Lost(_)) => true,
        // The engine retries a stream that reports overload, but not one that reports another error.
        (_, Outcome::Unusable(finding)) => {
            finding.code == Code::Overloaded && finding.fact("rule") == Some("error-event")
        }
        (Some("true"), Outcome::Refused(_, Some(_))) => true,
        // These are permanent, whatever their status.
        (_, Outcome::Refused(finding, Some(status))) => {
            let lasts = matches!(finding.code, Code::QuotaExhausted | Code::ClientRestricted | Code::ModelNotFound)
                || finding.code.number().starts_with("AR-4");
            !lasts && (matches!(status, 408 | 409 | 429) || *status >= 500)
        }
        (_, Outcome::Refused(_, None)) => false,
    }
}

fn retry_after(reply: &Reply) -> Option<u32> {
    let value = reply.header("retry-after")?.trim();
    value.parse::<f64>().ok().filter(|seconds| *seconds >= 0.0).map(|seconds| seconds.min(1e6).ceil() as u32)
}
