//! Causes in the calling program: it is refused, not the key.
//!
//! Some gateways sell access for one client only ("this group only allows Claude Code clients",
//! 该分组仅限 Claude Code 客户端使用) and answer others with 400, 401, 403, 500 or 503. The key is good then.

use crate::finding::Code;
use crate::gateway::case::Case;
use crate::gateway::subject::{self, Subject};
use crate::gateway::words;

/// The clients that such a limit names.
#[rustfmt::skip]
const NAMED: &[&str] = &[
    "claude code", "claude-code", "claude cli", "claude-cli", "claude_code", "codex cli", "official client",
    "official clients", "official cli", "official app", "allowed client*", "allowed clients", "clients",
    "官方客户端", "官方 cli", "指定客户端", "特定客户端", "允许的客户端", "客户端", "用户端", "官方工具",
];

/// Words for "only".
#[rustfmt::skip]
const ONLY: &[&str] = &[
    "only", "restricted to", "exclusively", "exclusive", "reserved for", "limited to", "must be", "must use",
    "must come", "must originate", "please use", "required", "requires", "仅", "只允许", "只支持", "只能",
    "只接受", "专用", "专属", "限定", "请使用", "请在", "请通过", "必须使用", "必须通过", "限 ",
    "outside", "other than", "except", "之外", "以外", "除了",
];

/// Words that refuse a program when it is their subject.
#[rustfmt::skip]
const REFUSED: &[&str] = &[
    "not allowed", "not authorized", "not permitted", "not supported", "not in", "unsupported", "unauthorized",
    "disallowed", "blocked", "denied", "restricted", "forbidden", "rejected", "invalid", "restriction",
    "validation error", "validation failed", "not accepted", "不允许", "不被允许", "不支持", "不在", "禁止",
    "拒绝", "未授权", "无权", "受限", "限制", "被拦截", "不合法", "校验失败", "验证失败",
    "版本过低", "upgrade required", "outdated", "too old",
];

/// Words for concurrent requests, which are limits of another kind.
const CONCURRENCY: &[&str] = &["concurren*", "并发", "too many", "rate limit*", "频率", "速率", "频繁", "ip", "ips"];

/// The program is refused.
pub(in crate::gateway) fn refused(case: &Case) -> Option<Code> {
    let refuses =
        case.or_unknown(400..600) && case.signals.one(|text| !words::any(text, CONCURRENCY) && refuses_program(text));
    refuses.then_some(Code::ClientRestricted)
}

fn refuses_program(text: &str) -> bool {
    // "client error", "client closed request" and the like have no word of refusal near "client".
    (words::any(text, NAMED) && words::any(text, ONLY) && names_it_near(text))
        || words::places(text, REFUSED)
            .iter()
            .any(|(start, end)| subject::nearest(text, *start, *end) == Some(Subject::Program))
}

/// True when "only" and the name stand close together: a long text may hold both by chance.
fn names_it_near(text: &str) -> bool {
    let names = words::places(text, NAMED);
    words::places(text, ONLY)
        .iter()
        .any(|(start, end)| names.iter().any(|(from, to)| start.abs_diff(*to).min(from.abs_diff(*end)) < 90))
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::gateway::classify::tests::{check_json, message};

    #[test]
    fn programs_are_refused_in_many_words() {
        for text in [
            "This group only allows Claude Code clients",
            "No available accounts: this group only allows Claude Code clients",
            "该分组仅限 Claude Code 客户端使用",
            "該群組僅允許 Claude Code 用戶端",
            "Your client is not authorized to use this API key",
            "This endpoint only accepts requests from Claude Code CLI",
            "Client not in allowed list: [claude-cli] (detected: curl)",
            "不支持的客户端，请使用官方客户端",
            "Third-party apps are not allowed to use this key",
            "This credential is only authorized for use with Claude Code and cannot be used for other API requests.",
        ] {
            check_json(403, &message(text), Code::ClientRestricted);
            check_json(503, &message(text), Code::ClientRestricted);
        }
        check_json(403, r#"{"error":"client_not_allowed","message":"Forbidden"}"#, Code::ClientRestricted);
    }

    #[test]
    fn other_words_about_clients_are_not_that() {
        check_json(400, &message("client error: bad body"), Code::BadRequest);
        check_json(403, &message("Client IP not allowed"), Code::IpBlocked);
        check_json(429, &message("客户端并发数超过限制"), Code::RateLimited);
    }
}
