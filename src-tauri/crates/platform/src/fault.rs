//! Every step that changes a file passes here, so that a test can let the world end, or the disk fill
//! up, at each of them. In the program only a rehearsal sets a hook; without one a step costs nothing.

use std::cell::RefCell;
use std::io;

/// TimedReply of each step by its name; an error is taken for the system's.
pub type Hook = Box<dyn FnMut(&'static str) -> io::Result<()>>;

thread_local! {
    static HOOK: RefCell<Option<Hook>> = const { RefCell::new(None) };
}

/// Sets the hook of this thread, or takes it away.
pub fn set(hook: Option<Hook>) {
    HOOK.with(|slot| *slot.borrow_mut() = hook);
}

/// A step is about to be made.
///
/// # Errors
/// What the hook says.
pub(crate) fn point(step: &'static str) -> io::Result<()> {
    HOOK.with(|slot| slot.borrow_mut().as_mut().map_or(Ok(()), |hook| hook(step)))
}
