//! What the window needs of a rehearsal. The shipped window has none; the rehearsal program brings one.

use std::any::Any;
use std::sync::Arc;

use airouter_core::finding::Finding;
use airouter_core::preset::Preset;
use airouter_core::view::Rehearsal;
use airouter_platform::places::Places;

/// A simulated computer with a gateway of its own.
pub trait Sandbox: Send + Sync {
    /// Where its files are. The same for every scenario.
    fn places(&self) -> &Places;

    /// The gateway of the scenario.
    fn preset(&self) -> &Preset;

    /// The proxy that the simulated computer is set to, if any.
    fn proxy(&self) -> Option<&str>;

    /// What the page shows of the rehearsal.
    fn view(&self) -> Rehearsal;

    /// Begins another scenario from a cleared folder, in place of this one. May take seconds.
    ///
    /// # Errors
    /// `RehearsalNotSet` with the reason.
    fn begin(&self, scenario: &str) -> Result<Arc<dyn Sandbox>, Finding>;

    /// What must live while a thread writes, such as a simulated full disk.
    fn while_writing(&self) -> Option<Box<dyn Any>>;

    /// Ends the stand-in. The folder stays as it is, for the next time.
    fn leave(&self);
}
