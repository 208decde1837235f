//! How much of the long tests is run. Without these variables each runs as much as `cargo xtask test --all` wants;
//! their meaning is told where they are read.

use std::process::Command;

/// The short run's part of them.
const SHORT: [(&str, &str); 8] = [
    // One cell of so many, of states × verbs × answers × conditions.
    ("AIROUTER_TABLE", "960"),
    // So many random sequences.
    ("AIROUTER_SEQUENCES", "60"),
    // One of so many keys in places of a reply, through the programs.
    ("AIROUTER_LEAKS", "601"),
    // One of so many shapes of keys, through the check alone.
    ("AIROUTER_SHAPES", "7"),
    // One step of so many at which the program is killed or the disk fails.
    ("AIROUTER_CRASH", "16"),
    // One of so many states of Claude's files.
    ("AIROUTER_TRUTH", "11"),
    // So many runs of two copies at once.
    ("AIROUTER_RACES", "120"),
    // So many reports with a key in every place.
    ("AIROUTER_REPORTS", "1000"),
];

/// The looks of the page in Chromium: one of each language, theme and layout.
pub(super) const LOOKS: (&str, &str) = ("AIROUTER_LOOKS", "zh-light,en-dark,en-narrow,zh-large");

/// The part of the tests of the built program that the short run has.
pub(super) const MAIN: [&str; 4] = ["flow", "rehearsal", "page", "command_line"];

/// Makes a test program run its short part; what a person has set stays.
pub(super) fn shorten(command: &mut Command) {
    for (name, value) in SHORT {
        if std::env::var_os(name).is_none() {
            command.env(name, value);
        }
    }
}
