//! What the page may ask. Each command parses what it was sent, calls, and answers with a value that
//! cannot hold a secret, or with a finding.

use airouter_core::address::{self, GatewayUrl};
use airouter_core::check::{CheckReport, Lamp};
use airouter_core::finding::{Code, Finding};
use airouter_core::key;
use airouter_core::models::{OfferedModel, judge_id, tier_of};
use airouter_core::preset::link::{self, Carried};
use airouter_core::secret::{Secret, holds_key};
use airouter_core::view::{
    AddressView, ApplyReport, CheckWishes, KeyView, Locale, MadePreset, ModelTrial, Offer, Overview, Page, Phase,
    PlanView, SetupWishes, Start, StepId, UndoGoal, UndoReport,
};
use airouter_platform::{apply as act, check as live, claude, export, locale, observe, redaction, undo as undoing};
use tauri::ipc::Channel;
use tauri::{AppHandle, Runtime, State};
use tauri_plugin_opener::OpenerExt;
use zeroize::Zeroizing;

mod support;

pub use support::*;

use crate::closing::Closing;
use crate::guard::{Cleaned, aside, guard, guard_blocking};
use crate::session::Session;

type Answer<T> = Result<Cleaned<T>, Finding>;

/// Where Claude Desktop is downloaded (OD).
const CLAUDE_DOWNLOAD: &str = "https://claude.ai/download";

/// Everything that the first screen needs.
#[tauri::command]
pub async fn start(session: State<'_, Session>) -> Answer<Start> {
    let session = session.inner().clone();
    guard_blocking(move || Ok(start_with(&session, session.seen_ahead()))).await
}

