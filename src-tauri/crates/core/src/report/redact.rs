//! The rules by which a report is reduced: what is not known to be harmless is left out.
//!
//! Of Claude's files only values of known kinds are shown: numbers, flags, ids, addresses without query and
//! login. Of logs only the lines about Claude's connection. In every text known secrets, words that may be
//! keys, the person's folder and name, and the computer's name are replaced. A known secret becomes `•••`,
//! what looks like one `***`.

use serde_json::{Map, Value, json};
use url::Url;

use super::ReportFacts;
use crate::claude::keys;
use crate::claude::library::is_profile_id;
use crate::secret::{Redactor, holds_key, masked};

/// The most lines of a log.
const MOST_LINES: usize = 80;
/// The longest line of a log, in characters.
const LONGEST_LINE: usize = 400;
/// From this length on a piece that mixes letters and digits may be a part of a key.
const LONGEST_MIXED: usize = 11;
/// Longer words belong to no language.
const LONGEST_WORD: usize = 24;

/// How the names of Claude's keys begin.
const KNOWN_NAMES: [&str; 24] = [
    "inference",
    "model",
    "deployment",
    "disable",
    "cowork",
    "chat",
    "isClaude",
    "autoMode",
    "auto",
    "egress",
    "toolSearch",
    "relaunch",
    "configRecheck",
    "updateVia",
    "unstable",
    "always",
    "default",
    "bootstrap",
    "applied",
    "entries",
    "hybrid",
    "beta",
    "ccds",
    "ANTHROPIC",
];

/// Texts that may be shown unchanged, for keys with few possible values.
const KNOWN_TEXTS: [&str; 23] = [
    "gateway",
    "anthropic",
    "bedrock",
    "mantle",
    "vertex",
    "foundry",
    "bearer",
    "x-api-key",
    "auto",
    "sso",
    "static",
    "helper-script",
    "interactive",
    "vendor-profile",
    "workforce",
    "external-idp",
    "oauth",
    "1p",
    "3p",
    "true",
    "false",
    "present",
    // The replacement for a key in the table of values: its length would be taken for the key's.
    "•••",
];

/// Lines of Claude's log about its connection (PI), and this program's own.
const TELLING: [&str; 12] = [
    "custom-3p",
    "custom3p",
    "ConfigHealth",
    "no credential configured",
    "Managed MDM",
    "managed-settings",
    "Starting app",
    "local configuration",
    "removed from the list",
    "deploymentMode",
    "airouter",
    "Sign-in screen",
];

/// Names that identify no person or computer.
const EVERYBODYS: [&str; 16] = [
    "root",
    "user",
    "users",
    "home",
    "admin",
    "administrator",
    "claude",
    "gateway",
    "debian",
    "ubuntu",
    "localhost",
    "public",
    "default",
    "guest",
    "computer",
    "system",
];

/// True for a name that identifies a person or a computer.
pub(super) fn is_telling_name(name: &str) -> bool {
    name.chars().count() >= 3 && !EVERYBODYS.contains(&name.to_lowercase().as_str())
}

/// The rules, with the data that they need.
pub(super) struct Redaction {
    redactor: Redactor,
    /// Folders and names in paths, each with its replacement.
    places: Vec<(String, String)>,
    /// Names as whole words.
    names: Vec<(String, &'static str)>,
    gateway: String,
    ids: Vec<String>,
}

impl Redaction {
    pub(super) fn new(facts: &ReportFacts) -> Self {
        let redactor = Redactor::new(&facts.secrets).with_whole(&facts.headers).sparing(&facts.base);
        let person = &facts.person;
        let mut places = Vec::new();
        let home = person.home.trim_end_matches(['/', '\\']);
        if home.len() > 3 {
            places.extend([home.replace('\\', "\\\\"), home.to_owned()].map(|home| (home, "~".to_owned())));
        }
        if is_telling_name(&person.user) {
            let around = |slash: &str| (format!("{slash}{}{slash}", person.user), format!("{slash}<user>{slash}"));
            places.extend(["\\\\", "\\", "/"].map(around));
            // A name with other characters than letters and digits is replaced in any place.
            if !person.user.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_') {
                places.push((person.user.clone(), "<user>".to_owned()));
            }
        }
        if is_telling_name(&person.computer) {
            places.push((person.computer.clone(), "<computer>".to_owned()));
        }
        let names = [(&person.user, "<user>")].into_iter();
        let names = names.filter(|(name, _)| is_telling_name(name)).map(|(name, to)| (name.clone(), to)).collect();
        let ids = facts.doctor.values.iter().filter(|row| row.name == keys::APPLIED);
        let ids = ids.flat_map(|row| [&row.expected, &row.actual]).flatten();
        let ids = ids.map(|text| text.trim_matches('"').to_owned()).filter(|id| is_profile_id(id));
        Self { redactor, places, names, gateway: facts.gateway.clone(), ids: ids.collect() }
    }

