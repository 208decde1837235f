//! The causes of a refusal, each with the words by which it is known. In which order they are asked is decided
//! in `classify`.

pub(super) mod account;
pub(super) mod address;
pub(super) mod busy;
pub(super) mod denial;
pub(super) mod key;
pub(super) mod page;
pub(super) mod program;
pub(super) mod unseen;
pub(super) mod upstream;
