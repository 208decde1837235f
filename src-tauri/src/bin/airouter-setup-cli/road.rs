//! The commands: the same checks, plans and steps as the window, one after another.

use std::io::{BufRead, Read, Write};

use airouter_core::address::{GatewayUrl, repair as repair_address};
use airouter_core::check::{AuthScheme, CheckReport};
use airouter_core::claude::egress;
use airouter_core::finding::{Code, Finding};
use airouter_core::key;
use airouter_core::plan::Wishes;
use airouter_core::preset::Preset;
use airouter_core::secret::Secret;
use airouter_core::undo::Journal;
use airouter_core::view::{KeyPlace, Outcome, UndoGoal};
use airouter_platform::helper::{self, LetGo};
use airouter_platform::places::Places;
use airouter_platform::{apply as act, claude, observe, recover, state, undo as take_back};
use zeroize::Zeroizing;

use crate::arguments::{Apply, Auth, Gateway, Repair, Undo};
use crate::output::Answer;

/// Longest standard input that is read for a key, in bytes.
const LONGEST_INPUT: u64 = 64 * 1024;

/// `check`
pub(crate) fn check(arguments: &Gateway) -> Answer {
    let asked = match Asked::of(arguments) {
        Ok(asked) => asked,
        Err(finding) => return Answer::new(vec![finding]),
    };
    let report = run_check(&asked, arguments);
    answer_of_check(report, &asked.changes)
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
}

