//! The key was sent but not read, or is expected in another header.
//!
//! "Missing" after a key was sent means that this header is not read; a request for `Bearer` names the one
//! that is. Both are recognised by a word of lack beside a word for a key, with only fillers between:
//! "please provide a valid API key" is said of a wrong one.

use super::key::{self, UNKNOWN};
use crate::finding::Code;
use crate::gateway::case::Case;
use crate::gateway::subject::{self, Subject};
use crate::gateway::words;

/// Words for a key and for what carries it.
#[rustfmt::skip]
const CARRIED: &[&str] = &[
    "api key", "x-api key", "key", "token", "access token", "virtual key", "subscription key", "credential",
    "credentials", "auth credentials", "authorization", "authorization header", "authentication",
    "authentication token", "authentication credentials", "auth header", "bearer token", "auth token", "auth",
    "密钥", "秘钥", "令牌", "权杖", "金钥", "凭证", "凭据", "认证凭据", "认证信息", "鉴权信息", "授权信息",
    "身份凭证", "认证头", "鉴权头",
];

/// Words before it that say that it is missing.
#[rustfmt::skip]
const NOT_THERE_BEFORE: &[&str] = &[
    "no", "missing", "without", "lacks", "lacking", "empty", "absent", "未提供", "缺少", "缺失", "没有提供",
    "未携带", "未传入", "未传", "没有", "未检测到", "未设置", "未找到", "未收到",
];

/// Words before it that ask for one. After "invalid" they do not mean that it is missing.
#[rustfmt::skip]
const ASKED_FOR: &[&str] = &[
    "provide", "supply", "include", "requires", "require", "need", "needs", "pass", "specify", "set", "send",
    "请提供", "必须提供", "请先提供", "需要", "携带", "请传入", "需提供", "应提供",
];

/// Words after it that say that it is missing.
#[rustfmt::skip]
const NOT_THERE_AFTER: &[&str] = &[
    "missing", "required", "not provided", "not supplied", "not present", "not specified", "not set", "empty",
    "mandatory", "absent", "field required", "not found in request", "not found in header*",
    "not found in the request", "未提供", "缺失", "不能为空", "为空", "必填", "是必需", "未携带", "没有提供",
    "未传", "必须提供",
];

/// Whole phrases of API gateways for a missing key.
const ABSENT: &[&str] = &[
    "not authenticated",
    "header x-api key not found",
    "header authorization not found",
    "failed to resolve api key",
    "jwt is missing",
];

/// Words that may stand between.
#[rustfmt::skip]
const FILLERS: &[&str] = &[
    "an", "a", "the", "your", "any", "api", "x-api", "auth", "is", "was", "are", "were", "has", "have", "been",
    "header", "headers", "in", "http", "request", "value", "field", "of", "either", "due", "to", "required",
    "valid-looking", "access", "authentication", "authorization", "头", "请求头", "参数", "字段", "您的",
    "你的", "任何", "有", "的", "中", "api key", "key", "passed", "and", "please", "available", "for",
];

/// The gateway expects `Authorization: Bearer`, or found no key. Which of the two it is depends on whether
/// one was sent.
pub(in crate::gateway) fn key(case: &Case) -> Option<Code> {
    if !case.or_unknown(400..500) || matches!(case.status, Some(402 | 404 | 405 | 429)) {
        return None;
    }
    let missing = case.signals.one(|text| is_missing(text) && !(key::is_catch_all(text) && case.asked.sent_key));
    if case.signals.one(asks_for_bearer) {
        return Some(if case.asked.sent_key { Code::AuthScheme } else { Code::KeyMissing });
    }
    missing.then_some(Code::KeyMissing)
}