    /// Reduces any text: secrets, addresses, folders, names, words that may be keys.
    pub(super) fn text(&self, text: &str) -> String {
        self.reduced(self.redactor.text(text).into_owned())
    }

    /// Reduces a sentence of this program's own around facts that were reduced before: its own words are not
    /// replaced, even if a key is one of them.
    pub(super) fn sentence(&self, text: &str) -> String {
        self.reduced(self.redactor.line(text).into_owned())
    }

    fn reduced(&self, mut text: String) -> String {
        for (name, shown) in &self.places {
            if text.contains(name.as_str()) {
                text = text.replace(name.as_str(), shown);
            }
        }
        let mut out = String::with_capacity(text.len());
        for part in text.split_inclusive(char::is_whitespace) {
            match part.find("://") {
                Some(at) => self.put_with_address(part, at, &mut out),
                None => self.put_words(part, &mut out),
            }
        }
        if holds_key(&out) { masked(&out) } else { out }
    }

    /// Reduces an address to scheme, host and path.
    pub(super) fn address(&self, text: &str) -> String {
        let text = &*self.redactor.text(text);
        let Ok(url) = Url::parse(text) else { return self.text(text) };
        let host = url.host_str().unwrap_or_default();
        let host: Vec<String> = host.split('.').map(|label| self.word(label)).collect();
        let mut out = format!("{}://{}", url.scheme(), host.join("."));
        if let Some(port) = url.port() {
            out.push_str(&format!(":{port}"));
        }
        for piece in url.path().split('/').filter(|piece| !piece.is_empty()) {
            out.push('/');
            out.push_str(&self.word(piece));
        }
        if url.path().len() > 1 && url.path().ends_with('/') {
            out.push('/');
        }
        masked(&out)
    }

    /// Reduces the name of a key or of a file.
    pub(super) fn name(&self, name: &str) -> String {
        let is_known = KNOWN_NAMES.iter().any(|start| name.starts_with(start)) && name.len() <= 48;
        let is_letters = name.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        let name = self.text(name);
        if is_known && is_letters {
            name
        } else {
            name.split('.').map(|part| self.words(part)).collect::<Vec<_>>().join(".")
        }
    }

    /// Reduces a value of Claude's by its key, as JSON text.
    pub(super) fn shown(&self, key: &str, text: &str) -> String {
        match serde_json::from_str::<Value>(text) {
            Ok(value) => self.value(key, &value).to_string(),
            Err(_) => KNOWN_TEXTS
                .iter()
                .find(|known| **known == text)
                .map_or_else(|| left_out(text), |known| (*known).to_owned()),
        }
    }

    /// Reduces a variable: its name, and of its value only an address.
    pub(super) fn variable(&self, name: &str, value: &str) -> (String, String) {
        let is_address = value.contains("://") && !value.chars().any(char::is_whitespace);
        (self.name(name), if is_address { self.address(value) } else { left_out(value) })
    }

    /// Reduces a file of Claude's or of an administrator's; of one that cannot be read it says only that.
    pub(super) fn file(&self, bytes: &[u8]) -> String {
        let shown = match serde_json::from_slice::<Value>(bytes) {
            Ok(value) => self.value("", &value),
            Err(_) => json!({"unreadable": true, "bytes": bytes.len(), "mark": bytes.starts_with(&[0xef, 0xbb, 0xbf])}),
        };
        format!("{shown:#}\n")
    }

    /// The last relevant lines of a log.
    pub(super) fn log(&self, text: &str) -> String {
        let lines: Vec<&str> = text.lines().filter(|line| TELLING.iter().any(|word| line.contains(word))).collect();
        let mut out = String::new();
        for line in lines.iter().rev().take(MOST_LINES).rev() {
            let short: String = line.chars().take(LONGEST_LINE).collect();
            out.push_str(&self.text(&self.unquoted(&short)));
            out.push('\n');
        }
        out
    }

