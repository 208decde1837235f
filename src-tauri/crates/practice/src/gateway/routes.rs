//! The paths of the gateway, and the order in which a request is judged.
//!
//! The order is that of the relays: scripted faults of the line first, then the key, then the request,
//! then the model. A wrong key with a wrong body is told about the key.

use std::sync::Arc;

use axum::Router;
use axum::body::to_bytes;
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderMap, Method, Uri};
use axum::response::Response;
use axum::routing::{get, post};
use serde_json::{Value, json};

use super::auth::{AuthSeen, Credential, credential, seen};
use super::{AcceptedAuth, Fault, Shared, message, models, refusal, stream};

/// A conversation is far smaller; this only bounds a mistake.
const LARGEST_BODY: usize = 8 << 20;

/// Every route; anything else is the home page.
pub(super) fn router(shared: Arc<Shared>) -> Router {
    Router::new()
        .route("/claude/v1/models", get(list))
        .route("/claude/v1/messages", post(messages))
        .route("/claude/v1/messages/count_tokens", post(count))
        .route("/v1/models", get(openai_list))
        .route("/v1/chat/completions", post(completion))
        .route("/v1/messages", post(not_here))
        .fallback(home)
        .method_not_allowed_fallback(home)
        .with_state(shared)
}

/// A request with everything a route asks about; taking one notes it.
struct Asked {
    shared: Arc<Shared>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Value,
}

/// A request whose key passed, and the scenario to play for it.
struct Admitted {
    asked: Asked,
    fault: Fault,
}

impl FromRequest<Arc<Shared>> for Asked {
    type Rejection = Response;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Response> {
        let (head, body) = request.into_parts();
        let bytes = to_bytes(body, LARGEST_BODY).await.map_err(|_| refusal::bad_request("request too large"))?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        let path = head.uri.path_and_query().map_or("/", |path| path.as_str());
        shared.note(seen(head.method.as_str(), path, &head.headers, &body));
        Ok(Self { shared: Arc::clone(shared), method: head.method, uri: head.uri, headers: head.headers, body })
    }
}

impl FromRequest<Arc<Shared>> for Admitted {
    type Rejection = Response;

    async fn from_request(request: Request, shared: &Arc<Shared>) -> Result<Self, Response> {
        let asked = Asked::from_request(request, shared).await?;
        if !shared.options.delay.is_zero() {
            tokio::time::sleep(shared.options.delay).await;
        }
        let mut credential = credential(&asked.headers);
        if credential.seen == AuthSeen::Both && shared.options.accepted_auth == AcceptedAuth::XApiKeyWins {
            let key = asked.headers.get("x-api-key").and_then(|value| value.to_str().ok()).unwrap_or_default();
            credential = Credential { seen: AuthSeen::XApiKey, key };
        }
        let of_key = Fault::of_key(credential.key);
        let fault = shared.fault_for_all().or(of_key).unwrap_or(Fault::Rejected);
        match fault {
            Fault::Hang => super::until(shared.closing.clone()).await,
            Fault::Slow => tokio::time::sleep(shared.options.slow_by).await,
            _ => {}
        }
        if let Some(reply) = refusal::before_the_key(fault) {
            return Err(reply);
        }
        let accepted = match fault {
            Fault::XApiKey => AcceptedAuth::XApiKeyOnly,
            Fault::Bearer => AcceptedAuth::BearerOnly,
            _ => shared.options.accepted_auth,
        };
        if let Some(reply) = wrong_header(credential.seen, accepted) {
            return Err(reply);
        }
        // A fault for all requests does not make an unknown key known.
        let judged = if of_key.is_some() { fault } else { Fault::Rejected };
        match refusal::of_key(judged) {
            Some(reply) => Err(reply),
            None => Ok(Self { asked, fault }),
        }
    }
}

