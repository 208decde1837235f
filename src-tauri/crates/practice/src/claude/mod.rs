//! A stand-in for Claude Desktop in third-party mode.
//!
//! It reads the documented files in the documented order, fetches its credential, asks the gateway, writes
//! the log lines that integrators quote, and saves its settings from memory when it quits. What the facts
//! leave open is decided against the configuration: the stand-in may refuse what the real app takes, but
//! must never take what the real app refuses.

mod address;
mod connection;
mod credential;
mod files;
mod keys;
mod library;
mod life;
mod load;
mod log;
mod managed;
mod mode;
mod model_ids;
mod models;
#[cfg(windows)]
mod on_windows;
mod only_one;
mod person;
mod quirks;
mod refusal;
mod saving;
mod sources;
mod start;
mod stop_file;
mod strict_json;
mod values;
mod version;
mod wire;
mod wish;

pub use connection::{Connection, CredentialSource, Scheme, Secret};
pub use files::write_for_its_owner;
pub use keys::{Key, Kind, known};
pub use load::{Loaded, Tier, load};
pub use log::{Level, Line};
pub use mode::{Mode, Persisted};
pub use model_ids::{ModelId, sort as sort_model_id};
pub use models::Listed;
pub use quirks::Quirk;
pub use refusal::{AddressFault, Distrust, LibraryFile, ModelsFault, Refusal};
pub use sources::{NoSources, Sources};
pub use start::{main_with, run};
pub use stop_file::{Behaviour, request_stop};
pub use strict_json::JsonFault;
pub use values::Values;
pub use version::{NEWEST, Version};
