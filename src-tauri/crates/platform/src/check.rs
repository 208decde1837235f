//! The live check: asks what `core::check::CheckFlow` wants to know, one thing at a time, and can be stopped at
//! any moment.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use airouter_core::address::GatewayUrl;
use airouter_core::check::{
    AuthScheme, CheckFlow, CheckReport, Kind, Lamp, Question, Reach, Step, TimedReply, judge_trial,
};
use airouter_core::claude::version::Version;
use airouter_core::finding::Finding;
use airouter_core::proxy::{Proxy, secrets_in};
use airouter_core::secret::{Redactor, Secret};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::net::{Options, Wire, choose_proxy};

/// How long a check that is over waits for the walk beside it, so that its times can be told.
const GRACE: Duration = Duration::from_millis(300);

/// What is to be checked.
#[derive(Clone)]
pub struct Wanted {
    /// The address.
    pub base: GatewayUrl,
    /// The key.
    pub key: Secret,
    /// How to send the key; nothing means: find out.
    pub scheme: Option<AuthScheme>,
    /// Ids that the person named.
    pub models: Vec<String>,
    /// The installed Claude.
    pub claude: Option<Version>,
    /// The proxy that the person typed; nothing means the system's.
    pub proxy: Option<String>,
}

impl std::fmt::Debug for Wanted {
    /// A proxy's address may hold a password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Wanted").field("base", &self.base).field("models", &self.models).finish_non_exhaustive()
    }
}

/// What everything that leaves the check goes through: it knows what was sent.
struct Exit {
    secrets: Mutex<Vec<Secret>>,
    base: GatewayUrl,
}

impl Exit {
    fn new(key: &Secret, typed: Option<&str>, base: &GatewayUrl) -> Self {
        let mut secrets = typed.map(secrets_in).unwrap_or_default();
        secrets.push(key.clone());
        Self { secrets: Mutex::new(secrets), base: base.clone() }
    }

    /// Notes the login of the proxy that was chosen.
    fn note(&self, proxy: Option<&Proxy>) {
        let secrets = proxy.map(Proxy::secrets).unwrap_or_default();
        self.secrets.lock().unwrap_or_else(PoisonError::into_inner).extend(secrets);
    }

    fn redactor(&self) -> Redactor {
        Redactor::new(&*self.secrets.lock().unwrap_or_else(PoisonError::into_inner)).sparing(self.base.as_str())
    }
}

/// What comes in while the check is under way.
enum Heard {
    Reply(Step, TimedReply),
    Reach(Reach),
}

/// Runs the check. `on_lamp` is told of every lamp that changes; `stop` turning true ends it at once.
pub async fn check(wanted: Wanted, stop: watch::Receiver<bool>, on_lamp: impl FnMut(&Lamp)) -> CheckReport {
    check_with(wanted, Options::default(), stop, on_lamp).await
}

/// The same over a network with other limits, names or certificates than this computer's.
///
/// Replies are judged as they came; no lamp and no report that leaves here holds what was sent, in any form.
pub async fn check_with(
    wanted: Wanted,
    options: Options,
    stop: watch::Receiver<bool>,
    mut on_lamp: impl FnMut(&Lamp),
) -> CheckReport {
    let exit = Exit::new(&wanted.key, wanted.proxy.as_deref(), &wanted.base);
    let report = run_flow(wanted, options, stop, &exit, |lamp| {
        on_lamp(&lamp.clone().redacted(&exit.redactor()));
    });
    report.await.redacted(&exit.redactor())
}

