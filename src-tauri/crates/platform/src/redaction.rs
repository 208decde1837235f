//! The secrets of this process: every key that was pasted, also one that was refused, every stored one that
//! was used, every proxy's password.
//!
//! A server may give a key back long after the check, in Claude's log or in a report of Claude's, and in a
//! part of the program that has never heard of the key. So the window and the command line note each secret
//! here as soon as they have it, and everything that they say goes through [`redactor`] at one place.

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
    spared: Vec<String>,
    made: Option<Arc<Redactor>>,
}

static KNOWN: Mutex<Known> = Mutex::new(Known { secrets: Vec::new(), spared: Vec::new(), made: None });

fn known() -> MutexGuard<'static, Known> {
    // Each field is set at once, so what another thread was doing when it failed is whole.
    KNOWN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Notes secrets.
pub fn note(secrets: impl IntoIterator<Item = Secret>) {
    let mut known = known();
    for secret in secrets {
        if !known.secrets.contains(&secret) {
            known.secrets.push(secret);
            known.made = None;
        }
    }
}

/// Notes what lets into a proxy, by its address as it was typed.
pub fn note_proxy(typed: Option<&str>) {
    note(typed.map(secrets_in).unwrap_or_default());
}

/// Notes the secrets that stand in Claude's files: keys of profiles, and headers that let in. Only looks.
pub fn note_files(places: &Places) {
    note(in_files(places));
}

/// Notes an address that is no secret, though a key may have words in common with it.
pub fn spare(address: &str) {
    let mut known = known();
    if known.spared.iter().all(|spared| spared != address) {
        known.spared.push(address.to_owned());
        known.made = None;
    }
}

/// All that are known, for a report.
pub fn secrets() -> Vec<Secret> {
    known().secrets.clone()
}

/// Wipes all of them, when whoever gave them takes them back.
pub fn forget() {
    *known() = Known::default();
}

/// What takes them out of texts.
pub fn redactor() -> Arc<Redactor> {
    let mut known = known();
    let Known { secrets, spared, made } = &mut *known;
    let make = || Arc::new(spared.iter().fold(Redactor::new(&*secrets), |redactor, text| redactor.sparing(text)));
    Arc::clone(made.get_or_insert_with(make))
}

/// Names of fields whose texts come from outside: whatever stands there may be a quoted key.
const FROM_OUTSIDE: [&str; 10] =
    ["value", "before", "after", "expected", "actual", "lines", "display_name", "note", "reason", "name_given"];

/// Takes all known secrets out of a value that is about to be shown, printed or handed to the page.
pub fn clean(value: &mut Value) {
    clean_with(value, &redactor());
}

/// The same of the secrets that were known at another time.
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
            // What a rehearsal says is written down in it, the key that opens nothing too.
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

/// The values of headers, and of each whether it is a secret.
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

    /// One test for all of it: what is known is known to the whole process.
    #[test]
    fn what_is_noted_is_taken_out_and_what_is_forgotten_is_not() {
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
        assert_eq!(value, before, "nothing is known yet");
        note([Secret::new(KEY.to_owned()), Secret::new("keychain-1".to_owned())]);
        note_proxy(Some("http://li:gehe1m@proxy:1"));
        note_files(&places);
        spare("https://x.example/keychain");
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