fn wrong_header(seen: AuthSeen, accepted: AcceptedAuth) -> Option<Response> {
    match (seen, accepted) {
        (AuthSeen::Both, _) => Some(refusal::bad_request("send either authorization or x-api-key, not both")),
        (AuthSeen::Bearer, AcceptedAuth::XApiKeyOnly) | (AuthSeen::None | AuthSeen::Other, _) => {
            Some(refusal::no_key())
        }
        (AuthSeen::XApiKey, AcceptedAuth::BearerOnly) => Some(refusal::wants_bearer()),
        (AuthSeen::Bearer | AuthSeen::XApiKey, _) => None,
    }
}

async fn list(Admitted { asked, fault }: Admitted) -> Response {
    if fault == Fault::NoList {
        return refusal::json_reply(
            404,
            json!({ "message": "Route GET:/v1/models not found", "error": "Not Found", "statusCode": 404 }),
        );
    }
    let limit = asked.query("limit").and_then(|limit| limit.parse().ok());
    refusal::json_reply(200, models::anthropic_list(fault, limit, asked.query("after_id").as_deref()))
}

async fn messages(Admitted { asked, fault }: Admitted) -> Response {
    if let Some(reply) = asked.malformed(false) {
        return reply;
    }
    let model = asked.body["model"].as_str().unwrap_or_default();
    if let Some(reply) = refusal::of_message(fault, model) {
        return reply;
    }
    if !models::serves(fault, model) {
        return refusal::no_channel(model);
    }
    let answer = message::answer(&asked.body, fault != Fault::NoTools);
    if asked.body["stream"] == true && fault != Fault::NoStream {
        return stream::reply(&answer, fault).await;
    }
    refusal::json_reply(200, answer.to_json())
}

async fn count(Admitted { asked, .. }: Admitted) -> Response {
    let tokens = asked.body["messages"].to_string().len() / 4 + 1;
    asked.malformed(true).unwrap_or_else(|| refusal::json_reply(200, json!({ "input_tokens": tokens })))
}

/// At the root of the host only Bearer is read: a key sent as `x-api-key` looks wrong there.
async fn openai_list(Admitted { asked, fault }: Admitted) -> Response {
    let misread = credential(&asked.headers).seen == AuthSeen::XApiKey;
    let refused = refusal::of_key(Fault::Rejected).filter(|_| misread);
    refused.unwrap_or_else(|| refusal::json_reply(200, models::openai_list(fault)))
}

async fn completion(Admitted { asked, .. }: Admitted) -> Response {
    let reply = json!({
        "id": "chatcmpl-practice01", "object": "chat.completion", "model": asked.body["model"],
        "choices": [{ "index": 0, "message": { "role": "assistant", "content": "Hi" }, "finish_reason": "stop" }],
        "usage": { "prompt_tokens": 12, "completion_tokens": 1, "total_tokens": 13 },
    });
    refusal::json_reply(200, reply)
}

async fn not_here(Admitted { asked, .. }: Admitted) -> Response {
    refusal::invalid_url(asked.method.as_str(), asked.uri.path())
}

/// No key is looked at here: the page is served to anyone, whatever the method.
async fn home(asked: Asked) -> Response {
    let fault = asked.shared.fault_for_all().unwrap_or(Fault::Ok);
    if fault == Fault::Hang {
        super::until(asked.shared.closing.clone()).await;
    }
    refusal::before_the_key(fault).unwrap_or_else(refusal::home_page)
}

impl Asked {
    fn query(&self, name: &str) -> Option<String> {
        let pairs = url::form_urlencoded::parse(self.uri.query().unwrap_or_default().as_bytes());
        pairs.into_iter().find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
    }

    /// The reply to a request that is itself wrong.
    fn malformed(&self, counting: bool) -> Option<Response> {
        let version = self.headers.get("anthropic-version").and_then(|value| value.to_str().ok());
        if !matches!(version, Some("2023-06-01" | "2026-10-21")) {
            return Some(refusal::bad_request("anthropic-version: header is required"));
        }
        let kind = self.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        if !kind.starts_with("application/json") {
            return Some(refusal::bad_request("content-type: application/json is required"));
        }
        message::check(&self.body, counting).err().map(|fault| refusal::bad_request(fault.text()))
    }
}
