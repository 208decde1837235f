//! Requests refused as malformed: retried as the engine retries them, without the part that the refusal
//! names; else the refused part is found by leaving parts out, since the engine would fail with it each
//! time.

use super::refused_part::{is_about_context, left_out_by_engine, named};
use super::{CheckFlow, Step};
use crate::check::LampId;
use crate::check::question::{Kind, Part, Question};
use crate::finding::{Code, Finding};
use crate::gateway::Reply;

/// After this many left-out parts the next refusal is not retried.
const MOST_LEFT_OUT: usize = 4;

/// The search for the refused part.
#[derive(Debug)]
pub(super) struct Search {
    /// The refusal of the whole request.
    refusal: Finding,
    /// Parts that the words of the refusal name.
    named: Vec<Part>,
    attempt: Attempt,
}

/// What is left out of the request under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Attempt {
    /// The parts that are named.
    Named,
    /// All parts.
    All,
    /// One part, by its index in [`Part::ALL`].
    One(usize),
}

impl CheckFlow {
    /// Goes on after a turn was refused as malformed. Returns false when the refusal is about something else.
    pub(super) fn on_malformed(&mut self, question: &Question, reply: &Reply, finding: &Finding) -> bool {
        let text = reply.text();
        if self.leave_out(reply) {
            self.ask_turn(&question.model);
            return true;
        }
        let named = named(&text);
        let refusal = Finding { evidence: finding.evidence.clone(), ..Finding::new(Code::PartRefused) };
        if matches!(finding.code, Code::BadRequest | Code::RateLimited) && is_about_context(&text) {
            self.message_failed(refusal.with("part", "context-1m"));
            return true;
        }
        if reply.status == 413 {
            self.message_failed(refusal.with("part", Part::Size.word()));
            return true;
        }
        if !is_malformed(finding.code, reply.status, !named.is_empty()) {
            return false;
        }
        let attempt = if named.is_empty() { Attempt::All } else { Attempt::Named };
        self.conversation.search = Some(Search { refusal: finding.clone(), named, attempt });
        self.search_on(question);
        true
    }

    /// Leaves a part out of all later requests, if the engine does so after such a refusal. Returns false
    /// if nothing changes.
    pub(super) fn leave_out(&mut self, reply: &Reply) -> bool {
        let Some((part, cap)) = left_out_by_engine(&reply.text()).filter(|_| reply.status == 400) else {
            return false;
        };
        if self.conversation.left_out.len() >= MOST_LEFT_OUT {
            return false;
        }
        // A limit that the gateway named is used instead of leaving `max_tokens` out, but only once.
        if cap.is_some() {
            return self.conversation.cap.replace(cap.unwrap_or_default()).is_none();
        }
        self.conversation.left_out.insert(part)
    }

    /// Finds out whether a route that is missing exists without the engine's query `?beta=true`.
    pub(super) fn try_without_query(&mut self, question: &Question, finding: &Finding) {
        let named = vec![Part::BetaQuery];
        self.conversation.search = Some(Search { refusal: finding.clone(), named, attempt: Attempt::Named });
        self.search_on(question);
    }

    /// Takes whether the request with something left out was accepted.
    pub(super) fn on_search(&mut self, question: &Question, accepted: bool) {
        let Some(search) = self.conversation.search.as_mut() else { return };
        let about_query = search.named == [Part::BetaQuery];
        match search.attempt {
            Attempt::Named if accepted => {
                let part = search.named[0];
                return self.part_refused(part.word());
            }
            Attempt::Named if about_query => {
                if let Some(search) = self.conversation.search.take() {
                    self.message_failed(search.refusal);
                }
                return;
            }
            Attempt::Named => search.attempt = Attempt::All,
            Attempt::All if accepted => search.attempt = Attempt::One(0),
            Attempt::All => return self.no_part_found(),
            Attempt::One(place) if accepted => return self.part_refused(Part::ALL[place].word()),
            Attempt::One(place) if place + 1 < Part::ALL.len() => search.attempt = Attempt::One(place + 1),
            Attempt::One(_) => return self.part_refused("several"),
        }
        self.search_on(question);
    }

    fn search_on(&mut self, question: &Question) {
        let Some(search) = &self.conversation.search else { return };
        let mut without = self.conversation.left_out.clone();
        match search.attempt {
            Attempt::Named => without.extend(search.named.iter().copied()),
            Attempt::All => without.extend(Part::ALL),
            Attempt::One(place) => without.extend([Part::ALL[place]]),
        }
        let question = Question { without, tries: 0, wait: None, kind: Kind::Turn, ..question.clone() };
        self.ready.push(Step::Ask(Box::new(question)));
    }

    fn part_refused(&mut self, part: &str) {
        let Some(search) = self.conversation.search.take() else { return };
        let evidence = search.refusal.evidence;
        let finding = Finding { evidence, ..Finding::new(Code::PartRefused) }.with("part", part);
        self.message_failed(finding);
    }

    /// Even the plainest request is refused: reports a part that the refusal names, else the refusal itself.
    fn no_part_found(&mut self) {
        let named = self.conversation.search.as_ref().and_then(|search| search.named.first().copied());
        if let Some(part) = named {
            return self.part_refused(part.word());
        }
        let Some(search) = self.conversation.search.take() else { return };
        let finding = self.refusal(search.refusal);
        self.message_failed(finding);
    }

    /// Fails the lamp of the answer; address and key have passed.
    pub(super) fn answer_failed(&mut self, finding: Finding) {
        self.light(LampId::Address);
        self.light(LampId::Key);
        self.fail(LampId::Answer, finding);
    }
}

/// True for refusals of the form of a request, as opposed to key, account and model.
fn is_malformed(code: Code, status: u16, names_part: bool) -> bool {
    let is_plain = code == Code::BadRequest && matches!(status, 400 | 422);
    let lasts = matches!(
        code,
        Code::QuotaExhausted
            | Code::ClientRestricted
            | Code::AccountDisabled
            | Code::IpBlocked
            | Code::ModelNotFound
            | Code::KeyExpired
            | Code::KeyDisabled
    );
    is_plain || (matches!(status, 400 | 422) && names_part && !lasts)
}
