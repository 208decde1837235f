//! A place to practise: a gateway on loopback whose faults are scripted, and a stand-in for Claude Desktop.
//!
//! Neither can be had for real in a test: the gateway costs money and fails when it likes, and Claude
//! Desktop needs an account, a display and a download. So both are rebuilt here from what is documented
//! or was observed of them. This crate uses nothing of the program it tests; it is a second, independent
//! reading of the same facts, and a mistake of the first one shows as a disagreement. Where the facts
//! leave a question open, the stand-in is stricter than the real thing, never more forgiving.

#![allow(
    clippy::disallowed_methods,
    reason = "both stand-ins are programs of their own: they own their files and environment"
)]

pub mod claude;
pub mod fixture;
pub mod gateway;
pub mod scenario;
pub mod way;

mod clock;

/// A client for loopback: no proxy, no redirects followed, no connection kept.
fn client() -> reqwest::Result<reqwest::Client> {
    // Another part of the same process may have chosen a provider already; either will do.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).redirect(reqwest::redirect::Policy::none()).build()
}
