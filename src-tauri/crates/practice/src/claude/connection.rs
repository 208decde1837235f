//! What a profile makes of the gateway: address, scheme, credential, headers, models.
//!
//! A credential kind that is named is the only source, with no fallback; unnamed, the helper wins over the
//! key (OD). Kinds that need a person or an identity provider are not played here and count as missing.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};

use super::address;
use super::models::{self, Listed};
use super::refusal::Refusal;
use super::version::Version;

/// The header that carries the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scheme {
    /// `Authorization: Bearer`.
    Bearer,
    /// `x-api-key`.
    XApiKey,
}

/// A key or token, never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Where the key comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CredentialSource {
    /// It stands in the profile.
    Static(Secret),
    /// A program prints it.
    Program {
        /// The program, run without arguments.
        path: PathBuf,
        /// How long it may take.
        timeout: Duration,
    },
}

/// A usable gateway configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connection {
    /// The root that `/v1/…` is put after.
    pub base_url: String,
    /// The header that carries the key.
    pub scheme: Scheme,
    /// Where the key comes from.
    pub credential: CredentialSource,
    /// Headers sent with every request.
    pub headers: Vec<(String, String)>,
    /// The models of the profile.
    pub models: Listed,
}

/// Sent without custom headers by mistake (claude-code #62871).
const LOSES_HEADERS: Version = Version::new(1, 9_255, 2);
const DEFAULT_TIMEOUT: u64 = 60;

/// Reads values that have passed the type check; `None` when they configure no inference.
pub(super) fn read(values: &Map<String, Value>, version: Version) -> Result<Option<Connection>, Refusal> {
    let Some(provider) = text(values, "inferenceProvider") else { return Ok(None) };
    if provider != "gateway" {
        return Err(Refusal::Provider);
    }
    let scheme = match text(values, "inferenceGatewayAuthScheme") {
        Some("x-api-key") => Scheme::XApiKey,
        _ => Scheme::Bearer,
    };
    let discovery = values.get("modelDiscoveryEnabled").and_then(Value::as_bool);
    let headers = headers(values.get("inferenceCustomHeaders"))?;
    Ok(Some(Connection {
        base_url: address::parse(text(values, "inferenceGatewayBaseUrl")).map_err(Refusal::Address)?,
        scheme,
        credential: credential(values)?,
        headers: if version == LOSES_HEADERS { Vec::new() } else { headers },
        models: models::read(values.get("inferenceModels"), discovery, version).map_err(Refusal::Models)?,
    }))
}

impl Secret {
    /// A key, if a header can carry it: visible ASCII without spaces.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let visible = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic());
        visible.then(|| Self(text.to_owned()))
    }

    /// The key itself, for a header or the credentials file.
    pub(super) fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// Headers as names and values; one that would carry a credential, or cannot be sent, is refused.
pub(super) fn headers(object: Option<&Value>) -> Result<Vec<(String, String)>, Refusal> {
    let header = |(name, value): (&String, &Value)| {
        let value = value.as_str()?;
        let token = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
        let sent = token && value.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic());
        let credential = ["authorization", "x-api-key"].iter().any(|taken| name.eq_ignore_ascii_case(taken));
        (sent && !credential).then(|| (name.clone(), value.to_owned()))
    };
    let entries = object.and_then(Value::as_object).into_iter().flatten();
    entries.map(|entry| header(entry).ok_or(Refusal::Header)).collect()
}

fn credential(values: &Map<String, Value>) -> Result<CredentialSource, Refusal> {
    // A key that is written down must be one, even where another source is named.
    let key = match text(values, "inferenceGatewayApiKey") {
        Some(key) => Some(Secret::parse(key).ok_or(Refusal::BadKey)?),
        None => None,
    };
    let key = key.map(CredentialSource::Static);
    let program = match text(values, "inferenceCredentialHelper").map(PathBuf::from) {
        Some(path) if !path.is_absolute() => return Err(Refusal::HelperNotAbsolute),
        path => path.map(|path| CredentialSource::Program { path, timeout: timeout(values) }),
    };
    match text(values, "inferenceCredentialKind") {
        None => program.or(key),
        Some("static") => key,
        Some("helper-script") => program,
        Some(_) => return Err(Refusal::CredentialKind),
    }
    .ok_or(Refusal::NoCredential)
}

