//! Faults on purpose: a test or a rehearsal can let a named step of writing fail, or let the first attempts of an
//! operation meet an error of Windows, on any system.
//!
//! Only builds with the feature `sandbox` have this. In the shipped programs [`point`] does nothing, and
//! there is no way to set a hook; `cargo xtask bundle` refuses programs that hold the text [`NESTED`].

use std::io;

#[cfg(any(test, feature = "sandbox"))]
pub use hook::{Hook, hold, release, set};

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

/// Called before each attempt of an operation on a file: `open`, `read`, `link`, `rename`, `remove`.
///
/// # Errors
/// What [`hold`] asked for; without the feature `sandbox` there is none.
#[cfg(any(test, feature = "sandbox"))]
pub(crate) fn attempt(operation: &'static str) -> io::Result<()> {
    hook::attempt(operation)
}

/// Called before each attempt of an operation on a file; does nothing in this build.
#[cfg(not(any(test, feature = "sandbox")))]
#[expect(clippy::unnecessary_wraps, reason = "a build with faults can fail here")]
pub(crate) const fn attempt(_operation: &'static str) -> io::Result<()> {
    Ok(())
}

/// True while errors of Windows are given on purpose, on any system.
#[cfg(any(test, feature = "sandbox"))]
pub(crate) fn is_like_windows() -> bool {
    hook::is_like_windows()
}

/// Always false in this build.
#[cfg(not(any(test, feature = "sandbox")))]
pub(crate) const fn is_like_windows() -> bool {
    false
}

#[cfg(any(test, feature = "sandbox"))]
mod hook {
    use std::cell::{Cell, RefCell};
    use std::io;

    /// Called with the name of each step; an error counts as the system's.
    pub type Hook = Box<dyn FnMut(&'static str) -> io::Result<()>>;

    /// Said when a hook writes a file itself. Its text tells a build with faults from a shipped one.
    const NESTED: &str = "a fault injection hook must not write files";

    /// An operation that fails so many times more, with this error number of Windows.
    struct Held {
        operation: &'static str,
        times: u32,
        code: i32,
    }

    thread_local! {
        static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
        static HELD: RefCell<Vec<Held>> = const { RefCell::new(Vec::new()) };
        static LIKE_WINDOWS: Cell<bool> = const { Cell::new(false) };
    }

    /// Lets the first `times` attempts of an operation fail in this thread, with an error number of Windows, and error
    /// numbers be read as those of Windows, until [`release`].
    pub fn hold(operation: &'static str, times: u32, code: i32) {
        LIKE_WINDOWS.set(true);
        HELD.with(|held| held.borrow_mut().push(Held { operation, times, code }));
    }

    /// Ends what [`hold`] began. Returns how many failures were left over.
    pub fn release() -> u32 {
        LIKE_WINDOWS.set(false);
        HELD.with(|held| held.borrow_mut().drain(..).map(|held| held.times).sum())
    }

    pub(super) fn attempt(operation: &'static str) -> io::Result<()> {
        HELD.with(|held| {
            let mut held = held.borrow_mut();
            let Some(held) = held.iter_mut().find(|held| held.operation == operation && held.times > 0) else {
                return Ok(());
            };
            held.times -= 1;
            Err(io::Error::from_raw_os_error(held.code))
        })
    }

    pub(super) fn is_like_windows() -> bool {
        LIKE_WINDOWS.get()
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
