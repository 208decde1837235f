/// Every command of the page. The same list stands in `generate_handler!`, in the capability file and
/// in the page's own code; tests hold them together.
pub const COMMAND_NAMES: &[&str] = &[
    "start",
    "look",
    "remember_locale",
    "open_page",
    "read_key",
    "read_address",
    "check",
    "cancel_check",
    "try_model",
    "add_model",
    "plan",
    "apply",
    "undo",
    "forget_session",
    "set_scenario",
    "await_preset",
    "answer_preset",
    "make_preset",
    "finish",
];
