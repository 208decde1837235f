//! Walking through a scenario as a customer does who presses whatever button comes next: look, paste,
//! check, agree, apply. The walk ends where the flow does.

use airouter_core::finding::{Code, Finding};
use airouter_core::key;
use airouter_core::plan::Wishes;
use airouter_core::view::KeyPlace;
use airouter_platform::check::{Wanted, check_and_wait};
use airouter_platform::{apply, claude, observe, recover};

use crate::Stage;

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Walked {
    /// Everything that the customer was told, in the order of the flow.
    pub met: Vec<Finding>,
    /// Set when it did not come as the scenario says.
    pub differs: Option<Finding>,
}

/// Walks through what is set. The key goes into the profile of the scratch folder: not even the keychain
/// is touched. That this is so is no part of the story.
pub fn walk(stage: &Stage) -> Walked {
    let mut met = flow(stage);
    met.retain(|finding| finding.code != Code::KeyInProfile);
    let scenario = stage.scenario();
    let is_foreseen = |finding: &Finding| {
        let found = |(name, value): (&String, &String)| finding.fact(name) == Some(value);
        finding.code.number() == scenario.code && scenario.facts.iter().all(found)
    };
    // Where something blocks, that is what the customer reads out.
    let told = met.iter().find(|finding| finding.blocks()).or_else(|| met.iter().find(|finding| is_foreseen(finding)));
    let differs = (!told.is_some_and(is_foreseen)).then(|| {
        let told = told.or(met.first());
        let actual = told.map_or("nothing", |finding| finding.code.number());
        let differs = Finding::new(Code::RehearsalDiffers).with("expected", &scenario.code).with("actual", actual);
        // The right code for another reason: each fact that is not as foreseen.
        scenario.facts.iter().fold(differs, |differs, (name, value)| {
            let found = told.and_then(|finding| finding.fact(name)).unwrap_or("nothing");
            if found == value { differs } else { differs.with(name, format!("{found}, not {value}")) }
        })
    });
    Walked { met, differs }
}

fn flow(stage: &Stage) -> Vec<Finding> {
    let places = stage.places();
    let mut met: Vec<Finding> = recover::recover(places).into_iter().collect();
    let overview = observe::overview(places);
    met.extend(overview.findings);
    let Some(paste) = stage.scenario().paste() else { return met };
    if overview.blocked {
        return met;
    }
    let key = match key::read(&paste, stage.preset().is_built_in) {
        Ok(paste) => paste.key,
        Err(finding) => {
            met.push(finding);
            return met;
        }
    };
    let report = check_and_wait(Wanted {
        base: stage.preset().base.clone(),
        key: key.clone(),
        scheme: None,
        models: Vec::new(),
        claude: claude::locate(places).and_then(|install| install.version),
        proxy: stage.proxy().map(str::to_owned),
    });
    met.extend(report.findings);
    if !report.passed {
        return met;
    }
    let wishes = Wishes {
        name: stage.preset().name.clone(),
        base: stage.preset().base.clone(),
        scheme: report.scheme,
        every_model: report.proposal.is_empty(),
        models: report.proposal,
        key_place: KeyPlace::Profile,
        egress: None,
        carry_over: false,
        restart: true,
    };
    let _full = stage.disk();
    met.extend(apply::apply(places, &wishes, &key, None, &mut |_| {}).findings);
    met
}
