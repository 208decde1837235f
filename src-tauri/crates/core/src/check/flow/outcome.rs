//! What a reply to a message amounts to, before it is decided what to do about it.

use super::{CheckFlow, TimedReply};
use crate::check::question::Question;
use crate::finding::{Code, Finding};
use crate::gateway::{
    Answer, NetFault, Reply, Route, StreamState, StreamWatch, Verdict, classify, is_nearly_right, read_message,
};

/// What a reply amounts to.
#[derive(Debug)]
pub(super) enum Outcome {
    /// An answer, with any content.
    Answer(Answer),
    /// A success without usable content.
    Unusable(Finding),
    /// The connection was lost, or the stream ended early.
    Lost(Finding),
    /// A refusal with its status, or no reply at all (`None`).
    Refused(Finding, Option<u16>),
}

impl CheckFlow {
    pub(super) fn outcome(&self, question: &Question, timed: &TimedReply) -> Outcome {
        let reply = match &timed.reply {
            Ok(reply) => reply,
            Err(NetFault::Encoding) => {
                return Outcome::Unusable(Finding::new(Code::EncodingBroken).with("rule", "not-encoded-as-it-says"));
            }
            Err(fault @ (NetFault::Reset | NetFault::Other)) => return Outcome::Lost(self.no_reply(fault)),
            Err(fault) => return Outcome::Refused(self.no_reply(fault), None),
        };
        if !reply.is_success() {
            return self.refused(reply);
        }
        if !question.stream {
            return match read_message(reply) {
                Ok(answer) => Outcome::Answer(answer),
                Err(finding) if is_nearly_right(&finding) => Outcome::Unusable(finding),
                Err(_) => self.refused(reply),
            };
        }
        match StreamWatch::read(reply, reply.cut) {
            StreamState::Done(answer) => Outcome::Answer(answer),
            StreamState::Lost(finding) => Outcome::Lost(finding),
            StreamState::Broken(finding) => Outcome::Unusable(finding),
            StreamState::Progress => Outcome::Unusable(Finding::new(Code::StreamBroken)),
        }
    }

    fn refused(&self, reply: &Reply) -> Outcome {
        match classify(reply, &self.asked(Route::Messages, true)) {
            Verdict::Failed(finding) => Outcome::Refused(finding, Some(reply.status)),
            Verdict::Ok => Outcome::Unusable(Finding::new(Code::NotAnthropic)),
        }
    }
}
