//! What goes over the wire at a start: the model list, then a message of one token as a health check.
//!
//! The app asks with the same credential and headers for both (PI). It adds `/v1/…` to the address as it
//! stands, follows no redirect, and takes a reply only in the expected shape.

use std::time::{Duration, Instant};

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, StatusCode};
use serde_json::{Value, json};

use super::connection::{Connection, Scheme};
use super::credential::Credential;
use super::log::Log;
use super::model_ids::{ModelId, sort};
use super::version::Version;

/// The model that the health check may ask for in spite of the list (claude-code #89794).
const HAIKU: &str = "claude-haiku-4-5-20251001";

/// Why a request brought nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum WireFault {
    Unsendable,
    NoReply,
    Status(StatusCode),
    Shape,
}

/// A signed line to the gateway.
pub(super) struct Line {
    client: Client,
    base: String,
    headers: HeaderMap,
}

impl Line {
    /// Signs with a credential; its headers override those of the profile.
    pub(super) fn open(connection: &Connection, credential: &Credential, version: Version) -> Result<Self, WireFault> {
        let mut headers = HeaderMap::new();
        for (name, value) in connection.headers.iter().chain(&credential.headers) {
            let name = HeaderName::try_from(name).map_err(|_| WireFault::Unsendable)?;
            headers.insert(name, HeaderValue::try_from(value).map_err(|_| WireFault::Unsendable)?);
        }
        let token = credential.token.expose();
        let (name, value) = match connection.scheme {
            Scheme::Bearer => ("authorization", format!("Bearer {token}")),
            Scheme::XApiKey => ("x-api-key", token.to_owned()),
        };
        let mut value = HeaderValue::try_from(value).map_err(|_| WireFault::Unsendable)?;
        value.set_sensitive(true);
        headers.insert(name, value);
        headers.insert("anthropic-version", HeaderValue::from_static("2023-06-01"));
        let agent = HeaderValue::try_from(format!("Claude/{version}")).map_err(|_| WireFault::Unsendable)?;
        headers.insert("user-agent", agent);
        let client = crate::client().map_err(|_| WireFault::Unsendable)?;
        Ok(Self { client, base: connection.base_url.clone(), headers })
    }

    /// The ids that the gateway lists.
    async fn models(&self) -> Result<Vec<String>, WireFault> {
        let asked = self.client.get(format!("{}/v1/models?limit=1000", self.base)).headers(self.headers.clone());
        let list = reply(asked).await?;
        let rows = list["data"].as_array().ok_or(WireFault::Shape)?;
        rows.iter().map(|row| row["id"].as_str().map(str::to_owned).ok_or(WireFault::Shape)).collect()
    }

    /// A message of one token.
    async fn probe(&self, model: &str) -> Result<(), WireFault> {
        let body = json!({ "model": model, "max_tokens": 1, "messages": [{ "role": "user", "content": "." }] });
        let asked = self.client.post(format!("{}/v1/messages?beta=true", self.base)).headers(self.headers.clone());
        let answer = reply(asked.json(&body)).await?;
        let whole = answer["type"] == "message" && answer["content"].is_array() && answer["usage"].is_object();
        if whole { Ok(()) } else { Err(WireFault::Shape) }
    }
}

/// Fills the picker, asking the gateway where the profile leaves it open.
pub(super) async fn picker(
    line: &Line,
    connection: &Connection,
    version: Version,
    patience: Duration,
    log: &Log,
) -> Vec<String> {
    let listed = &connection.models;
    if !listed.discovery {
        let source = if listed.names.is_empty() { "empty" } else { "inferenceModels" };
        let count = listed.names.len();
        log.info(format!(
            "[custom-3p] Model discovery: skipped (inferenceModels obviates discovery); picker = {count} ({source})"
        ));
        return listed.names.clone();
    }
    let started = Instant::now();
    let found = within(patience, line.models()).await;
    let ours = |id: &&String| sort(id, version) == ModelId::Full;
    let discovered: Vec<String> = found.as_deref().unwrap_or_default().iter().filter(ours).cloned().collect();
    let picker = if listed.given { resolved(&listed.names, &discovered, version) } else { discovered };
    let source = match (picker.is_empty(), listed.given) {
        (true, _) => "empty",
        (false, true) => "inferenceModels",
        (false, false) => "discovery",
    };
    let outcome = match &found {
        Ok(ids) => format!("{} found in {}ms", ids.len(), started.elapsed().as_millis()),
        Err(fault) => format!("failed ({})", fault.text()),
    };
    log.info(format!("[custom-3p] Model discovery: {outcome}; picker = {} ({source})", picker.len()));
    picker
}

/// Whether the gateway answers a message; a failure is logged.
pub(super) async fn is_healthy(line: &Line, picker: &[String], haiku: bool, patience: Duration, log: &Log) -> bool {
    let Some(model) = picker.first().map(|first| if haiku { HAIKU } else { first.as_str() }) else { return false };
    match within(patience, line.probe(model)).await {
        Ok(()) => true,
        Err(fault) => {
            log.error(format!("[custom-3p] probe failed {{ model: '{model}', error: '{}' }}", fault.text()));
            false
        }
    }
}

/// Aliases become the first discovered id of their family; one that finds none is left out.
fn resolved(names: &[String], discovered: &[String], version: Version) -> Vec<String> {
    let resolve = |name: &String| match sort(name, version) {
        ModelId::Alias => {
            let family = name.to_lowercase().replace('.', "-");
            discovered.iter().find(|id| id.to_lowercase().contains(&family)).cloned()
        }
        _ => Some(name.clone()),
    };
    names.iter().filter_map(resolve).collect()
}

async fn within<T>(patience: Duration, asked: impl Future<Output = Result<T, WireFault>>) -> Result<T, WireFault> {
    tokio::time::timeout(patience, asked).await.unwrap_or(Err(WireFault::NoReply))
}

async fn reply(asked: reqwest::RequestBuilder) -> Result<Value, WireFault> {
    let response = asked.send().await.map_err(|_| WireFault::NoReply)?;
    if response.status() != StatusCode::OK {
        return Err(WireFault::Status(response.status()));
    }
    response.json().await.map_err(|_| WireFault::Shape)
}

impl WireFault {
    fn text(self) -> String {
        match self {
            Self::Unsendable => "request cannot be sent".into(),
            Self::NoReply => "no reply".into(),
            Self::Status(status) => format!("HTTP {}", status.as_u16()),
            Self::Shape => "unexpected reply".into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::version::NEWEST;
    use super::*;

    #[track_caller]
    fn check(names: &[&str], expected: &[&str]) {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        let discovered = ["claude-sonnet-4-5-20250929".to_owned(), "claude-opus-4-1-20250805".to_owned()];
        assert_eq!(resolved(&names, &discovered, NEWEST), expected);
    }

    #[test]
    fn an_alias_becomes_an_id_of_its_family() {
        check(&["sonnet"], &["claude-sonnet-4-5-20250929"]);
        check(&["opus-4.1", "claude-x"], &["claude-opus-4-1-20250805", "claude-x"]);
        check(&["haiku"], &[]);
    }
}
