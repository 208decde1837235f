//! A gateway on loopback that answers like the relays of the One API family, and fails on request.
//!
//! Those relays share three habits that mislead a client, and all three are rebuilt: every path that is
//! not routed is answered `200 text/html` with the home page, the model list accepts keys whose messages
//! are refused, and the status of a refusal seldom tells its cause. Which fault is played follows from
//! the key that is sent (`sk-practice-nobalance-…`), or from [`GatewayOptions::fault`] for every request.

mod auth;
mod fault;
mod message;
mod models;
mod refusal;
mod routes;
mod stream;

use std::future::IntoFuture;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::sync::watch;

pub use auth::{AuthSeen, Seen};
pub use fault::Fault;
pub use models::{CLAUDE_MODELS, OTHER_MODELS};

/// Which of the two headers a gateway takes a key from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AcceptedAuth {
    /// Either header, but not both at once.
    #[default]
    Either,
    /// `Authorization: Bearer` only.
    BearerOnly,
    /// `x-api-key` only.
    XApiKeyOnly,
    /// Either, and `x-api-key` where both are sent, as relays of the One API family do.
    XApiKeyWins,
}

/// How a practice gateway is set up.
#[derive(Debug, Clone)]
pub struct GatewayOptions {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The fault played for every request; `None` lets the key decide.
    pub fault: Option<Fault>,
    /// The header a key is taken from.
    pub accepted_auth: AcceptedAuth,
    /// How long [`Fault::Slow`] waits before each reply.
    pub slow_by: Duration,
    /// How long the way to it and back takes: added to every reply.
    pub delay: Duration,
}

impl Default for GatewayOptions {
    fn default() -> Self {
        Self {
            port: 0,
            fault: None,
            accepted_auth: AcceptedAuth::Either,
            slow_by: Duration::from_secs(4),
            delay: Duration::ZERO,
        }
    }
}

/// A running gateway; dropping it closes the port and every open reply.
#[derive(Debug)]
pub struct Gateway {
    address: SocketAddr,
    shared: Arc<Shared>,
    closing: watch::Sender<bool>,
}

/// What the routes and the owner of a gateway both see.
#[derive(Debug)]
struct Shared {
    options: GatewayOptions,
    fault: Mutex<Option<Fault>>,
    seen: Mutex<Vec<Seen>>,
    closing: watch::Receiver<bool>,
}

/// Starts a gateway on the current tokio runtime.
pub async fn start(options: GatewayOptions) -> io::Result<Gateway> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, options.port)).await?;
    let address = listener.local_addr()?;
    let (closing, closed) = watch::channel(false);
    let shared =
        Arc::new(Shared { fault: Mutex::new(options.fault), options, seen: Mutex::default(), closing: closed.clone() });
    let service = axum::serve(listener, routes::router(Arc::clone(&shared)));
    tokio::spawn(service.with_graceful_shutdown(until(closed)).into_future());
    Ok(Gateway { address, shared, closing })
}

/// A preset file for AIRouter Setup that points at this gateway.
pub fn preset_json(gateway: &Gateway) -> String {
    preset(&gateway.base_url())
}

/// The same with another address that leads there.
pub(crate) fn preset(base: &str) -> String {
    let preset = serde_json::json!({
        "schema": 1,
        // As the customer's: whoever rehearses sees what the customer sees, and the banner says the rest.
        "name": "AIRouter",
        "base": base,
        // A page of the gateway's own, wherever that is.
        "console": format!("{}/", base.trim_end_matches("/claude")),
    });
    format!("{preset:#}")
}

impl Gateway {
    /// `http://127.0.0.1:PORT/claude`, the address to give to Claude.
    pub fn base_url(&self) -> String {
        format!("http://{}/claude", self.address)
    }

    /// Every request so far, oldest first, without any key.
    pub fn requests(&self) -> Vec<Seen> {
        self.shared.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Plays this fault from the next request on; `None` lets the key decide again.
    pub fn set_fault(&self, fault: Option<Fault>) {
        *self.shared.fault.lock().unwrap_or_else(PoisonError::into_inner) = fault;
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // Nobody listens any more when the runtime is already gone; then there is nothing to close.
        let _ = self.closing.send(true);
    }
}

impl Shared {
    fn fault_for_all(&self) -> Option<Fault> {
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, seen: Seen) {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }
}

/// Returns once the gateway is being closed.
async fn until(mut closing: watch::Receiver<bool>) {
    // An error means that the sender is gone, which is a closed gateway as well.
    let _ = closing.wait_for(|closed| *closed).await;
}
