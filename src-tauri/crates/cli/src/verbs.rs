//! The commands: the same checks, plans and steps as the window, one after another.

use std::io::{BufRead, Write};

use airouter_core::address::{GatewayUrl, repair as repair_address};
use airouter_core::check::{AuthScheme, CheckReport};
use airouter_core::claude::egress;
use airouter_core::finding::{Code, Finding};
use airouter_core::plan::Wishes;
use airouter_core::preset::Preset;
use airouter_core::secret::Secret;
use airouter_core::undo::Journal;
use airouter_core::view::{Locale, Outcome, Phase, PhaseState, SetupWishes, UndoGoal};
use airouter_platform::doctor::{self as examine, Depth};
use airouter_platform::helper::Removal;
use airouter_platform::places::Places;
use airouter_platform::{
    apply as act, claude, observe, recover, redaction, state, stored_key, undo as undoing, uninstall,
};

use crate::arguments::{Apply, Auth, Gateway, Repair, Undo};
use crate::output::Answer;
use crate::{key, people, words};

/// `check`
pub(crate) fn check(arguments: &Gateway, locale: Locale) -> Answer {
    let asked = match Asked::of(arguments, locale) {
        Ok(asked) => asked,
        Err(finding) => return Answer::new(vec![finding]),
    };
    let report = run_check(&asked, arguments);
    let doctor = examine::examine(&asked.places, &asked.base, Some(report.clone()), Depth::Local);
    let mut changes = asked.changes;
    match &doctor {
        Ok(doctor) => changes.extend(doctor.local_findings()),
        Err(finding) => changes.push(finding.clone()),
    }
    answer_of_check(report, &changes).with("doctor", doctor.ok())
}

fn answer_of_check(report: CheckReport, changes: &[Finding]) -> Answer {
    let mut findings = report.findings.clone();
    findings.extend(changes.iter().cloned());
    Answer::new(findings)
        .with("passed", report.passed)
        .with("base", &report.base)
        .with("auth", report.scheme.word())
        .with("lamps", &report.lamps)
        .with("layers", &report.layers)
        .with("models", &report.models)
        .with("proposal", &report.proposal)
        .with("requests", report.requests)
        .with("tokens_estimate", report.tokens_estimate)
}

/// `models`: the same questions, and of the answers only the list.
pub(crate) fn models(arguments: &Gateway, locale: Locale) -> Answer {
    match Asked::of(arguments, locale) {
        Ok(asked) => {
            let report = run_check(&asked, arguments);
            Answer::new(report.findings).with("models", &report.models).with("proposal", &report.proposal)
        }
        Err(finding) => Answer::new(vec![finding]),
    }
}

