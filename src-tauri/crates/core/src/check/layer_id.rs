//! The names of the layers.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// The layers from the lowest to the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum LayerId {
    /// The host's name leads to an address.
    Name,
    /// That address can be connected to.
    Tcp,
    /// The proxy, where one is used, lets us through.
    Proxy,
    /// The connection is encrypted and the other side is who it says.
    Tls,
    /// Whoever is there answers.
    Http,
    /// The answer is of the agreed form.
    Shape,
    /// The key is accepted.
    Key,
    /// The account behind the key may ask, and can pay.
    Account,
    /// There is a model to ask.
    Models,
    /// A message is answered.
    Message,
    /// An answer streams.
    Streaming,
    /// A tool is called.
    Tools,
}

impl LayerId {
    /// All layers, the lowest first.
    pub const ALL: [Self; 12] = [
        Self::Name,
        Self::Tcp,
        Self::Proxy,
        Self::Tls,
        Self::Http,
        Self::Shape,
        Self::Key,
        Self::Account,
        Self::Models,
        Self::Message,
        Self::Streaming,
        Self::Tools,
    ];
}
