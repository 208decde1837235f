//! Finds the subject of a word of state.
//!
//! "Disabled" may be about a key, a user, a group, a model or a channel, and each has another owner. Gateways
//! name the subject in the same sentence, so the subject nearest to the word decides: 令牌分组 … 已被禁用 is
//! about the group, "User account is disabled" about the account.

use super::words::places;

/// What a word of state is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Subject {
    /// The key that was sent.
    Key,
    /// The person or company behind the key.
    Account,
    /// What was bought: a subscription, a plan.
    Plan,
    /// The group that the key belongs to.
    Group,
    /// One model.
    Model,
    /// Claude, or the API, as a whole.
    Service,
    /// The calling program.
    Program,
    /// An upstream of the gateway: a channel, a pooled account.
    Channel,
    /// The caller's network address.
    NetworkAddress,
}

#[rustfmt::skip]
const SUBJECTS: &[(Subject, &[&str])] = &[
    (Subject::Key, &[
        "key", "keys", "api key", "api keys", "token", "access token", "user token", "virtual key",
        "subscription key", "account key", "credential", "credentials", "bearer", "密钥", "秘钥", "令牌",
        "用户令牌", "权杖", "金钥", "凭证", "凭据", "卡密",
    ]),
    (Subject::Account, &[
        "user", "users", "account", "user account", "organization", "organisation", "workspace", "tenant",
        "team", "customer", "用户", "账户", "账号", "团队", "组织", "租户", "企业",
    ]),
    (Subject::Plan, &[
        "subscription", "subscriptions", "plan", "membership", "billing plan", "订阅", "套餐", "会员", "月卡",
    ]),
    (Subject::Group, &[
        "group", "groups", "user group", "account group", "分组", "群组", "用户组", "用户分组", "令牌分组",
    ]),
    (Subject::Model, &[
        "model", "models", "deployment", "claude-*", "模型", "claude opus", "claude sonnet", "claude haiku",
    ]),
    (Subject::Service, &[
        "claude", "anthropic", "claude api", "claude service", "claude models", "claude 服务", "claude服务",
        "claude 模型", "claude模型", "anthropic api", "anthropic models", "api requests", "this api",
        "this service", "this endpoint", "the service", "该服务", "此服务", "该接口", "此接口", "messages api",
        "messages endpoint", "provider anthropic",
    ]),
    (Subject::Program, &[
        "client", "clients", "user-agent", "user agent", "useragent", "claude code", "claude-code",
        "claude cli", "claude-cli", "application", "app", "apps", "sdk", "third-party", "客户端", "用户端",
        "应用程序", "第三方", "应用",
    ]),
    (Subject::Channel, &[
        "channel", "channels", "provider", "providers", "upstream", "accounts", "backend", "渠道", "通道",
        "线路", "号池", "账号池", "上游", "所有账号", "所有账户", "全部账号", "可用账号", "可用账户", "供应商",
        "服务商", "节点",
    ]),
    (Subject::NetworkAddress, &[
        "ip", "ip address", "ips", "country", "region", "location", "地区", "来源地址", "ip地址", "ip 地址",
    ]),
];

/// The last subject that ends at or before `at`, with its distance in bytes. Of two that end together the
/// longer one counts ("subscription key" is a key).
pub(super) fn before(text: &str, at: usize) -> Option<(Subject, usize)> {
    let head = text.get(..at)?;
    let mut best: Option<(bool, usize, usize, Subject)> = None;
    for (who, stems) in SUBJECTS {
        for (start, end) in places(head, stems) {
            // "The group of this key is deleted" is about the group.
            let owns = OWNED.iter().any(|owned| head[..start].ends_with(owned));
            let this = (!owns, end);
            if best.is_none_or(|(own, best_end, best_start, _)| {
                this > (own, best_end) || (this == (own, best_end) && start < best_start)
            }) {
                best = Some((!owns, end, start, *who));
            }
        }
    }
    best.map(|(_, end, _, who)| (who, at - end))
}

/// The first subject that begins at or after `at`, with its distance in bytes; the longer of two.
pub(super) fn after(text: &str, at: usize) -> Option<(Subject, usize)> {
    let tail = text.get(at..)?;
    let mut best: Option<(usize, usize, Subject)> = None;
    for (who, stems) in SUBJECTS {
        for (start, end) in places(tail, stems) {
            if best.is_none_or(|(best_start, best_end, _)| (start, best_end) < (best_start, end)) {
                best = Some((start, end, *who));
            }
        }
    }
    best.map(|(start, _, who)| (who, start))
}

/// Words before a noun that only says to whom the subject belongs.
const OWNED: &[&str] = &[
    "of this ",
    "of the ",
    "of your ",
    "for this ",
    "for your ",
    "owns this ",
    "owns the ",
    "behind this ",
    "linked to this ",
    "associated with ",
    "associated with this ",
    "bound to this ",
    "对当前",
    "对该",
    "对此",
    "对您的",
];

/// Beyond this distance in bytes, a word of state is about something else.
const FAR: usize = 40;

/// The subject nearest to a word of state at `start..end`; of two equally near, the one before.
pub(super) fn nearest(text: &str, start: usize, end: usize) -> Option<Subject> {
    let near = |found: Option<(Subject, usize)>| found.filter(|(_, far)| *far <= FAR);
    match (near(before(text, start)), near(after(text, end))) {
        (Some((who, far)), Some((other, farther))) => Some(if far <= farther { who } else { other }),
        (Some((who, _)), None) | (None, Some((who, _))) => Some(who),
        (None, None) => None,
    }
}

/// The subjects of all occurrences of the words, each once.
pub(super) fn subjects(text: &str, stems: &[&str]) -> Vec<Subject> {
    let mut all: Vec<Subject> = Vec::new();
    for (start, end) in places(text, stems) {
        if let Some(who) = nearest(text, start, end).filter(|who| !all.contains(who)) {
            all.push(who);
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::super::words::plain;
    use super::*;

    #[track_caller]
    fn check(text: &str, stem: &str, expected: Subject) {
        assert_eq!(subjects(&plain(text), &[stem]), [expected], "{text}");
    }

    #[test]
    fn the_nearest_subject_decides() {
        check("令牌分组 claude 已被禁用", "禁用", Subject::Service);
        check("API Key 所属分组已停用", "停用", Subject::Group);
        check("User account is disabled", "disabled", Subject::Account);
        check("Your account's API key has been disabled", "disabled", Subject::Key);
        check("API key 所属用户已被禁用", "禁用", Subject::Account);
        check("invalid subscription key", "invalid", Subject::Key);
        check("模型 claude-opus-4 不存在", "不存在", Subject::Model);
    }

    #[test]
    fn no_subject_is_no_answer() {
        assert!(subjects("it is disabled", &["disabled"]).is_empty());
    }
}
