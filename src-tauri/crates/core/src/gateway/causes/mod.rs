//! The causes of a refusal, each with the words that show it. `classify` decides the order in which they are
//! tried.

pub(super) mod account;
pub(super) mod address;
pub(super) mod busy;
pub(super) mod denial;
pub(super) mod key;
pub(super) mod page;
pub(super) mod program;
pub(super) mod unseen;
pub(super) mod upstream;
