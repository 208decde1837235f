//! Requests refused as malformed: retried as the engine retries them, without the part that the refusal
//! names; else the refused part is found by leaving parts out, since the engine would fail with it each
//! time.

use super::part::{healed_by_the_engine, is_about_context, named};
use super::{CheckFlow, Step};
use crate::check::LampId;
use crate::check::question::{Kind, Part, Question};
use crate::finding::{Code, Finding};
use crate::gateway::Reply;

/// After this many left-out parts the next refusal is not retried.
const MOST_HEALED: usize = 4;

/// The search for the refused part.
#[derive(Debug)]
pub(super) struct Search {
    /// The refusal of the whole request.
    refusal: Finding,
    /// Parts that the words of the refusal name.
    named: Vec<Part>,
    now: Now,
}

/// What is left out of the request under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Now {
    /// The parts that are named.
    Named,
    /// All parts.
    All,
    /// One part, by its index in [`Part::ALL`].
    One(usize),
}

impl CheckFlow {
    /// Goes on after a turn was refused as malformed. Returns false when the refusal is about something else.
    pub(super) fn heal(&mut self, question: &Question, reply: &Reply, finding: &Finding) -> bool {
        let text = reply.text();
        if self.heals(reply) {
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
        let now = if named.is_empty() { Now::All } else { Now::Named };
        self.talk.search = Some(Search { refusal: finding.clone(), named, now });
        self.search_on(question);
        true
    }

    /// Leaves a part out of all later requests, if the engine does so after such a refusal. Returns false
    /// if nothing changes.
    pub(super) fn heals(&mut self, reply: &Reply) -> bool {
        let Some((part, cap)) = healed_by_the_engine(&reply.text()).filter(|_| reply.status == 400) else {
            return false;
        };
        if self.talk.healed.len() >= MOST_HEALED {
            return false;
        }
        // A limit that the gateway named is used instead of leaving `max_tokens` out, but only once.
        if cap.is_some() {
            return self.talk.cap.replace(cap.unwrap_or_default()).is_none();
        }
        self.talk.healed.insert(part)
    }

    /// Finds out whether a route that is missing exists without the engine's query `?beta=true`.
    pub(super) fn try_without_query(&mut self, question: &Question, finding: &Finding) {
        let named = vec![Part::BetaQuery];
        self.talk.search = Some(Search { refusal: finding.clone(), named, now: Now::Named });
        self.search_on(question);
    }

    /// Takes whether the request with something left out was accepted.
    pub(super) fn on_search(&mut self, question: &Question, accepted: bool) {
        let Some(search) = self.talk.search.as_mut() else { return };
        let about_query = search.named == [Part::BetaQuery];
        match search.now {
            Now::Named if accepted => {
                let part = search.named[0];
                return self.part_refused(part.word());
            }
            Now::Named if about_query => {
                if let Some(search) = self.talk.search.take() {
                    self.message_failed(search.refusal);
                }
                return;
            }
            Now::Named => search.now = Now::All,
            Now::All if accepted => search.now = Now::One(0),
            Now::All => return self.none_to_blame(),
            Now::One(place) if accepted => return self.part_refused(Part::ALL[place].word()),
            Now::One(place) if place + 1 < Part::ALL.len() => search.now = Now::One(place + 1),
            Now::One(_) => return self.part_refused("several"),
        }
        self.search_on(question);
    }

    fn search_on(&mut self, question: &Question) {
        let Some(search) = &self.talk.search else { return };
        let mut without = self.talk.healed.clone();
        match search.now {
            Now::Named => without.extend(search.named.iter().copied()),
            Now::All => without.extend(Part::ALL),
            Now::One(place) => without.extend([Part::ALL[place]]),
        }
        let question = Question { without, tries: 0, wait: None, kind: Kind::Turn, ..question.clone() };
        self.ready.push(Step::Ask(Box::new(question)));
    }

    fn part_refused(&mut self, part: &str) {
        let Some(search) = self.talk.search.take() else { return };
        let evidence = search.refusal.evidence;
        let finding = Finding { evidence, ..Finding::new(Code::PartRefused) }.with("part", part);
        self.message_failed(finding);
    }

    /// Even the plainest request is refused: reports a part that the refusal names, else the refusal itself.
    fn none_to_blame(&mut self) {
        let named = self.talk.search.as_ref().and_then(|search| search.named.first().copied());
        if let Some(part) = named {
            return self.part_refused(part.word());
        }
        let Some(search) = self.talk.search.take() else { return };
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
