//! The live check: makes the requests that `core::check::CheckFlow` asks for, one at a time, and can be cancelled
//! at any moment.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use airouter_core::address::GatewayUrl;
use airouter_core::check::{
    AuthScheme, CheckFlow, CheckReport, Kind, Lamp, Question, RouteProbe, Step, TimedReply, judge_trial,
};
use airouter_core::claude::version::Version;
use airouter_core::finding::Finding;
use airouter_core::proxy::{Proxy, secrets_in};
use airouter_core::secret::{Redactor, Secret};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::net::{GatewayClient, Options, choose_proxy};

/// How long a finished check waits for the network probe that runs beside it, to report the probe's times.
const GRACE: Duration = Duration::from_millis(300);

/// What is to be checked.
#[derive(Clone)]
pub struct CheckRequest {
    /// The gateway's address.
    pub base: GatewayUrl,
    /// The key.
    pub key: Secret,
    /// The header to send the key in; `None` to find out.
    pub scheme: Option<AuthScheme>,
    /// Model ids that the person named.
    pub models: Vec<String>,
    /// The version of the installed Claude.
    pub claude: Option<Version>,
    /// The proxy that the person typed; `None` for the system's.
    pub proxy: Option<String>,
}

impl std::fmt::Debug for CheckRequest {
    /// Leaves out the key and the proxy, whose address may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("CheckRequest").field("base", &self.base).field("models", &self.models).finish_non_exhaustive()
    }
}

/// The secrets that the check sent. Everything that leaves the check is redacted with them.
struct SecretFilter {
    secrets: Mutex<Vec<Secret>>,
    base: GatewayUrl,
}

impl SecretFilter {
    fn new(key: &Secret, typed: Option<&str>, base: &GatewayUrl) -> Self {
        let mut secrets = typed.map(secrets_in).unwrap_or_default();
        secrets.push(key.clone());
        Self { secrets: Mutex::new(secrets), base: base.clone() }
    }

    /// Adds the login of the proxy that was chosen.
    fn add_proxy(&self, proxy: Option<&Proxy>) {
        let secrets = proxy.map(Proxy::secrets).unwrap_or_default();
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).extend(secrets);
    }

    fn redactor(&self) -> Redactor {
        Redactor::new(&*self.secrets.lock().unwrap_or_else(PoisonError::into_inner)).sparing(self.base.as_str())
    }
}

/// A result that arrives while the check is running.
enum Event {
    Reply(Step, TimedReply),
    RouteProbe(RouteProbe),
}

/// Runs the check. `on_lamp` is called for every lamp that changes; the check is cancelled as soon as `stop` becomes
/// true. All failures are findings of the report.
pub async fn check(request: CheckRequest, stop: watch::Receiver<bool>, on_lamp: impl FnMut(&Lamp)) -> CheckReport {
    check_with(request, Options::default(), stop, on_lamp).await
}

/// Like [`check`], with other limits, names or certificates than this computer's.
///
/// Replies are judged unredacted; lamps and the report are redacted, so that no secret that was sent is in them in
/// any form.
pub async fn check_with(
    request: CheckRequest,
    options: Options,
    stop: watch::Receiver<bool>,
    mut on_lamp: impl FnMut(&Lamp),
) -> CheckReport {
    let filter = SecretFilter::new(&request.key, request.proxy.as_deref(), &request.base);
    let report = run_flow(request, options, stop, &filter, |lamp| {
        on_lamp(&lamp.clone().redacted(&filter.redactor()));
    });
    report.await.redacted(&filter.redactor())
}

