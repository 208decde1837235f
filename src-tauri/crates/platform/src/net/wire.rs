//! The requests of the check: one client for one gateway, one header with the key.

use std::time::{Duration, Instant};

use airouter_core::address::GatewayUrl;
use airouter_core::check::{AuthScheme, Reach, Step, Told};
use airouter_core::finding::{Code, Finding};
use airouter_core::gateway::{NetFault, Reply};
use airouter_core::proxy::Proxy;
use airouter_core::secret::Secret;
use reqwest::header::{ACCEPT, AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

use super::options::Options;
use super::{USER_AGENT, fault, probe, tls};

/// Largest body that is read, in bytes: a list of many thousand models.
const LARGEST_BODY: usize = 10 * 1024 * 1024;
/// Most header fields of a reply, and the most bytes of them over HTTP/2. Over HTTP/1 the client bounds
/// the bytes itself, at about 400 KiB.
const MOST_FIELDS: usize = 100;
const LARGEST_HEAD: u32 = 64 * 1024;
/// Known to every gateway; Anthropic itself requires it.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// A way to one gateway with one key.
#[derive(Clone)]
pub(crate) struct Wire {
    client: Client,
    base: GatewayUrl,
    key: Secret,
    proxy: Option<Proxy>,
    options: Options,
}

impl Wire {
    /// A way to this gateway, through the proxy if there is one; only this address ever gets the key.
    pub(crate) fn new(base: GatewayUrl, key: Secret, proxy: Option<Proxy>, options: Options) -> Result<Self, Finding> {
        Ok(Self { client: client(&base, proxy.as_ref(), &options)?, base, key, proxy, options })
    }

    /// Walks to the gateway without asking anything.
    pub(crate) async fn walk(&self) -> Reach {
        probe::walk(&self.base, self.proxy.as_ref(), &self.options).await
    }

    /// Makes one request of the check.
    pub(crate) async fn ask(&self, step: &Step) -> Told {
        let start = Instant::now();
        let reply = match self.request(step) {
            Ok(request) => send(request, self.options.limits.request).await,
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

fn client(base: &GatewayUrl, proxy: Option<&Proxy>, options: &Options) -> Result<Client, Finding> {
    let no_client = |error: &dyn std::error::Error| {
        tracing::error!(%error, "no client");
        Finding::new(Code::Crashed).with("reason", "no client")
    };
    let mut encryption = tls::config(options, &tls::Shown::default()).map_err(|error| no_client(&error))?;
    encryption.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(options.limits.connect)
        .timeout(options.limits.request)
        .http1_max_headers(MOST_FIELDS)
        .http2_max_header_list_size(LARGEST_HEAD)
        .https_only(base.is_encrypted())
        .dns_resolver(options.names.clone())
        .tls_backend_preconfigured(encryption)
        .no_proxy();
    if let Some(proxy) = proxy {
        let unusable = |_| Finding::new(Code::ProxyInvalid).with("proxy", proxy.shown());
        builder = builder.proxy(reqwest::Proxy::all(proxy.url().reveal()).map_err(unusable)?);
    }
    builder.build().map_err(|error| no_client(&error))
}

/// The client has limits of its own; this one holds whatever it does.
async fn send(request: RequestBuilder, limit: Duration) -> Result<Reply, NetFault> {
    tokio::time::timeout(limit, receive(request)).await.unwrap_or(Err(NetFault::ReadTimeout))
}

async fn receive(request: RequestBuilder) -> Result<Reply, NetFault> {
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
