//! `rehearse`: plays a scenario from beginning to end in a scratch folder, and prints what the customer
//! sees and what the supporter says. Whether it came as the scenario says is the exit code.

use airouter_cli::words::{self, label};
use airouter_cli::{Answer, Rehearse, explain, term};
use airouter_core::finding::{Code, Finding};
use airouter_core::preset::Preset;
use airouter_core::view::Locale;
use serde_json::{Value, json};

use crate::{Group, Sandbox, Scenario, Script, play};

/// `rehearse`
pub fn rehearse(arguments: &Rehearse, locale: Locale) -> Answer {
    let Some(name) = arguments.scenario.as_deref().filter(|_| !arguments.list) else {
        return list(locale);
    };
    let Some(scenario) = Scenario::named(name) else {
        return Answer::misused(term("noScenario", locale).replace("{word}", name));
    };
    match run(scenario, locale) {
        Ok(answer) => answer,
        Err(finding) => Answer::new(vec![finding]),
    }
}

fn run(scenario: &'static Scenario, locale: Locale) -> Result<Answer, Finding> {
    let folder = tempfile::Builder::new()
        .prefix("airouter-rehearsal-")
        .tempdir()
        .map_err(|error| Finding::new(Code::RehearsalNotSet).with("reason", error))?;
    let sandbox = Sandbox::create(folder.path(), scenario)?;
    let played = play(&sandbox);
    let text = story(scenario, &played.met, locale, sandbox.preset());
    // What remains lies in a temporary folder, so the rehearsal has not failed because of it.
    if let Err(finding) = sandbox.remove() {
        tracing::warn!(code = finding.code.number(), "the sandbox is not cleared");
    }
    let as_expected = played.differs.is_none();
    Ok(Answer::new(played.differs.into_iter().collect())
        .with("scenario", shown(scenario))
        .with("as_foreseen", as_expected)
        .with("met", played.met)
        .reads(text))
}

fn list(locale: Locale) -> Answer {
    let mut text = vec![label(locale, |labels| &labels.headings, "list")];
    let mut group: Option<Group> = None;
    for scenario in Scenario::all() {
        if group != Some(scenario.group) {
            group = Some(scenario.group);
            text.push(format!("\n{}", label(locale, |labels| &labels.groups, scenario.group.word())));
        }
        text.push(format!("  {:<16} {}  {}", scenario.id, scenario.code, script(scenario, locale).title));
    }
    let shown: Vec<Value> = Scenario::all().iter().map(shown).collect();
    Answer::new(Vec::new()).with("scenarios", shown).reads(text.join("\n"))
}

fn shown(scenario: &Scenario) -> Value {
    json!({
        "id": scenario.id,
        "group": scenario.group.word(),
        "code": scenario.code,
        "owner": scenario.owner,
        "script": { words::tag(Locale::ZhCn): scenario.zh_cn, words::tag(Locale::En): scenario.en },
    })
}

fn script(scenario: &Scenario, locale: Locale) -> &Script {
    match locale {
        Locale::ZhCn => &scenario.zh_cn,
        Locale::En => &scenario.en,
    }
}

/// The story in the order in which it is told over the phone.
fn story(scenario: &Scenario, met: &[Finding], locale: Locale, preset: &Preset) -> String {
    let script = script(scenario, locale);
    let heading = |word: &str| label(locale, |labels| &labels.headings, word);
    let mut text = vec![format!("{} · {}", scenario.id, script.title), heading("nothingReal"), String::new()];
    text.push(format!("{}\n  {}", heading("customer"), script.customer));
    text.push(format!("\n{}", heading("sees")));
    for finding in met.iter().filter(|finding| finding.blocks() || finding.code.number() == scenario.code) {
        let seen = explain::text(finding, locale, preset);
        text.extend(seen.lines().map(str::to_owned).chain(words::facts(finding)).map(|line| format!("  {line}")));
    }
    text.push(format!("\n{}", heading("supporter")));
    text.extend(script.supporter.iter().enumerate().map(|(index, line)| format!("  {}. {line}", index + 1)));
    text.push(format!("\n{}\n  {}", heading("end"), script.end));
    text.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_and_owner_of_every_scenario_are_those_of_the_catalogue() {
        for scenario in Scenario::all() {
            let code = Code::ALL.iter().find(|code| code.number() == scenario.code);
            let owner = code.map(|code| explain::word_of(code.owner()));
            assert_eq!(owner.as_deref(), Some(scenario.owner.as_str()), "{}", scenario.id);
        }
    }
}
