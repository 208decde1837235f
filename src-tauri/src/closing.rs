//! Closing the window while something is written: it waits until everything is whole, says so in its title,
//! and closes then.

use std::sync::Mutex;

use airouter_core::view::Locale;
use tauri::menu::{Menu, MenuEvent, MenuItem};
use tauri::{AppHandle, Manager, Runtime};

use crate::session::Session;

/// What the window does when it is asked to close.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Stage {
    /// Nothing is written: it closes.
    #[default]
    Idle,
    /// Something is written.
    Writing,
    /// The same, and somebody wants it to close.
    Asked,
}

/// Of one window.
#[derive(Debug, Default)]
pub(crate) struct State(Mutex<Stage>);

impl State {
    /// Goes on to another stage, and gives the one before.
    fn turn(&self, to: impl FnOnce(Stage) -> Stage) -> Stage {
        // A stage is set at once, so what another thread was doing when it failed is whole.
        let mut stage = self.0.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let before = *stage;
        *stage = to(before);
        before
    }

    /// True when the window must stay for now; it closes by itself.
    fn must_wait(&self) -> bool {
        self.turn(|stage| if stage == Stage::Idle { Stage::Idle } else { Stage::Asked }) != Stage::Idle
    }
}

/// Something that is being written. When it ends, or is safe, a window that was to close does so.
pub(crate) struct Closing<R: Runtime> {
    app: AppHandle<R>,
}

impl<R: Runtime> Closing<R> {
    /// From now on the window waits.
    pub(crate) fn begin(app: &AppHandle<R>) -> Self {
        app.state::<State>().turn(|stage| if stage == Stage::Asked { stage } else { Stage::Writing });
        Self { app: app.clone() }
    }

    /// From now on it need not wait any more.
    pub(crate) fn is_safe(&self) {
        if self.app.state::<State>().turn(|_| Stage::Idle) == Stage::Asked {
            self.app.exit(0);
        }
    }
}

impl<R: Runtime> Drop for Closing<R> {
    fn drop(&mut self) {
        self.is_safe();
    }
}

/// True when a window that is asked to close must stay for now. It says so where people look when they close
/// it.
pub(crate) fn must_wait<R: Runtime>(app: &AppHandle<R>) -> bool {
    let must_wait = app.state::<State>().must_wait();
    if must_wait && let Some(window) = app.get_webview_window("main") {
        let title = match app.state::<Session>().locale() {
            Locale::ZhCn => "正在写入，写完会自动关闭",
            Locale::En => "Still writing: closes by itself when done",
        };
        let _ = window.set_title(title);
    }
    must_wait
}

/// The id of our own *Quit*.
const QUIT: &str = "quit";

/// The usual menu of a Mac, but with a *Quit* (⌘Q) that waits, too: the system's own ends the program without
/// asking it. That of the Dock cannot be replaced; what it cuts off, the next start settles.
///
/// # Errors
/// What the system says.
pub(crate) fn menu<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<Menu<R>> {
    let menu = Menu::default(app)?;
    // The program's own menu is the first one, and *Quit* is its last item.
    if let Some(own) = menu.items()?.first().and_then(|item| item.as_submenu().cloned()) {
        let last = own.items()?.len().saturating_sub(1);
        let text = match own.remove_at(last)?.as_ref().and_then(|item| item.as_predefined_menuitem()) {
            Some(quit) => quit.text()?,
            None => app.package_info().name.clone(),
        };
        own.append(&MenuItem::with_id(app, QUIT, text, true, Some("CmdOrCtrl+Q"))?)?;
    }
    Ok(menu)
}

/// An item of that menu was chosen.
pub(crate) fn chosen<R: Runtime>(app: &AppHandle<R>, event: &MenuEvent) {
    if event.id() == QUIT && !must_wait(app) {
        app.exit(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_waits_only_while_something_is_written() {
        let state = State::default();
        assert!(!state.must_wait(), "nothing is written");
        state.turn(|_| Stage::Writing);
        assert!(state.must_wait() && state.must_wait(), "however often it is asked");
        assert_eq!(state.turn(|_| Stage::Idle), Stage::Asked, "and then it closes by itself");
        assert!(!state.must_wait());
        state.turn(|_| Stage::Writing);
        assert_eq!(state.turn(|_| Stage::Idle), Stage::Writing, "nobody asked: it stays open");
    }
}
