//! Causes in permissions: key and account are good, but the group, Claude as a whole, or one model is
//! not allowed.

use super::address;
use crate::finding::Code;
use crate::gateway::case::Case;
use crate::gateway::subject::{self, Subject};
use crate::gateway::words::{self, DISABLED};

/// Words that refuse what follows them.
#[rustfmt::skip]
const TO_USE: &[&str] = &[
    "no access to", "not allowed to access", "not allowed to use", "not allowed to call",
    "no permission to use", "no permission to access", "no permission for", "permission to use",
    "permission to access", "permission for", "access to", "not authorized to access", "not authorized to use",
    "not permitted to use", "not permitted to access", "cannot access", "cannot use", "can't access",
    "can not access", "not assigned to", "not bound to", "not linked to", "can only access", "does not allow",
    "does not support", "doesn't support", "doesn't allow", "not include", "excludes", "无权访问", "无权使用",
    "无权调用", "无权限访问", "无权限使用", "没有权限访问", "没有权限使用", "无法访问", "无法使用", "不能访问",
    "不能使用", "不允许访问", "不允许使用", "不可使用", "未授权访问", "未授权使用", "未开通", "未被授权",
    "禁止访问", "禁止使用", "不支持", "不包含", "没有访问", "没有使用", "暂无", "没有", "无权", "未开放",
    "不允许调用", "未分配", "未绑定", "未加入", "does not permit", "not permit",
];

/// Words with a possible subject on both sides; either may be what is refused.
const IS_NOT_FOR: &[&str] = &[
    "not authorized for",
    "not allowed for",
    "not enabled for",
    "not available for",
    "not permitted for",
    "not available to",
    "not available in",
];

/// Words that refuse what precedes them.
#[rustfmt::skip]
const IS_REFUSED: &[&str] = &[
    "not allowed", "not permitted", "not supported", "not available", "not included", "not enabled", "not been enabled",
    "not authorized", "restricted", "access denied", "denied", "forbidden", "not assigned", "not granted",
    "not accessible", "no longer available", "deprecated", "retired", "deleted", "removed", "不可用", "未开放",
    "不允许", "受限", "未授权", "不存在", "弃用", "已删除", "已下线", "没有权限", "无权限", "访问权限",
    "使用权限", "被限制", "已下架", "下架", "已移除", "不在", "not in", "not within", "requires a higher", "requires upgrad*", "需要升级",
    "需要更高", "not found", "does not exist", "invalid",
];

/// The group, or Claude as a whole, may not be used with this key.
pub(in crate::gateway) fn group(case: &Case) -> Option<Code> {
    let may_be = (case.or_unknown(400..500) && !matches!(case.status, Some(402 | 429)))
        || case.status == Some(503) && case.signals.any(&["分组已", "group is disabled", "group disabled"]);
    let is_it = may_be
        && case.signals.one(|text| {
            let refused = refused_in(text).into_iter().any(|who| matches!(who, Subject::Group | Subject::Service));
            let off =
                subject::subjects(text, DISABLED).iter().any(|who| matches!(who, Subject::Group | Subject::Service));
            let claimed = words::any(
                text,
                &["api not supported", "group not allowed", "group not assigned", "group deleted", "group disabled"],
            );
            (refused || off || claimed) && !address::is_unknown_model(text)
        });
    is_it.then_some(Code::NoClaudePermission)
}

/// The one model may not be used with this key.
pub(in crate::gateway) fn model(case: &Case) -> Option<Code> {
    let may_be = (case.or_unknown(400..500) && !matches!(case.status, Some(402 | 429))) || case.status.is_none();
    let is_unknown = case.signals.any(&["not found error", "model not found"]);
    let is_it = may_be && !is_unknown && case.signals.one(|text| refuses_model(text, case.is(&[401, 403])));
    let no_model_at_all = case.is(&[401, 403])
        && case.signals.any(&["无可用模型", "没有可用模型", "no available models", "no models available"]);
    (is_it || no_model_at_all).then_some(Code::ModelNotAllowed)
}

