//! The ways in which an app can be difficult, switched on by `PRACTICE_CLAUDE_QUIRKS`.

/// A bad habit to rehearse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quirk {
    /// Asked to quit, it stays.
    RefuseQuit,
    /// Asked to quit, it takes some seconds.
    SlowQuit,
    /// It saves its settings once more after it has quit.
    LateSave,
    /// It ends right after its start.
    CrashAtStart,
    /// It writes no log.
    Silent,
    /// Third-party mode waits for a person who clicks it through.
    ClickThrough,
    /// It makes a library with an empty entry where there is none.
    SeedDefault,
    /// Its health check asks for a dated haiku model whatever the list says (claude-code #89794).
    HaikuProbe,
}

const NAMES: &[(&str, Quirk)] = &[
    ("refuse-quit", Quirk::RefuseQuit),
    ("slow-quit", Quirk::SlowQuit),
    ("late-save", Quirk::LateSave),
    ("crash-at-start", Quirk::CrashAtStart),
    ("silent", Quirk::Silent),
    ("click-through", Quirk::ClickThrough),
    ("seed-default", Quirk::SeedDefault),
    ("haiku-probe", Quirk::HaikuProbe),
];

/// Reads a comma list; `None` when a word is unknown, so that a misspelled quirk is noticed.
pub(super) fn parse(list: &str) -> Option<Vec<Quirk>> {
    let words = list.split(',').map(str::trim).filter(|word| !word.is_empty());
    words.map(|word| NAMES.iter().find(|(name, _)| *name == word).map(|(_, quirk)| *quirk)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(list: &str, expected: Option<Vec<Quirk>>) {
        assert_eq!(parse(list), expected, "{list}");
    }

    #[test]
    fn quirks_are_named_in_a_comma_list() {
        check("", Some(vec![]));
        check("silent", Some(vec![Quirk::Silent]));
        check("slow-quit, late-save", Some(vec![Quirk::SlowQuit, Quirk::LateSave]));
        check("silent,helpful", None);
    }
}