fn asks_for_bearer(text: &str) -> bool {
    const ASKS: &[&str] = &[
        "use",
        "using",
        "ensure",
        "must",
        "should",
        "expected",
        "expects",
        "require*",
        "format",
        "prefix",
        "missing",
        "provide*",
        "include",
        "no",
        "scheme",
        "start with",
        "begin with",
        "in the form",
        "only",
        "supported",
        "需要",
        "请使用",
        "应为",
        "应使用",
        "必须",
        "缺少",
        "前缀",
        "格式",
        "请携带",
        "请提供",
        "开头",
        "未提供",
    ];
    let names_other_header = words::any(text, &["x-api key", "x-goog-api key"]);
    words::has(text, "bearer")
        && words::any(text, ASKS)
        && !names_other_header
        && !words::any(text, &["expired", "过期"])
        && (!words::any(text, &["invalid bearer token", "invalid bearer"])
            || words::any(text, &["prefix", "format", "missing"]))
}

fn is_missing(text: &str) -> bool {
    // "The wallet of this key is empty" is about money.
    if words::any(text, &["quota", "balance", "credit", "credits", "wallet", "funds", "budget", "余额", "额度", "钱包"])
    {
        return false;
    }
    let was_there = subject::subjects(text, UNKNOWN).contains(&Subject::Key);
    // What FastAPI's authentication answers when the header is absent.
    words::any(text, ABSENT)
        || words::places(text, CARRIED).iter().any(|(start, end)| {
            let head: String = tail_of(&text[..*start], 60);
            let rest: String = text[*end..].chars().take(60).collect();
            let before = |stems: &[&str]| words::places(&head, stems).iter().any(|(_, to)| is_filler(&head[*to..]));
            let said_before = before(NOT_THERE_BEFORE) || (!was_there && before(ASKED_FOR));
            let said_after = words::places(&rest, NOT_THERE_AFTER).iter().any(|(from, _)| is_filler(&rest[..*from]));
            said_before || said_after
        })
}

fn is_filler(between: &str) -> bool {
    between
        .split(|c: char| {
            c.is_whitespace() || matches!(c, '\'' | '"' | ',' | ':' | '(' | ')' | '“' | '”' | '：' | '「' | '」')
        })
        .filter(|word| !word.is_empty())
        .all(|word| FILLERS.contains(&word))
}

fn tail_of(text: &str, count: usize) -> String {
    let length = text.chars().count();
    text.chars().skip(length.saturating_sub(count)).collect()
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::gateway::case::{Asked, Route};
    use crate::gateway::classify::tests::{check_asked, check_json, message};

    const NO_KEY: Asked =
        Asked { route: Route::Models, sent_key: false, models_accepted_key: false, base_host: "gw.example.com" };

    #[test]
    fn no_key_was_seen() {
        for text in [
            "API key is required in Authorization header (Bearer scheme), x-api-key header, or x-goog-api-key header",
            "Please provide an API key in the x-api-key, x-goog-api-key, or Authorization header",
            "No API key found in request",
            "Missing API key in request",
            "x-api-key header is required",
            "Access denied due to missing subscription key. Make sure to include subscription key when making requests.",
            "未提供认证凭据。请在 Authorization 头部、x-api-key 头部或 x-goog-api-key 头部中包含 API 密钥。",
            "缺少 API Key",
            "請提供 API 金鑰",
            "No auth credentials found",
            "virtual key is missing in headers and is mandatory.",
            "Authentication required",
            "Missing Authorization header",
        ] {
            check_json(401, &message(text), Code::KeyMissing);
        }
        check_asked(401, "Unauthorized", &NO_KEY, Code::KeyMissing);
        check_asked(401, "Use 'Bearer <key>'.", &NO_KEY, Code::KeyMissing);
        check_json(
            422,
            r#"{"detail":[{"loc":["header","authorization"],"msg":"Field required","type":"missing"}]}"#,
            Code::KeyMissing,
        );
    }

    #[test]
    fn the_other_scheme_is_wanted() {
        for text in [
            "Authorization header must start with 'Bearer '",
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth",
            "请使用 Bearer 格式的 Authorization 请求头",
        ] {
            check_json(401, &message(text), Code::AuthScheme);
        }
    }
}