/// `apply`
pub(crate) fn apply(arguments: &Apply) -> Answer {
    let asked = match Asked::of(&arguments.gateway) {
        Ok(asked) => asked,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    let named = (!arguments.egress.is_empty()).then_some(arguments.egress.as_slice());
    let egress = match egress::hosts(named) {
        Ok(egress) => egress,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    let report = (!arguments.without_check).then(|| run_check(&asked, &arguments.gateway));
    if let Some(report) = report.as_ref().filter(|report| !report.passed) {
        let answer = answer_of_check(report.clone(), &asked.changes);
        return Answer::refused(report.findings.clone()).with("check", answer.value());
    }
    let chosen = report.as_ref().map_or_else(|| arguments.gateway.models.clone(), |report| report.proposal.clone());
    let wishes = Wishes {
        name: asked.preset.name.clone(),
        base: asked.base.clone(),
        scheme: report.as_ref().map_or(asked.scheme.unwrap_or(AuthScheme::Bearer), |report| report.scheme),
        every_model: chosen.is_empty(),
        models: chosen,
        key_place: if arguments.static_key { KeyPlace::Profile } else { KeyPlace::Keychain },
        egress,
        restart: !arguments.write_only,
    };
    let mut before = asked.changes;
    before.extend(report.map(|report| report.findings).unwrap_or_default());
    carry_out(&asked.places, &wishes, &asked.key, Consent::of(arguments.yes), arguments.dry_run, before)
}

/// `repair`: applies again what the journal says was written.
pub(crate) fn repair(arguments: &Repair) -> Answer {
    let places = match Places::here() {
        Ok(places) => places,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    let at_hand = state::journal(&places).and_then(|journal| {
        let journal = journal.filter(Journal::is_connection).ok_or_else(|| Finding::new(Code::NotConnected))?;
        Ok((Wishes::of(&journal, !arguments.write_only)?, observe::key_in_use(&places, &journal)?))
    });
    match at_hand {
        Ok((wishes, key)) => carry_out(&places, &wishes, &key, Consent::of(arguments.yes), false, Vec::new()),
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
pub(crate) fn undo(arguments: &Undo) -> Answer {
    go_back(arguments, UndoGoal::Before)
}

/// `leave`: back to Anthropic's own sign-in, whatever was there before.
pub(crate) fn leave(arguments: &Undo) -> Answer {
    go_back(arguments, UndoGoal::Anthropic)
}

/// `clean`
pub(crate) fn clean() -> Answer {
    match Places::here().and_then(|places| helper::clean(&places)) {
        Ok(LetGo::Gone) => Answer::new(Vec::new()).with("helper", "gone"),
        Ok(LetGo::Nothing) => Answer::new(Vec::new()).with("helper", "none"),
        Ok(LetGo::Needed) => Answer::new(vec![Finding::new(Code::HelperNeeded)]).with("helper", "needed"),
        Ok(LetGo::KeyStays(finding)) => Answer::new(vec![finding]).with("helper", "stays"),
        Err(finding) => Answer::refused(vec![finding]),
    }
}

fn go_back(arguments: &Undo, goal: UndoGoal) -> Answer {
    let places = match Places::here() {
        Ok(places) => places,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    let is_running = claude::locate(&places).is_some_and(|install| claude::is_running(&install));
    let may_quit = is_running && Consent::of(arguments.yes).to_quit();
    let report = take_back::undo(&places, goal, may_quit, &mut |_| {});
    let nothing_done = !report.undone && report.findings.iter().any(Finding::blocks);
    let answer =
        if nothing_done { Answer::refused(report.findings.clone()) } else { Answer::new(report.findings.clone()) };
    answer.with("undone", report.undone).with("restored", &report.restored).with("left", &report.left)
}

fn carry_out(
    places: &Places,
    wishes: &Wishes,
    key: &Secret,
    consent: Consent,
    dry_run: bool,
    mut before: Vec<Finding>,
) -> Answer {
    if !dry_run {
        before.extend(recover::recover(places).filter(|finding| !finding.blocks()));
    }
    let install = claude::locate(places);
    let (plan, facts) = match act::plan_now(places, install.as_ref(), wishes, None) {
        Ok(planned) => planned,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    let view = plan.view(&facts.claude);
    if plan.is_refused() {
        return Answer::refused(plan.findings).with("plan", view);
    }
    if dry_run {
        before.extend(plan.findings);
        return Answer::new(before).with("plan", view).with("outcome", "dry-run");
    }
    if facts.claude.is_running && wishes.restart && !consent.to_quit() {
        return Answer::refused(vec![Finding::new(Code::ClaudeRunning)]).with("plan", view);
    }
    let report = act::apply(places, wishes, key, Some(&plan), &mut |_| {});
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

fn run_check(asked: &Asked, arguments: &Gateway) -> CheckReport {
    let wanted = airouter_platform::check::Wanted {
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
struct Asked {
    places: Places,
    preset: Preset,
    base: GatewayUrl,
    scheme: Option<AuthScheme>,
    key: Secret,
    changes: Vec<Finding>,
}

impl Asked {
    fn of(arguments: &Gateway) -> Result<Self, Finding> {
        let places = Places::here()?;
        let preset = airouter_platform::preset::load(arguments.preset.as_deref())?;
        let (base, did) = match &arguments.address {
            Some(typed) => repair_address(typed, Some(&preset))?,
            None => (preset.base.clone(), Vec::new()),
        };
        let mut changes = Vec::new();
        if !did.is_empty() {
            changes.push(Finding::new(Code::UrlRepaired).with("base", base.as_str()));
        }
        let key = if arguments.key_stdin {
            let paste = key::read(&standard_input()?, preset.is_built_in)?;
            if !paste.notes.is_empty() {
                let notes: Vec<String> = paste.notes.iter().map(|note| format!("{note:?}")).collect();
                changes.push(Finding::new(Code::KeyCleaned).with("notes", notes.join(", ")));
            }
            paste.key
        } else {
            stored_key(&places, &base)?
        };
        let scheme = match arguments.auth {
            Auth::Auto => None,
            Auth::Bearer => Some(AuthScheme::Bearer),
            Auth::XApiKey => Some(AuthScheme::XApiKey),
        };
        Ok(Self { places, preset, base, scheme, key, changes })
    }
}

/// The stored key, for the address that it was stored for and no other.
fn stored_key(places: &Places, base: &GatewayUrl) -> Result<Secret, Finding> {
    match state::journal(places)? {
        Some(journal) if journal.is_connection() && journal.base == base.as_str() => {
            observe::key_in_use(places, &journal)
        }
        _ => Err(Finding::new(Code::KeyNotStored)),
    }
}

fn standard_input() -> Result<Zeroizing<String>, Finding> {
    let mut text = Zeroizing::new(String::new());
    std::io::stdin()
        .take(LONGEST_INPUT)
        .read_to_string(&mut text)
        .map_err(|_| Finding::new(Code::KeyLint).with("reason", "not-ascii"))?;
    // The line end of `echo` is nobody's slip and not worth a word.
    let length = text.strip_suffix('\n').map_or(text.len(), |line| line.strip_suffix('\r').unwrap_or(line).len());
    text.truncate(length);
    Ok(text)
}

/// Whether Claude may be quit.
enum Consent {
    Given,
    AskIfPossible,
}

impl Consent {
    fn of(yes: bool) -> Self {
        if yes { Self::Given } else { Self::AskIfPossible }
    }

    /// Asks on a terminal; without one, silence is no consent.
    #[expect(clippy::print_stderr, reason = "a question to the person")]
    fn to_quit(&self) -> bool {
        match self {
            Self::Given => true,
            Self::AskIfPossible if airouter_platform::is_terminal() => {
                eprint!("Claude Desktop 正在运行，需要退出后才能继续。现在退出吗？ Quit Claude Desktop now? [y/N] ");
                let _ = std::io::stderr().flush();
                let mut answer = String::new();
                std::io::stdin().lock().read_line(&mut answer).is_ok() && answer.trim().eq_ignore_ascii_case("y")
            }
            Self::AskIfPossible => false,
        }
    }
}
