//! The live check: asks what `core::check::Road` wants to know, as many things at once as it allows,
//! and can be stopped at any moment.

use airouter_core::address::GatewayUrl;
use airouter_core::check::{AuthScheme, CheckReport, Lamp, Road, Step, judge_trial};
use airouter_core::claude::version::Version;
use airouter_core::finding::{Code, Finding};
use airouter_core::secret::Secret;
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::net::Wire;

/// What is to be checked.
#[derive(Debug, Clone)]
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
}

/// Runs the check. `on_lamp` is told of every lamp that changes; `stop` turning true ends it at once.
pub async fn check(wanted: Wanted, mut stop: watch::Receiver<bool>, mut on_lamp: impl FnMut(&Lamp)) -> CheckReport {
    let mut road = Road::new(wanted.base.clone(), wanted.scheme, wanted.models, wanted.claude);
    let mut shown: Vec<Lamp> = Vec::new();
    let mut show = |road: &Road| {
        for (index, lamp) in road.lamps().iter().enumerate() {
            if shown.get(index) != Some(lamp) {
                on_lamp(lamp);
            }
        }
        shown = road.lamps().to_vec();
    };
    show(&road);

    let wire = Wire::new(wanted.base, wanted.key);
    let mut asking: JoinSet<(Step, airouter_core::check::Told)> = JoinSet::new();
    while !road.is_over() {
        for step in road.take_ready() {
            let wire = wire.clone();
            asking.spawn(async move {
                let told = match wire {
                    Ok(wire) => wire.ask(&step).await,
                    Err(fault) => airouter_core::check::Told { reply: Err(fault), millis: 0 },
                };
                (step, told)
            });
        }
        tokio::select! {
            // A sender that is gone can stop nothing any more.
            Ok(_) = stop.wait_for(|stop| *stop) => road.cancel(),
            Some(joined) = asking.join_next() => match joined {
                Ok((step, told)) => road.tell(step, told),
                Err(_) => road.cancel(),
            },
            else => road.cancel(),
        }
        show(&road);
    }
    road.report()
}

/// The same from a program without an asynchronous runtime of its own.
pub fn check_and_wait(wanted: Wanted) -> CheckReport {
    let base = wanted.base.clone();
    let scheme = wanted.scheme;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    match runtime {
        Ok(runtime) => {
            let (_stop, never) = watch::channel(false);
            runtime.block_on(check(wanted, never, |_| {}))
        }
        Err(_) => {
            let mut road = Road::new(base, scheme, Vec::new(), None);
            road.cancel();
            road.report()
        }
    }
}

/// Tries one model with a one-token message. Nothing means that it answers.
pub async fn try_model(base: GatewayUrl, key: Secret, scheme: AuthScheme, id: &str) -> Option<Finding> {
    let step = Step::Message(scheme, id.to_owned());
    match Wire::new(base.clone(), key) {
        Ok(wire) => judge_trial(&wire.ask(&step).await, base.host()).map(|finding| finding.with("model", id)),
        Err(_) => Some(Finding::new(Code::Crashed)),
    }
}
