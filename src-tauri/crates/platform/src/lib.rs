//! Everything of AIRouter Setup that touches this computer: places, files, Claude Desktop the app,
//! the administrator's configuration, the keychain, the network, the language.
//!
//! What differs between systems is in `sys`, one file each with the same functions. Nothing here
//! decides what to write: that is `airouter-core`'s part.
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
pub mod observe;
pub mod places;
pub mod preset;
pub mod recover;
pub mod redaction;
pub mod report;
mod restore;
#[cfg(feature = "sandbox")]
pub mod sandbox;
pub mod state;
mod sys;
pub mod undo;
pub mod uninstall;

pub use command::is_terminal;