fn timeout(values: &Map<String, Value>) -> Duration {
    let seconds = values.get("inferenceCredentialHelperTimeoutSec").and_then(Value::as_u64);
    Duration::from_secs(seconds.unwrap_or(DEFAULT_TIMEOUT))
}

fn text<'a>(values: &'a Map<String, Value>, key: &str) -> Option<&'a str> {
    values.get(key).and_then(Value::as_str)
}

#[cfg(test)]
mod tests {
    use super::super::version::NEWEST;
    use super::*;
    use serde_json::json;

    /// An absolute path here.
    const HELPER: &str = if cfg!(windows) { r"C:\key.exe" } else { "/opt/key" };
    const KEY: &str = "sk-0123456789";

    /// The credential of a profile with these values on top of a good address.
    #[track_caller]
    fn check(more: Value, expected: Result<CredentialSource, Refusal>) {
        let mut values = Map::new();
        values.insert("inferenceProvider".into(), json!("gateway"));
        values.insert("inferenceGatewayBaseUrl".into(), json!("https://gateway.example/claude"));
        values.extend(more.as_object().cloned().expect("an object"));
        let found = read(&values, NEWEST).map(|connection| connection.expect("a provider is named").credential);
        assert_eq!(found, expected, "{more}");
    }

    fn fixed() -> CredentialSource {
        CredentialSource::Static(Secret::parse(KEY).expect("a key"))
    }

    fn program(seconds: u64) -> CredentialSource {
        CredentialSource::Program { path: PathBuf::from(HELPER), timeout: Duration::from_secs(seconds) }
    }

    #[test]
    fn a_named_kind_is_the_only_source() {
        let both = |kind: &str| json!({ "inferenceCredentialKind": kind, "inferenceGatewayApiKey": KEY, "inferenceCredentialHelper": HELPER });
        check(both("static"), Ok(fixed()));
        check(both("helper-script"), Ok(program(60)));
        check(both("interactive"), Err(Refusal::CredentialKind));
        let one = json!({ "inferenceCredentialKind": "helper-script", "inferenceGatewayApiKey": KEY });
        check(one, Err(Refusal::NoCredential));
        let one = json!({ "inferenceCredentialKind": "static", "inferenceCredentialHelper": HELPER });
        check(one, Err(Refusal::NoCredential));
    }

    #[test]
    fn without_a_kind_the_helper_wins() {
        check(json!({ "inferenceGatewayApiKey": KEY }), Ok(fixed()));
        let both = json!({ "inferenceGatewayApiKey": KEY, "inferenceCredentialHelper": HELPER,
            "inferenceCredentialHelperTimeoutSec": 5 });
        check(both, Ok(program(5)));
        check(json!({}), Err(Refusal::NoCredential));
    }

    #[test]
    fn a_key_and_a_helper_path_must_be_whole() {
        check(json!({ "inferenceGatewayApiKey": "" }), Err(Refusal::BadKey));
        check(json!({ "inferenceGatewayApiKey": "sk-01 23" }), Err(Refusal::BadKey));
        check(json!({ "inferenceGatewayApiKey": "sk-０１" }), Err(Refusal::BadKey));
        check(json!({ "inferenceCredentialHelper": "~/key" }), Err(Refusal::HelperNotAbsolute));
        check(json!({ "inferenceCredentialHelper": "" }), Err(Refusal::HelperNotAbsolute));
    }

    #[test]
    fn headers_carry_no_credential() {
        let with = |headers: Value| json!({ "inferenceGatewayApiKey": KEY, "inferenceCustomHeaders": headers });
        check(with(json!({ "X-Team": "a b" })), Ok(fixed()));
        check(with(json!({ "Authorization": "Bearer x" })), Err(Refusal::Header));
        check(with(json!({ "X-API-Key": "x" })), Err(Refusal::Header));
        check(with(json!({ "X Team": "x" })), Err(Refusal::Header));
        check(with(json!({ "X-Team": "a\nb" })), Err(Refusal::Header));
        check(with(json!({ "X-Team": 1 })), Err(Refusal::Header));
    }

    #[test]
    fn only_the_gateway_is_played() {
        check(json!({ "inferenceProvider": "bedrock" }), Err(Refusal::Provider));
        assert_eq!(read(&Map::new(), NEWEST), Ok(None));
    }

    #[test]
    fn a_secret_is_never_shown() {
        assert_eq!(format!("{:?}", fixed()), "Static([redacted])");
    }
}
