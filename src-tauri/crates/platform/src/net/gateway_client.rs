//! Makes the requests of the check: one client for one gateway, with the key in one header.

use std::time::{Duration, Instant};

use airouter_core::address::GatewayUrl;
use airouter_core::check::{AuthScheme, RouteProbe, Step, TimedReply};
use airouter_core::finding::{Code, Finding};
use airouter_core::gateway::NetFault;
use airouter_core::proxy::Proxy;
use airouter_core::secret::Secret;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, HeaderName, HeaderValue};
use reqwest::{Client, Method, RequestBuilder};

use super::options::Options;
use super::{USER_AGENT, probe, receive, tls};

/// Maximum number of header fields of a reply, and of their bytes over HTTP/2. Over HTTP/1 reqwest limits the
/// bytes itself, to about 400 KiB. Claude's client accepts more than a hundred fields (obs).
const MOST_FIELDS: usize = 256;
const LARGEST_HEAD: u32 = 64 * 1024;
/// The `Accept-Encoding` of Claude's client (obs).
const ENCODINGS: &str = "gzip, deflate, br, zstd";
/// Every gateway knows it; Anthropic's own API requires it.
const ANTHROPIC_VERSION: &str = "2023-06-01";

/// A client for one gateway with one key.
#[derive(Clone)]
pub(crate) struct GatewayClient {
    client: Client,
    base: GatewayUrl,
    key: Secret,
    proxy: Option<Proxy>,
    options: Options,
}

impl GatewayClient {
    /// Makes a client for this gateway, through the proxy if there is one. Only this address gets the key.
    ///
    /// # Errors
    /// `ProxyInvalid`, or `Crashed` if the HTTP client cannot be made.
    pub(crate) fn new(base: GatewayUrl, key: Secret, proxy: Option<Proxy>, options: Options) -> Result<Self, Finding> {
        Ok(Self { client: http_client(&base, proxy.as_ref(), &options)?, base, key, proxy, options })
    }

    /// Probes the route to the gateway without making a request.
    pub(crate) async fn probe(&self) -> RouteProbe {
        probe::run(&self.base, self.proxy.as_ref(), &self.options).await
    }

    /// Makes one request of the check, after the pause that it needs.
    pub(crate) async fn ask(&self, step: &Step) -> TimedReply {
        self.pause(step).await;
        let start = Instant::now();
        let is_stream = matches!(step, Step::Ask(question) if question.stream);
        let reply = match self.request(step) {
            Ok(request) => receive::send(request, is_stream, self.options.limits.request).await,
            Err(fault) => Err(fault),
        };
        TimedReply { reply, millis: u32::try_from(start.elapsed().as_millis()).unwrap_or(u32::MAX) }
    }

    async fn pause(&self, step: &Step) {
        let Step::Ask(question) = step else { return };
        let limits = &self.options.limits;
        let gap = match (question.tries, question.wait) {
            (0, _) => return,
            (_, Some(seconds)) => Duration::from_secs(seconds.into()).min(limits.longest_wait),
            (1, None) => limits.gaps[0],
            (_, None) => limits.gaps[1],
        };
        tokio::time::sleep(gap).await;
    }

    fn request(&self, step: &Step) -> Result<RequestBuilder, NetFault> {
        let list = || self.client.request(Method::GET, self.base.route("/v1/models?limit=1000"));
        let request = match step {
            Step::Models(scheme) => self.with_key(list(), *scheme)?,
            Step::OpenList => list(),
            Step::Ask(question) => {
                let request = self.client.request(Method::POST, self.base.route(question.route()));
                let request = request.header(CONTENT_TYPE, "application/json").body(question.body());
                let request = match question.betas() {
                    Some(betas) => request.header("anthropic-beta", betas),
                    None => request,
                };
                self.with_key(request, question.scheme)?
            }
        };
        let request = request.header("anthropic-version", ANTHROPIC_VERSION).header(ACCEPT, "application/json");
        Ok(request.header(ACCEPT_ENCODING, ENCODINGS))
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

fn http_client(base: &GatewayUrl, proxy: Option<&Proxy>, options: &Options) -> Result<Client, Finding> {
    let no_client = |error: &dyn std::error::Error| {
        tracing::error!(%error, "no client");
        Finding::new(Code::Crashed).with("reason", "no client")
    };
    let mut encryption = tls::config(options, &tls::PeerCertificates::default()).map_err(|error| no_client(&error))?;
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
