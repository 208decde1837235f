//! Causes in the account behind the key: disabled, no credit, expired subscription.

use super::busy;
use super::key;
use crate::finding::Code;
use crate::gateway::case::Case;
use crate::gateway::signals::Shape;
use crate::gateway::subject::{self, Subject};
use crate::gateway::words::{self, DISABLED, EXPIRED, UNAMBIGUOUS};

/// Words for money and allowances that have no other meaning.
#[rustfmt::skip]
const MONEY: &[&str] = &[
    "quota", "quotas", "balance", "credit", "credits", "budget", "budgets", "spend", "spending",
    "spending limit", "billing", "payment", "funds", "top up", "top-up", "wallet", "add funds", "钱包", "recharge", "prepaid", "cost limit", "cost", "usd", "美元",
    "usage limit", "usage limits", "usage cap", "over budget", "exceededbudget", "spend limit", "allowance", "credit limit",
    "free tier", "free trial", "余额", "额度", "配额", "欠费", "充值", "储值", "费用", "消费", "限额", "用量",
    "预算", "点数", "积分", "流量包", "付费",
];

/// Words for allowances that also occur in rate limits.
#[rustfmt::skip]
const PERIOD: &[&str] = &[
    "daily limit", "weekly limit", "monthly limit", "daily usage", "weekly usage", "monthly usage",
    "daily request limit", "per day", "每日", "每天", "每周", "每月", "今日", "当日", "本周", "本月", "日限",
    "周限", "月限", "total limit", "key limit exceeded", "five-hour limit", "seven-day limit", "5-hour limit",
    "weekly", "daily", "monthly", "总次数", "可用次数", "使用次数",
];

/// Words for something bought for a period.
const BOUGHT: &[&str] = &["subscription", "subscriptions", "plan", "membership", "订阅", "套餐", "会员"];

/// Words for too little or used up.
#[rustfmt::skip]
const LACK: &[&str] = &[
    "insufficient", "not enough", "exhausted", "exceed*", "reached", "depleted", "too low", "is low", "is 0",
    "is zero", "empty", "negative", "ran out", "run out", "out of", "used up", "over budget", "exceededbudget",
    "no active", "no valid", "none", "required", "requires", "need more", "more credits", "failed", "hit",
    "overdue", "past due", "delinquent", "unpaid", "no credit", "no credits", "no balance", "no remaining",
    "low balance", "limit", "add more", "purchase", "issue with", "error", "不足", "用尽", "用完", "耗尽",
    "已用", "has used", "have used", "all used", "超出", "超过", "超限", "达到", "上限", "已达", "欠费", "未配置", "不够", "为零", "为 0", "为0",
    "没有", "透支", "请充值", "失败", "限制", "已完",
];

/// The account is disabled or has expired.
pub(in crate::gateway) fn barred(case: &Case) -> Option<Code> {
    // "Suspended, please check your billing": the money is what the person can fix.
    let is_it = case.or_unknown(400..500)
        && !case.signals.any(UNAMBIGUOUS)
        && case.signals.one(|text| {
            let by_state = subject::subjects(text, DISABLED).contains(&Subject::Account);
            let by_time = subject::subjects(text, EXPIRED).contains(&Subject::Account);
            (by_state || by_time) && !key::is_catch_all(text) && !busy::no_line_in(&case.signals)
        });
    is_it.then_some(Code::AccountDisabled)
}

/// The balance, quota, budget or subscription is used up.
pub(in crate::gateway) fn run_out(case: &Case) -> Option<Code> {
    let signals = &case.signals;
    if signals.any(UNAMBIGUOUS) && !signals.one(only_pace) {
        return Some(Code::QuotaExhausted);
    }
    if case.status == Some(402) {
        return Some(Code::QuotaExhausted);
    }
    let is_it = case.or_unknown(400..500) && (signals.one(is_short) || signals.one(has_lapsed));
    let is_label =
        case.is(&[401, 403, 429]) && signals.any(&["billing error", "payment required", "billing not active"]);
    (signals.shape != Shape::Html && (is_it || is_label)).then_some(Code::QuotaExhausted)
}

