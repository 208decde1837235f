//! Chooses the proxy: the one that the person typed, else the environment's, else the system's.
//!
//! reqwest misreads common values of these settings, so `core::proxy` parses them instead.

use airouter_core::address::GatewayUrl;
use airouter_core::finding::Finding;
use airouter_core::proxy::{ProxyChoice, ProxySettings, of_environment};

use super::options::{Options, Proxies};
use crate::sys;

/// Chooses the proxy for an address; none for this computer itself.
///
/// # Errors
/// `ProxyInvalid` if the proxy setting cannot be parsed.
pub(crate) async fn choose(base: &GatewayUrl, typed: Option<&str>, options: &Options) -> Result<ProxyChoice, Finding> {
    if base.is_loopback() {
        return Ok(ProxyChoice::direct());
    }
    if let Some(text) = typed.filter(|text| !text.trim().is_empty()) {
        return ProxySettings::typed(text).choose(base).map_err(|finding| finding.with("from", "typed"));
    }
    match &options.proxies {
        Proxies::These(settings) => settings.choose(base),
        Proxies::Computer => of_computer(base.clone()).await.choose(base),
    }
}

/// The proxy settings of the environment if there are any, else the system's for this address. The system may take
/// seconds, so it is asked on a thread.
async fn of_computer(base: GatewayUrl) -> ProxySettings {
    let settings = tokio::task::spawn_blocking(move || {
        let environment = of_environment(|name| sys::variable(name)?.into_string().ok());
        if environment.is_silent() { sys::proxy_settings(&base) } else { environment }
    });
    settings.await.unwrap_or_default()
}
