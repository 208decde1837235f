//! Faults on purpose: a test or a rehearsal can let a named step of writing fail.
//!
//! Only builds with the feature `sandbox` have this. In the shipped programs [`point`] does nothing, and
//! there is no way to set a hook; `cargo xtask bundle` refuses programs that hold the text [`NESTED`].

use std::io;

#[cfg(any(test, feature = "sandbox"))]
pub use hook::{Hook, set};

/// Called before each step that changes a file.
///
/// # Errors
/// What the hook says; without the feature `sandbox` there is none.
#[cfg(any(test, feature = "sandbox"))]
pub(crate) fn point(step: &'static str) -> io::Result<()> {
    hook::call(step)
}

/// Called before each step that changes a file; does nothing in this build.
#[cfg(not(any(test, feature = "sandbox")))]
#[expect(clippy::unnecessary_wraps, reason = "a build with faults can fail here")]
pub(crate) const fn point(_step: &'static str) -> io::Result<()> {
    Ok(())
}

#[cfg(any(test, feature = "sandbox"))]
mod hook {
    use std::cell::RefCell;
    use std::io;

    /// Called with the name of each step; an error counts as the system's.
    pub type Hook = Box<dyn FnMut(&'static str) -> io::Result<()>>;

    /// Said when a hook writes a file itself. Its text tells a build with faults from a shipped one.
    const NESTED: &str = "a fault injection hook must not write files";

    thread_local! {
        static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
    }

    /// Sets the hook of this thread, or removes it.
    pub fn set(hook: Option<Hook>) {
        HOOK.with(|slot| *slot.borrow_mut() = hook);
    }

    #[expect(clippy::expect_used, reason = "a mistake in a test or in the rehearsal, not in a shipped program")]
    pub(super) fn call(step: &'static str) -> io::Result<()> {
        HOOK.with(|slot| slot.try_borrow_mut().expect(NESTED).as_mut().map_or(Ok(()), |hook| hook(step)))
    }
}
