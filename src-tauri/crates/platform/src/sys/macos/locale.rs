//! The person's language: the first one in the system's settings.

use std::path::Path;

use super::SHORT;
use crate::command;

/// The system's program for settings.
const DEFAULTS: &str = "/usr/bin/defaults";

/// The person's language by the system's settings.
pub(crate) fn language() -> Option<String> {
    query(Path::new(DEFAULTS))
}

fn query(defaults: &Path) -> Option<String> {
    let ended = command::run(command::program(defaults).args(["read", "-g", "AppleLanguages"]), "", SHORT).ok()?;
    if ended.code == Some(0) { first(&ended.output) } else { None }
}

/// The first element of a list as `defaults` prints it: one per line, with or without quotation marks.
fn first(list: &str) -> Option<String> {
    let texts = list.lines().map(|line| line.trim().trim_end_matches(',').trim_matches('"'));
    texts.filter(|text| !matches!(*text, "" | "(" | ")")).map(str::to_owned).next()
}

#[cfg(test)]
mod tests {
    use super::super::Mac;
    use super::*;
    use airouter_core::view::Locale;

    #[test]
    fn the_first_language_counts() {
        assert_eq!(first("(\n    \"zh-Hans-CN\",\n    \"en-CN\"\n)\n").as_deref(), Some("zh-Hans-CN"));
        assert_eq!(first("(\n    en,\n    \"zh-Hans\"\n)").as_deref(), Some("en"));
        assert_eq!(first("(\n)\n"), None);
    }

    #[test]
    fn defaults_is_asked() {
        let mac = Mac::new();
        let body = "[ \"$*\" = 'read -g AppleLanguages' ] && printf '(\\n    \"en-GB\"\\n)\\n'";
        let language = query(&mac.program("defaults", body));
        assert_eq!(Locale::from_system(language.as_deref()), Locale::En);
        assert_eq!(query(&mac.program("broken", "echo en; exit 1")), None);
    }

    #[cfg(not(target_os = "macos"))]
    #[test]
    fn other_systems_have_no_such_program() {
        assert_eq!(language(), None);
    }
}
