//! The decisions of AIRouter Setup: addresses, keys, replies, models, plans, proofs.
//!
//! Nothing here has side effects: no files, no environment, no network, no operating system. Observations
//! come in as values, decisions go out as values, so that every rule can be tested with a table of
//! examples. `airouter-platform` carries the decisions out.

pub mod access;
pub mod address;
pub mod change;
pub mod check;
pub mod claude;
pub mod claude_report;
pub mod doctor;
pub mod finding;
pub mod fleet;
pub mod gateway;
pub mod json;
pub mod key;
pub mod keychain;
pub mod lenient;
pub mod locale;
pub mod models;
pub mod patch;
pub mod plan;
pub mod preset;
pub mod proof;
pub mod proxy;
pub mod report;
pub mod secret;
pub mod status;
pub mod system;
pub mod system_error;
pub mod text;
pub mod transaction;
pub mod undo;
pub mod view;
pub mod window_engine;
pub mod windows_path;
pub mod words;
