//! The JSON envelopes that gateways put their errors into.
//!
//! Which fields hold a label, a message for people, a status or the reply of an upstream; how JSON shows
//! that it is an error; and where a sentence quotes another reply.

use serde_json::Value;

/// True for names of fields that hold a label.
pub(super) fn says_why(name: &str) -> bool {
    matches!(
        name,
        "type"
            | "code"
            | "status"
            | "error_code"
            | "errorcode"
            | "error_type"
            | "errortype"
            | "kind"
            | "reason"
            | "errcode"
    )
}

/// True for names of fields that hold a message for people.
pub(super) fn says_what(name: &str) -> bool {
    matches!(
        name,
        "error"
            | "errors"
            | "message"
            | "messages"
            | "msg"
            | "detail"
            | "details"
            | "description"
            | "title"
            | "info"
            | "hint"
            | "error_message"
            | "errormessage"
            | "error_msg"
            | "errmsg"
            | "error_description"
            | "cause"
            | "reason_text"
            | "status_msg"
    )
}

/// True for names of fields whose content comes from an upstream.
pub(super) fn is_quoting(name: &str) -> bool {
    matches!(
        name,
        "raw"
            | "raw_error"
            | "upstream_error"
            | "upstream_body"
            | "upstream_response"
            | "provider_error"
            | "provider_response"
            | "original_error"
            | "upstream"
    )
}

/// True for names of fields that hold a status.
pub(super) fn names_status(name: &str) -> bool {
    matches!(
        name,
        "code" | "status" | "status_code" | "statuscode" | "error_code" | "errcode" | "http_status" | "httpstatus"
    )
}

/// True when JSON is by its form an error, so that a 200 around it does not count.
pub(super) fn says_error(value: &Value) -> bool {
    let Value::Object(object) = value else { return false };
    let has_text = |name: &str| match object.get(name) {
        None | Some(Value::Null) | Some(Value::Bool(false)) => false,
        Some(Value::String(text)) => !text.is_empty(),
        Some(Value::Array(items)) => !items.is_empty(),
        Some(Value::Object(fields)) => !fields.is_empty(),
        Some(_) => true,
    };
    let is_false = |name: &str| object.get(name) == Some(&Value::Bool(false));
    let failing_code = ["code", "status", "statusCode", "status_code", "errcode"]
        .iter()
        .filter_map(|name| object.get(*name)?.as_i64())
        .any(|code| !(code == 0 || (200..300).contains(&code)));
    let has_message = has_text("message") || has_text("msg") || has_text("errmsg") || has_text("detail");
    has_text("error")
        || has_text("errors")
        || is_false("success")
        || is_false("ok")
        || object.get("type").and_then(Value::as_str) == Some("error")
        || matches!(object.get("status").and_then(Value::as_str), Some("error" | "fail" | "failed" | "failure"))
        || (failing_code && has_message)
        || (object.len() == 1 && has_text("detail"))
        // MiniMax: the result of the call stands beside the answer.
        || object.get("base_resp").and_then(|outcome| outcome.get("status_code")?.as_i64()).is_some_and(|code| code != 0)
}

/// Splits a sentence that quotes a JSON reply: its own words, and the first quoted reply.
pub(super) fn quotation(text: &str) -> Option<(String, Value)> {
    let mut from = 0;
    for _ in 0..4 {
        let start = from + text.get(from..)?.find('{')?;
        let mut values = serde_json::Deserializer::from_str(&text[start..]).into_iter::<Value>();
        if let Some(Ok(Value::Object(object))) = values.next() {
            let is_reply =
                ["error", "message", "msg", "detail", "code", "type"].iter().any(|name| object.contains_key(*name));
            if is_reply {
                let end = start + values.byte_offset();
                return Some((format!("{} {}", &text[..start], &text[end..]), Value::Object(object)));
            }
        }
        from = start + 1;
    }
    None
}

/// The text without `(request id: …)`, with which gateways of the One API family end every message.
pub(super) fn without_request_id(text: &str) -> String {
    let Some(start) = text.find("(request id:").or_else(|| text.find("(Request ID:")) else { return text.to_owned() };
    let end = text[start..].find(')').map_or(text.len(), |length| start + length + 1);
    format!("{}{}", &text[..start], &text[end..])
}
