//! The key: not seen, sent another way than wanted, unknown, switched off, expired.
//!
//! Some relays fold everything into one sentence ("invalid, disabled or expired"); such a lump means no
//! more than "not accepted".

use super::account::{BARRED, OVER};
use super::classify::Case;
use super::subject::{self, Who};
use super::words;
use crate::finding::Code;

/// Words for what carries a key.
#[rustfmt::skip]
const CARRIED: &[&str] = &[
    "api key", "x-api key", "key", "token", "access token", "virtual key", "subscription key", "credential",
    "credentials", "auth credentials", "authorization", "authorization header", "authentication",
    "authentication token", "authentication credentials", "auth header", "bearer token", "auth token", "auth",
    "密钥", "秘钥", "令牌", "权杖", "金钥", "凭证", "凭据", "认证凭据", "认证信息", "鉴权信息", "授权信息",
    "身份凭证", "认证头", "鉴权头",
];

/// Words before it that say it was not there.
#[rustfmt::skip]
const NOT_THERE_BEFORE: &[&str] = &[
    "no", "missing", "without", "lacks", "lacking", "empty", "absent", "未提供", "缺少", "缺失", "没有提供",
    "未携带", "未传入", "未传", "没有", "未检测到", "未设置", "未找到", "未收到",
];

/// Words before it that ask for one. They also follow on "invalid", and then it was there.
#[rustfmt::skip]
const ASKED_FOR: &[&str] = &[
    "provide", "supply", "include", "requires", "require", "need", "needs", "pass", "specify", "set", "send",
    "请提供", "必须提供", "请先提供", "需要", "携带", "请传入", "需提供", "应提供",
];

/// Words after it that say so.
#[rustfmt::skip]
const NOT_THERE_AFTER: &[&str] = &[
    "missing", "required", "not provided", "not supplied", "not present", "not specified", "not set", "empty",
    "mandatory", "absent", "field required", "not found in request", "not found in header*",
    "not found in the request", "未提供", "缺失", "不能为空", "为空", "必填", "是必需", "未携带", "没有提供",
    "未传", "必须提供",
];

/// Words that may stand between.
#[rustfmt::skip]
const FILLERS: &[&str] = &[
    "an", "a", "the", "your", "any", "api", "x-api", "auth", "is", "was", "are", "were", "has", "have", "been",
    "header", "headers", "in", "http", "request", "value", "field", "of", "either", "due", "to", "required",
    "valid-looking", "access", "authentication", "authorization", "头", "请求头", "参数", "字段", "您的",
    "你的", "任何", "有", "的", "中", "api key", "key", "passed", "and", "please", "available", "for",
];

/// Words that say a key is not known.
#[rustfmt::skip]
const UNKNOWN: &[&str] = &[
    "invalid", "incorrect", "wrong", "unknown", "not valid", "isn't valid", "not recognized", "unrecognized",
    "malformed", "does not exist", "doesn't exist", "not exist", "not found", "bad", "not registered",
    "deleted", "rejected", "unable to find", "no such", "not accepted", "无效", "不正确", "错误", "不存在",
    "非法", "未找到", "不合法", "有误", "失效", "校验失败", "验证失败", "认证失败", "已删除", "已被删除",
    "未知", "找不到", "不匹配",
];

/// Words that refuse whoever asks, without a subject.
#[rustfmt::skip]
const NOT_LET_IN: &[&str] = &[
    "authentication error", "authentication failed", "authentication failure", "failed to authenticate",
    "could not authenticate", "unauthenticated", "invalid authentication", "invalid credentials", "auth error",
    "auth failed", "no connected db", "认证失败", "鉴权失败", "身份验证失败", "身份认证失败", "未登录",
];

/// A reply that wants the key in the `Authorization: Bearer` form, or that saw no key. Which of the two
/// it is depends on whether one was sent.
pub(super) fn not_seen(case: &Case) -> Option<Code> {
    if !case.or_unknown(400..500) || matches!(case.status, Some(402 | 404 | 405 | 429)) {
        return None;
    }
    let missing = case.signals.one(|text| is_missing(text) && !(is_lump(text) && case.asked.sent_key));
    if case.signals.one(asks_for_bearer) {
        return Some(if case.asked.sent_key { Code::AuthScheme } else { Code::KeyMissing });
    }
    missing.then_some(Code::KeyMissing)
}

