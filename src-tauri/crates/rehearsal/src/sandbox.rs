//! The sandbox: a scratch folder with a stand-in Claude Desktop, and the route to a practice gateway,
//! prepared for one scenario. Nothing real is touched.
//!
//! The servers run on a runtime of the sandbox's own, so that a window, or a program without a runtime, can
//! prepare one at any moment.

use std::io;
use std::path::Path;

use airouter_core::check::AuthScheme;
use airouter_core::finding::{Code, Evidence, Finding};
use airouter_core::plan::Wishes;
use airouter_core::preset::Preset;
use airouter_core::secret::Secret;
use airouter_core::view::{KeyPlace, Outcome, PracticeScenario, PracticeScript, Rehearsal};
use airouter_platform::claude::{self, Started};
use airouter_platform::places::Places;
use airouter_platform::{apply, fault_injection, sandbox};
use airouter_practice::claude::request_stop;
use airouter_practice::fixture::{self, ComputerPaths};
use airouter_practice::gateway::{Fault, GatewayOptions};
use airouter_practice::scenario::{App, Scenario, Script, Since};
use airouter_practice::way::{self, Line};
use tokio::runtime::{Builder, Runtime};

/// Model that is written where the app had been connected before.
const EARLIER_MODEL: &str = "claude-sonnet-4-6";

/// A prepared sandbox. The servers run as long as this lives.
#[derive(Debug)]
pub struct Sandbox {
    places: Places,
    preset: Preset,
    scenario: &'static Scenario,
    line: Line,
    runtime: Option<Runtime>,
}

impl Sandbox {
    /// A healthy computer. Where the last rehearsal in this folder was on one too, it goes on from there.
    /// The folder is made if it is missing.
    ///
    /// # Errors
    /// `RehearsalNotSet` with what is in the way.
    pub fn resume(folder: &Path) -> Result<Self, Finding> {
        let healthy = Scenario::all().first().ok_or_else(|| not_set("no scenarios"))?;
        let places = places_in(folder)?;
        match fixture::last(&paths_of(&places)) {
            Some(last) if last != healthy.id => Self::create(folder, healthy),
            _ => Self::prepare(places, healthy),
        }
    }

    /// Clears the folder and prepares it for a scenario from the beginning.
    ///
    /// # Errors
    /// `RehearsalNotSet` with what is in the way.
    pub fn create(folder: &Path, scenario: &'static Scenario) -> Result<Self, Finding> {
        let places = places_in(folder)?;
        clear(&places)?;
        let sandbox = Self::prepare(places, scenario)?;
        if let Some(since) = &scenario.fixture.since {
            sandbox.connect()?;
            sandbox.advance(since)?;
        }
        if scenario.fixture.claude == App::Stays {
            let install = claude::locate(&sandbox.places).ok_or_else(|| not_set("no stand-in"))?;
            match claude::start(&install, &sandbox.places, &|| false).map_err(caused_by)? {
                Started::Seen => {}
                Started::NotYet(finding) => return Err(caused_by(finding)),
            }
        }
        Ok(sandbox)
    }

    fn prepare(places: Places, scenario: &'static Scenario) -> Result<Self, Finding> {
        let fixture = &scenario.fixture;
        if fixture.claude != App::Missing {
            sandbox::install_claude(&places, &fixture::version(fixture)).map_err(caused_by)?;
        }
        fixture::prepare(scenario, &paths_of(&places)).map_err(not_set)?;
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(not_set)?;
        let options = GatewayOptions { fault: fixture.fault(), ..GatewayOptions::default() };
        let line = runtime.block_on(way::open(fixture.way, options)).map_err(not_set)?;
        let preset = Preset::from_json(&line.preset_json()).map_err(caused_by)?;
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

    /// Makes each write of this thread fail as on a full disk, where the scenario asks for it.
    pub fn disk(&self) -> Option<FullDisk> {
        self.scenario.fixture.disk_full.then(FullDisk::begin)
    }

    /// What the page may know.
    pub fn view(&self) -> Rehearsal {
        Rehearsal { scenario: self.scenario.id.clone(), scenarios: Scenario::all().iter().map(scenario_view).collect() }
    }

    /// Ends the stand-in and leaves the folder as it is, for the next rehearsal.
    pub fn leave(&self) {
        // Where this fails, the stand-in is ended when the sandbox is created anew.
        let _ = request_stop(&self.places.system);
    }

    /// Ends the rehearsal: the stand-in ends, the practice key is forgotten, the folder is emptied.
    ///
    /// # Errors
    /// What could not be cleared away.
    pub fn remove(self) -> Result<(), Finding> {
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
        Err(why.map_or_else(|| not_set("not connected"), caused_by))
    }

    fn advance(&self, since: &Since) -> Result<(), Finding> {
        sandbox::install_claude(&self.places, &since.version).map_err(caused_by)?;
        fixture::advance(since, &paths_of(&self.places)).map_err(not_set)
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        // This may be dropped inside another runtime, where blocking is not allowed.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// As long as this lives, each write of its thread fails as on a full disk. Nothing is filled: no system
/// lets an ordinary program fill a folder of a given size.
#[derive(Debug)]
pub struct FullDisk(());

impl FullDisk {
    fn begin() -> Self {
        fault_injection::set(Some(Box::new(|step| match step {
            "write" => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        })));
        Self(())
    }
}

impl Drop for FullDisk {
    fn drop(&mut self) {
        fault_injection::set(None);
    }
}

fn places_in(folder: &Path) -> Result<Places, Finding> {
    Places::in_scratch(folder).ok_or_else(|| not_set("no folder"))
}

fn clear(places: &Places) -> Result<(), Finding> {
    request_stop(&places.system).map_err(not_set)?;
    sandbox::wait_until_ended(places).map_err(caused_by)?;
    sandbox::clear(places).map_err(caused_by)
}

fn paths_of(places: &Places) -> ComputerPaths {
    ComputerPaths { system: places.system.clone(), third_party: places.resolved().root }
}

fn not_set(reason: impl ToString) -> Finding {
    Finding::new(Code::RehearsalNotSet).with("reason", reason)
}

/// The cause, kept by its code only: it is about the sandbox, not about the person's computer.
fn caused_by(finding: Finding) -> Finding {
    let mut caused = Finding::new(Code::RehearsalNotSet).with("because", finding.code.number());
    caused.evidence.extend(finding.evidence);
    caused
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
