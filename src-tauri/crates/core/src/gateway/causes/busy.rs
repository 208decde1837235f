//! Causes that pass by themselves and are not about the key: no free channel, overload, too many requests.
//!
//! A *channel* is one of the gateway's own upstream connections or pooled accounts.

use crate::finding::Code;
use crate::gateway::case::Case;
use crate::gateway::signals::Signals;
use crate::gateway::words::{self, UNAMBIGUOUS};

/// Words for overload.
#[rustfmt::skip]
pub(in crate::gateway) const OVERLOAD: &[&str] = &[
    "overloaded", "overloaded error", "overload", "too busy", "is busy", "server busy", "at capacity",
    "over capacity", "capacity exceeded", "high demand", "heavy load", "server is currently busy",
    "负载已饱和", "负载过高", "负载饱和", "过载", "繁忙", "拥挤", "人数过多", "服务器忙", "系统忙",
];

/// Words for channels and pooled accounts.
#[rustfmt::skip]
const CHANNELS: &[&str] = &[
    "channel", "channels", "account", "accounts", "provider", "providers", "deployment", "deployments",
    "backend", "backends", "node", "nodes", "instance", "instances", "upstreams", "keys", "endpoint",
    "resource", "supplier", "suppliers",
];

#[rustfmt::skip]
const FREE: &[&str] = &[
    "available", "healthy", "active", "usable", "eligible", "suitable", "enabled", "schedulable", "left",
    "support*", "configured", "serve", "handle",
];

/// Chinese words for "none free".
#[rustfmt::skip]
const NONE_FREE: &[&str] = &[
    "无可用渠道", "无可用通道", "无可用账", "无可用线路", "无可用的", "无可用资源", "无可用节点", "无可用服务",
    "无可用供应", "无可用上游", "没有可用渠道", "没有可用的渠道", "没有可用账", "没有可用的账", "没有可用线路",
    "没有可用的线路", "没有可用通道", "没有可用的", "没有可用上游", "暂无可用", "无空闲", "没有空闲",
    "暂无空闲", "找不到可用", "未找到可用", "可用渠道失败", "可用渠道不存在", "可用账号不足", "账号池为空",
    "号池为空", "账号池已空", "暂无渠道", "没有渠道", "no channel", "no channels", "暂无线路",
];

#[rustfmt::skip]
const ALL_CHANNELS: &[&str] = &[
    "所有账", "所有渠道", "所有线路", "所有通道", "所有上游", "所有节点", "所有供应", "所有服务商", "所有密钥",
    "全部账", "账号全部", "账号均", "账号都", "账户均", "账户全部", "渠道均", "渠道全部", "渠道都", "线路均", "线路全部", "通道均",
    "节点均", "上游均", "全部渠道", "全部线路", "全部上游", "账号池", "号池", "all accounts", "all available accounts",
    "all upstreams", "all upstream accounts", "all upstream channels", "all upstream providers",
    "all channels", "all providers", "all keys", "all claude accounts", "all backends", "all deployments",
    "all configured", "every account", "every provider", "every channel",
];

#[rustfmt::skip]
const ALL_GONE: &[&str] = &[
    "unavailable", "not available", "busy", "exhausted", "failed", "disabled", "cooldown", "cooling*",
    "rate limited", "rate-limited", "limited", "down", "in use", "occupied", "overloaded", "不可用", "耗尽",
    "用完", "繁忙", "失败", "限流", "冷却", "异常", "禁用", "占用", "已满", "暂停", "封", "用尽",
];

/// Words for a model without a price, which such gateways refuse to serve.
#[rustfmt::skip]
const NO_PRICE: &[&str] = &[
    "price not set", "ratio or price not set", "pricing not configured", "pricing not found",
    "price not configured", "price not found", "no pricing", "no price", "missing pricing", "价格未配置",
    "价格未设置", "未配置价格", "未设置价格", "未配置倍率", "倍率未设置", "没有设置价格", "倍率未配置",
    "未定价",
];

/// Words for concurrent requests.
#[rustfmt::skip]
const CONCURRENCY: &[&str] = &[
    "concurrency", "concurrent", "queue full", "queue timeout", "queue is full", "queue overloaded",
    "waiting in queue", "并发", "排队", "队列已满", "同时请求", "too many pending", "pending requests",
];

/// Words for too many requests.
#[rustfmt::skip]
pub(in crate::gateway) const TOO_MANY: &[&str] = &[
    "too many requests", "rate limit*", "rate-limit*", "ratelimit*", "rate exceeded", "throttl*",
    "requests per minute", "request per minute", "tokens per minute", "per minute", "per second", "rpm", "tpm",
    "rps", "qps", "too frequent*", "too many failed", "too many attempts", "too many auth*", "slow down",
    "频率", "速率", "限流", "限速", "频繁", "请求数限制", "请求次数过多", "请求过多", "请求太快", "过快",
    "尝试次数过多",
];

