//! Faults of the network, played with real sockets against the real check: what it says, whose it says
//! it is, on which layer, that it ends in time, and that no listener ever hears the key but the right
//! one over TLS.
//!
//! Everything is judged by the system with one more root, and Wine, for which alone the other compiler of
//! Windows programs is used, cannot add one: it has no chain engine but its own.
#![cfg(not(all(windows, target_env = "gnu")))]
#![allow(missing_docs, reason = "a test")]
#![allow(clippy::disallowed_methods, reason = "a namespace without a network needs a process of its own")]

#[path = "network_faults/check_run.rs"]
mod check_run;
#[path = "network_faults/pki.rs"]
mod pki;
#[path = "network_faults/proxy_server.rs"]
mod proxy_server;
#[path = "network_faults/server.rs"]
mod server;

#[path = "network_faults/bounds.rs"]
mod bounds;
#[path = "network_faults/certificates.rs"]
mod certificates;
#[path = "network_faults/connections.rs"]
mod connections;
#[path = "network_faults/names.rs"]
mod names;
#[path = "network_faults/proxies.rs"]
mod proxies;
#[path = "network_faults/replies.rs"]
mod replies;