/// True for words of money beside words of lack, unless rate-limit words explain them.
fn is_short(text: &str) -> bool {
    if !words::any(text, LACK) || words::any(text, &["context length", "max_tokens", "context window"]) {
        return false;
    }
    let money = words::any(text, MONEY) && !only_pace(text);
    let period = words::any(text, PERIOD)
        && !words::any(text, &["rate limit*", "per minute", "per second", "rpm", "tpm", "分钟", "频率", "速率"]);
    money || period
}

/// True when "quota" means requests per minute, as some gateways say.
fn only_pace(text: &str) -> bool {
    (words::any(text, &["per minute", "per second", "rpm", "tpm", "qps", "每分钟", "每秒"])
        || text.contains("per_minute"))
        && !words::any(text, &["balance", "credit", "credits", "budget", "余额", "充值", "insufficient quota"])
}

/// True for a subscription that is expired, missing or inactive. "Subscription key" is a key.
fn has_lapsed(text: &str) -> bool {
    let bought = |stems: &[&str]| subject::subjects(text, stems).contains(&Subject::Plan);
    words::any(text, BOUGHT)
        && (bought(EXPIRED)
            || bought(DISABLED)
            || bought(&[
                "no active",
                "no valid",
                "not found",
                "missing",
                "invalid",
                "required",
                "exhausted",
                "exceeded",
                "不存在",
                "未购买",
                "无效",
                "没有",
                "未订阅",
                "失效",
                "用完",
                "用尽",
                "耗尽",
                "不足",
                "used up",
                "ended",
            ])
            || words::any(
                text,
                &[
                    "no subscription",
                    "not subscribed",
                    "not have an active",
                    "not have a valid",
                    "without an active",
                    "not have a subscription",
                    "未订阅",
                    "没有订阅",
                    "请续费",
                    "需要订阅",
                ],
            ))
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::gateway::classify::tests::{check_json, message};

    #[test]
    fn accounts_are_barred() {
        for text in [
            "User account is not active",
            "用户账户已被禁用。请联系管理员。",
            "帳號已被停權",
            "您的账户已被冻结",
            "API key 所属用户已被禁用",
            "Your account has been suspended",
        ] {
            check_json(403, &message(text), Code::AccountDisabled);
            check_json(401, &message(text), Code::AccountDisabled);
        }
        check_json(401, r#"{"code":"USER_INACTIVE","message":"x y"}"#, Code::AccountDisabled);
    }

    #[test]
    fn money_runs_out_under_any_status() {
        for text in [
            "账户余额不足，请充值",
            "帳戶餘額不足，請儲值",
            "Insufficient account balance",
            "Insufficient credits. Add more using https://example.com/credits",
            "You exceeded your current quota, please check your plan and billing details.",
            "daily usage limit exceeded",
            "已达到每日费用限制 ($10)",
            "api key 5小时限额已用完",
            "No active subscription found for this group",
            "订阅已过期",
            "Subscription expired",
            "今日额度已用完，请明天再试",
            "Key limit exceeded (total limit). Manage it in settings",
            "Out of call volume quota. Quota will be replenished in 08:10:22.",
        ] {
            for status in [401, 402, 403, 429] {
                check_json(status, &message(text), Code::QuotaExhausted);
            }
        }
    }

    #[test]
    fn other_words_of_money_are_not_that() {
        check_json(
            429,
            &message("Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'"),
            Code::RateLimited,
        );
        check_json(503, &message("Billing service temporarily unavailable. Please retry later."), Code::UpstreamError);
        check_json(500, &message("获取令牌额度失败"), Code::UpstreamError);
        check_json(401, &message("Access denied due to invalid subscription key."), Code::KeyRejected);
        check_json(403, &message("Model is not available for your plan"), Code::ModelNotAllowed);
    }
}
