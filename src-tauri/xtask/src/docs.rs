//! `cargo xtask docs`: the parts of the handbooks that come from the program itself. A supporter who
//! reads another sentence than the customer is worse off than without a handbook, so codes, words and
//! scripts are written here, and a test fails when they are not.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};

use crate::catalogue::{self, Entry, LANGUAGES, Labels, Scenario, Table, Words};
use crate::step::root;
use crate::tidy::floors;

/// What the hundreds are about, in the order of [`LANGUAGES`].
const HUNDREDS: [(char, [&str; 2]); 9] = [
    ('1', ["这台电脑和Claude", "This computer and Claude"]),
    ('2', ["网络", "The network"]),
    ('3', ["地址", "The address"]),
    ('4', ["密钥", "The key"]),
    ('5', ["账号", "The account"]),
    ('6', ["服务商", "The service"]),
    ('7', ["Claude的配置", "Claude's configuration"]),
    ('8', ["密钥的保存与启动后的确认", "Keeping the key, and the proof after the start"]),
    ('9', ["本程序", "This program"]),
];

/// Headings of tables, in the order of [`LANGUAGES`].
const COLUMNS: [[&str; 4]; 2] =
    [["编号", "是什么", "谁来处理", "怎么做"], ["Code", "What it is", "Whose it is", "What to do"]];

/// Writes the generated parts anew.
pub(crate) fn docs() -> Result<()> {
    for (path, text) in handbooks()?.into_iter().chain([architecture()?]) {
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        eprintln!("── {}", path.display());
    }
    Ok(())
}

/// The book of the architecture as it should be.
fn architecture() -> Result<(PathBuf, String)> {
    let path = root().join("ARCHITECTURE.md");
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    let text = replaced(&text, "floors", &floors::table()?)?;
    Ok((path, text))
}

/// The handbooks as they should be.
fn handbooks() -> Result<Vec<(PathBuf, String)>> {
    let (entries, words, labels) = (catalogue::entries()?, catalogue::words()?, catalogue::labels()?);
    let scenarios = catalogue::scenarios()?;
    LANGUAGES
        .iter()
        .enumerate()
        .map(|(index, language)| {
            let path = root().join(format!("docs/support.{language}.md"));
            let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            let labels = labels.get(*language).context("labels")?;
            let book = Book { index, language, entries: &entries, words: &words, labels };
            let text = replaced(&text, "phone", &book.phone()?)?;
            let text = replaced(&text, "codes", &book.codes()?)?;
            let text = replaced(&text, "scripts", &book.scripts(&scenarios)?)?;
            Ok((path, text))
        })
        .collect()
}

struct Book<'a> {
    index: usize,
    language: &'a str,
    entries: &'a [Entry],
    words: &'a Table,
    labels: &'a Labels,
}

