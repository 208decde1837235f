//! `report`: one page to read, and an archive to send.

use airouter_core::finding::Finding;
use airouter_core::report::compose;
use airouter_core::view::Locale;
use airouter_core::words;
use airouter_platform::redaction;
use airouter_platform::report::{gather, save_as};

use crate::arguments::Report;
use crate::doctor::Seen;
use crate::output::Answer;

/// `report`
pub(crate) fn report(arguments: &Report, locale: Locale) -> Answer {
    let seen = match Seen::of(&arguments.gateway, arguments.local, locale) {
        Ok(seen) => seen,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    let facts =
        gather(&seen.places, &seen.preset, env!("CARGO_PKG_VERSION"), locale, &seen.facts, redaction::secrets());
    let say = |finding: &Finding| words::sentence(finding, locale, &seen.preset);
    let report = match compose(&facts, &say) {
        Ok(report) => report,
        Err(finding) => return Answer::refused(vec![finding]),
    };
    if let Some(path) = &arguments.out
        && let Err(finding) = save_as(path, &report)
    {
        return Answer::refused(vec![finding]);
    }
    // What the report tells is in it; here only whether it was made.
    Answer::new(Vec::new())
        .with("saved", arguments.out.as_ref())
        .with("name", report.file_name())
        .with("entries", &report.entries)
        .with("key", &facts.key)
        .with("page", &report.page)
        .reads(report.page)
}
