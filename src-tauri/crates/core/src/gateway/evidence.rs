//! The evidence of a reply for support, without anything secret.
//!
//! Gateways echo parts and hashes of the key in their errors, so their messages are masked and shortened.

use super::reply::Reply;
use super::signals::Signals;
use crate::finding::Finding;
use crate::secret;

/// The most characters of a message in evidence.
const LONGEST: usize = 160;

/// Adds the status, the request's id, the server software, the message and the time to wait.
pub(super) fn attach(finding: Finding, reply: &Reply, signals: &Signals) -> Finding {
    let mut finding = finding.with("status", reply.status);
    let id = ["x-oneapi-request-id", "x-request-id", "request-id", "cf-ray"].iter().find_map(|name| reply.header(name));
    // An id is not masked: support looks it up. It comes from the server's own header.
    for (name, value) in [("request_id", id), ("retry_after", reply.header("retry-after"))] {
        if let Some(value) = value.filter(|value| value.len() <= 80) {
            finding = finding.with(name, value);
        }
    }
    if let Some(sign) = software(reply) {
        finding = finding.with("software", sign);
    }
    if let Some(target) = reply.header("location") {
        finding = finding.with("location", shortened(target.split(['?', '#']).next().unwrap_or_default()));
    }
    match signals.said.as_deref().map(message).filter(|said| !said.is_empty()) {
        Some(said) => finding.with("said", said),
        None => finding,
    }
}

/// A message from outside, masked and shortened.
pub(super) fn message(text: &str) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(&echoes_masked(&secret::masked(&one_line)))
}

/// The first [`LONGEST`] characters.
pub(super) fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST {
        return text.to_owned();
    }
    text.chars().take(LONGEST - 1).chain(['…']).collect()
}

/// Masks what [`secret::masked`] does not: keys that the server shortened itself (`sk-abc***xyz`) and long
/// hashes without letters.
fn echoes_masked(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '*' | '.' | '…' | '+' | '=');
    let mut out = String::with_capacity(text.len());
    let mut run = String::new();
    for character in text.chars().chain(['\0']) {
        if character != '\0' && is_part(character) {
            run.push(character);
            continue;
        }
        let core = run.trim_end_matches('.');
        if is_echo(core) {
            out.push_str("***");
            out.push_str(&run[core.len()..]);
        } else {
            out.push_str(&run);
        }
        run.clear();
        if character != '\0' {
            out.push(character);
        }
    }
    out
}

fn is_echo(run: &str) -> bool {
    let begins_as_key = ["sk-", "sk_", "SK-"].iter().any(|start| run.starts_with(start)) && run.len() > 4;
    let hidden_part =
        ["***", "...", "…"].iter().any(|gap| run.contains(gap)) && run.contains(|c: char| c.is_ascii_alphanumeric());
    let digits = run.len() >= 24 && run.chars().all(|c| c.is_ascii_hexdigit());
    begins_as_key || hidden_part || digits
}

/// The name of the server software: evidence only, never used for a decision.
fn software(reply: &Reply) -> Option<String> {
    let known = [
        ("x-new-api-version", "new-api"),
        ("x-oneapi-request-id", "one-api family"),
        ("x-litellm-version", "litellm"),
        ("x-litellm-call-id", "litellm"),
        ("x-kong-response-latency", "kong"),
        ("cf-ray", "cloudflare"),
    ];
    let by_header = known.iter().find(|(name, _)| reply.header(name).is_some()).map(|(_, sign)| (*sign).to_owned());
    by_header.or_else(|| reply.header("server").map(|server| message(server.split(' ').next().unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(message(text), expected);
    }

    #[test]
    fn echoes_of_keys_are_masked() {
        check(
            "Received API Key = sk-...abcd, Key Hash (Token) =9f2c.",
            "Received API Key = ***, Key Hash (Token) =9f2c.",
        );
        check("[sk-abc***xyz] 该令牌额度已用尽", "[***] 该令牌额度已用尽");
        check("api_key: 29a3870cc13cd98308dc9555840cef48bcceb0db1ba5a13d", "api_key: ***");
        check(
            "Received=cr_a****cdef, expected 'sk-'.",
            "Received=***, expected 'sk-'.".replace("Received=***", "***").as_str(),
        );
    }

    #[test]
    fn plain_words_stay() {
        check(
            "Model claude-opus-5-5 is not\n supported. See https://example.com/docs.",
            "Model claude-opus-5-5 is not supported. See https://example.com/docs.",
        );
    }

    #[test]
    fn long_messages_are_cut() {
        assert_eq!(message(&"余".repeat(500)).chars().count(), LONGEST);
    }

    #[test]
    fn a_report_names_the_request() {
        let reply = Reply::new(429, [("x-request-id", "r-1"), ("retry-after", "7"), ("server", "uvicorn")], "slow");
        let finding = attach(Finding::new(crate::finding::Code::RateLimited), &reply, &Signals::read(&reply));
        let facts: Vec<_> = finding.evidence.iter().map(|fact| format!("{}={}", fact.name, fact.value)).collect();
        assert_eq!(facts, ["status=429", "request_id=r-1", "retry_after=7", "software=uvicorn", "said=slow"]);
    }
}
