//! The meaning of a gateway's replies.
//!
//! The same failure looks different in each gateway: an empty balance comes as 402, 403, 429 or 401, in
//! English or Chinese, in one of a dozen envelopes, and a 200 may be a home page. So nothing here depends on
//! which software answered. A reply is read into [`signals`] (status, labels, messages, shape, quotations of
//! an upstream), words are read with their subject (key, account, group, model, program, channel), and
//! [`classify`] tries the causes in a fixed order.
//!
//! All of it is pure: bytes in, values out, bounded in depth and size, and without panics on any input. The
//! rules and the order come from measured replies of eight programs, which the replay test runs again.

mod answer;
mod case;
mod causes;
mod classify;
mod envelope;
mod evidence;
mod fault;
mod message;
mod models;
mod reply;
mod signals;
mod sse;
mod stream;
mod subject;
mod words;

pub use answer::{Answer, Call, Usage};
pub use case::{Asked, Route};
pub use classify::{Verdict, classify};
pub use fault::NetFault;
pub(crate) use message::is_nearly_right;
pub use message::read_message;
pub use models::{ModelsReading, RawModel, read_models};
pub use reply::Reply;
pub use sse::{SseEvent, SseReader};
pub use stream::{StreamState, StreamWatch};