    fn value(&self, key: &str, value: &Value) -> Value {
        match value {
            Value::Null | Value::Bool(_) => value.clone(),
            Value::Number(number) => {
                if number.to_string().len() <= 10 {
                    value.clone()
                } else {
                    json!("(number)")
                }
            }
            Value::Array(items) => Value::Array(items.iter().map(|item| self.value(key, item)).collect()),
            Value::Object(fields) => {
                let is_secret = key == keys::CUSTOM_HEADERS
                    || key == "inferenceGatewayHeaders"
                    || key == "env"
                    || key == "mcpServers";
                let mut shown = Map::new();
                for (name, field) in fields {
                    let field = if is_secret { json!("•••") } else { self.value(name, field) };
                    shown.insert(self.name(name), field);
                }
                Value::Object(shown)
            }
            Value::String(text) => Value::String(self.string(key, text)),
        }
    }

    fn string(&self, key: &str, text: &str) -> String {
        let is_path = key == keys::CREDENTIAL_HELPER || key == "inferenceCredentialHelperWindows";
        let is_model = key == keys::MODELS || (key == "name" && text.contains("claude"));
        let is_host = key == keys::EGRESS;
        if KNOWN_TEXTS.contains(&text) || text == self.gateway || (key == "name" && text == "Default") {
            text.to_owned()
        } else if key.ends_with("Url") {
            if text.contains("://") { self.address(text) } else { self.words(&self.text(text)) }
        } else if is_path || is_host {
            self.text(text)
        } else if is_model {
            self.words(&self.text(text))
        } else if [keys::APPLIED, keys::ORGANIZATION, "id"].contains(&key) && is_profile_id(text) {
            text.to_owned()
        } else {
            left_out(text)
        }
    }

    /// Quoted texts of a log come from others: only known and short ones are kept.
    fn unquoted(&self, line: &str) -> String {
        let mut out = String::new();
        for (index, part) in line.split(['\'', '"']).enumerate() {
            if index > 0 {
                out.push('\'');
            }
            let keeps = index % 2 == 0 || part.len() <= LONGEST_WORD || part.contains("://");
            out.push_str(if keeps { part } else { "…" });
        }
        out
    }

    /// A part with an address in it, and the text around it.
    fn put_with_address(&self, part: &str, at: usize, out: &mut String) {
        let is_before = |c: char| !c.is_ascii_alphanumeric();
        let begin = part[..at].rmatch_indices(is_before).next().map_or(0, |(index, before)| index + before.len());
        let rest = &part[begin..];
        let end = rest.find(|c: char| c.is_whitespace() || "'\"<>,;)}]|".contains(c)).unwrap_or(rest.len());
        self.put_words(&part[..begin], out);
        if Url::parse(&rest[..end]).is_ok() {
            out.push_str(&self.address(&rest[..end]));
        } else {
            out.push('…');
        }
        self.put_words(&rest[end..], out);
    }

    fn put_words(&self, part: &str, out: &mut String) {
        out.push_str(&self.words(part));
    }

    /// Handles every run of letters, digits, `-` and `_` by itself.
    fn words(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut from = 0;
        let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        while from < text.len() {
            let rest = &text[from..];
            let end = rest.find(|c: char| !is_inner(c)).unwrap_or(rest.len());
            if end > 0 {
                out.push_str(&self.word(&rest[..end]));
                from += end;
            } else if let Some(c) = rest.chars().next() {
                out.push(c);
                from += c.len_utf8();
            }
        }
        out
    }

    fn word(&self, word: &str) -> String {
        if let Some((_, to)) = self.names.iter().find(|(name, _)| name.eq_ignore_ascii_case(word)) {
            return (*to).to_owned();
        }
        if word.len() < 12 || self.ids.iter().any(|id| id == word) {
            return word.to_owned();
        }
        let is_uuid = word.len() == 36 && word.bytes().filter(|byte| *byte == b'-').count() == 4;
        let is_key = word.to_lowercase().starts_with("sk-") || word.to_lowercase().starts_with("sk_");
        let pieces: Vec<&str> = word.split(['-', '_']).collect();
        let is_mixed = |piece: &&str| {
            piece.bytes().any(|byte| byte.is_ascii_digit()) && piece.bytes().any(|byte| byte.is_ascii_alphabetic())
        };
        let mixed = pieces.iter().copied().filter(|piece| is_mixed(piece)).count();
        let too_long = pieces.iter().any(|piece| {
            let most = if is_mixed(piece) { LONGEST_MIXED } else { LONGEST_WORD };
            piece.len() > most
                && !KNOWN_NAMES.iter().any(|start| piece.starts_with(start) && !is_mixed(piece) && piece.len() <= 48)
        });
        if is_uuid || is_key || too_long || mixed > 2 { "***".to_owned() } else { word.to_owned() }
    }
}

/// The replacement for a text that is not shown.
fn left_out(text: &str) -> String {
    if text.is_empty() { String::new() } else { format!("({} characters)", text.chars().count()) }
}
