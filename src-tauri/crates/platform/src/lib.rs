//! Everything of AIRouter Setup that accesses this computer: paths, files, Claude Desktop the app, the
//! administrator's configuration, the keychain, the network, the language.
//!
//! System-specific code is in `sys`, one module per system with the same functions. Nothing here decides what to
//! write: `airouter-core` does.
#![allow(
    clippy::disallowed_methods,
    reason = "this is the one crate that may touch files, processes and the environment"
)]

mod account;
pub mod apply;
pub mod check;
pub mod claude;
mod command;
pub mod doctor;
pub mod export;
pub mod fault_injection;
mod files;
pub mod hardening;
pub mod helper;
mod here;
mod install;
pub mod keychain;
pub mod locale;
pub mod net;
pub mod notice;
pub mod observe;
pub mod places;
pub mod preset;
mod process;
pub mod recover;
pub mod redaction;
pub mod report;
mod restore;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod state;
pub mod stored_key;
mod sys;
pub mod undo;
pub mod uninstall;

pub use command::{is_terminal, prints_to_terminal, run_beside};
