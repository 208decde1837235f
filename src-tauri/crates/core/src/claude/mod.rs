//! What is known about Claude Desktop's third-party inference mode: its files, keys, rules and log.
//! Each fact names its source: **OD** official documentation, **PI** probed by an integrator,
//! **G** inference.

pub mod ancestry;
pub mod apple_event;
pub mod bundle;
pub mod egress;
pub mod keys;
pub mod library;
pub mod managed;
pub mod models;
pub mod packages;
pub mod policy;
pub mod prediction;
pub mod processes;
mod role;
pub mod roots;
pub mod schema;
pub mod shape;
pub mod tools;
pub mod version;
mod view;
pub mod windows_start;
pub mod windows_window;

pub use role::FileRole;
pub use view::ClaudeView;
