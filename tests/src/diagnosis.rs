//! The live check, asked without a window.

use airouter_core::address::GatewayUrl;
use airouter_core::check::{AuthScheme, CheckReport, LampState};
use airouter_core::secret::Secret;
use airouter_platform::check::{CheckRequest, check};
use anyhow::{Result, anyhow};
use tokio::sync::watch;

/// Checks a gateway.
pub async fn ask(base: &str, key: &str, scheme: Option<AuthScheme>, models: &[String]) -> Result<CheckReport> {
    let base = GatewayUrl::parse(base).map_err(|finding| anyhow!("{base}: {finding:?}"))?;
    let key = Secret::new(key.to_owned());
    let wanted = CheckRequest { base, key, scheme, models: models.to_vec(), claude: None, proxy: None };
    let (_stop, never) = watch::channel(false);
    Ok(check(wanted, never, |_| {}).await)
}

/// A letter each for address, key, models, answer, streaming, tools.
pub fn lamps(report: &CheckReport) -> String {
    let letter = |state| match state {
        LampState::Ok => 'o',
        LampState::Warning => 'w',
        LampState::Failed => 'F',
        LampState::NotTested => '-',
        LampState::Waiting | LampState::Running => '?',
    };
    report.lamps.iter().map(|lamp| letter(lamp.state)).collect()
}
