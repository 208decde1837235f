//! `doctor`: every known cause, in the order in which a supporter asks, and what Claude says of itself.

use std::path::Path;

use airouter_core::claude_report::{self, ClaudeReportView};
use airouter_core::doctor::{DoctorFacts, examine};
use airouter_core::finding::Finding;
use airouter_core::preset::Preset;
use airouter_core::undo::Journal;
use airouter_core::view::Locale;
use airouter_platform::doctor::{Depth, collect, intended_base};
use airouter_platform::places::Places;
use airouter_platform::state;

use crate::arguments::{Doctor, Gateway};
use crate::output::Answer;
use crate::verbs::{Asked, run_check};

/// `doctor`
pub(crate) fn doctor(arguments: &Doctor, locale: Locale) -> Answer {
    let seen = match Seen::of(&arguments.gateway, arguments.local, locale) {
        Ok(seen) => seen,
        Err(finding) => return Answer::new(vec![finding]),
    };
    let report = examine(&seen.facts);
    let told = arguments.claude_report.as_deref().map(|path| read(path, &seen));
    let mut findings = report.findings.clone();
    let told = match told {
        Some(Ok(view)) => {
            findings.extend(view.findings.iter().cloned());
            Some(view)
        }
        Some(Err(finding)) => {
            findings.push(finding);
            None
        }
        None => None,
    };
    Answer::new(findings).with("doctor", &report).with("claude_report", told)
}

/// What was looked at, for the doctor and the report alike.
pub(crate) struct Seen {
    pub(crate) places: Places,
    pub(crate) preset: Preset,
    pub(crate) facts: DoctorFacts,
}

impl Seen {
    /// Looks at this computer and, unless only that is wanted, asks the gateway if there is a key to
    /// ask with.
    pub(crate) fn of(arguments: &Gateway, is_local: bool, locale: Locale) -> Result<Self, Finding> {
        let places = Places::here()?;
        let preset = airouter_platform::preset::load(arguments.preset.as_deref(), arguments.signed_by.as_deref())?;
        let base = match &arguments.address {
            Some(typed) => airouter_core::address::repair(typed, Some(&preset.base))?.0,
            None => intended_base(&places, &preset.base)?,
        };
        let live = if is_local {
            None
        } else {
            let asked = match &arguments.address {
                Some(_) => Asked::of(arguments, locale),
                None => Asked::given(arguments, base.clone(), locale),
            };
            match asked {
                Ok(asked) => Some(run_check(&asked, arguments)),
                // Without a key at hand the rest is still worth looking at, and says why there is none.
                Err(finding) if finding.code.number().starts_with("AR-80") => None,
                Err(finding) => return Err(finding),
            }
        };
        let depth = if is_local { Depth::Local } else { Depth::Full };
        let facts = collect(&places, &base, live, depth)?;
        Ok(Self { places, preset, facts })
    }

    fn journal(&self) -> Result<Option<Journal>, Finding> {
        state::journal(&self.places)
    }
}

fn read(path: &Path, seen: &Seen) -> Result<ClaudeReportView, Finding> {
    let bytes = airouter_platform::report::read_claude_report(path)?;
    let report = claude_report::read(&bytes)?;
    Ok(claude_report::explain(&report, seen.journal()?.as_ref(), &seen.facts.base))
}
