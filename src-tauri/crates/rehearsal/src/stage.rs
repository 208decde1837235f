//! The stage: a scratch folder with a stand-in Claude Desktop, and the way to a practice gateway, set
//! for one scenario. Nothing real is touched.
//!
//! The servers run on a runtime of the stage's own, so that it can be set from a window, from a program
//! without a runtime, and anew at any moment.

use std::io;
use std::path::Path;

use airouter_core::check::AuthScheme;
use airouter_core::finding::{Code, Evidence, Finding};
use airouter_core::plan::Wishes;
use airouter_core::preset::Preset;
use airouter_core::secret::Secret;
use airouter_core::view::{KeyPlace, Outcome, PracticeScenario, PracticeScript, Rehearsal};
use airouter_platform::places::Places;
use airouter_platform::{apply, claude, fault, stage};
use airouter_practice::claude::lower_curtain;
use airouter_practice::gateway::{Fault, GatewayOptions};
use airouter_practice::scenario::{App, Scenario, Script, Since};
use airouter_practice::scenery::{self, Ground};
use airouter_practice::way::{self, Line};
use tokio::runtime::{Builder, Runtime};

/// Model that is written where the app had been connected before.
const EARLIER_MODEL: &str = "claude-sonnet-4-6";

/// A set stage. The servers run as long as this lives.
#[derive(Debug)]
pub struct Stage {
    places: Places,
    preset: Preset,
    scenario: &'static Scenario,
    line: Line,
    runtime: Option<Runtime>,
}

impl Stage {
    /// A healthy computer. Where the last rehearsal in this folder was on one too, it goes on from there.
    /// The folder is made if it is missing.
    ///
    /// # Errors
    /// `RehearsalNotSet` with what is in the way.
    pub fn go_on(folder: &Path) -> Result<Self, Finding> {
        let healthy = Scenario::all().first().ok_or_else(|| not_set("no scenarios"))?;
        let places = places_in(folder)?;
        match scenery::last(&ground(&places)) {
            Some(last) if last != healthy.id => Self::set(folder, healthy),
            _ => Self::dress(places, healthy),
        }
    }

    /// Clears the folder and sets it for a scenario from the beginning.
    ///
    /// # Errors
    /// `RehearsalNotSet` with what is in the way.
    pub fn set(folder: &Path, scenario: &'static Scenario) -> Result<Self, Finding> {
        let places = places_in(folder)?;
        clear(&places)?;
        let stage = Self::dress(places, scenario)?;
        if let Some(since) = &scenario.stage.since {
            stage.connect()?;
            stage.let_pass(since)?;
        }
        if scenario.stage.claude == App::Stays {
            let install = claude::locate(&stage.places).ok_or_else(|| not_set("no stand-in"))?;
            claude::start(&install, &stage.places).map_err(because)?;
        }
        Ok(stage)
    }

    fn dress(places: Places, scenario: &'static Scenario) -> Result<Self, Finding> {
        let scenery = &scenario.stage;
        if scenery.claude != App::Missing {
            stage::install_claude(&places, &scenery::version(scenery)).map_err(because)?;
        }
        scenery::dress(scenario, &ground(&places)).map_err(not_set)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(not_set)?;
        let options = GatewayOptions { fault: scenery.fault(), ..GatewayOptions::default() };
        let line = runtime.block_on(way::open(scenery.way, options)).map_err(not_set)?;
        let preset = Preset::from_json(&line.preset_json()).map_err(because)?;
        Ok(Self { places, preset, scenario, line, runtime: Some(runtime) })
    }

    /// The places of the scratch folder, the same for every scenario.
    pub fn places(&self) -> &Places {
        &self.places
    }

    /// The gateway of this scenario.
    pub fn preset(&self) -> &Preset {
        &self.preset
    }