async fn run_flow(
    wanted: Wanted,
    options: Options,
    mut stop: watch::Receiver<bool>,
    exit: &Exit,
    mut on_lamp: impl FnMut(&Lamp),
) -> CheckReport {
    let mut flow = CheckFlow::new(wanted.base.clone(), wanted.scheme, wanted.models, wanted.claude);
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
    // A sender that is gone can stop nothing any more.
    let choice = tokio::select! {
        Ok(_) = stop.wait_for(|stop| *stop) => None,
        choice = choose_proxy(&wanted.base, wanted.proxy.as_deref(), &options) => Some(choice),
    };
    let wire = choice.map(|choice| {
        let choice = choice?;
        exit.note(choice.proxy.as_ref());
        let warning = choice.warning();
        Ok((Wire::new(wanted.base, wanted.key, choice.proxy, options)?, warning))
    });
    let wire = match wire {
        Some(Ok((wire, warning))) => {
            flow.note_proxy(warning);
            wire
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
    let mut asking: JoinSet<Heard> = JoinSet::new();
    let walker = wire.clone();
    asking.spawn(async move { Heard::Reach(walker.walk().await) });
    let mut is_walking = true;
    let mut held: Vec<(Step, TimedReply)> = Vec::new();
    while !flow.is_over() {
        for step in flow.take_ready() {
            let wire = wire.clone();
            asking.spawn(async move {
                let told = wire.ask(&step).await;
                Heard::Reply(step, told)
            });
        }
        tokio::select! {
            Ok(_) = stop.wait_for(|stop| *stop) => flow.cancel(),
            Some(joined) = asking.join_next() => match joined {
                Ok(Heard::Reply(step, told)) if flow.waits_for_reach(&told) => held.push((step, told)),
                Ok(Heard::Reply(step, told)) => flow.on_reply(step, told),
                Ok(Heard::Reach(reach)) => {
                    is_walking = false;
                    flow.on_reach(reach);
                    for (step, told) in held.drain(..) {
                        flow.on_reply(step, told);
                    }
                }
                Err(_) => flow.cancel(),
            },
            () = &mut whole => flow.time_out(),
            else => flow.cancel(),
        }
        show(&flow);
    }
    // A check that was cut short has requests left, and those are not waited for.
    if is_walking
        && asking.len() == 1
        && let Ok(Some(Ok(Heard::Reach(reach)))) = timeout(GRACE, asking.join_next()).await
    {
        flow.on_reach(reach);
    }
    flow.report()
}

/// The same from a program without an asynchronous runtime of its own.
pub fn check_and_wait(wanted: Wanted) -> CheckReport {
    let base = wanted.base.clone();
    let scheme = wanted.scheme;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let (_stop, never) = watch::channel(false);
            let report = runtime.block_on(check(wanted, never, |_| {}));
            // A name that is still being looked up must not hold the program back.
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

/// Walks to another place as far as its encryption, without asking it anything, and says why it cannot be
/// reached; from a program without an asynchronous runtime of its own.
pub fn reach_and_wait(place: &GatewayUrl, limit: Duration) -> Option<Finding> {
    let mut options = Options::default();
    options.limits.name = limit;
    options.limits.connect = limit;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
    let reach = runtime.block_on(async {
        let choice = choose_proxy(place, None, &options).await?;
        // No key goes along: there is none.
        Ok(Wire::new(place.clone(), Secret::new(String::new()), choice.proxy, options)?.walk().await)
    });
    runtime.shutdown_background();
    match reach {
        Ok(reach) => reach.trouble.map(|trouble| trouble.finding()),
        Err(finding) => Some(finding),
    }
}

/// Tries one model with a one-token message, through the proxy that the person typed or the system's.
/// Nothing means that it answers.
pub async fn try_model(
    base: GatewayUrl,
    key: Secret,
    scheme: AuthScheme,
    id: &str,
    proxy: Option<&str>,
) -> Option<Finding> {
    let options = Options::default();
    let exit = Exit::new(&key, proxy, &base);
    let wire = match choose_proxy(&base, proxy, &options).await {
        Ok(choice) => {
            exit.note(choice.proxy.as_ref());
            Wire::new(base.clone(), key, choice.proxy, options)
        }
        Err(finding) => Err(finding),
    };
    let finding = match wire {
        Ok(wire) => {
            let told = wire.ask(&Step::Ask(Box::new(Question::new(scheme, id, Kind::Tiny)))).await;
            let reach = if told.reply.is_err() { wire.walk().await } else { Reach::default() };
            judge_trial(&told, &reach, base.host())
        }
        Err(finding) => Some(finding),
    };
    finding.map(|finding| finding.with("model", id).redacted(&exit.redactor()))
}