fn start_with(session: &Session, seen: Option<Overview>) -> Start {
    Start {
        locale: session.locale(),
        os: locale::os(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        preset: session.preset().view(),
        rehearsal: session.rehearsal(),
        overview: seen.unwrap_or_else(|| session.first_overview()),
        offer: session.offers().view(),
    }
}

/// Looks at the computer again.
#[tauri::command]
pub async fn look(session: State<'_, Session>) -> Answer<Overview> {
    let session = session.inner().clone();
    guard_blocking(move || Ok(observe::overview(session.places()))).await
}

/// Remembers the language that the person chose.
#[tauri::command]
pub async fn remember_locale(locale: Locale, session: State<'_, Session>) -> Answer<()> {
    let session = session.inner().clone();
    guard_blocking(move || {
        airouter_platform::locale::remember(session.places(), locale);
        Ok(())
    })
    .await
}

/// Opens one of the known pages in the browser.
#[tauri::command]
pub async fn open_page<R: Runtime>(page: Page, app: AppHandle<R>, session: State<'_, Session>) -> Answer<()> {
    let url = match page {
        Page::ClaudeDownload => Some(CLAUDE_DOWNLOAD.to_owned()),
        Page::Console => session.preset().console.clone(),
        Page::UsageLog => session.preset().usage_log.clone().or_else(|| session.preset().console.clone()),
    };
    guard_blocking(move || {
        let url = url.ok_or_else(|| Finding::new(Code::PresetInvalid).with("reason", "console"))?;
        app.opener().open_url(url, None::<&str>).map_err(|_| Finding::new(Code::Crashed).with("reason", "no browser"))
    })
    .await
}

/// Takes a pasted text; the page gets back what may be shown of it.
#[tauri::command]
pub async fn read_key(text: String, session: State<'_, Session>) -> Answer<KeyView> {
    let text = Zeroizing::new(text);
    let session = session.inner().clone();
    guard(async move {
        let paste = key::read(&text, session.preset().is_built_in);
        if paste.is_err() && holds_key(&text) {
            // A key that is refused was pasted all the same.
            redaction::register(text.split_whitespace().map(|word| Secret::new(word.to_owned())));
        }
        let paste = paste?;
        let address = paste.address.as_deref().and_then(|typed| view_address(typed, &session).ok());
        let view = KeyView { face: paste.key.masked().shown(), notes: paste.notes.clone(), address };
        session.take_key(paste);
        Ok(view)
    })
    .await
}

/// Reads an address and says what was changed.
#[tauri::command]
pub async fn read_address(text: String, session: State<'_, Session>) -> Answer<AddressView> {
    let session = session.inner().clone();
    guard(async move { view_address(&text, &session) }).await
}

fn view_address(typed: &str, session: &Session) -> Result<AddressView, Finding> {
    let (base, changes) = address::repair(typed, Some(&session.preset().base))?;
    Ok(AddressView {
        base: base.as_str().to_owned(),
        host: base.host().to_owned(),
        changes,
        is_preset: base == session.preset().base,
    })
}

/// Runs the check. Lamps go to the page as they change.
#[tauri::command]
pub async fn check(wishes: CheckWishes, on_lamp: Channel<Lamp>, session: State<'_, Session>) -> Answer<CheckReport> {
    let session = session.inner().clone();
    guard(async move {
        let base = match &wishes.address {
            Some(typed) => address::repair(typed, Some(&session.preset().base))?.0,
            None => session.preset().base.clone(),
        };
        let (key, claude) = with_key(&session, &base, wishes.address.is_some()).await?;
        redaction::register_proxy(wishes.proxy.as_deref());
        redaction::exempt(base.as_str());
        let proxy = session.proxy_or_simulated(wishes.proxy);
        let wanted = live::CheckRequest {
            base: base.clone(),
            key,
            scheme: wishes.scheme,
            models: Vec::new(),
            claude,
            proxy: proxy.clone(),
        };
        let stopped = session.begin_check();
        let report = live::check(wanted, stopped, |lamp| {
            let _ = on_lamp.send(lamp.clone());
        })
        .await;
        session.checked(base, proxy, &report);
        Ok(report)
    })
    .await
}

/// Stops the check that is under way.
#[tauri::command]
pub async fn cancel_check(session: State<'_, Session>) -> Result<(), Finding> {
    session.stop_check();
    Ok(())
}

/// Tries one model with a one-token message.
#[tauri::command]
pub async fn try_model(id: String, session: State<'_, Session>) -> Answer<ModelTrial> {
    let session = session.inner().clone();
    guard(async move {
        let (base, scheme) = session.gateway()?;
        let is_asked = session.asked().as_ref() == Some(&base);
        let (key, _) = with_key(&session, &base, is_asked).await?;
        let proxy = session.proxy();
        let finding = live::try_model(base, key, scheme, &id, proxy.as_deref()).await;
        Ok(ModelTrial { id, finding })
    })
    .await
}

/// Says what Claude would make of a typed id.
#[tauri::command]
pub async fn add_model(id: String, session: State<'_, Session>) -> Answer<OfferedModel> {
    let session = session.inner().clone();
    guard_blocking(move || {
        let id = id.trim().to_owned();
        let version = claude::locate(session.places()).and_then(|install| install.version);
        Ok(OfferedModel { dropped: judge_id(&id, version), tier: tier_of(&id), display_name: None, id })
    })
    .await
}

/// Says what would be done.
#[tauri::command]
pub async fn plan(wishes: SetupWishes, session: State<'_, Session>) -> Answer<PlanView> {
    let session = session.inner().clone();
    guard_blocking(move || {
        let wishes = session.wishes(&wishes)?;
        let install = claude::locate(session.places());
        let (plan, facts) = act::plan_now(session.places(), install.as_ref(), &wishes, None)?;
        let view = plan.view(&facts.claude);
        session.agree(plan);
        Ok(view)
    })
    .await
}

/// Does it. Steps go to the page as they go.
#[tauri::command]
pub async fn apply<R: Runtime>(
    wishes: SetupWishes,
    on_phase: Channel<Phase>,
    app: AppHandle<R>,
    session: State<'_, Session>,
) -> Answer<ApplyReport> {
    let session = session.inner().clone();
    guard_blocking(move || {
        let closing = Closing::begin(&app);
        let wishes = session.wishes(&wishes)?;
        let key = session.key_for(&wishes.base)?;
        let _simulated = session.while_writing();
        Ok(act::apply(session.places(), &wishes, &key, session.agreed().as_ref(), &mut |phase| {
            let _ = on_phase.send(told(phase));
            // Everything is written by then, and what Claude says of it can be looked up later.
            if phase.step == StepId::Prove {
                closing.is_safe();
            }
        }))
    })
    .await
}

/// Puts back what was there before, or Anthropic's own sign-in.
#[tauri::command]
pub async fn undo<R: Runtime>(
    goal: UndoGoal,
    restart: bool,
    on_phase: Channel<Phase>,
    app: AppHandle<R>,
    session: State<'_, Session>,
) -> Answer<UndoReport> {
    let session = session.inner().clone();
    guard_blocking(move || {
        let _closing = Closing::begin(&app);
        let report = undoing::undo(session.places(), goal, restart, &mut |phase| {
            let _ = on_phase.send(told(phase));
        });
        session.forget();
        Ok(report)
    })
    .await
}

/// Ends Claude without asking it. The page has told the person what is lost, and the person has agreed.
#[tauri::command]
pub async fn end_claude(session: State<'_, Session>) -> Answer<()> {
    let session = session.inner().clone();
    guard_blocking(move || claude::locate(session.places()).map_or(Ok(()), |install| claude::end(&install))).await
}

/// Forgets the key and everything found with it.
#[tauri::command]
pub async fn forget_session(session: State<'_, Session>) -> Result<(), Finding> {
    session.forget();
    Ok(())
}

/// Tells the page of presets that are opened from now on.
#[tauri::command]
pub async fn await_preset(on_offer: Channel<Offer>, session: State<'_, Session>) -> Result<(), Finding> {
    session.offers().tell(on_offer);
    Ok(())
}

/// Uses the preset that waits, by the address that the person saw, or none.
#[tauri::command]
pub async fn answer_preset(used: Option<String>, session: State<'_, Session>) -> Answer<Start> {
    let session = session.inner().clone();
    guard_blocking(move || {
        session.answer_offer(used.as_deref());
        Ok(start_with(&session, None))
    })
    .await
}

/// Makes a preset for others from the connection on this computer.
#[tauri::command]
pub async fn make_preset(session: State<'_, Session>) -> Answer<MadePreset> {
    let session = session.inner().clone();
    guard_blocking(move || {
        let text = export::connected(session.places())?.preset(&session.preset()).to_json()?;
        let link = link::write(&Carried { preset: text.clone(), signature: None });
        Ok(MadePreset { text, link })
    })
    .await
}

/// Begins another scenario of a rehearsal and starts over.
#[tauri::command]
pub async fn set_scenario(id: String, session: State<'_, Session>) -> Answer<Start> {
    let session = session.inner().clone();
    guard_blocking(move || {
        session.set_scenario(&id)?;
        Ok(start_with(&session, None))
    })
    .await
}

/// Closes the program.
#[tauri::command]
pub async fn finish<R: Runtime>(app: AppHandle<R>) -> Result<(), Finding> {
    app.exit(0);
    Ok(())
}

/// A step as the page is told of it.
fn told(phase: &Phase) -> Phase {
    let redactor = redaction::redactor();
    Phase { finding: phase.finding.clone().map(|finding| finding.redacted(&redactor)), ..phase.clone() }
}

/// The key for an address and the installed Claude, without holding up other commands.
async fn with_key(
    session: &Session,
    base: &GatewayUrl,
    is_named: bool,
) -> Result<(Secret, Option<airouter_core::claude::version::Version>), Finding> {
    let (session, base) = (session.clone(), base.clone());
    aside(move || {
        let version = claude::locate(session.places()).and_then(|install| install.version);
        Ok((session.key_to_ask(&base, is_named)?, version))
    })
    .await
}