impl Book<'_> {
    /// One line a code, short enough for a phone: for who hears a number and must say something now.
    fn phone(&self) -> Result<String> {
        let [code, what, whose, _] = COLUMNS[self.index];
        let mut text = format!("| {code} | {what} | {whose} |\n|---|---|---|\n");
        for entry in self.entries {
            let number = &entry.number;
            let anchor = number.to_lowercase();
            text += &format!("| [{number}](#{anchor}) | {} | {} |\n", self.general(entry)?.title, self.owner(entry));
        }
        Ok(text)
    }

    /// Every code with all of its words.
    fn codes(&self) -> Result<String> {
        let [_, _, whose, action] = COLUMNS[self.index];
        let colon = [("：", "（", "）"), (": ", " (", ")")][self.index];
        let mut text = String::new();
        let mut hundred = None;
        for entry in self.entries {
            let first = entry.number.chars().nth(3);
            if hundred != first {
                hundred = first;
                let about = HUNDREDS.iter().find(|(digit, _)| Some(*digit) == first);
                let about = about.map_or("", |(_, names)| names[self.index]);
                text += &format!("### {}xx {about}\n\n", first.unwrap_or_default());
            }
            let general = self.general(entry)?;
            let Words { title, meaning, action: what } = general;
            let severity = self.labels.severities.get(&entry.severity).cloned().unwrap_or_default();
            let (colon, open, close) = colon;
            text += &format!(
                "<a id=\"{}\"></a>\n**{} {title}**  \n{meaning}  \n{action}{colon}{what}  \n\
                 {whose}{colon}{}{open}{severity}{close} · `{}`\n\n",
                entry.number.to_lowercase(),
                entry.number,
                self.owner(entry),
                entry.slug
            );
            let cases = self.words.cases(&entry.number, self.language);
            let cases: Vec<String> = cases.map(|words| self.case(words, general)).collect();
            if !cases.is_empty() {
                let heading = self.labels.headings.get("cases").cloned().unwrap_or_default();
                text += &format!("{heading}{colon}\n\n{}\n", cases.concat());
            }
        }
        Ok(text)
    }

    /// Every scenario with its script.
    fn scripts(&self, scenarios: &[Scenario]) -> Result<String> {
        let heading = |word: &str| self.labels.headings.get(word).cloned().unwrap_or_default();
        let mut text = String::new();
        let mut group = "";
        for scenario in scenarios {
            if group != scenario.group {
                group = &scenario.group;
                text += &format!("### {}\n\n", self.labels.groups.get(group).map_or(group, String::as_str));
            }
            let script = scenario.script(self.language)?;
            let entry = self.entries.iter().find(|entry| entry.number == scenario.code);
            let entry = entry.with_context(|| format!("{} is in no catalogue", scenario.code))?;
            let said = self.words.of(&entry.number, &scenario.facts, self.language);
            let said = said.with_context(|| format!("{} has facts that no words speak of", scenario.id))?;
            let supporter: Vec<String> =
                script.supporter.iter().enumerate().map(|(index, line)| format!("{}. {line}\n", index + 1)).collect();
            text += &format!(
                "#### {title} · `{id}`\n\n**{customer}** {opening}\n\n**{sees}** [{number}](#{anchor}) {seen}  \n\
                 {meaning}\n\n**{says}**\n\n{lines}\n**{ends}** {end}\n\n",
                title = script.title,
                id = scenario.id,
                customer = heading("customer"),
                opening = script.customer,
                sees = heading("sees"),
                number = entry.number,
                anchor = entry.number.to_lowercase(),
                seen = said.title,
                meaning = said.meaning,
                says = heading("supporter"),
                lines = supporter.concat(),
                ends = heading("end"),
                end = script.end,
            );
        }
        Ok(text)
    }

    fn general(&self, entry: &Entry) -> Result<&Words> {
        let words = self.words.general(&entry.number, self.language);
        words.with_context(|| format!("{} has no words in {}", entry.number, self.language))
    }

    /// What else may stand beside a code, as far as it differs.
    fn case(&self, words: &Words, general: &Words) -> String {
        let gap = ["", " "][self.index];
        let title = if words.title == general.title { String::new() } else { format!("**{}** ", words.title) };
        let action = if words.action == general.action { "" } else { words.action.as_str() };
        format!("- {title}{}{gap}{action}", words.meaning).trim_end().to_owned() + "\n"
    }

    fn owner<'a>(&'a self, entry: &'a Entry) -> &'a str {
        self.labels.owners.get(&entry.owner).map_or(&entry.owner, String::as_str)
    }
}

/// Puts a part between its two marks.
fn replaced(text: &str, part: &str, new: &str) -> Result<String> {
    let (begin, end) = (format!("<!-- generated: {part} -->\n"), format!("<!-- end: {part} -->"));
    let (before, rest) = text.split_once(&begin).with_context(|| format!("no mark for {part}"))?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("no end for {part}"))?;
    ensure!(!after.contains(&begin), "{part} is there twice");
    Ok(format!("{before}{begin}\n{}\n\n{end}{after}", new.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_handbooks_say_what_the_program_says() {
        let architecture = architecture().expect("the architecture");
        for (path, expected) in handbooks().expect("handbooks").into_iter().chain([architecture]) {
            let is = std::fs::read_to_string(&path).expect("a handbook");
            assert!(is == expected, "{} has drifted: run `cargo xtask docs`", path.display());
        }
    }

    #[test]
    fn every_code_and_every_scenario_is_in_both_handbooks() {
        let (entries, scenarios) = (catalogue::entries().expect("codes"), catalogue::scenarios().expect("scenarios"));
        for (path, text) in handbooks().expect("handbooks") {
            for entry in &entries {
                assert!(text.contains(&format!("**{} ", entry.number)), "{} in {}", entry.number, path.display());
            }
            for scenario in &scenarios {
                assert!(text.contains(&format!("`{}`", scenario.id)), "{} in {}", scenario.id, path.display());
            }
            for template in ["{gateway", "[{", "|]"] {
                assert!(!text.contains(template), "{template} in {}", path.display());
            }
        }
    }

    #[test]
    fn only_what_is_between_the_marks_is_replaced() {
        let text = "a\n<!-- generated: x -->\nold\n<!-- end: x -->\nb\n";
        let new = replaced(text, "x", "new\n").expect("marks");
        assert_eq!(new, "a\n<!-- generated: x -->\n\nnew\n\n<!-- end: x -->\nb\n");
        assert_eq!(replaced(&new, "x", "new").expect("marks"), new);
        assert!(replaced(text, "y", "").is_err());
    }
}
