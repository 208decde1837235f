//! What people are told beside the findings: what changed, what will change, and what proves it. It is
//! read from the same object that `--json` prints, so that both say the same.

use std::collections::HashMap;
use std::sync::LazyLock;

use airouter_core::preset::Preset;
use airouter_core::view::Locale;
use serde_json::Value;

use crate::words::tag;

/// Words by language, group and name; written from the window's own tables, see [`crate::words`].
type Terms = HashMap<String, HashMap<String, HashMap<String, String>>>;

static TERMS: LazyLock<Terms> = LazyLock::new(|| serde_json::from_str(include_str!("terms.json")).unwrap_or_default());

/// A sentence of the command line's own.
pub fn term(name: &str, locale: Locale) -> String {
    word("terminal", name, locale)
}

/// The lines for an answer; none where there is nothing to tell.
pub(crate) fn told(answer: &Value, locale: Locale, preset: &Preset) -> Vec<String> {
    let mut tale = Tale { lines: Vec::new(), locale };
    tale.check(answer);
    tale.models(answer);
    tale.plan(&answer["plan"]);
    tale.status(&answer["status"]);
    tale.edits("restored", &answer["restored"]);
    tale.edits("left", &answer["left"]);
    tale.proof(&answer["proof"]);
    tale.lines.extend(answer["for_administrator"].as_str().map(str::to_owned));
    tale.export(answer);
    if let Some(outcome) = answer["outcome"].as_str() {
        tale.lines.push(word("outcomes", outcome, locale).replace("{gateway}", &preset.name));
    }
    tale.lines
}

/// A word of a group, or its name where there is none.
fn word(group: &str, name: &str, locale: Locale) -> String {
    let found = TERMS.get(tag(locale)).and_then(|terms| terms.get(group)?.get(name));
    found.cloned().unwrap_or_else(|| name.to_owned())
}

struct Tale {
    lines: Vec<String>,
    locale: Locale,
}

impl Tale {
    fn word(&self, group: &str, value: &Value) -> String {
        word(group, value.as_str().unwrap_or_default(), self.locale)
    }

    fn heading(&mut self, name: &str) {
        self.lines.push(term(name, self.locale));
    }

    fn item(&mut self, text: &str) {
        self.lines.push(format!("  {text}"));
    }

    fn check(&mut self, answer: &Value) {
        for lamp in items(&answer["lamps"]) {
            let millis = lamp["millis"].as_u64().map(|millis| format!("  {millis} ms")).unwrap_or_default();
            let text = format!("{}  {}{millis}", self.word("lamps", &lamp["id"]), self.word("states", &lamp["state"]));
            self.item(&text);
        }
        if let (Some(requests), Some(tokens)) = (answer["requests"].as_u64(), answer["tokens_estimate"].as_u64()) {
            let cost = term("cost", self.locale).replace("{requests}", &requests.to_string());
            self.lines.push(cost.replace("{tokens}", &tokens.to_string()));
        }
    }

    fn models(&mut self, answer: &Value) {
        let models = items(&answer["models"]);
        let (good, dropped): (Vec<&Value>, Vec<&Value>) = models.iter().partition(|model| model["dropped"].is_null());
        if !good.is_empty() {
            self.heading("models");
        }
        let proposed = items(&answer["proposal"]);
        for model in good {
            let tier = if model["tier"].is_null() { Value::from("none") } else { model["tier"].clone() };
            let mark = if proposed.contains(&model["id"]) { "* " } else { "" };
            let text = format!("{mark}{}  {}", shown(&model["id"]), self.word("tiers", &tier));
            self.item(&text);
        }
        if !dropped.is_empty() {
            self.heading("dropped");
        }
        for model in dropped {
            let why =
                self.word("drops", &model["dropped"]["kind"]).replace("{word}", &shown(&model["dropped"]["word"]));
            self.item(&format!("{}  {why}", shown(&model["id"])));
        }
    }

    fn plan(&mut self, plan: &Value) {
        let files = items(&plan["files"]);
        if !files.is_empty() {
            self.heading("changes");
        }
        for file in files {
            let text = format!("{}  {}", self.word("roles", &file["role"]), shown(&file["path"]));
            self.item(&text);
            for edit in items(&file["edits"]) {
                self.edit(edit, "    ");
            }
        }
        let carryable = items(&plan["carryable"]);
        if !carryable.is_empty() {
            self.heading("carryable");
        }
        for name in carryable {
            self.item(&shown(name));
        }
        let steps = items(&plan["steps"]);
        if !steps.is_empty() {
            self.heading("steps");
        }
        for (number, step) in steps.iter().enumerate() {
            let text = format!("{}. {}", number + 1, self.word("steps", step));
            self.item(&text);
        }
    }

