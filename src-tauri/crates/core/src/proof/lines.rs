//! Splits Claude's log into entries with subsystem and text.
//!
//! The format is electron-log's (PI): a time, a level, then the subsystem in brackets, then the text, with
//! objects as Node prints them, on one line or on several. Texts of other subsystems, of tools and of chats
//! are in the same file, so only the subsystem decides about an entry, never a word in it.

/// The subsystem of the third-party configuration.
const OURS: [&str; 2] = ["custom-3p", "custom3p"];
/// Levels as electron-log names them.
const LEVELS: [&str; 7] = ["error", "warn", "info", "verbose", "debug", "silly", "log"];
/// The entry with which a start begins.
const START: &str = "Starting app";
/// The longest entry that is read, in bytes.
const LONGEST: usize = 16 * 1024;

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// The subsystem, if there is one.
    tag: Option<String>,
    /// Its text.
    pub(super) text: String,
    /// The lines, unchanged.
    pub(super) raw: String,
}

impl Entry {
    fn of(line: &str) -> Self {
        let mut rest = without_time(line.trim_start_matches('\u{feff}').trim());
        let mut tag = None;
        while let Some((inside, after)) = rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            let is_time = inside.starts_with(|c: char| c.is_ascii_digit());
            let is_level = LEVELS.contains(&inside.trim().to_ascii_lowercase().as_str());
            rest = without_time(after.trim_start());
            if !is_time && !is_level {
                tag = Some(inside.to_owned());
                break;
            }
        }
        Self { tag, text: rest.to_owned(), raw: line.trim().to_owned() }
    }

    /// True for entries about the third-party configuration: of its subsystem or of none.
    pub(super) fn is_ours(&self) -> bool {
        self.tag.as_deref().is_none_or(|tag| OURS.contains(&tag))
    }

    /// True for entries of its subsystem.
    pub(super) fn is_tagged(&self) -> bool {
        self.tag.is_some() && self.is_ours()
    }

    /// A field of the object at the end: `{ state: 'healthy' }`.
    pub(super) fn field(&self, name: &str) -> Option<&str> {
        let (_, object) = self.text.split_once('{')?;
        let value = object.split([',', '{', '}', '\n']).find_map(|field| {
            let (known, value) = field.split_once(':')?;
            (known.trim().trim_matches(['"', '\'']) == name).then(|| value.trim().trim_matches(['"', '\'', '`']))
        })?;
        (!value.is_empty()).then_some(value)
    }
}

/// The line without a time that is not in brackets, as older builds write it.
fn without_time(text: &str) -> &str {
    let is_of_time = |c: char| c.is_ascii_digit() || "-:.,/TZ+ ".contains(c);
    let rest = text.trim_start_matches(is_of_time);
    // `3P mode active` begins with a digit as well.
    let is_time = text.starts_with(|c: char| c.is_ascii_digit()) && text.len() - rest.len() >= "10:00:00".len();
    if is_time { rest } else { text }
}

/// The entries of a log. A line that begins with white space or a closing bracket belongs to the entry before.
pub(super) fn entries(log: &str) -> Vec<Entry> {
    let mut joined: Vec<String> = Vec::new();
    for line in log.lines().filter(|line| !line.trim().is_empty()) {
        let goes_on = line.starts_with([' ', '\t', '}', ']']);
        match joined.last_mut().filter(|entry| goes_on && entry.len() + line.len() <= LONGEST) {
            Some(entry) => {
                entry.push('\n');
                entry.push_str(line);
            }
            None => joined.push(line.chars().take(LONGEST).collect()),
        }
    }
    joined.iter().map(|entry| Entry::of(entry)).collect()
}

/// The entries of the last start. Where no start is logged, they begin with the last entry about the mode, if
/// there is more than one.
pub(super) fn of_last_start(entries: &[Entry]) -> &[Entry] {
    let start = entries.iter().rposition(|entry| entry.tag.is_none() && entry.text.starts_with(START));
    let is_mode = |entry: &Entry| entry.is_tagged() && entry.text.starts_with("3P mode active");
    let modes: Vec<usize> = (0..entries.len()).filter(|at| is_mode(&entries[*at])).collect();
    match (start, modes.as_slice()) {
        (Some(start), _) => &entries[start..],
        (None, [_, .., last]) => &entries[*last..],
        (None, _) => entries,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, tag: Option<&str>, text: &str) {
        let entry = Entry::of(line);
        assert_eq!((entry.tag.as_deref(), entry.text.as_str()), (tag, text), "{line}");
    }

    #[test]
    fn time_and_level_are_no_subsystems() {
        check("2026-11-28 10:00:00 [info] [custom-3p] x", Some("custom-3p"), "x");
        check("[2026-11-28 10:00:00.123] [info] [custom-3p] x", Some("custom-3p"), "x");
        check("2026-11-28T10:00:00.000Z [warn]  (main) x", None, "(main) x");
        check("[error] Invalid x", None, "Invalid x");
        check("10:00:00.123 [info] [custom-3p] 3P mode active", Some("custom-3p"), "3P mode active");
        check("2026-11-28 10:00:00 [info] [notes] said: [custom-3p] x", Some("notes"), "said: [custom-3p] x");
    }

    #[test]
    fn an_object_may_stand_on_several_lines() {
        let log =
            "[info] [custom-3p] ConfigHealth recomputed {\n  state: 'healthy',\n  provider: \"gateway\"\n}\n[info] y\n";
        let entries = entries(log);
        assert_eq!(entries.len(), 2);
        assert_eq!((entries[0].field("state"), entries[0].field("provider")), (Some("healthy"), Some("gateway")));
        assert_eq!((entries[0].field("other"), entries[1].field("state")), (None, None));
    }
}
