//! A reply together with what is known about its request.

use super::reply::Reply;
use super::signals::Signals;

/// The endpoint of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// The list of models, `GET …/v1/models`.
    Models,
    /// A message, `POST …/v1/messages`.
    Messages,
    /// Anything else, such as counting tokens.
    Other,
}

/// What is known about the request of a reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The endpoint.
    pub route: Route,
    /// Whether a key was sent.
    pub sent_key: bool,
    /// Whether the gateway gave its list of models to the same key in the same header.
    pub models_accepted_key: bool,
    /// The host of the request; empty if it does not matter.
    pub base_host: &'a str,
}

/// A reply with its request and what its body says.
pub(super) struct Case<'a> {
    pub(super) reply: &'a Reply,
    pub(super) asked: &'a Asked<'a>,
    pub(super) signals: Signals,
    /// The effective status: that of HTTP; for an error within a 200 the one that the body or its label
    /// names, or `None`.
    pub(super) status: Option<u16>,
}

impl<'a> Case<'a> {
    pub(super) fn new(reply: &'a Reply, asked: &'a Asked<'a>, signals: Signals) -> Self {
        let status =
            if reply.is_success() { signals.status.or_else(|| labelled(&signals)) } else { Some(reply.status) };
        Self { reply, asked, signals, status }
    }

    /// True when the status is one of these.
    pub(super) fn is(&self, statuses: &[u16]) -> bool {
        self.status.is_some_and(|status| statuses.contains(&status))
    }

    /// True when the status lies in the range or is unknown.
    pub(super) fn or_unknown(&self, range: std::ops::Range<u16>) -> bool {
        self.status.is_none_or(|status| range.contains(&status))
    }

    /// True when the request was for a message.
    pub(super) fn is_messages(&self) -> bool {
        self.asked.route == Route::Messages
    }

    /// True when the request was for a message and the list was given to the same key before.
    pub(super) fn list_took_the_key(&self) -> bool {
        self.is_messages() && self.asked.models_accepted_key
    }
}

/// The status that one of Anthropic's error labels implies (documented list of error types).
fn labelled(signals: &Signals) -> Option<u16> {
    const LABELS: &[(&str, u16)] = &[
        ("overloaded error", 529),
        ("rate limit error", 429),
        ("authentication error", 401),
        ("billing error", 402),
        ("permission error", 403),
        ("not found error", 404),
        ("request too large", 413),
        ("invalid request error", 400),
        ("timeout error", 504),
        ("api error", 500),
    ];
    LABELS.iter().find(|(label, _)| signals.texts.iter().any(|text| text == label)).map(|(_, status)| *status)
}
