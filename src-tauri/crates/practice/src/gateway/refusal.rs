//! The refusals, each in the exact shape of the relay it was taken from.
//!
//! The words matter less than the envelope: one-hub states the true cause only in the outer `type`,
//! new-api answers a used-up balance with 403, and a 401 may be about the relay's own key upstream.

use axum::Json;
use axum::http::header::{CONTENT_TYPE, HeaderName, LOCATION, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::Fault;

const HOME_PAGE: &str = "<!doctype html>\n<html lang=\"zh\"><head><meta charset=\"utf-8\"><title>练习网关</title></head>\
     <body><div id=\"root\">You need to enable JavaScript to run this app.</div></body></html>\n";

/// The home page, which relays serve with 200 for every path they do not route.
pub(super) fn home_page() -> Response {
    ([(CONTENT_TYPE, "text/html; charset=utf-8")], HOME_PAGE).into_response()
}

/// The reply of a scenario that never reaches the key; `None` where the key is looked at.
pub(super) fn before_the_key(fault: Fault) -> Option<Response> {
    match fault {
        Fault::Html => Some(home_page()),
        Fault::Redirect => Some(moved("https://gateway.practice.invalid/claude/v1/models")),
        Fault::Captive => Some(moved("http://portal.practice.invalid/login?from=http%3A%2F%2F127.0.0.1%2F")),
        _ => None,
    }
}

/// The reply of a scenario that refuses the key everywhere.
pub(super) fn of_key(fault: Fault) -> Option<Response> {
    let new_api = |text, code| relay(401, "new_api_error", code, text);
    match fault {
        Fault::Rejected => Some(new_api("无效的令牌", "")),
        Fault::Expired => Some(relay(401, "one_hub_error", "", "令牌已过期")),
        Fault::Disabled => Some(relay(401, "one_hub_error", "", "令牌状态不可用")),
        Fault::Banned => Some(relay(403, "new_api_error", "", "用户已被封禁")),
        Fault::Ip => Some(relay(403, "new_api_error", "access_denied", "您的 IP 不在令牌允许访问的列表中")),
        Fault::Group => Some(relay(403, "new_api_error", "access_denied", "无权访问 claude 分组")),
        Fault::BadlyShaped => Some(json_reply(200, json!({ "success": true, "message": "", "data": "ok" }))),
        _ => None,
    }
}

/// The reply of a scenario that refuses only messages.
pub(super) fn of_message(fault: Fault, model: &str) -> Option<Response> {
    match fault {
        Fault::NoBalance => Some(claude(403, "error", "new_api_error", "用户额度不足, 剩余额度: ＄0.000000 额度")),
        Fault::NoBalance429 => {
            Some(claude(429, "insufficient_user_quota", "system_error", "上游负载已饱和，请稍后再试"))
        }
        Fault::Payment => Some(claude(402, "insufficient_user_quota", "one_hub_error", "user quota is not enough")),
        Fault::Model => Some(relay(403, "new_api_error", "", &format!("该令牌无权访问模型 {model}"))),
        Fault::NoChannel => Some(no_channel(model)),
        Fault::Overloaded => Some(claude(529, "error", "overloaded_error", "Overloaded")),
        Fault::RateLimited => {
            let mut response = relay(429, "new_api_error", "", "您已达到请求数限制：1分钟内最多请求20次");
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("27"));
            Some(response)
        }
        Fault::Upstream => Some(claude(401, "error", "authentication_error", "invalid x-api-key")),
        _ => None,
    }
}

/// The key came in no header, or in one that this gateway does not read.
pub(super) fn no_key() -> Response {
    relay(401, "new_api_error", "", "未提供令牌")
}

/// The key came as `x-api-key` to a gateway that wants Bearer (keyway-router).
pub(super) fn wants_bearer() -> Response {
    json_reply(401, json!({ "detail": "Missing or invalid Authorization header. Use 'Bearer sk-...'." }))
}

/// Nothing serves this model.
pub(super) fn no_channel(model: &str) -> Response {
    relay(503, "new_api_error", "model_not_found", &format!("分组 default 下模型 {model} 无可用渠道（distributor）"))
}

/// The path exists for another protocol only.
pub(super) fn invalid_url(method: &str, path: &str) -> Response {
    relay(404, "invalid_request_error", "", &format!("Invalid URL ({method} {path})"))
}

/// The request itself is wrong.
pub(super) fn bad_request(text: &str) -> Response {
    claude(400, "error", "invalid_request_error", text)
}

/// JSON with a status, marked as coming from a relay.
pub(super) fn json_reply(status: u16, body: Value) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, [(HeaderName::from_static("x-oneapi-request-id"), REQUEST_ID)], Json(body)).into_response()
}

/// One fixed id: a reply must not differ between two runs.
const REQUEST_ID: &str = "20260609100105619137295UACPyLo0";

/// The envelope of the relays' own middleware.
fn relay(status: u16, kind: &str, code: &str, text: &str) -> Response {
    let message = format!("{text} (request id: {REQUEST_ID})");
    json_reply(status, json!({ "error": { "message": message, "type": kind, "code": code } }))
}

/// The envelope of replies that are meant to look like Anthropic's; one-hub adds no id to these.
fn claude(status: u16, outer: &str, kind: &str, text: &str) -> Response {
    json_reply(status, json!({ "type": outer, "error": { "type": kind, "message": text } }))
}

fn moved(to: &'static str) -> Response {
    (StatusCode::FOUND, [(LOCATION, to)]).into_response()
}
