//! What a request said about itself, with the key left out from the start.

use axum::http::header::{AUTHORIZATION, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue};
use serde_json::Value;

/// How a request carried its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthSeen {
    /// No key at all.
    None,
    /// `Authorization: Bearer`.
    Bearer,
    /// `x-api-key`.
    XApiKey,
    /// Both headers at once.
    Both,
    /// An `Authorization` header of another scheme.
    Other,
}

/// One request as the gateway saw it. There is no field for the key, so nothing can print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// `GET`, `POST` …
    pub method: String,
    /// Path with its query.
    pub path: String,
    /// How the key came.
    pub auth: AuthSeen,
    /// Whether the header held anything.
    pub has_key: bool,
    /// The model asked for.
    pub model: Option<String>,
    /// Whether a stream was asked for.
    pub stream: bool,
    /// How many tools were offered.
    pub tools: usize,
    /// The client's name for itself.
    pub user_agent: Option<String>,
}

/// The key of a request and the header it came in.
pub(super) struct Credential<'a> {
    pub(super) seen: AuthSeen,
    pub(super) key: &'a str,
}

/// Reads the key; exactly one header counts as one credential.
pub(super) fn credential(headers: &HeaderMap) -> Credential<'_> {
    fn text(value: Option<&HeaderValue>) -> Option<&str> {
        value.and_then(|value| value.to_str().ok())
    }
    let authorization = text(headers.get(AUTHORIZATION));
    let api_key = text(headers.get("x-api-key"));
    match (authorization, api_key) {
        (None, None) => Credential { seen: AuthSeen::None, key: "" },
        (Some(_), Some(_)) => Credential { seen: AuthSeen::Both, key: "" },
        (None, Some(key)) => Credential { seen: AuthSeen::XApiKey, key },
        (Some(value), None) => match value.split_once(' ') {
            Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Credential { seen: AuthSeen::Bearer, key },
            _ => Credential { seen: AuthSeen::Other, key: "" },
        },
    }
}

/// Notes a request.
pub(super) fn seen(method: &str, path: &str, headers: &HeaderMap, body: &Value) -> Seen {
    let credential = credential(headers);
    let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
    Seen {
        method: method.into(),
        path: path.into(),
        auth: credential.seen,
        has_key: !credential.key.is_empty(),
        model: body["model"].as_str().map(str::to_owned),
        stream: body["stream"] == true,
        tools: body["tools"].as_array().map_or(0, Vec::len),
        user_agent: agent.map(str::to_owned),
    }
}
