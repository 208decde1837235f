//! Classifies one reply.
//!
//! Each reply is judged by itself, except that a 401 or 403 on messages says nothing against a key that the
//! list has accepted. The causes are tried in the order that fits the measured replies: first what does not
//! come from the API, then what is quoted from an upstream, then the causes from the caller's own to the
//! most distant, and the bare status last.

use super::answer::is_message;
use super::case::{Asked, Case, Route};
use super::causes::{account, address, busy, denial, key, page, program, unseen, upstream};
use super::evidence;
use super::models::{ModelsReading, RawModel, read_models};
use super::reply::Reply;
use super::signals::{Shape, Signals};
use crate::finding::{Code, Finding};

/// The meaning of a reply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is what was requested.
    Ok,
    /// It is not, for this reason.
    Failed(Finding),
}

impl Verdict {
    /// The finding of a failure; `None` for [`Self::Ok`].
    pub fn failure(self) -> Option<Finding> {
        match self {
            Self::Ok => None,
            Self::Failed(finding) => Some(finding),
        }
    }
}

/// Classifies a reply. The evidence of a finding holds the status, the request's id, the server software,
/// the masked message and the time to wait, where they are known.
pub fn classify(reply: &Reply, asked: &Asked) -> Verdict {
    let signals = Signals::read(reply);
    if reply.is_success() && !signals.is_error && serves(reply, asked.route, signals.shape) {
        return Verdict::Ok;
    }
    let case = Case::new(reply, asked, signals);
    let (rule, code) = decide(&case, ORDER);
    let mut finding = Finding::new(code).with("rule", rule);
    if code == Code::IpBlocked && address::names_region(&case) {
        finding = finding.with("by", "region");
    }
    if let Some(own) = case.signals.status.filter(|own| *own != reply.status) {
        finding = finding.with("own_status", own);
    }
    Verdict::Failed(evidence::attach(finding, reply, &case.signals))
}

