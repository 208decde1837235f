//! Reads texts that people copy from Claude when it does not start or answer: the text of its set-up window
//! (*Configure third-party inference*), and the message of a failed session.
//!
//! It is a few words and lines `name: value` (seen in public reports, PI): `message`, `httpStatus`,
//! `requestUrl`, `endpoint`, `failingField`, `checkedAt`. Known texts become findings with their cause.

use crate::claude::keys;
use crate::finding::{Code, Finding};
use crate::secret::masked;

/// The most lines that are read: such a text is short, and longer ones are logs.
const MOST_LINES: usize = 200;

/// The findings of such a text; none for other texts.
pub(super) fn read(text: &str) -> Vec<Finding> {
    let mut found: Vec<Finding> = Vec::new();
    let mut put = |finding: Option<Finding>| {
        found.extend(finding.filter(|_| found.is_empty()));
    };
    if text.lines().count() > MOST_LINES {
        return found;
    }
    let said = Said::of(text);
    put(model(&said));
    put(configuration(&said));
    put(parts(&said));
    put(doubled_version(&said));
    put(status(&said));
    put(field(&said));
    put(reached(&said));
    found
}

/// The text with the fields that are known.
struct Said<'a> {
    text: &'a str,
    lower: String,
}

impl<'a> Said<'a> {
    fn of(text: &'a str) -> Self {
        Self { text, lower: text.to_lowercase() }
    }

    fn field(&self, name: &str) -> Option<&'a str> {
        let value = self.text.lines().find_map(|line| {
            let (known, value) = line.split_once([':', '='])?;
            let known = known.trim().trim_matches(['"', '\'', '-', '*', ' ', '`']);
            known.eq_ignore_ascii_case(name).then(|| value.trim().trim_matches(['"', '\'', ',', '`']))
        })?;
        (!value.is_empty()).then_some(value)
    }

    fn says(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.lower.contains(word))
    }

    /// True for texts that come from Claude; only those are judged by their words alone.
    fn is_claudes(&self) -> bool {
        self.field("checkedAt").is_some()
            || self.field("requestUrl").is_some()
            || self.field("httpStatus").is_some()
            || self.says(&["your connection works, but", "couldn't load configuration", "custom3p", "custom-3p"])
    }
}

/// `configured model "x" is not an Anthropic model`
fn model(said: &Said) -> Option<Finding> {
    let (before, _) = said.text.split_once(" is not an Anthropic model")?;
    let name = before.trim_end_matches(['"', '\'', '`', '”']).rsplit(['"', '\'', '`', '“', ' ']).next()?;
    Some(Finding::new(Code::ModelNotForClaude).with("model", masked(name)))
}

/// `readConfig failed unknown config id …`
fn configuration(said: &Said) -> Option<Finding> {
    if said.says(&["unknown config id", "config id not found"]) {
        let (_, rest) = said.lower.split_once("config id")?;
        let id =
            rest.split_whitespace().map(|word| word.trim_matches(['"', '\'', '.', ':'])).find(|word| word.len() == 36);
        let finding = Finding::new(Code::ProfileMissing);
        return Some(match id {
            Some(id) => finding.with("id", id),
            None => finding,
        });
    }
    said.says(&["couldn't load configuration", "could not load configuration", "readconfig failed"])
        .then(|| Finding::new(Code::ProofRefused))
}

/// A failed session: the engine is missing, or there is no list of models.
fn parts(said: &Said) -> Option<Finding> {
    if said.says(&["claude code binary not available", "no path to claude code executable"]) {
        return Some(Finding::new(Code::EngineMissing));
    }
    said.says(&["modelsnotdiscoverederror", "model list hasn't loaded", "model list has not loaded"])
        .then(|| Finding::new(Code::ProofNoModels).with("because", "not-loaded"))
}

/// `requestUrl: …/v1/v1/models`: the address ended in what Claude adds itself.
fn doubled_version(said: &Said) -> Option<Finding> {
    let url =
        said.field("requestUrl").or_else(|| said.text.split_whitespace().find(|word| word.contains("/v1/v1/")))?;
    let (base, _) = url.split_once("/v1/v1/")?;
    Some(Finding::new(Code::AddressEnding).with("url", masked(&format!("{base}/v1"))))
}

/// The gateway's reply to Claude's test request.
fn status(said: &Said) -> Option<Finding> {
    let named = said.field("httpStatus").or_else(|| {
        let (_, rest) = said.text.split_once("returned HTTP ")?;
        rest.split(|c: char| !c.is_ascii_digit()).next()
    })?;
    let status: u16 = named.parse().ok()?;
    let is_list = said.text.contains("/v1/models");
    let state = match status {
        200..300 => return None,
        401 => return Some(Finding::new(Code::KeyRejected).with("status", status)),
        403 => "auth_failed",
        404 if is_list => return Some(Finding::new(Code::ModelsNotListed).with("status", status)),
        400 | 404 => "config_model_rejected",
        _ => "provider_error",
    };
    Some(Finding::new(Code::ProofUnhealthy).with("state", state).with("status", status))
}