async fn run_flow(
    request: CheckRequest,
    options: Options,
    mut stop: watch::Receiver<bool>,
    filter: &SecretFilter,
    mut on_lamp: impl FnMut(&Lamp),
) -> CheckReport {
    let mut flow = CheckFlow::new(request.base.clone(), request.scheme, request.models, request.claude);
    let mut shown: Vec<Lamp> = Vec::new();
    let mut show = |flow: &CheckFlow| {
        for (index, lamp) in flow.lamps().iter().enumerate() {
            if shown.get(index) != Some(lamp) {
                on_lamp(lamp);
            }
        }
        shown = flow.lamps().to_vec();
    };
    show(&flow);

    let whole = sleep(options.limits.whole);
    tokio::pin!(whole);
    // If the sender of `stop` is gone, the check can no longer be cancelled.
    let choice = tokio::select! {
        Ok(_) = stop.wait_for(|stop| *stop) => None,
        choice = choose_proxy(&request.base, request.proxy.as_deref(), &options) => Some(choice),
    };
    let client = choice.map(|choice| {
        let choice = choice?;
        filter.add_proxy(choice.proxy.as_ref());
        let warning = choice.warning();
        Ok((GatewayClient::new(request.base, request.key, choice.proxy, options)?, warning))
    });
    let client = match client {
        Some(Ok((client, warning))) => {
            flow.note_proxy(warning);
            client
        }
        Some(Err(finding)) => {
            flow.refuse(finding);
            show(&flow);
            return flow.report();
        }
        None => {
            flow.cancel();
            show(&flow);
            return flow.report();
        }
    };
    let mut asking: JoinSet<Event> = JoinSet::new();
    let prober = client.clone();
    asking.spawn(async move { Event::RouteProbe(prober.probe().await) });
    let mut is_probing = true;
    let mut waiting: Vec<(Step, TimedReply)> = Vec::new();
    while !flow.is_over() {
        for step in flow.take_ready() {
            let client = client.clone();
            asking.spawn(async move {
                let reply = client.ask(&step).await;
                Event::Reply(step, reply)
            });
        }
        tokio::select! {
            Ok(_) = stop.wait_for(|stop| *stop) => flow.cancel(),
            Some(joined) = asking.join_next() => match joined {
                Ok(Event::Reply(step, reply)) if flow.waits_for_route_probe(&reply) => waiting.push((step, reply)),
                Ok(Event::Reply(step, reply)) => flow.on_reply(step, reply),
                Ok(Event::RouteProbe(reach)) => {
                    is_probing = false;
                    flow.on_route_probe(reach);
                    for (step, reply) in waiting.drain(..) {
                        flow.on_reply(step, reply);
                    }
                }
                Err(_) => flow.cancel(),
            },
            () = &mut whole => flow.time_out(),
            else => flow.cancel(),
        }
        show(&flow);
    }
    // A cancelled check may have requests under way; only the probe is waited for.
    if is_probing
        && asking.len() == 1
        && let Ok(Some(Ok(Event::RouteProbe(reach)))) = timeout(GRACE, asking.join_next()).await
    {
        flow.on_route_probe(reach);
    }
    flow.report()
}

/// Like [`check`], for a program without an asynchronous runtime. Blocks; cannot be cancelled.
pub fn check_and_wait(request: CheckRequest) -> CheckReport {
    let base = request.base.clone();
    let scheme = request.scheme;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let (_stop, never) = watch::channel(false);
            let report = runtime.block_on(check(request, never, |_| {}));
            // Do not wait for a name lookup that is still running.
            runtime.shutdown_background();
            report
        }
        Err(_) => {
            let mut flow = CheckFlow::new(base, scheme, Vec::new(), None);
            flow.cancel();
            flow.report()
        }
    }
}

/// Probes another address up to its TLS handshake, without making a request. Returns why it cannot be reached, or
/// `None` if it can. `limit` bounds the name lookup and the connection. Blocks; needs no asynchronous runtime.
pub fn reach_and_wait(place: &GatewayUrl, limit: Duration) -> Option<Finding> {
    let mut options = Options::default();
    options.limits.name = limit;
    options.limits.connect = limit;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let reach = runtime.block_on(async {
        let choice = choose_proxy(place, None, &options).await?;
        // An empty key: no request is made.
        Ok(GatewayClient::new(place.clone(), Secret::new(String::new()), choice.proxy, options)?.probe().await)
    });
    runtime.shutdown_background();
    match reach {
        Ok(reach) => reach.failure.map(|failure| failure.finding()),
        Err(finding) => Some(finding),
    }
}

/// Tries one model with a one-token message, through the proxy that the person typed or the system's. Returns why
/// it failed, or `None` if the model answered.
pub async fn try_model(
    base: GatewayUrl,
    key: Secret,
    scheme: AuthScheme,
    id: &str,
    proxy: Option<&str>,
) -> Option<Finding> {
    let options = Options::default();
    let filter = SecretFilter::new(&key, proxy, &base);
    let client = match choose_proxy(&base, proxy, &options).await {
        Ok(choice) => {
            filter.add_proxy(choice.proxy.as_ref());
            GatewayClient::new(base.clone(), key, choice.proxy, options)
        }
        Err(finding) => Err(finding),
    };
    let finding = match client {
        Ok(client) => {
            let reply = client.ask(&Step::Ask(Box::new(Question::new(scheme, id, Kind::Tiny)))).await;
            let reach = if reply.reply.is_err() { client.probe().await } else { RouteProbe::default() };
            judge_trial(&reply, &reach, base.host())
        }
        Err(finding) => Some(finding),
    };
    finding.map(|finding| finding.with("model", id).redacted(&filter.redactor()))
}
