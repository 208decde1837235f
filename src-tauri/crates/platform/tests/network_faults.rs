//! Network faults, simulated with real sockets against the real check: the finding, its owner and layer, that the check
//! ends in time, and that only the right gateway receives the key, within TLS.
//!
//! Certificates are verified by the system with one extra root. Wine cannot add a root, because it has only its own
//! chain engine, and Windows programs are compiled with the GNU compiler only for Wine; so that target is excluded.
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