/// The key's time is over.
pub(super) fn expired(case: &Case) -> Option<Code> {
    let is_it = case.or_unknown(400..500)
        && !is_behind(case)
        && case.signals.one(|text| {
            let whose = subject::meant(text, OVER);
            let of_key = whose.contains(&Who::Key)
                || (whose.is_empty() && words::any(text, &["expired", "已过期", "jwt expired"]));
            of_key && words::any(text, OVER) && !is_lump(text)
        });
    is_it.then_some(Code::KeyExpired)
}

/// The key is switched off.
pub(super) fn disabled(case: &Case) -> Option<Code> {
    let is_it = case.or_unknown(400..500)
        && case.signals.one(|text| subject::meant(text, BARRED).contains(&Who::Key) && !is_lump(text));
    is_it.then_some(Code::KeyDisabled)
}

/// The key is not known, by words. By status alone it is decided at the end.
pub(super) fn unknown(case: &Case) -> Option<Code> {
    let may_be = case.is(&[400, 401, 403, 404, 422]) || case.status.is_none();
    let by_words = |text: &str| {
        subject::meant(text, UNKNOWN).contains(&Who::Key)
            || words::any(text, NOT_LET_IN)
            || is_lump(text)
            || names_a_line(text)
    };
    if !may_be || !case.signals.one(by_words) {
        return None;
    }
    Some(if case.list_took_the_key() && !case.signals.one(names_a_line) {
        Code::UpstreamError
    } else {
        Code::KeyRejected
    })
}

/// True for "invalid, disabled or expired": a list of what it may be.
pub(super) fn is_lump(text: &str) -> bool {
    let doubtful = words::any(text, &["or", "and/or", "或", "或者", "、", "/"]);
    doubtful
        && words::any(text, UNKNOWN)
        && (words::any(text, BARRED)
            || words::any(text, OVER)
            || words::any(text, &["missing", "deleted", "未提供", "缺少"]))
        && !words::any(text, &["user", "account", "用户", "账户", "账号"])
}

/// Keys with a tail that names a line are for administrators; with an ordinary key the tail is a slip
/// of the paste.
fn names_a_line(text: &str) -> bool {
    words::any(
        text,
        &["指定渠道", "指定通道", "specify channel*", "specifying channel*", "specific channel*", "specify a channel"],
    )
}

/// The gateway's own sign-in with its provider, not the person's key.
fn is_behind(case: &Case) -> bool {
    case.list_took_the_key() && case.signals.any(&["oauth", "refresh token", "upstream", "上游"])
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
    let was_there = subject::meant(text, UNKNOWN).contains(&Who::Key);
    // What FastAPI's guards say when the header is absent.
    words::has(text, "not authenticated")
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
    use super::super::classify::tests::{check_asked, check_json, message};
    use super::super::classify::{Asked, Route};
    use crate::finding::Code;

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

    #[test]
    fn the_key_is_not_known() {
        for text in [
            "Invalid API key",
            "Invalid bearer token",
            "Incorrect API key provided: sk-abc***xyz.",
            "API 密钥无效。提供的密钥不存在、已被删除、已被禁用或已过期。",
            "API key is invalid or expired",
            "Please provide a valid API key",
            "無效的權杖",
            "API Key 不存在",
            "令牌已过期或无效",
            "virtual key not found",
            "Authentication failed",
            "密钥错误",
        ] {
            check_json(401, &message(text), Code::KeyRejected);
            check_json(403, &message(text), if text.contains("a valid") { Code::Forbidden } else { Code::KeyRejected });
        }
        check_json(400, &message("API key not valid. Please pass a valid API key."), Code::KeyRejected);
        check_json(401, r#"{"error":"Unauthorized"}"#, Code::KeyRejected);
    }

    #[test]
    fn the_key_is_off_or_over() {
        for text in [
            "Your API key has been disabled",
            "API key is inactive",
            "该密钥已被停用",
            "此 API 金鑰已被停用",
            "Key is blocked",
            "API key has been revoked",
            "令牌已禁用",
        ] {
            check_json(401, &message(text), Code::KeyDisabled);
            check_json(403, &message(text), Code::KeyDisabled);
        }
        for text in
            ["API key 已过期", "Your API key expired on 2026-01-01", "token is expired", "密钥已到期", "權杖已過期"]
        {
            check_json(401, &message(text), Code::KeyExpired);
            check_json(403, &message(text), Code::KeyExpired);
        }
        check_json(401, r#"{"error":"Invalid API key","message":"API key is disabled"}"#, Code::KeyDisabled);
        check_json(401, r#"{"error":"Invalid API key","message":"API key has expired"}"#, Code::KeyExpired);
    }
}