/// `apply`
pub(crate) fn apply(arguments: &Apply, locale: Locale) -> Answer {
    let asked = match Asked::of(&arguments.gateway, locale) {
        Ok(asked) => asked,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    // A host that cannot be used is refused before anything is sent.
    if let Err(finding) = egress::hosts(Some(&arguments.egress)) {
        return Answer::refused(vec![finding]);
    }
    // What the preset recommends counts where nobody says otherwise.
    let mut gateway = arguments.gateway.clone();
    if gateway.models.is_empty() {
        gateway.models.clone_from(&asked.preset.models);
    }
    let report = (!arguments.without_check).then(|| run_check(&asked, &gateway));
    if let Some(report) = report.as_ref().filter(|report| !report.passed) {
        let answer = answer_of_check(report.clone(), &asked.changes);
        return Answer::refused(report.findings.clone()).with("check", answer.value());
    }
    let scheme = report.as_ref().map_or(asked.scheme.unwrap_or_default(), |report| report.scheme);
    let chosen = chosen(arguments, report.as_ref().map_or(gateway.models, |report| report.proposal.clone()));
    let connected = state::journal(&asked.places).map(|journal| journal.filter(Journal::is_connection));
    let wishes = match connected.and_then(|connected| {
        Wishes::wanted(&chosen, Some((asked.base.clone(), scheme)), connected.as_ref(), &asked.preset)
    }) {
        Ok(wishes) => wishes,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    let mut before = asked.changes;
    before.extend(report.map(|report| report.findings).unwrap_or_default());
    let consent = Consent::of(arguments.yes, locale);
    carry_out(&asked.places, &wishes, &asked.key, consent, arguments.dry_run, before)
}

/// What was chosen, as the page would send it.
fn chosen(arguments: &Apply, models: Vec<String>) -> SetupWishes {
    SetupWishes {
        every_model: models.is_empty(),
        models,
        static_key: arguments.static_key,
        egress: (!arguments.egress.is_empty()).then(|| arguments.egress.clone()),
        carry_over: arguments.carry_over,
        restart: !arguments.write_only,
    }
}

/// `repair`: applies again what the journal says was written.
pub(crate) fn repair(arguments: &Repair, locale: Locale) -> Answer {
    let places = match Places::here() {
        Ok(places) => places,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    if !arguments.dry_run {
        // The helper may be gone, and only it can say which key is stored.
        recover::at_start(&places);
    }
    let at_hand = state::journal(&places).and_then(|journal| {
        let journal = journal.filter(Journal::is_connection).ok_or_else(|| Finding::new(Code::NotConnected))?;
        let key = observe::key_in_use(&places, &journal)?;
        redaction::register([key.clone()]);
        Ok((Wishes::of(&journal, !arguments.write_only)?, key))
    });
    match at_hand {
        Ok((wishes, key)) => {
            let consent = Consent::of(arguments.yes, locale);
            carry_out(&places, &wishes, &key, consent, arguments.dry_run, Vec::new())
        }
        Err(finding) => Answer::refused(vec![finding]),
    }
}

/// `status`
pub(crate) fn status() -> Answer {
    let places = match Places::here() {
        Ok(places) => places,
        Err(finding) => return Answer::new(vec![finding]),
    };
    // A sudden end of an earlier run is settled before anything is said.
    let resumed = recover::at_start(&places);
    let overview = observe::overview(&places);
    let mut findings = overview.findings.clone();
    findings.extend(resumed.filter(|finding| !finding.blocks()));
    if overview.status.is_none() {
        findings.push(Finding::new(Code::NotConnected));
    }
    Answer::new(findings)
        .with("connected", overview.status.is_some())
        .with("healthy", overview.status.as_ref().is_some_and(|status| status.healthy))
        .with("claude", &overview.claude)
        .with("root", &overview.root)
        .with("status", &overview.status)
}

/// `undo`
pub(crate) fn undo(arguments: &Undo, locale: Locale) -> Answer {
    go_back(arguments, UndoGoal::Before, locale)
}

/// `leave`: back to Anthropic's own sign-in, whatever was there before.
pub(crate) fn leave(arguments: &Undo, locale: Locale) -> Answer {
    go_back(arguments, UndoGoal::Anthropic, locale)
}

/// `clean`
pub(crate) fn clean() -> Answer {
    match Places::here().and_then(|places| uninstall::clean(&places)) {
        Ok(Removal::Removed) => Answer::new(Vec::new()).with("helper", "gone"),
        Ok(Removal::NothingToRemove) => Answer::new(Vec::new()).with("helper", "none"),
        Ok(Removal::StillNeeded) => Answer::new(vec![Finding::new(Code::HelperNeeded)]).with("helper", "needed"),
        Ok(Removal::KeyRemains(finding)) => Answer::new(vec![finding]).with("helper", "stays"),
        Err(finding) => Answer::refused(vec![finding]),
    }
}

fn go_back(arguments: &Undo, goal: UndoGoal, locale: Locale) -> Answer {
    let places = match Places::here() {
        Ok(places) => places,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    if arguments.dry_run {
        let report = undoing::preview(&places, goal);
        let answer = Answer::new(report.findings).with("outcome", "dry-run").with("undone", false);
        return answer.with("restored", report.restored).with("left", report.left);
    }
    let is_running = claude::locate(&places).is_some_and(|install| claude::is_running(&install));
    let may_quit = is_running && Consent::of(arguments.yes, locale).to_quit();
    let report = undoing::undo(&places, goal, may_quit, &mut |phase| tell_request(phase, locale));
    let nothing_done = !report.undone && !report.unfinished && report.findings.iter().any(Finding::blocks);
    let answer =
        if nothing_done { Answer::refused(report.findings.clone()) } else { Answer::new(report.findings.clone()) };
    answer
        .with("undone", report.undone)
        .with("unfinished", report.unfinished)
        .with("restored", &report.restored)
        .with("left", &report.left)
}

/// A refusal to plan, with a text for the administrator where the organisation's configuration is the reason.
fn refused(findings: Vec<Finding>, base: &GatewayUrl, locale: Locale) -> Answer {
    let is_owned = findings.iter().any(|finding| finding.code == Code::PointedElsewhere);
    let answer = Answer::refused(findings);
    if !is_owned {
        return answer;
    }
    answer.with("for_administrator", people::term("forAdministrator", locale).replace("{base}", base.as_str()))
}

fn carry_out(
    places: &Places,
    wishes: &Wishes,
    key: &Secret,
    consent: Consent,
    dry_run: bool,
    mut before: Vec<Finding>,
) -> Answer {
    let install = claude::locate(places);
    if !dry_run {
        match observe::facts(places, install.as_ref()) {
            Ok(facts) => {
                if let Some(plan) = act::unchanged(places, &facts, wishes, key) {
                    before.extend(plan.findings.iter().cloned());
                    return Answer::new(before).with("plan", plan.view(&facts.claude)).with("outcome", "unchanged");
                }
            }
            Err(finding) => return Answer::refused(vec![finding]),
        }
        before.extend(recover::recover(places).filter(|finding| !finding.blocks()));
    }
    let (plan, facts) = match act::plan_now(places, install.as_ref(), wishes, None) {
        Ok(planned) => planned,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    let view = plan.view(&facts.claude);
    if plan.is_refused() {
        return refused(plan.findings, &wishes.base, consent.locale()).with("plan", view);
    }
    if dry_run {
        before.extend(plan.findings);
        return Answer::new(before).with("plan", view).with("outcome", "dry-run");
    }
    if facts.claude.is_running && wishes.restart && !consent.to_quit() {
        return Answer::refused(vec![Finding::new(Code::ClaudeRunning)]).with("plan", view);
    }
    let report = act::apply(places, wishes, key, Some(&plan), &mut |phase| tell_request(phase, consent.locale()));
    before.extend(report.findings);
    let answer = match report.outcome {
        Outcome::Refused => Answer::refused(before),
        _ => Answer::new(before),
    };
    answer
        .with("plan", view)
        .with("outcome", report.outcome)
        .with("phases", &report.phases)
        .with("proof", &report.proof)
        .with("static_key_may_help", report.static_key_may_help)
}

/// Prints what the person is to do while a step waits for it, on standard error: standard output is for the answer.
fn tell_request(phase: &Phase, locale: Locale) {
    let Some(finding) = phase.finding.as_ref().filter(|_| phase.state == PhaseState::Running) else { return };
    // Nobody may read it; then the step ends without what was asked for, and the answer says so.
    let _ = writeln!(std::io::stderr(), "{}", words::sentence(finding, locale, &Preset::airouter()));
}

pub(crate) fn run_check(asked: &Asked, arguments: &Gateway) -> CheckReport {
    let wanted = airouter_platform::check::CheckRequest {
        base: asked.base.clone(),
        key: asked.key.clone(),
        scheme: asked.scheme,
        models: arguments.models.clone(),
        claude: claude::locate(&asked.places).and_then(|install| install.version),
        proxy: arguments.proxy.clone(),
    };
    airouter_platform::check::check_and_wait(wanted)
}

/// What a command was asked to work on.
pub(crate) struct Asked {
    places: Places,
    preset: Preset,
    base: GatewayUrl,
    scheme: Option<AuthScheme>,
    key: Secret,
    changes: Vec<Finding>,
}

impl Asked {
    pub(crate) fn of(arguments: &Gateway, locale: Locale) -> Result<Self, Finding> {
        let preset = load_preset(arguments)?;
        let (base, did) = match &arguments.address {
            Some(typed) => repair_address(typed, Some(&preset.base))?,
            None => (preset.base.clone(), Vec::new()),
        };
        let mut asked = Self::at(arguments, preset, base, locale)?;
        if !did.is_empty() {
            asked.changes.push(Finding::new(Code::UrlRepaired).with("base", asked.base.as_str()));
        }
        Ok(asked)
    }

    /// The same at an address that something else than the command line decided.
    pub(crate) fn given(arguments: &Gateway, base: GatewayUrl, locale: Locale) -> Result<Self, Finding> {
        Self::at(arguments, load_preset(arguments)?, base, locale)
    }

    fn at(arguments: &Gateway, preset: Preset, base: GatewayUrl, locale: Locale) -> Result<Self, Finding> {
        let places = Places::here()?;
        redaction::exempt(base.as_str());
        let mut changes = preset.findings();
        // What AIRouter's keys look like says nothing of the keys of another address.
        let is_airouter = preset.is_built_in && base.host() == preset.base.host();
        let key = match key::pasted(arguments, is_airouter, locale)? {
            Some(paste) => {
                let goes = paste.may_go_to(&base, &preset, arguments.address.is_some());
                changes.extend(goes.map_err(|finding| finding.with("by", "command-line"))?);
                if !paste.notes.is_empty() {
                    let notes: Vec<String> = paste.notes.iter().map(|note| format!("{note:?}")).collect();
                    changes.push(Finding::new(Code::KeyCleaned).with("notes", notes.join(", ")));
                }
                paste.key
            }
            None => stored_key::stored_for(&places, &base)?,
        };
        let scheme = match arguments.auth {
            Auth::Auto => None,
            Auth::Bearer => Some(AuthScheme::Bearer),
            Auth::XApiKey => Some(AuthScheme::XApiKey),
        };
        Ok(Self { places, preset, base, scheme, key, changes })
    }
}

fn load_preset(arguments: &Gateway) -> Result<Preset, Finding> {
    airouter_platform::preset::load(arguments.preset.as_deref(), arguments.signed_by.as_deref())
}

/// Whether Claude may be quit.
enum Consent {
    Given(Locale),
    AskIfPossible(Locale),
}

impl Consent {
    fn of(yes: bool, locale: Locale) -> Self {
        if yes { Self::Given(locale) } else { Self::AskIfPossible(locale) }
    }

    fn locale(&self) -> Locale {
        match self {
            Self::Given(locale) | Self::AskIfPossible(locale) => *locale,
        }
    }

    /// Asks on a terminal; without one, silence is no consent.
    fn to_quit(&self) -> bool {
        match self {
            Self::Given(_) => true,
            Self::AskIfPossible(locale) if airouter_platform::is_terminal() => {
                // Without an answer nothing is quit, so a question that nobody reads does no harm.
                let _ = write!(std::io::stderr(), "{} [y/N] ", people::term("askQuit", *locale));
                let mut answer = String::new();
                std::io::stdin().lock().read_line(&mut answer).is_ok() && answer.trim().eq_ignore_ascii_case("y")
            }
            Self::AskIfPossible(_) => false,
        }
    }
}

#[cfg(test)]
mod tests;
