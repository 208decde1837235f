//! The page shows what core decides. It may name a code only where a screen says in its own words what a card
//! would say once more, or where a finding belongs to a field; those places are listed here. What a code calls
//! for (a remedy, a note, compatibility mode) is in the tables that core writes for it (`bindings/rules.ts`).

use std::path::{Path, PathBuf};

use crate::step::root;

/// Texts, what is generated, and the double of the program, which makes findings.
const LEFT_OUT: [&str; 5] = [
    "ui/src/lib/words/",
    "ui/src/lib/bindings/",
    "ui/src/lib/backend/fake.ts",
    "ui/src/lib/backend/scenes.ts",
    "ui/src/lib/backend/doctor-scenes.ts",
];

/// Which files of the page name which codes.
const NAMED: [(&str, &[&str]); 9] = [
    // The field that is marked as wrong.
    ("ui/src/parts/KeyField.svelte", &["KEY_LINT"]),
    // The place of a finding, and what the notes beside the key say already.
    ("ui/src/screens/Key.svelte", &["KEY_CLEANED", "URL_LINT", "URL_REPAIRED"]),
    // The picture that shows where to click.
    ("ui/src/screens/Apply.svelte", &["QUIT_BY_HAND"]),
    // The title.
    ("ui/src/screens/Prepare.svelte", &["CLAUDE_MISSING"]),
    // Said beside the signature.
    ("ui/src/screens/Preset.svelte", &["PRESET_SIGNER_UNKNOWN"]),
    // Said by the title and the lead.
    ("ui/src/screens/Result.svelte", &["NOT_PROVED", "PROVED"]),
    // The fold beside which a host is corrected, and what was chosen knowingly.
    ("ui/src/screens/Review.svelte", &["HOST_INVALID", "KEY_IN_PROFILE"]),
    // Said by the lead and the table.
    ("ui/src/screens/Status.svelte", &["DRIFTED"]),
    // Said by the list and the lead.
    ("ui/src/screens/Undone.svelte", &["OTHER_PROFILE", "UNDO_LEFT"]),
];

/// Every code that the page names and should not, one line each.
pub(super) fn breaches(files: &[PathBuf]) -> Vec<String> {
    let names = files.iter().filter_map(|file| name_in_page(file));
    let texts = names.map(|name| (std::fs::read_to_string(root().join(&name)).unwrap_or_default(), name));
    texts.flat_map(|(text, name)| breaches_in(&name, &text)).collect()
}

fn name_in_page(file: &Path) -> Option<String> {
    let name = file.to_string_lossy().replace('\\', "/");
    let is_script = name.ends_with(".ts") || name.ends_with(".svelte");
    let is_left_out = LEFT_OUT.iter().any(|place| name.starts_with(place));
    (name.starts_with("ui/src/") && is_script && !is_left_out).then_some(name)
}

fn breaches_in(name: &str, text: &str) -> Vec<String> {
    let known = NAMED.iter().find(|(file, _)| *file == name).map_or(&[][..], |(_, codes)| *codes);
    let named = imported(text);
    let more = named.iter().filter(|code| !known.contains(code));
    let more = more.map(|code| format!("{name}: {code} is named: is it a rule? Rules are core's, see tidy/page.rs"));
    let fewer = known.iter().filter(|code| !named.contains(code));
    let fewer = fewer.map(|code| format!("{name}: {code} is named no more: take it out of tidy/page.rs"));
    let written = text.lines().enumerate().filter(|(_, line)| writes_code(line));
    let written = written.map(|(at, _)| format!("{name}:{}: a code is written out; core names them", at + 1));
    more.chain(fewer).chain(written).collect()
}

/// The names that a file imports from the list of codes.
fn imported(text: &str) -> Vec<&str> {
    let from = text.match_indices("bindings/codes\"").filter_map(|(at, _)| {
        let (_, import) = text[..at].rsplit_once("import ")?;
        import.split_once('{')?.1.split_once('}')
    });
    from.flat_map(|(names, _)| names.split(',')).map(str::trim).filter(|name| !name.is_empty()).collect()
}

/// True for a number such as `AR-401` or a part of one, but not for the pattern of all numbers or a comment.
fn writes_code(line: &str) -> bool {
    let is_comment = ["//", "/*", "*"].iter().any(|mark| line.trim_start().starts_with(mark));
    !is_comment && line.match_indices("AR-").any(|(at, _)| !line[at..].starts_with("AR-\\d"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(name: &str, text: &str, expected: usize) {
        let found = breaches_in(name, text);
        assert_eq!(found.len(), expected, "{found:?}");
    }

    #[test]
    fn a_rule_in_the_page_is_found() {
        let status = "ui/src/screens/Status.svelte";
        let import = "import { DRIFTED } from \"../lib/bindings/codes\";\n";
        check(status, import, 0);
        check(status, "import {\n  DRIFTED,\n  OFFLINE,\n} from \"../lib/bindings/codes\";", 1);
        check(status, "", 1);
        check(status, &format!("{import}if (code === \"AR-101\") retry();"), 1);
        check(status, &format!("{import}code.startsWith(`AR-1`)"), 1);
        check("ui/src/lib/remedies.ts", import, 1);
        check("ui/src/lib/remedies.ts", "// such as AR-101\nif (/^AR-\\d{3}$/.test(code)) return;", 0);
    }

    #[test]
    fn every_place_that_names_codes_is_looked_at() {
        for (name, _) in NAMED {
            assert_eq!(name_in_page(Path::new(name)).as_deref(), Some(name));
            assert!(root().join(name).exists(), "{name}");
        }
        assert_eq!(name_in_page(Path::new("ui/src/lib/bindings/codes.ts")), None);
        assert_eq!(name_in_page(Path::new("ui/src/lib/words/findings.en.ts")), None);
    }
}
