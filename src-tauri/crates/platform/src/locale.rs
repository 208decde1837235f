//! The person's language and the system's name.

use airouter_core::view::{Locale, Os};

use crate::places::Places;
use crate::{files, sys};

/// The operating system.
pub fn os() -> Os {
    sys::OS
}

/// The language to start in: the person's earlier choice, else the system's language.
pub fn preferred(places: &Places) -> Locale {
    match fs_err::read_to_string(places.state.join(FILE)).as_deref().map(str::trim) {
        Ok("zh-CN") => Locale::ZhCn,
        Ok("en") => Locale::En,
        _ => Locale::from_system(sys::language().as_deref()),
    }
}

/// Saves the person's choice. A failure is only logged.
pub fn remember(places: &Places, locale: Locale) {
    let word = match locale {
        Locale::ZhCn => "zh-CN",
        Locale::En => "en",
    };
    if let Err(error) = files::replace(&places.state.join(FILE), word.as_bytes(), files::Privacy::OwnerOnly) {
        tracing::warn!(%error, "the language is not saved");
    }
}

const FILE: &str = "language";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_is_remembered() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        for locale in [Locale::En, Locale::ZhCn] {
            remember(&places, locale);
            assert_eq!(preferred(&places), locale);
        }
    }
}
