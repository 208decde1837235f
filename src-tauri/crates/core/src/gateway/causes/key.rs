//! Causes in the key: unknown, disabled, expired.
//!
//! Some gateways put all three into one sentence ("invalid, disabled or expired"); that means no more than
//! "not accepted".

use crate::finding::Code;
use crate::gateway::case::Case;
use crate::gateway::subject::{self, Subject};
use crate::gateway::words::{self, DISABLED, EXPIRED};

/// Words for an unknown key.
#[rustfmt::skip]
pub(in crate::gateway) const UNKNOWN: &[&str] = &[
    "invalid", "incorrect", "wrong", "unknown", "not valid", "isn't valid", "not recognized", "unrecognized", "not recognised", "unrecognised",
    "malformed", "does not exist", "doesn't exist", "not exist", "not found", "bad", "not registered",
    "deleted", "rejected", "unable to find", "no such", "not accepted", "无效", "不正确", "错误", "不存在",
    "非法", "未找到", "不合法", "有误", "失效", "校验失败", "验证失败", "认证失败", "已删除", "已被删除",
    "未知", "找不到", "不匹配",
];

/// Words that refuse the caller without naming a subject.
#[rustfmt::skip]
const CALLER_REFUSED: &[&str] = &[
    "authentication error", "authentication failed", "authentication failure", "failed to authenticate",
    "could not authenticate", "unauthenticated", "invalid authentication", "invalid credentials", "auth error",
    "auth failed", "no connected db", "认证失败", "鉴权失败", "身份验证失败", "身份认证失败", "未登录",
];

/// The key has expired.
pub(in crate::gateway) fn expired(case: &Case) -> Option<Code> {
    let is_it = case.or_unknown(400..500)
        && !is_behind(case)
        && case.signals.one(|text| {
            let whose = subject::subjects(text, EXPIRED);
            let of_key = whose.contains(&Subject::Key)
                || (whose.is_empty() && words::any(text, &["expired", "已过期", "jwt expired"]));
            of_key && words::any(text, EXPIRED) && !is_catch_all(text)
        });
    is_it.then_some(Code::KeyExpired)
}

/// The key is disabled.
pub(in crate::gateway) fn disabled(case: &Case) -> Option<Code> {
    let is_it = case.or_unknown(400..500)
        && case.signals.one(|text| subject::subjects(text, DISABLED).contains(&Subject::Key) && !is_catch_all(text));
    is_it.then_some(Code::KeyDisabled)
}

/// The key is unknown, by words. The status alone is judged last, in `classify`.
pub(in crate::gateway) fn unknown(case: &Case) -> Option<Code> {
    let may_be = case.is(&[400, 401, 403, 404, 422]) || case.status.is_none();
    let by_words = |text: &str| {
        subject::subjects(text, UNKNOWN).contains(&Subject::Key)
            || words::any(text, CALLER_REFUSED)
            || is_catch_all(text)
            || names_a_channel(text)
    };
    if !may_be || !case.signals.one(by_words) {
        return None;
    }
    Some(if case.list_took_the_key() && !case.signals.one(names_a_channel) {
        Code::UpstreamError
    } else {
        Code::KeyRejected
    })
}

/// True for "invalid, disabled or expired": a list of possible reasons.
pub(in crate::gateway) fn is_catch_all(text: &str) -> bool {
    let doubtful = words::any(text, &["or", "and/or", "或", "或者", "、", "/"]);
    doubtful
        && words::any(text, UNKNOWN)
        && (words::any(text, DISABLED)
            || words::any(text, EXPIRED)
            || words::any(text, &["missing", "deleted", "未提供", "缺少"]))
        && !words::any(text, &["user", "account", "用户", "账户", "账号"])
}

/// True when a text says that keys with a channel suffix are for administrators; on an ordinary key such a
/// suffix is a paste error.
fn names_a_channel(text: &str) -> bool {
    words::any(
        text,
        &["指定渠道", "指定通道", "specify channel*", "specifying channel*", "specific channel*", "specify a channel"],
    )
}

/// True when the gateway's sign-in at its own provider failed, and not the person's key.
fn is_behind(case: &Case) -> bool {
    case.list_took_the_key() && case.signals.any(&["oauth", "refresh token", "upstream", "上游"])
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::gateway::classify::tests::{check_json, message};

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
