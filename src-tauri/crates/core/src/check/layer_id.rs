//! The names of the layers.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

/// The layers of a connection, from the lowest to the highest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum LayerId {
    /// The host's name resolves to an address.
    Name,
    /// That address can be connected to.
    Tcp,
    /// The proxy, where one is used, lets the connection through.
    Proxy,
    /// The connection is encrypted and the server's certificate is valid.
    Tls,
    /// The server sends an HTTP reply.
    Http,
    /// The reply has the form of the Messages API.
    Shape,
    /// The key is accepted.
    Key,
    /// The account behind the key may send messages, and has credit.
    Account,
    /// There is a model to ask.
    Models,
    /// A message is answered.
    Message,
    /// An answer is streamed.
    Streaming,
    /// The model calls a tool.
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
