//! Objects in lists, with the fields that Claude requires (PI).

use serde_json::{Map, Value};

/// The shape of an object in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Row {
    /// The prices of a model.
    Price,
    /// A server with tools.
    Server,
    /// A source of plug-ins.
    Marketplace,
    /// The permissions of a plug-in's tools.
    Plugin,
}

/// The prices that an object must have, all of them.
const PRICES: [&str; 4] = ["inputPerMtok", "outputPerMtok", "cacheReadPerMtok", "cacheWritePerMtok"];

impl Row {
    pub(super) fn fits(self, row: &Map<String, Value>) -> bool {
        let text = |name: &str| row.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
        match self {
            Self::Price => {
                let is_price = |name: &&str| row.get(*name).and_then(Value::as_f64).is_some_and(|it| it >= 0.0);
                text("name").is_some() && PRICES.iter().all(is_price)
            }
            Self::Server => {
                let is_there = match text("transport") {
                    Some("stdio") => text("command").is_some(),
                    Some("http" | "sse") | None => text("url").is_some_and(is_secure) || text("server").is_some(),
                    Some(_) => text("server").is_some(),
                };
                text("name").is_some() && is_there && row.get("headers").is_none_or(Value::is_object)
            }
            Self::Marketplace => match text("source") {
                Some("github") => text("repo").is_some(),
                Some("git" | "url") => text("url").is_some(),
                _ => false,
            },
            Self::Plugin => text("serverName").is_some() && row.get("tools").is_none_or(Value::is_array),
        }
    }
}

fn is_secure(address: &str) -> bool {
    address.starts_with("https://")
}