    /// What is played.
    pub fn scenario(&self) -> &'static Scenario {
        self.scenario
    }

    /// The proxy that this computer is set to in this scenario.
    pub fn proxy(&self) -> Option<&str> {
        self.line.proxy()
    }

    /// Lets the disk be full for what this thread writes, where the scenario has it so.
    pub fn disk(&self) -> Option<FullDisk> {
        self.scenario.stage.disk_full.then(FullDisk::begin)
    }

    /// What the page may know.
    pub fn view(&self) -> Rehearsal {
        Rehearsal { scenario: self.scenario.id.clone(), scenarios: Scenario::all().iter().map(scenario_view).collect() }
    }

    /// Leaves the stage as it is, for another time; the stand-in goes.
    pub fn leave(&self) {
        // Where it cannot be told, it goes once the stage is set anew.
        let _ = lower_curtain(&self.places.system);
    }

    /// Ends the rehearsal: the stand-in goes, the practice key is forgotten, the folder is empty.
    ///
    /// # Errors
    /// What could not be cleared away.
    pub fn strike(self) -> Result<(), Finding> {
        let places = self.places.clone();
        drop(self);
        clear(&places)
    }

    /// Connects the app as an earlier run would have.
    fn connect(&self) -> Result<(), Finding> {
        let key = Secret::new(Fault::Ok.example_key());
        let mut why = None;
        // A computer without a keychain can rehearse all the same.
        for key_place in [KeyPlace::Keychain, KeyPlace::Profile] {
            let wishes = Wishes {
                name: self.preset.name.clone(),
                base: self.preset.base.clone(),
                scheme: AuthScheme::Bearer,
                models: vec![EARLIER_MODEL.to_owned()],
                every_model: false,
                key_place,
                egress: None,
                carry_over: false,
                restart: false,
            };
            let report = apply::apply(&self.places, &wishes, &key, None, &mut |_| {});
            if report.outcome == Outcome::Written {
                return Ok(());
            }
            why = report.findings.into_iter().next();
        }
        Err(why.map_or_else(|| not_set("not connected"), because))
    }

    fn let_pass(&self, since: &Since) -> Result<(), Finding> {
        stage::install_claude(&self.places, &since.version).map_err(because)?;
        scenery::let_pass(since, &ground(&self.places)).map_err(not_set)
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        // A stage may be left from inside another runtime, where nobody may wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// As long as this lives, whatever its thread writes finds a full disk. Nothing is filled: the program
/// only hears what the system says then, at the moment of writing.
#[derive(Debug)]
pub struct FullDisk(());

impl FullDisk {
    fn begin() -> Self {
        fault::set(Some(Box::new(|step| match step {
            "write" => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        })));
        Self(())
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        fault::set(None);
    }
}

fn places_in(folder: &Path) -> Result<Places, Finding> {
    Places::in_scratch(folder).ok_or_else(|| not_set("no folder"))
}

fn clear(places: &Places) -> Result<(), Finding> {
    lower_curtain(&places.system).map_err(not_set)?;
    stage::wait_until_empty(places).map_err(because)?;
    stage::clear(places).map_err(because)
}

fn ground(places: &Places) -> Ground {
    Ground { system: places.system.clone(), third_party: places.resolved().root }
}

fn not_set(reason: impl ToString) -> Finding {
    Finding::new(Code::RehearsalNotSet).with("reason", reason)
}

/// What stood in the way, kept by its code: it is about the stage, not about the person's computer.
fn because(finding: Finding) -> Finding {
    let mut because = Finding::new(Code::RehearsalNotSet).with("because", finding.code.number());
    because.evidence.extend(finding.evidence);
    because
}

fn scenario_view(scenario: &Scenario) -> PracticeScenario {
    let script = |script: &Script| PracticeScript {
        title: script.title.clone(),
        customer: script.customer.clone(),
        supporter: script.supporter.clone(),
        end: script.end.clone(),
    };
    PracticeScenario {
        id: scenario.id.clone(),
        group: scenario.group.word().to_owned(),
        key: scenario.paste(),
        code: scenario.code.clone(),
        facts: scenario.facts.iter().map(|(name, value)| Evidence::new(name, value)).collect(),
        zh_cn: script(&scenario.zh_cn),
        en: script(&scenario.en),
    }
}
