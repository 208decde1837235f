//! The person's language: the display language of Windows, else the first of the person's languages, else the one of
//! the date and number formats.

use super::registry::{Hive, key, text, texts};

/// The person's language by the system's settings.
pub(crate) fn language() -> Option<String> {
    let list = |path: &str, name: &str| key(Hive::User, path).and_then(|key| texts(&key, name).into_iter().next());
    let shown = list(r"Control Panel\Desktop", "PreferredUILanguages");
    let first = || list(r"Control Panel\International\User Profile", "Languages");
    let written = || key(Hive::User, r"Control Panel\International").and_then(|key| text(&key, "LocaleName"));
    shown.or_else(first).or_else(written).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_system_names_a_language() {
        let language = language().expect("every account has one");
        assert!(language.split('-').next().is_some_and(|word| word.len() >= 2), "{language}");
    }
}
