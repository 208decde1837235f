//! What a person can ask of Claude from outside.

/// Something a person did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wish {
    Quit,
    CloseWindow,
    /// Closing a window that nobody sees; no person does that.
    #[cfg(windows)]
    CloseHidden,
    Continue,
}