/// A field that Claude did not accept.
fn field(said: &Said) -> Option<Finding> {
    let name = said.field("failingField").or_else(|| {
        let (_, rest) = said.text.split_once("Invalid custom3p enterprise config:")?;
        rest.split([':', ' ']).find(|word| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric()))
    });
    match name {
        Some(keys::BASE_URL) => Some(Finding::new(Code::ProofRefused).with("keys", keys::BASE_URL)),
        Some(name) => Some(Finding::new(Code::ProofRefused).with("keys", masked(name))),
        None => said.says(&["invalid custom3p enterprise config"]).then(|| Finding::new(Code::ProofRefused)),
    }
}

/// The gateway was not reached, or refused without a known reason.
fn reached(said: &Said) -> Option<Finding> {
    if !said.is_claudes() {
        return None;
    }
    let unreachable = [
        "enotfound",
        "econnrefused",
        "etimedout",
        "econnreset",
        "err_",
        "fetch failed",
        "could not reach",
        "couldn't reach",
    ];
    let state = if said.says(&unreachable) {
        "unreachable"
    } else if said.says(&["rejected a test request", "authentication failed", "auth_failed"]) {
        "provider_error"
    } else {
        return None;
    };
    Some(Finding::new(Code::ProofUnhealthy).with("state", state))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, code: Option<Code>, fact: Option<(&str, &str)>) {
        let found = read(text);
        assert_eq!(found.first().map(|finding| finding.code), code, "{text}");
        if let Some((name, value)) = fact {
            assert_eq!(found[0].fact(name), Some(value), "{text}");
        }
    }

    #[test]
    fn texts_of_the_set_up_window_are_reported_with_their_cause() {
        let doubled = "Your connection works, but the provider rejected a test request. Often a model-access or quota issue.\n\nmessage: Gateway /v1/models returned HTTP 404\nhttpStatus: 404\nrequestUrl: https://gate.example/claude/v1/v1/models\nendpoint: https://gate.example/\n";
        check(doubled, Some(Code::AddressEnding), Some(("url", "https://gate.example/claude/v1")));
        check(&doubled.replace("/v1/v1/", "/v1/"), Some(Code::ModelsNotListed), Some(("status", "404")));
        let model = "message: Invalid custom3p enterprise config: inferenceModels: configured model \"deepseek-v4-flash\" is not an Anthropic model.\nfailingField: inferenceModels\n";
        check(model, Some(Code::ModelNotForClaude), Some(("model", "deepseek-v4-flash")));
        let unknown =
            "Couldn't load configuration\nreadConfig failed unknown config id 0f9d1a2b-1c2d-4e5f-8a9b-0c1d2e3f4a5b\n";
        check(unknown, Some(Code::ProfileMissing), Some(("id", "0f9d1a2b-1c2d-4e5f-8a9b-0c1d2e3f4a5b")));
        check("message: x\nhttpStatus: 401\n", Some(Code::KeyRejected), None);
        check("message: x\nhttpStatus: 403\n", Some(Code::ProofUnhealthy), Some(("state", "auth_failed")));
        check("message: x\nhttpStatus: 529\n", Some(Code::ProofUnhealthy), Some(("state", "provider_error")));
        check("message: x\nhttpStatus: 400\n", Some(Code::ProofUnhealthy), Some(("state", "config_model_rejected")));
        check(
            "message: expected array\nfailingField: coworkEgressAllowedHosts\n",
            Some(Code::ProofRefused),
            Some(("keys", "coworkEgressAllowedHosts")),
        );
        check(
            "Invalid custom3p enterprise config: inferenceProvider: Required",
            Some(Code::ProofRefused),
            Some(("keys", "inferenceProvider")),
        );
        check(
            "message: getaddrinfo ENOTFOUND gate.example\ncheckedAt: 2026-11-06T03:38:56.651Z\n",
            Some(Code::ProofUnhealthy),
            Some(("state", "unreachable")),
        );
    }

    #[test]
    fn texts_of_a_failed_session_are_reported_with_their_cause() {
        check(
            "Host Claude Code binary not available. Check that the download completed.",
            Some(Code::EngineMissing),
            None,
        );
        check("Error: No path to Claude code executable", Some(Code::EngineMissing), None);
        check(
            "Your organization's model list hasn't loaded yet",
            Some(Code::ProofNoModels),
            Some(("because", "not-loaded")),
        );
        check("ModelsNotDiscoveredError: x", Some(Code::ProofNoModels), None);
    }

    #[test]
    fn other_texts_are_none_of_these() {
        for text in ["hello", "ECONNREFUSED", "message: hi", "httpStatus: 200\n", ""] {
            check(text, None, None);
        }
    }
}
