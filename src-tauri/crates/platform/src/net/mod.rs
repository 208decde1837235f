//! The network: one client, made in one place.
//!
//! Redirects are never followed, because a key would go with them; time and size are bounded; this
//! computer itself is always reached without a proxy; certificates are judged by the system.

mod fault;
mod proxy;

use std::sync::Once;
use std::time::Duration;

use airouter_core::address::GatewayUrl;
use airouter_core::check::{AuthScheme, Step, Told};
use airouter_core::gateway::{NetFault, Reply};
use airouter_core::secret::Secret;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

/// Time for name, connection and TLS together.
const CONNECT_LIMIT: Duration = Duration::from_secs(10);
/// Time for a whole request.
const WHOLE_LIMIT: Duration = Duration::from_secs(30);
/// Largest body that is read, in bytes: a list of many thousand models.
const LARGEST_BODY: usize = 10 * 1024 * 1024;
/// Known to every gateway; Anthropic itself requires it.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// A way to one gateway with one key.
#[derive(Clone)]
pub(crate) struct Wire {
    client: Client,
    base: GatewayUrl,
    key: Secret,
}

impl Wire {
    /// A way to this gateway; only this address ever gets the key.
    pub(crate) fn new(base: GatewayUrl, key: Secret) -> Result<Self, NetFault> {
        Ok(Self { client: client(&base)?, base, key })
    }

    /// Makes one request of the check.
    pub(crate) async fn ask(&self, step: &Step) -> Told {
        let start = std::time::Instant::now();
        let reply = match self.request(step) {
            Ok(request) => send(request).await,
            Err(fault) => Err(fault),
        };
        Told { reply, millis: u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX) }
    }

    fn request(&self, step: &Step) -> Result<RequestBuilder, NetFault> {
        let list = || self.client.request(Method::GET, self.base.route("/v1/models?limit=1000"));
        let message = |scheme, body: Value| {
            let request = self.client.request(Method::POST, self.base.route("/v1/messages")).json(&body);
            self.with_key(request, scheme)
        };
        let request = match step {
            Step::Models(scheme) => self.with_key(list(), *scheme)?,
            Step::OpenList => list(),
            Step::Message(scheme, model) => message(*scheme, body(model, 1, json!({})))?,
            Step::Stream(scheme, model) => message(*scheme, body(model, 16, json!({"stream": true})))?,
            Step::Tools(scheme, model) => message(*scheme, body(model, 128, tool()))?,
        };
        Ok(request.header("anthropic-version", ANTHROPIC_VERSION).header(ACCEPT, "application/json"))
    }

    /// Puts the key into exactly one header.
    fn with_key(&self, request: RequestBuilder, scheme: AuthScheme) -> Result<RequestBuilder, NetFault> {
        let (name, text) = match scheme {
            AuthScheme::Bearer => (AUTHORIZATION, format!("Bearer {}", self.key.reveal())),
            AuthScheme::XApiKey => (HeaderName::from_static("x-api-key"), self.key.reveal().to_owned()),
        };
        let mut value = HeaderValue::from_str(&text).map_err(|_| NetFault::BadHeader)?;
        value.set_sensitive(true);
        Ok(request.header(name, value))
    }
}

fn body(model: &str, max_tokens: u32, more: Value) -> Value {
    let mut body = json!({"model": model, "max_tokens": max_tokens, "messages": [{"role": "user", "content": "hi"}]});
    if let (Some(body), Value::Object(more)) = (body.as_object_mut(), more) {
        body.extend(more);
    }
    body
}

/// A tool that the model must call.
fn tool() -> Value {
    json!({
        "tools": [{
            "name": "report_ready",
            "description": "Call this to say that tools work.",
            "input_schema": {"type": "object", "properties": {"ready": {"type": "boolean"}}, "required": ["ready"]}
        }],
        "tool_choice": {"type": "tool", "name": "report_ready"}
    })
}

fn client(base: &GatewayUrl) -> Result<Client, NetFault> {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        // Only fails when one is there already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
    });
    let builder = Client::builder()
        .user_agent(concat!("airouter-setup/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_LIMIT)
        .timeout(WHOLE_LIMIT)
        .https_only(!base.is_loopback())
        .no_proxy();
    let builder = match proxy::from_environment().for_address(base) {
        Some(proxy) => builder.proxy(reqwest::Proxy::all(proxy).map_err(|_| NetFault::ProxyDown)?),
        None => builder,
    };
    builder.build().map_err(|error| {
        tracing::error!(%error, "no client");
        NetFault::Other
    })
}

async fn send(request: RequestBuilder) -> Result<Reply, NetFault> {
    let mut response = request.send().await.map_err(|error| fault::of(&error))?;
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let mut body = Vec::new();
    let mut truncated = false;
    while let Some(chunk) = response.chunk().await.map_err(|error| fault::of(&error))? {
        let room = LARGEST_BODY - body.len();
        body.extend_from_slice(&chunk[..chunk.len().min(room)]);
        if chunk.len() > room {
            truncated = true;
            break;
        }
    }
    Ok(Reply { status, headers, body, truncated })
}
