//! Which proxy to use: what the person typed, else the environment, else the system's settings.
//!
//! reqwest's own reading of these mistakes common values, so it is not used; `core::proxy` reads them.

use std::env;

use airouter_core::address::GatewayUrl;
use airouter_core::finding::Finding;
use airouter_core::proxy::{ProxyChoice, ProxySettings, of_environment};

use super::options::{Options, Proxies};
use crate::sys;

/// The way to an address.
///
/// # Errors
/// `ProxyInvalid` when the proxy that is set cannot be read.
pub(crate) async fn choose(base: &GatewayUrl, typed: Option<&str>, options: &Options) -> Result<ProxyChoice, Finding> {
    if base.is_loopback() {
        return Ok(ProxyChoice::direct());
    }
    if let Some(text) = typed.filter(|text| !text.trim().is_empty()) {
        return ProxySettings::typed(text).choose(base).map_err(|finding| finding.with("from", "typed"));
    }
    match &options.proxies {
        Proxies::These(settings) => settings.choose(base),
        Proxies::Computer => of_computer().await.choose(base),
    }
}

/// Whoever set something in the environment meant it for this program; the system is asked otherwise.
async fn of_computer() -> ProxySettings {
    let environment = of_environment(|name| env::var(name).ok());
    if !environment.is_silent() {
        return environment;
    }
    tokio::task::spawn_blocking(sys::proxy_settings).await.unwrap_or_default()
}