    fn status(&mut self, status: &Value) {
        let rows = items(&status["rows"]);
        if !rows.is_empty() {
            self.heading("values");
        }
        for row in rows {
            let mark = if row["ok"] == true { "=" } else { "≠" };
            let mut text = format!("{mark} {}: {}", shown(&row["name"]), self.absent(&row["actual"]));
            if row["ok"] != true {
                text += &format!("  ({} {})", term("expected", self.locale), self.absent(&row["expected"]));
            }
            self.item(&text);
        }
    }

    fn edits(&mut self, heading: &str, edits: &Value) {
        let edits = items(edits);
        if !edits.is_empty() {
            self.heading(heading);
        }
        for edit in edits {
            self.edit(edit, "  ");
        }
    }

    fn edit(&mut self, edit: &Value, margin: &str) {
        let (before, after) = (self.absent(&edit["before"]), self.absent(&edit["after"]));
        self.lines.push(format!("{margin}{}: {before} → {after}", shown(&edit["key"])));
    }

    fn proof(&mut self, proof: &Value) {
        let lines = items(&proof["lines"]);
        if !lines.is_empty() {
            self.heading("proof");
        }
        for line in lines {
            self.item(&shown(line));
        }
    }

    fn export(&mut self, answer: &Value) {
        let files = items(&answer["files"]);
        if !files.is_empty() {
            let heading = format!("{} {}", term("files", self.locale), shown(&answer["to"]));
            self.lines.push(heading.trim_end().to_owned());
        }
        for file in files {
            self.item(&shown(&file["path"]));
        }
        if let Some(link) = answer["link"].as_str() {
            self.heading("link");
            self.item(link);
        }
    }

    fn absent(&self, value: &Value) -> String {
        value.as_str().map_or_else(|| term("absent", self.locale), str::to_owned)
    }
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// A text without its quotes.
fn shown(value: &Value) -> String {
    value.as_str().map_or_else(String::new, str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use airouter_core::view::{Outcome, StepId};
    use serde_json::json;

    #[test]
    fn what_changed_and_what_proves_it_is_told_in_both_languages() {
        let answer = json!({
            "plan": {"steps": ["write-files"], "files": [{"role": "mode", "path": "/c/m.json", "edits": [{"key": "deploymentMode", "before": null, "after": "\"3p\""}]}]},
            "proof": {"lines": ["[custom-3p] 3P mode active"]},
            "models": [{"id": "claude-opus-5", "tier": "opus", "dropped": null}, {"id": "gpt-5", "tier": null, "dropped": {"kind": "other-vendor", "word": "gpt"}}],
            "proposal": ["claude-opus-5"],
            "outcome": "proved",
        });
        for (locale, expected) in
            [(Locale::ZhCn, "Claude已接入AIRouter"), (Locale::En, "Claude is connected to AIRouter")]
        {
            let lines = told(&answer, locale, &Preset::airouter());
            let text = lines.join("\n");
            for part in
                ["deploymentMode: ", "→ \"3p\"", "/c/m.json", "3P mode active", "* claude-opus-5", "gpt", expected]
            {
                assert!(text.contains(part), "{part} is missing in {text}");
            }
            assert!(!text.contains('{'), "{text}");
        }
    }

    #[test]
    fn an_answer_with_findings_alone_has_nothing_more_to_tell() {
        assert_eq!(told(&json!({}), Locale::En, &Preset::airouter()), Vec::<String>::new());
    }

    #[test]
    fn every_step_and_every_ending_has_its_words() {
        let endings = [
            Outcome::Proved,
            Outcome::Written,
            Outcome::Unproved,
            Outcome::RolledBack,
            Outcome::Refused,
            Outcome::Interrupted,
        ];
        let endings = endings.iter().map(|outcome| json!(outcome)).chain([
            json!("unchanged"),
            json!("exported"),
            json!("dry-run"),
        ]);
        let steps = [StepId::QuitClaude, StepId::InstallHelper, StepId::StoreKey, StepId::WriteFiles, StepId::Verify];
        let steps = steps.into_iter().chain([StepId::StartClaude, StepId::Prove]).map(|step| json!(step));
        for (group, name) in endings.map(|name| ("outcomes", name)).chain(steps.map(|name| ("steps", name))) {
            let name = name.as_str().unwrap();
            for locale in [Locale::ZhCn, Locale::En] {
                assert_ne!(word(group, name, locale), name, "{group}.{name} has no words in {}", tag(locale));
            }
        }
    }
}