/// A refusal by its label alone: after every other cause, since gateways pass the label of their upstream on.
pub(in crate::gateway) fn by_label(case: &Case) -> Option<Code> {
    let is_it = case.is(&[403]) && case.signals.any(&["permission error", "permission denied error"]);
    let code = if case.list_took_the_key() { Code::UpstreamError } else { Code::NoClaudePermission };
    is_it.then_some(code)
}

fn refuses_model(text: &str, is_refusal: bool) -> bool {
    let whose = refused_in(text);
    let off = subject::subjects(text, DISABLED).contains(&Subject::Model);
    let for_key = words::any(
        text,
        &[
            "key",
            "token",
            "plan",
            "subscription",
            "group",
            "account",
            "tier",
            "user",
            "you",
            "your",
            "令牌",
            "密钥",
            "分组",
            "套餐",
            "订阅",
            "账户",
            "账号",
            "用户",
            "权限",
            "无权",
            "您",
            "你",
            "virtual key",
            "access",
        ],
    );
    let unknown = words::any(
        text,
        &[
            "does not exist",
            "doesn't exist",
            "not found",
            "不存在",
            "未找到",
            "找不到",
            "invalid model",
            "unknown model",
        ],
    );
    let needs_more = words::any(text, &["model", "claude-*", "模型"])
        && words::any(text, &["plan", "tier", "套餐", "等级", "会员"])
        && words::any(text, &["requires", "require", "upgrade", "only available", "需要", "升级"]);
    ((whose.contains(&Subject::Model) || off) && (for_key || is_refusal) && !unknown)
        || (needs_more && is_refusal && !whose.contains(&Subject::Service))
}

/// The subjects that a text refuses: the object of "no access to", the subject of "is not allowed".
fn refused_in(text: &str) -> Vec<Subject> {
    let mut all = Vec::new();
    for (start, end) in words::places(text, TO_USE) {
        let object = subject::after(text, end).filter(|(_, far)| *far < 40).map(|(who, _)| who);
        // "The group does not support it": nothing follows, so the subject before it is the one.
        all.extend(object.or_else(|| subject::before(text, start).map(|(who, _)| who)));
    }
    if words::has(text, "权限") {
        // 密钥无 Claude 权限
        all.extend(
            words::places(text, &["无"]).iter().filter_map(|(_, end)| subject::after(text, *end)).map(|(who, _)| who),
        );
    }
    for (start, end) in words::places(text, IS_NOT_FOR) {
        all.extend(subject::before(text, start).map(|(who, _)| who));
        all.extend(subject::after(text, end).filter(|(_, far)| *far < 40).map(|(who, _)| who));
    }
    for (start, _) in words::places(text, IS_REFUSED) {
        let within = words::places(text, TO_USE).iter().any(|(from, to)| *from <= start && start < *to);
        if !within {
            all.extend(subject::before(text, start).map(|(who, _)| who));
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::gateway::classify::tests::{check_json, message};

    #[test]
    fn groups_and_claude_are_refused() {
        for text in [
            "此 API Key 无权访问 Claude 服务",
            "API Key 所属分组已停用",
            "API Key 所属分组已删除",
            "您没有權限使用該分組",
            "API Key is not assigned to any group and cannot be used.",
            "Group default has been disabled",
            "Your account does not have access to Claude models",
            "This group does not allow /v1/messages dispatch",
            "provider anthropic is not allowed for this virtual key",
        ] {
            check_json(403, &message(text), Code::NoClaudePermission);
        }
    }

    #[test]
    fn one_model_is_refused() {
        for text in [
            "暂无该模型访问权限",
            "您的套餐不支持模型 claude-opus-5-5",
            "Your plan does not include model claude-opus-5-5",
            "model claude-x is not allowed for this virtual key",
            "API key does not have access to model claude-x",
            "该密钥无权使用 claude-opus-5-5",
            "當前權杖沒有使用模型 claude-x 的權限",
            "当前分组不支持该模型",
        ] {
            check_json(403, &message(text), Code::ModelNotAllowed);
        }
    }

    #[test]
    fn a_refusal_without_a_reason_is_only_that() {
        for text in ["Forbidden", "Access denied", "You cannot consume this service", "拒绝访问"] {
            check_json(403, &message(text), Code::Forbidden);
        }
    }
}