/// The name and the code of the first cause that applies.
fn decide(case: &Case, order: &[(&'static str, Cause)]) -> (&'static str, Code) {
    let decided = order.iter().find_map(|(rule, cause)| Some((*rule, cause(case)?)));
    decided.unwrap_or(("none", Code::UpstreamError))
}

/// Classifies an error within a stream: it came after a 200, so the key was accepted.
pub(super) fn classify_event(value: &serde_json::Value) -> Finding {
    let reply = Reply::new(200, [("content-type", "text/event-stream")], "");
    let asked = Asked { route: Route::Messages, sent_key: true, models_accepted_key: true, base_host: "" };
    let case = Case::new(&reply, &asked, Signals::of_value(value));
    let (rule, code) = decide(&case, &ORDER[FIRST_OF_WORDS..]);
    evidence::attach(Finding::new(code).with("cause", rule), &reply, &case.signals)
}

/// One cause: gives its code if it applies.
type Cause = fn(&Case) -> Option<Code>;

/// The causes in the order in which they are tried, each with the name that evidence gives it.
#[rustfmt::skip]
const ORDER: &[(&str, Cause)] = &[
    ("page.redirect", page::redirect),
    ("page.on-the-way", page::on_the_way),
    ("page.page", page::page),
    ("wrong_form", wrong_form),
    ("upstream.crash", upstream::crash),
    ("upstream.wrapped", upstream::wrapped),
    ("program.refused", program::refused),
    ("unseen.key", unseen::key),
    ("account.barred", account::barred),
    ("key.expired", key::expired),
    ("address.kept-out", address::kept_out),
    ("key.disabled", key::disabled),
    ("busy.no-line", busy::no_line),
    ("busy.at-once", busy::at_once),
    ("account.run-out", account::run_out),
    ("denial.model", denial::model),
    ("denial.group", denial::group),
    ("busy.overload", busy::overload),
    ("busy.too-many", busy::too_many),
    ("key.unknown", key::unknown),
    ("address.no-model", address::no_model),
    ("address.wrong-path", address::wrong_path),
    ("denial.by-label", denial::by_label),
    ("page.server-text", page::server_text),
    ("by-status", by_status),
];

/// The index of the first cause that needs only the words and not the reply around them.
const FIRST_OF_WORDS: usize = 4;

/// True when a success has the form of an answer from that endpoint.
fn serves(reply: &Reply, route: Route, shape: Shape) -> bool {
    match route {
        Route::Models => read_models(reply).into_models().iter().any(RawModel::is_claude),
        Route::Messages => is_message(reply) || (shape == Shape::Events && reply.text().contains("message_start")),
        Route::Other => shape == Shape::Json,
    }
}

/// A success without an error that is not what was requested.
fn wrong_form(case: &Case) -> Option<Code> {
    if !case.reply.is_success() || case.signals.is_error {
        return None;
    }
    let is_list = case.asked.route == Route::Models && read_models(case.reply) != ModelsReading::NotAList;
    Some(if is_list { Code::ModelsEmpty } else { Code::NotAnthropic })
}

/// The bare status, when no cause fits the words.
fn by_status(case: &Case) -> Option<Code> {
    // Some gateways send all their errors with one status and name the real one in the body.
    let own = case.signals.status.filter(|_| matches!(case.reply.status, 400 | 500));
    Some(match own.or(case.status)? {
        401 | 403 if case.list_took_the_key() => Code::UpstreamError,
        401 if !case.asked.sent_key => Code::KeyMissing,
        401 => Code::KeyRejected,
        402 => Code::QuotaExhausted,
        403 => Code::Forbidden,
        400..500 => Code::BadRequest,
        502..505 | 520..531 if case.signals.shape == Shape::Empty => Code::GatewayDown,
        500..600 => Code::UpstreamError,
        _ => Code::NotAnthropic,
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    const MESSAGE: Asked =
        Asked { route: Route::Messages, sent_key: true, models_accepted_key: false, base_host: "gw.example.com" };

    fn code(reply: &Reply, asked: &Asked) -> Option<Code> {
        classify(reply, asked).failure().map(|finding| finding.code)
    }

    /// Checks what a reply to a message is classified as.
    #[track_caller]
    pub(in super::super) fn check(reply: &Reply, expected: Code) {
        let found = code(reply, &MESSAGE);
        assert_eq!(found, Some(expected), "{} {}\n{:?}", reply.status, reply.text(), Signals::read(reply).texts);
    }

    /// The same for a status and a JSON body.
    #[track_caller]
    pub(in super::super) fn check_json(status: u16, body: &str, expected: Code) {
        check(&Reply::new(status, [("content-type", "application/json")], body), expected);
    }

    /// The same for another request.
    #[track_caller]
    pub(in super::super) fn check_asked(status: u16, text: &str, asked: &Asked, expected: Code) {
        let reply = Reply::new(status, [("content-type", "application/json")], message(text));
        assert_eq!(code(&reply, asked), Some(expected), "{status} {text}");
    }

    /// A body with one message, in an envelope without labels.
    pub(in super::super) fn message(text: &str) -> String {
        serde_json::json!({ "error": { "message": text } }).to_string()
    }

    #[test]
    fn a_key_that_the_list_took_is_not_blamed() {
        let known = Asked { models_accepted_key: true, ..MESSAGE };
        check_asked(401, "invalid x-api-key", &known, Code::UpstreamError);
        check_asked(403, "Forbidden", &known, Code::UpstreamError);
        check_asked(403, "用户额度不足", &known, Code::QuotaExhausted);
        check_asked(401, "API key has expired", &known, Code::KeyExpired);
        check_asked(403, "无权访问 claude 分组", &known, Code::NoClaudePermission);
        let list = Asked { route: Route::Models, ..known };
        check_asked(401, "invalid x-api-key", &list, Code::KeyRejected);
    }

    #[test]
    fn an_error_within_a_success_is_an_error() {
        check_json(200, r#"{"code":401,"msg":"无效的令牌"}"#, Code::KeyRejected);
        check_json(200, r#"{"success":false,"message":"余额不足"}"#, Code::QuotaExhausted);
        check_json(200, r#"{"success":false,"message":"get user group failed"}"#, Code::UpstreamError);
        check_json(
            200,
            r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
            Code::Overloaded,
        );
        check_json(200, r#"{"error":{"type":"invalid_request_error","message":"x"}}"#, Code::BadRequest);
    }

    #[test]
    fn a_success_must_have_the_right_form() {
        check_json(200, r#"{"status":"ok"}"#, Code::NotAnthropic);
        check_json(200, "", Code::NotAnthropic);
        check_json(200, r#"{"object":"chat.completion","choices":[]}"#, Code::NotAnthropic);
        let list = Asked { route: Route::Models, ..MESSAGE };
        let models = |body: &str| code(&Reply::new(200, [("a", "b")], body), &list);
        assert_eq!(models(r#"{"data":[{"id":"claude-haiku-4-5"}]}"#), None);
        assert_eq!(models(r#"{"data":[{"id":"gpt-4o"}]}"#), Some(Code::ModelsEmpty));
        assert_eq!(models(r#"{"data":null}"#), Some(Code::ModelsEmpty));
        assert_eq!(models(r#"{"hello":1}"#), Some(Code::NotAnthropic));
    }

    proptest! {
        #[test]
        fn no_reply_makes_it_panic(
            status in 0u16..700,
            kind in prop_oneof![Just("application/json"), Just("text/html"), Just("text/event-stream"), Just("x")],
            body in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..300),
                "(\\{|\\}|\\[|\"error\"|:|,|\"|余额不足|api key|no |upstream 401|data: |\\n|<html|invalid|ß|İ){0,40}".prop_map(String::into_bytes),
            ],
            sent in any::<bool>(), took in any::<bool>(),
        ) {
            let reply = Reply::new(status, [("content-type", kind)], body);
            for route in [Route::Models, Route::Messages, Route::Other] {
                classify(&reply, &Asked { route, sent_key: sent, models_accepted_key: took, base_host: "a" });
            }
        }
    }
}
