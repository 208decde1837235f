//! The secrets that this process knows: every key that was pasted, also one that was refused, every stored key that
//! was used, every proxy password.
//!
//! A server may quote a key long after the check, in Claude's log or in one of Claude's reports, where the code that
//! shows the text does not know the key. So both front ends register each secret here as soon as they have it, and
//! all their output goes through [`redactor`] in one place.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use airouter_core::claude::keys;
use airouter_core::proxy::secrets_in;
use airouter_core::secret::{Redactor, Secret, is_secret_header};
use serde_json::Value;

use crate::observe;
use crate::places::Places;

#[derive(Default)]
struct Known {
    secrets: Vec<Secret>,
    exempt: Vec<String>,
    redactor: Option<Arc<Redactor>>,
}

static KNOWN: Mutex<Known> = Mutex::new(Known { secrets: Vec::new(), exempt: Vec::new(), redactor: None });

fn known() -> MutexGuard<'static, Known> {
    // Every update is a single assignment, so a panic of another thread leaves a valid state.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Registers secrets; from now on they are redacted.
pub fn register(secrets: impl IntoIterator<Item = Secret>) {
    let mut known = known();
    for secret in secrets {
        if !known.secrets.contains(&secret) {
            known.secrets.push(secret);
            known.redactor = None;
        }
    }
}

/// Registers the credentials in a proxy's address as it was typed.
pub fn register_proxy(typed: Option<&str>) {
    register(typed.map(secrets_in).unwrap_or_default());
}

/// Registers the secrets in Claude's files: the keys and secret headers of profiles. Only reads.
pub fn register_files(places: &Places) {
    register(in_files(places));
}

/// Exempts an address from redaction, although a key may have words in common with it.
pub fn exempt(address: &str) {
    let mut known = known();
    if known.exempt.iter().all(|exempt| exempt != address) {
        known.exempt.push(address.to_owned());
        known.redactor = None;
    }
}

/// All registered secrets, for a report.
pub fn secrets() -> Vec<Secret> {
    known().secrets.clone()
}

/// Wipes all registered secrets and exemptions.
pub fn forget() {
    *known() = Known::default();
}

/// A redactor for all registered secrets.
pub fn redactor() -> Arc<Redactor> {
    let mut known = known();
    let Known { secrets, exempt, redactor } = &mut *known;
    let make = || Arc::new(exempt.iter().fold(Redactor::new(&*secrets), |redactor, text| redactor.sparing(text)));
    Arc::clone(redactor.get_or_insert_with(make))
}

/// Names of fields whose texts come from other programs and may quote a key.
const FROM_OUTSIDE: [&str; 10] =
    ["value", "before", "after", "expected", "actual", "lines", "display_name", "note", "reason", "name_given"];

/// Redacts all registered secrets in a value that is about to be shown, printed or sent to the page.
pub fn clean(value: &mut Value) {
    clean_with(value, &redactor());
}

/// Like [`clean`], with a redactor that was made earlier.
pub fn clean_with(value: &mut Value, redactor: &Redactor) {
    if !redactor.is_empty() {
        clean_by(value, redactor, false);
    }
}

fn clean_by(value: &mut Value, redactor: &Redactor, is_from_outside: bool) {
    match value {
        Value::String(text) => {
            let cleaned = if is_from_outside { redactor.text(text) } else { redactor.line(text) };
            if let std::borrow::Cow::Owned(cleaned) = cleaned {
                *text = cleaned;
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| clean_by(item, redactor, is_from_outside)),
        Value::Object(fields) => {
            // The texts of a rehearsal are fixed; the key in them is a sample without value.
            for (name, field) in
                fields.iter_mut().filter(|(name, _)| !["rehearsal", "scenarios"].contains(&name.as_str()))
            {
                clean_by(field, redactor, is_from_outside || FROM_OUTSIDE.contains(&name.as_str()));
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn in_files(places: &Places) -> Vec<Secret> {
    let places = &places.resolved();
    let mut found = Vec::new();
    for root in places.roots() {
        for profile in observe::library(root, None).profiles {
            let Ok(document) = profile.file.document() else { continue };
            let key = document.get(keys::API_KEY).and_then(Value::as_str).filter(|key| !key.is_empty());
            found.extend(key.map(|key| Secret::new(key.to_owned())));
            for headers in [keys::CUSTOM_HEADERS, "inferenceGatewayHeaders"] {
                found.extend(
                    headers_of(document.get(headers))
                        .into_iter()
                        .filter_map(|(is_secret, value)| is_secret.then_some(value)),
                );
            }
        }
    }
    found
}

/// The values of the headers in a profile, each with whether it is a secret.
pub(crate) fn headers_of(headers: Option<&Value>) -> Vec<(bool, Secret)> {
    let fields = headers.and_then(Value::as_object).into_iter().flatten();
    let text = |(name, value): (&String, &Value)| {
        let value = value.as_str().filter(|value| !value.is_empty())?;
        Some((is_secret_header(name, value), Secret::new(value.to_owned())))
    };
    fields.filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// One test for everything, because the registered secrets are global to the process.
    #[test]
    fn registered_secrets_are_redacted_until_they_are_forgotten() {
        const KEY: &str = "acme.Zx9Yw8Vu7T.Qw3Er4Ty5U";
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let id = "33333333-3333-4333-8333-333333333333";
        fs_err::create_dir_all(places.library()).unwrap();
        fs_err::write(places.meta(), json!({"appliedId": id, "entries": [{"id": id, "name": "x"}]}).to_string())
            .unwrap();
        let profile =
            json!({"inferenceCustomHeaders": {"X-Team-Secret": "hunter2-hunter2-hunter2", "X-Team": "research"}});
        fs_err::write(places.profile(id), profile.to_string()).unwrap();

        let mut value = json!({
            "findings": [{"code": "AR-402", "evidence": [{"name": "said", "value": format!("key {KEY}, keychain")}]}],
            "key_place": "keychain", "proof": {"lines": ["hunter2-hunter2-hunter2 research"]}, "base": "https://x.example/keychain",
            "page": format!("a page with {KEY}"),
        });
        let before = value.clone();
        clean(&mut value);
        assert_eq!(value, before, "nothing is registered yet");
        register([Secret::new(KEY.to_owned()), Secret::new("keychain-1".to_owned())]);
        register_proxy(Some("http://li:gehe1m@proxy:1"));
        register_files(&places);
        exempt("https://x.example/keychain");
        clean(&mut value);
        assert_eq!(value["findings"][0]["evidence"][0]["value"], "key •••, keychain");
        assert_eq!(value["proof"]["lines"][0], "••• research");
        assert_eq!((&value["key_place"], &value["base"]), (&json!("keychain"), &json!("https://x.example/keychain")));
        assert_eq!(value["page"], "a page with •••");
        assert_eq!(redactor().text("Basic bGk6Z2VoZTFt"), "Basic •••");
        assert_eq!(secrets().len(), 5, "key, word, password, login, header");
        forget();
        assert!(redactor().is_empty() && secrets().is_empty());
    }
}