/// No channel is free, said so clearly that it counts before words for balance ("all accounts are out of
/// quota" is a failure of the gateway).
pub(in crate::gateway) fn no_line(case: &Case) -> Option<Code> {
    // "Out of balance, or no resource free" is about the balance of this person.
    let is_money = case.or_unknown(400..500) && case.signals.any(UNAMBIGUOUS) && !case.signals.any(ALL_CHANNELS);
    let may_be = case.status.is_none_or(|status| !matches!(status, 401 | 402)) && !is_money;
    (may_be && no_line_in(&case.signals)).then_some(Code::NoChannel)
}

/// True when one of the texts says that no channel is free, or that the model has no price.
pub(in crate::gateway) fn no_line_in(signals: &Signals) -> bool {
    signals.one(no_line_said)
}

/// True when the text says so.
pub(in crate::gateway) fn no_line_said(text: &str) -> bool {
    words::any(text, NONE_FREE)
        || words::any(text, NO_PRICE)
        || words::any(text, ALL_CHANNELS) && words::any(text, ALL_GONE)
        || none_free(text)
        || none_available(text)
}

/// 没有找到可用的上游账号, 未能获取可用通道: "none", "free" and a channel, in this order and close together.
fn none_free(text: &str) -> bool {
    const NONE: &[&str] = &["没有", "无", "未找到", "找不到", "暂无", "未能", "未获取", "不到", "缺少"];
    const FREE_CHANNELS: &[&str] =
        &["渠道", "通道", "账号", "账户", "线路", "上游", "节点", "供应商", "服务商", "资源", "密钥池"];
    words::places(text, NONE).iter().any(|(_, end)| {
        let near: String = text[*end..].chars().take(16).collect();
        words::places(&near, &["可用", "空闲", "健康", "合适"])
            .iter()
            .any(|(_, to)| words::any(&near[*to..].chars().take(8).collect::<String>(), FREE_CHANNELS))
    })
}

/// "No available channel", "no Claude account is available", "no deployments available".
fn none_available(text: &str) -> bool {
    words::places(text, &["no", "not find any", "not find an", "not find a", "unable to find", "without"]).iter().any(
        |(_, end)| {
            let near: String = text[*end..]
                .split([',', ';', '。', '，'])
                .next()
                .unwrap_or_default()
                .split(' ')
                .take(8)
                .collect::<Vec<_>>()
                .join(" ");
            words::any(&near, CHANNELS)
                && words::any(&near, FREE)
                && !words::any(&near, &["with the given", "credentials", "subscription"])
        },
    )
}

/// Too many concurrent requests, whatever the status: a limit of the account that passes by itself.
pub(in crate::gateway) fn at_once(case: &Case) -> Option<Code> {
    const IS_FULL: &[&str] = &[
        "limit*",
        "exceed*",
        "full",
        "too many",
        "reached",
        "overloaded",
        "timeout",
        "上限",
        "超",
        "满",
        "过",
        "限制",
        "最多",
    ];
    // A 5xx must name a limit: "failed to acquire a concurrency slot" is a failure of the gateway.
    // 并发或金额限制 names concurrency and money at once, and such a sentence is about money.
    let full = |text: &str| {
        words::any(text, CONCURRENCY)
            && !words::any(text, UNAMBIGUOUS)
            && (case.or_unknown(400..500) || words::any(text, IS_FULL))
    };
    (case.or_unknown(400..600) && case.signals.one(full)).then_some(Code::RateLimited)
}

/// The gateway or its upstream is overloaded.
pub(in crate::gateway) fn overload(case: &Case) -> Option<Code> {
    (case.status == Some(529) || (case.or_unknown(400..600) && case.signals.any(OVERLOAD))).then_some(Code::Overloaded)
}

/// Too many requests, by status or by words.
pub(in crate::gateway) fn too_many(case: &Case) -> Option<Code> {
    (case.status == Some(429) || (case.or_unknown(400..600) && case.signals.any(TOO_MANY))).then_some(Code::RateLimited)
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::gateway::classify::tests::{check_json, message};

    #[test]
    fn no_line_is_free() {
        for text in [
            "No available accounts: no available accounts",
            "No available Claude accounts support the requested model: claude-x",
            "No deployments available for selected model, Try again in 5 seconds",
            "所有账号均不可用",
            "所有帳號額度已用盡，請稍後再試",
            "All accounts are currently rate limited",
            "当前没有可用的线路",
            "模型价格未配置",
            "There are no providers available for this model",
        ] {
            check_json(503, &message(text), Code::NoChannel);
            check_json(429, &message(text), Code::NoChannel);
        }
    }

    #[test]
    fn busy() {
        check_json(503, &message("系统繁忙，请稍后再试"), Code::Overloaded);
        check_json(503, &message("Upstream service overloaded, please retry later"), Code::Overloaded);
        check_json(429, &message("当前负载过高"), Code::Overloaded);
    }

    #[test]
    fn too_many_requests() {
        for text in [
            "并发数已达上限",
            "Too many concurrent requests. Limit: 3",
            "請求過於頻繁",
            "too many failed attempts, please try again later",
        ] {
            check_json(429, &message(text), Code::RateLimited);
            check_json(403, &message(text), Code::RateLimited);
        }
    }
}
