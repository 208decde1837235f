//! Causes in addresses: a refused network address of the caller, an unknown path, an unknown model.

use super::busy;
use crate::finding::Code;
use crate::gateway::case::Case;
use crate::gateway::subject::{self, Subject};
use crate::gateway::words;

/// Words that refuse the caller's network address.
#[rustfmt::skip]
const ADDRESS_REFUSED: &[&str] = &[
    "not allowed", "not permitted", "not authorized", "not in", "denied", "blocked", "forbidden", "restricted",
    "banned", "rejected", "whitelist*", "allowlist*", "not on", "can only be used", "only be used", "outside", "blacklist*", "blocklist*", "unauthorized",
    "not supported", "unsupported", "白名单", "黑名单", "不在", "拒绝", "禁止", "限制", "不允许", "受限",
    "无权", "不支持", "封禁", "未授权", "未被允许", "不被允许", "not available", "unavailable", "not offered",
    "not served", "not serve", "不可用", "不提供", "无法使用", "不能使用", "未开放", "not supported in",
];

/// Words of a router for an unknown path.
#[rustfmt::skip]
const NO_PATH: &[&str] = &[
    "invalid url", "no route*", "no such route", "unknown route", "cannot get", "cannot post",
    "method not allowed", "path not found", "url not found", "endpoint not found", "no matching route",
    "route not found", "unknown endpoint", "unknown path", "page not found", "接口不存在", "路径不存在",
    "路由不存在", "未找到接口", "请求地址不存在", "no handler", "unknown url", "unsupported path",
];

/// Words for an unknown model.
#[rustfmt::skip]
const NO_MODEL: &[&str] = &[
    "not found", "does not exist", "doesn't exist", "not exist", "invalid model", "unknown model",
    "unknown provider for", "unsupported model", "no such", "not a valid model", "not a supported",
    "not a known", "not an available", "not a recognized", "not recognised", "unrecognised", "不是有效", "并非有效", "下架", "model not supported", "not supported",
    "unsupported", "not available", "unavailable", "no endpoints found", "invalid", "unrecognized",
    "not recognized", "unknown", "not configured", "not a valid", "不存在", "未找到", "找不到", "不支持",
    "无效的模型", "无效", "未知", "未配置", "已下线", "不可用", "未开放", "has been retired", "deprecated",
    "not offered", "not registered", "名称错误", "名称不正确", "名称有误",
];

/// The key may be used only from certain network addresses.
pub(in crate::gateway) fn kept_out(case: &Case) -> Option<Code> {
    let is_it = case.or_unknown(400..500)
        && case.status != Some(429)
        && case.signals.one(|text| {
            let names = words::any(
                text,
                &[
                    "ip",
                    "ips",
                    "subnet*",
                    "ip address",
                    "ip地址",
                    "ip 地址",
                    "country",
                    "countries",
                    "region",
                    "regions",
                    "territory",
                    "your location",
                    "your area",
                    "geograph*",
                    "地区",
                    "区域",
                    "国家",
                    "地域",
                    "所在地",
                ],
            );
            names && words::any(text, ADDRESS_REFUSED) && !words::any(text, busy::TOO_MANY)
        });
    let by_list = case.is(&[401, 403])
        && case.signals.any(&["ip whitelist", "ip allowlist", "not whitelisted", "ip白名单", "ip 白名单"]);
    (is_it || by_list).then_some(Code::IpBlocked)
}

/// True when the words are about a country or a region, and not about one network address.
pub(in crate::gateway) fn names_region(case: &Case) -> bool {
    case.signals.any(&["country*", "region*", "territory", "location", "地区", "区域", "国家", "地域"])
}

/// The model does not exist here.
pub(in crate::gateway) fn no_model(case: &Case) -> Option<Code> {
    if !(case.is(&[400, 404, 410, 422, 403, 500, 501, 503]) || case.status.is_none()) {
        return None;
    }
    let is_unknown = case.signals.one(is_unknown_model);
    // `not_found_error` with a message that names a model, such as "model: claude-x".
    let labelled = case.signals.any(&["not found error", "notfounderror", "not found"])
        && case.signals.one(|text| subject::before(text, text.len()).is_some_and(|(who, _)| who == Subject::Model))
        && !case.signals.any(NO_PATH);
    let is_404_like = !case.is(&[403, 500, 501]);
    let no_provider = case.status == Some(404)
        && case.signals.any(&[
            "provider not found",
            "no endpoints found",
            "deployment not found",
            "deploymentnotfound",
        ]);
    (is_unknown || no_provider || (labelled && is_404_like)).then_some(if case.status == Some(503) {
        Code::NoChannel
    } else {
        Code::ModelNotFound
    })
}

/// True when a text says that a model does not exist.
pub(in crate::gateway) fn is_unknown_model(text: &str) -> bool {
    const BAD_VALUE: &[&str] =
        &["不能为空", "未指定", "is required", "cannot be empty", "missing", "must be specified", "未提供"];
    subject::subjects(text, NO_MODEL).contains(&Subject::Model) && !words::any(text, BAD_VALUE)
}

/// Nothing is served at this path.
pub(in crate::gateway) fn wrong_path(case: &Case) -> Option<Code> {
    let by_words = case.is(&[400, 403, 404, 405, 410, 421, 501]) && case.signals.any(NO_PATH)
        || case.status.is_none() && case.signals.any(&["invalid url", "method not allowed", "unexpected endpoint"]);
    (matches!(case.status, Some(404 | 405 | 410)) || by_words).then_some(Code::WrongBaseUrl)
}

#[cfg(test)]
mod tests {
    use crate::finding::Code;
    use crate::gateway::classify::tests::{check_json, message};

    #[test]
    fn addresses_are_kept_out() {
        for text in [
            "IP 203.0.113.7 is not in the whitelist",
            "您的IP不在白名单中",
            "Your IP address is not allowed",
            "當前 IP 無權訪問",
            "Access from this IP is denied",
        ] {
            check_json(403, &message(text), Code::IpBlocked);
        }
        check_json(429, &message("Too many requests from this IP, please try again later"), Code::RateLimited);
    }

    #[test]
    fn paths_are_wrong() {
        for text in [
            "no Route matched with those values",
            "404 Route Not Found",
            "Resource not found",
            "Cannot POST /v1/messages",
            "Not Found",
        ] {
            check_json(404, &message(text), Code::WrongBaseUrl);
        }
        check_json(405, &message("Method Not Allowed"), Code::WrongBaseUrl);
    }

    #[test]
    fn models_are_not_there() {
        for text in [
            "Model claude-x not found",
            "模型 claude-x 不存在",
            "claude-x is not a valid model ID",
            "Unknown model: claude-x",
            "找不到模型 claude-x",
            "unsupported model claude-x",
        ] {
            check_json(404, &message(text), Code::ModelNotFound);
            check_json(400, &message(text), Code::ModelNotFound);
        }
        check_json(404, &message("No endpoints found for anthropic/claude-x."), Code::ModelNotFound);
        check_json(400, &message("model is required"), Code::BadRequest);
    }
}
