//! Plays a scenario as a customer does who presses each main button: look, paste, check, agree, apply.

use airouter_core::finding::{Code, Finding};
use airouter_core::key;
use airouter_core::plan::Wishes;
use airouter_core::view::KeyPlace;
use airouter_platform::check::{CheckRequest, check_and_wait};
use airouter_platform::{apply, claude, observe, recover};

use crate::Sandbox;

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Played {
    /// Everything that the customer was told, in its order.
    pub met: Vec<Finding>,
    /// Set when it did not come as the scenario says.
    pub differs: Option<Finding>,
}

/// Plays the scenario of a sandbox. The key goes into the profile of the scratch folder, so that the
/// keychain is not touched; the finding that says so is left out.
pub fn play(sandbox: &Sandbox) -> Played {
    let mut met = findings(sandbox);
    met.retain(|finding| finding.code != Code::KeyInProfile);
    let scenario = sandbox.scenario();
    let is_expected = |finding: &Finding| {
        let found = |(name, value): (&String, &String)| finding.fact(name) == Some(value);
        finding.code.number() == scenario.code && scenario.facts.iter().all(found)
    };
    // Where something blocks, that is what the customer reads out.
    let reported =
        met.iter().find(|finding| finding.blocks()).or_else(|| met.iter().find(|finding| is_expected(finding)));
    let differs = (!reported.is_some_and(is_expected)).then(|| {
        let reported = reported.or(met.first());
        let actual = reported.map_or("nothing", |finding| finding.code.number());
        let differs = Finding::new(Code::RehearsalDiffers).with("expected", &scenario.code).with("actual", actual);
        // The right code for another reason: each fact that is not as expected.
        scenario.facts.iter().fold(differs, |differs, (name, value)| {
            let found = reported.and_then(|finding| finding.fact(name)).unwrap_or("nothing");
            if found == value { differs } else { differs.with(name, format!("{found}, not {value}")) }
        })
    });
    Played { met, differs }
}

fn findings(sandbox: &Sandbox) -> Vec<Finding> {
    let places = sandbox.places();
    let mut met: Vec<Finding> = recover::recover(places).into_iter().collect();
    let overview = observe::overview(places);
    met.extend(overview.findings);
    let Some(paste) = sandbox.scenario().paste() else { return met };
    if overview.blocked {
        return met;
    }
    let key = match key::read(&paste, sandbox.preset().is_built_in) {
        Ok(paste) => paste.key,
        Err(finding) => {
            met.push(finding);
            return met;
        }
    };
    let report = check_and_wait(CheckRequest {
        base: sandbox.preset().base.clone(),
        key: key.clone(),
        scheme: None,
        models: Vec::new(),
        claude: claude::locate(places).and_then(|install| install.version),
        proxy: sandbox.proxy().map(str::to_owned),
    });
    met.extend(report.findings);
    if !report.passed {
        return met;
    }
    let wishes = Wishes {
        name: sandbox.preset().name.clone(),
        base: sandbox.preset().base.clone(),
        scheme: report.scheme,
        every_model: report.proposal.is_empty(),
        models: report.proposal,
        key_place: KeyPlace::Profile,
        egress: None,
        carry_over: false,
        restart: true,
    };
    let _full = sandbox.disk();
    met.extend(apply::apply(places, &wishes, &key, None, &mut |_| {}).findings);
    met
}
