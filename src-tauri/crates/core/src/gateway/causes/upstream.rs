//! Causes in the gateway's upstream.
//!
//! Gateways pass on, wrap or quote what their own provider answered. Words in a quotation ("invalid
//! x-api-key", "credit balance is too low") are about the gateway's credentials: they must never count
//! against the person's key.

use super::busy;
use crate::finding::Code;
use crate::gateway::case::Case;
use crate::gateway::signals::Shape;
use crate::gateway::words;

/// Labels by which a gateway declares an error to be its provider's.
const DECLARED: &[&str] = &[
    "upstream error",
    "provider error",
    "bad response status code",
    "bad upstream",
    "upstream authentication error",
    "bedrock error",
    "vertex error",
];

/// Words for an upstream.
const UPSTREAM_WORDS: &[&str] =
    &["upstream", "provider", "backend", "bad response", "bad_response*", "上游", "渠道返回", "服务商"];

/// Anthropic's own words for an account without credit or rights: through a gateway, the gateway's account.
const PROVIDER_ACCOUNT: &[&str] = &[
    "to access the anthropic api",
    "purchase credits",
    "this organization has been disabled",
    "plans & billing",
    "oauth token has been revoked",
    "oauth token has expired",
];

/// A crash while listing models in Anthropic's form: older gateways crash on an empty list.
pub(in crate::gateway) fn crash(case: &Case) -> Option<Code> {
    let crashed = case.signals.any(&["panic", "panic detected", "runtime error"]) && case.or_unknown(500..600);
    let empty = case.signals.any(&["index out of range", "with length 0", "length 0"]);
    match (crashed, empty && !case.is_messages()) {
        (true, true) => Some(Code::ModelsEmpty),
        (true, false) => Some(Code::UpstreamError),
        _ => None,
    }
}

/// An error that quotes another error, or is declared to be the provider's.
pub(in crate::gateway) fn wrapped(case: &Case) -> Option<Code> {
    if case.signals.shape == Shape::Html {
        return None;
    }
    let signals = &case.signals;
    let declared = signals.any(DECLARED);
    let inner = signals.quoted.as_deref().unwrap_or_default();
    let inner_has = |stems: &[&str]| inner.iter().any(|text| words::any(text, stems));
    let quotes = signals.quoted.is_some() || signals.one(names_an_upstream_status);
    if !quotes {
        let refused = case.is(&[401, 403])
            && (declared || signals.any(&["upstream", "上游"]))
            && !signals.any(&["额度", "余额", "quota", "balance"]);
        let theirs = signals.any(PROVIDER_ACCOUNT) && case.or_unknown(400..500);
        return (refused || theirs).then_some(Code::UpstreamError);
    }
    // An upstream gateway without a free channel means the same for the person: another model, or later.
    let no_line = busy::no_line_in(signals) || inner.iter().any(|text| busy::no_line_said(text));
    if no_line && case.or_unknown(500..600) {
        return Some(Code::NoChannel);
    }
    let no_credit = inner_has(&["credit balance*", "insufficient*", "quota", "billing", "余额", "额度"]);
    match case.status {
        Some(429) if !no_credit => Some(Code::RateLimited),
        Some(529) => Some(Code::Overloaded),
        Some(503) if inner_has(busy::OVERLOAD) => Some(Code::Overloaded),
        Some(404) if !declared && (inner.is_empty() || inner_has(&["model", "not found error", "模型"])) => {
            Some(Code::ModelNotFound)
        }
        Some(400 | 413 | 422) if !no_credit && inner_has(&["not found error", "model not found"]) => {
            Some(Code::ModelNotFound)
        }
        Some(400 | 413 | 422)
            if !no_credit && !inner.is_empty() && !inner_has(&["authentication error", "permission error"]) =>
        {
            Some(Code::BadRequest)
        }
        // Not quoted but summarised: "400: invalid model". The later causes judge the words.
        Some(400 | 413 | 422) if inner.is_empty() && !no_credit => None,
        _ => Some(Code::UpstreamError),
    }
}

/// True for "upstream 401", "provider returned 403", "status code 502" beside a word for an upstream.
fn names_an_upstream_status(text: &str) -> bool {
    const LEADS: &[&str] = &[
        "upstream",
        "provider",
        "status",
        "status code",
        "code",
        "http",
        "error",
        "returned",
        "backend",
        "with",
        "返回",
        "状态码",
        "上游",
    ];
    words::any(text, UPSTREAM_WORDS)
        && LEADS.iter().any(|lead| {
            words::places(text, &[lead]).iter().any(|(_, end)| {
                let rest = text[*end..].trim_start_matches([' ', ':', '(', '=', '：', '（']);
                let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
                digits.len() == 3 && digits.starts_with(['4', '5'])
            })
        })
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::gateway::classify::tests::check_json;

    #[test]
    fn what_is_quoted_never_blames_the_key() {
        let said =
            r#"{"error":{"message":"Error from backend: {\"error\":{\"message\":\"Incorrect API key provided\"}}"}}"#;
        check_json(401, said, Code::UpstreamError);
        check_json(403, r#"{"error":{"message":"upstream returned 403"}}"#, Code::UpstreamError);
        check_json(401, r#"{"message":"上游返回 401"}"#, Code::UpstreamError);
        check_json(
            502,
            r#"{"error":{"type":"upstream_error","message":"Upstream authentication failed"}}"#,
            Code::UpstreamError,
        );
    }

    #[test]
    fn what_is_quoted_keeps_its_kind() {
        let quote = |inner: &str| {
            format!(r#"{{"message":"provider said {{\"error\":{{\"type\":\"{inner}\",\"message\":\"x\"}}}}"}}"#)
        };
        check_json(429, &quote("rate_limit_error"), Code::RateLimited);
        check_json(529, &quote("overloaded_error"), Code::Overloaded);
        check_json(404, &quote("not_found_error"), Code::ModelNotFound);
        check_json(400, &quote("invalid_request_error"), Code::BadRequest);
        check_json(500, &quote("api_error"), Code::UpstreamError);
    }

    #[test]
    fn no_line_behind_is_no_line() {
        let inner = r#"{\"error\":{\"message\":\"分组 default 下模型 x 无可用渠道\",\"code\":\"model_not_found\"}}"#;
        check_json(503, &format!(r#"{{"error":{{"message":"{inner}. Received Model Group=x"}}}}"#), Code::NoChannel);
        check_json(502, &format!(r#"{{"detail":{{"message":"upstream 503: {inner}"}}}}"#), Code::NoChannel);
    }

    #[test]
    fn crashes() {
        check_json(500, r#"{"error":{"type":"relay_panic","message":"panic: nil pointer"}}"#, Code::UpstreamError);
    }
}
