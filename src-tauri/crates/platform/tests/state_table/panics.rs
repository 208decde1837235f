//! A panic of the product is a rule violation like others and is not printed; a panic of the test itself is.

/// Installs a panic hook that prints only panics of the test.
pub(crate) fn print_only_test_panics() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if panic.location().is_some_and(|location| location.file().contains("state_table")) {
            usual(panic);
        }
    }));
}
