//! What the page may ask for support's sake: the doctor, the report, Claude's own reports.

use airouter_core::claude_report::{self, ClaudeReportView};
use airouter_core::doctor::{DoctorFacts, DoctorReport, examine};
use airouter_core::finding::{Code, Finding};
use airouter_core::report::compose;
use airouter_core::view::ReportView;
use airouter_core::words;
use airouter_platform::doctor::{Depth, collect, intended_base};
use airouter_platform::{check as live, claude, redaction, report, state};
use base64::Engine;
use tauri::State;
use tokio::sync::watch;

use crate::guard::{Cleaned, guard_blocking};
use crate::session::Session;

type Answer<T> = Result<Cleaned<T>, Finding>;

/// Goes through every known cause, and asks the gateway if there is a key to ask with.
#[tauri::command]
pub async fn doctor(session: State<'_, Session>) -> Answer<DoctorReport> {
    let session = session.inner().clone();
    guard_blocking(move || Ok(examine(&looked(&session)?))).await
}

/// Makes the report and shows what is in it; what is saved later is exactly this.
#[tauri::command]
pub async fn preview_report(session: State<'_, Session>) -> Answer<ReportView> {
    let session = session.inner().clone();
    guard_blocking(move || {
        let facts = looked(&session)?;
        let locale = session.locale();
        let version = env!("CARGO_PKG_VERSION");
        let gathered =
            report::gather(session.places(), &session.preset(), version, locale, &facts, redaction::secrets());
        let made = compose(&gathered, &|finding| words::sentence(finding, locale, &session.preset()))?;
        let view = ReportView { page: made.page.clone(), entries: made.entries.clone(), name: made.file_name() };
        session.show(made);
        Ok(view)
    })
    .await
}

/// Saves the report that was shown, and says where.
#[tauri::command]
pub async fn save_report(session: State<'_, Session>) -> Answer<String> {
    let session = session.inner().clone();
    guard_blocking(move || {
        let shown = session.shown().ok_or_else(|| Finding::new(Code::CannotWrite).with("reason", "not shown yet"))?;
        Ok(report::save(session.places(), &shown)?.to_string_lossy().into_owned())
    })
    .await
}

/// Reads one of Claude's own reports: a text, or a file as base64.
#[tauri::command]
pub async fn read_claude_report(text: String, file: bool, session: State<'_, Session>) -> Answer<ClaudeReportView> {
    let session = session.inner().clone();
    guard_blocking(move || {
        let unreadable = |reason: &str| Finding::new(Code::ClaudeReportUnreadable).with("reason", reason);
        let bytes = if file {
            if text.len() / 4 * 3 > claude_report::LARGEST {
                return Err(unreadable("too-large"));
            }
            base64::engine::general_purpose::STANDARD.decode(text).map_err(|_| unreadable("not-base64"))?
        } else {
            text.into_bytes()
        };
        let told = claude_report::read(&bytes)?;
        let base = intended_base(session.places(), &session.preset().base)?;
        Ok(claude_report::explain(&told, state::journal(session.places())?.as_ref(), &base))
    })
    .await
}

/// Looks at everything. The gateway is asked with the key of this session or the stored one, only at the
/// address to which that key was sent or belongs.
fn looked(session: &Session) -> Result<DoctorFacts, Finding> {
    let places = session.places();
    let base = match session.asked() {
        Some(base) => base,
        None => intended_base(places, &session.preset().base)?,
    };
    // Without a key the rest is still worth looking at, and says why there is none.
    let key = session.key_for(&base).ok().filter(|_| !session.has_unsent_key());
    let live = key.map(|key| {
        let claude = claude::locate(places).and_then(|install| install.version);
        let wanted = live::CheckRequest {
            base: base.clone(),
            key,
            scheme: None,
            models: Vec::new(),
            claude,
            proxy: session.proxy(),
        };
        let (_stop, never) = watch::channel(false);
        tauri::async_runtime::block_on(live::check(wanted, never, |_| {}))
    });
    collect(places, &base, live, Depth::Full)
}
