//! A panic of the product is judged like everything else that it does, and not printed; one of the test
//! itself is.

/// From now on.
pub(crate) fn only_our_own_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_some_and(|location| location.file().contains("state_table")) {
            usual(panic);
        }
    }));
}
