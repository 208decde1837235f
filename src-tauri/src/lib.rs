//! The shell: a window around `airouter-core` and `airouter-platform`. It parses what the page sends,
//! calls, and answers; it decides nothing.

mod arguments;
mod closing;
pub mod commands;
mod guard;
mod logging;
mod no_window;
mod offer;
#[cfg(feature = "rehearsal")]
mod rehearsal;
pub mod sandbox;
mod session;

include!("command_names.rs");

use std::path::Path;
use std::process::ExitCode;

use airouter_core::finding::{Code, Finding};
use airouter_core::secret::masked;
use airouter_core::view::{Locale, Os};
use airouter_core::window_engine;
use airouter_platform::hardening;
use tauri::{Builder, Manager, RunEvent, Runtime, WebviewUrl, WebviewWindowBuilder, WindowEvent};
use tauri_plugin_deep_link::DeepLinkExt;

#[cfg(feature = "rehearsal")]
pub use rehearsal::rehearse;
pub use session::Session;

/// Starts the program and shows its window.
pub fn run() -> ExitCode {
    show(|| Session::start(&arguments::read()?).map_err(|finding| no_window::complain(&finding)))
}

/// Shows the window of a session, and returns when it is closed.
fn show(start: impl FnOnce() -> Result<Session, ExitCode>) -> ExitCode {
    hardening::forbid_core_dumps();
    // The usual hook would print a panic's text, which may quote anything.
    hardening::on_panic(|place| {
        tracing::error!(place, "a part of the program failed");
        no_window::complain_of_panic(place);
    });
    let session = match start() {
        Ok(session) => session,
        Err(code) => return code,
    };
    let version = tauri::webview_version().ok();
    if let Some(finding) = window_engine::obstacle(airouter_platform::locale::os(), version.as_deref()) {
        session.leave_sandbox();
        return no_window::complain(&finding);
    }
    let _log = logging::start(session.places());
    let is_rehearsal = session.is_rehearsal();
    let mut shell = equip(Builder::<tauri::Wry>::new(), session);
    if !is_rehearsal {
        // A second copy would only show the first one's window; a rehearsal stands beside the real one.
        shell = shell.plugin(tauri_plugin_single_instance::init(|app, words, folder| {
            if let Some(named) = arguments::preset_in(words) {
                app.state::<Session>().offers().open(&offer::source(&named, Path::new(&folder)));
            }
            if let Some(window) = app.get_webview_window("main") {
                let _ = window.unminimize();
                let _ = window.set_focus();
            }
        }));
        shell = shell.plugin(tauri_plugin_deep_link::init());
    }
    if airouter_platform::locale::os() == Os::Macos {
        shell = shell.menu(closing::menu).on_menu_event(|app, event| closing::chosen(app, &event));
    }
    // The shell would only panic, and no exit code can be given from there.
    let set_up = |app: &mut tauri::App| {
        if let Err(error) = set_up(app) {
            app.state::<Session>().leave_sandbox();
            not_opened(&*error);
            std::process::exit(1);
        }
        no_window::is_open();
        Ok(())
    };
    match shell.setup(set_up).build(tauri::generate_context!()) {
        Ok(app) => {
            app.run(|app, event| match event {
                RunEvent::WindowEvent { event: WindowEvent::CloseRequested { api, .. }, .. }
                    if closing::must_wait(app) =>
                {
                    api.prevent_close();
                }
                // By a menu or a key, not by the program itself.
                RunEvent::ExitRequested { api, code: None, .. } if closing::must_wait(app) => api.prevent_exit(),
                RunEvent::Exit => app.state::<Session>().leave_sandbox(),
                _ => {}
            });
            ExitCode::SUCCESS
        }
        Err(error) => not_opened(&error),
    }
}

fn not_opened(error: &dyn std::error::Error) -> ExitCode {
    tracing::error!(%error, "no window");
    no_window::complain(&Finding::new(Code::WindowNotOpened).with("reason", masked(&error.to_string())))
}

/// Gives a shell its commands: the program's, or a test's without a window.
pub fn equip<R: Runtime>(shell: Builder<R>, session: Session) -> Builder<R> {
    shell.plugin(tauri_plugin_opener::init()).manage(session).manage(closing::State::default()).invoke_handler(
        tauri::generate_handler![
            commands::start,
            commands::look,
            commands::remember_locale,
            commands::open_page,
            commands::read_key,
            commands::read_address,
            commands::check,
            commands::cancel_check,
            commands::try_model,
            commands::add_model,
            commands::plan,
            commands::apply,
            commands::undo,
            commands::end_claude,
            commands::doctor,
            commands::preview_report,
            commands::save_report,
            commands::read_claude_report,
            commands::forget_session,
            commands::set_scenario,
            commands::await_preset,
            commands::answer_preset,
            commands::make_preset,
            commands::finish,
        ],
    )
}

fn set_up(app: &mut tauri::App) -> Result<(), Box<dyn std::error::Error>> {
    let session = app.state::<Session>().inner().clone();
    session.look_ahead();
    if !session.is_rehearsal() {
        // macOS hands links and files over as events; elsewhere they are arguments of a second copy.
        app.deep_link().on_open_url(move |event| {
            for url in event.urls() {
                session.offers().open(&offer::source(Path::new(url.as_str()), Path::new("")));
            }
        });
    }
    open_window(app)
}

fn open_window(app: &tauri::App) -> Result<(), Box<dyn std::error::Error>> {
    let session = app.state::<Session>();
    let title = match (session.locale(), session.is_rehearsal()) {
        (Locale::ZhCn, false) => "AIRouter 接入助手",
        (Locale::ZhCn, true) => "AIRouter 接入助手（演练）",
        (Locale::En, false) => "AIRouter Setup",
        (Locale::En, true) => "AIRouter Setup (rehearsal)",
    };
    WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title(title)
        .inner_size(960.0, 720.0)
        .min_inner_size(360.0, 480.0)
        .center()
        // The words come together with the page, not after it; where there is no page yet, a little later.
        .initialization_script(format!(
            "{{
               const words = document.createElement('link');
               words.rel = 'modulepreload';
               words.href = '/assets/' + {} + '.js';
               document.documentElement?.append(words);
             }}",
            serde_json::to_string(&session.locale())?
        ))
        // A file that is dropped is the page's to read: it is a report of Claude's.
        .disable_drag_drop_handler()
        // The page is ours alone: it goes nowhere and opens nothing.
        .on_navigation(|url| url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost"))
        .on_new_window(|_, _| tauri::webview::NewWindowResponse::Deny)
        .build()?;
    Ok(())
}
