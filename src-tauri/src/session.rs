//! What is remembered while the window is open: the key, what the check found, the plan that was
//! agreed to. Nothing of it is on disk, and the key never goes back to the page.

use std::any::Any;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use airouter_core::address::GatewayUrl;
use airouter_core::check::{AuthScheme, CheckReport};
use airouter_core::finding::{Code, Finding};
use airouter_core::key::Paste;
use airouter_core::plan::{Plan, Wishes};
use airouter_core::preset::Preset;
use airouter_core::report::Report;
use airouter_core::secret::Secret;
use airouter_core::undo::Journal;
use airouter_core::view::{Locale, Overview, Rehearsal, SetupWishes};
use airouter_platform::places::Places;
use airouter_platform::{locale, observe, recover, redaction, state, stored_key};
use tokio::sync::watch;

use crate::arguments::Arguments;
use crate::offer::{self, Offers};
use crate::sandbox::Sandbox;

/// What is remembered; cheap to clone, all clones are one.
#[derive(Clone)]
pub struct Session {
    inner: Arc<Inner>,
}

struct Inner {
    places: Places,
    offers: Offers,
    scene: Mutex<Scene>,
    memory: Mutex<Memory>,
    ahead: Mutex<Option<JoinHandle<Overview>>>,
}

/// What a rehearsal exchanges while the window is open. Otherwise it stays as it is.
struct Scene {
    preset: Arc<Preset>,
    sandbox: Option<Arc<dyn Sandbox>>,
}

#[derive(Default)]
struct Memory {
    /// A pasted key with what stood around it.
    paste: Option<Paste>,
    asked: Option<GatewayUrl>,
    checked: Option<(GatewayUrl, AuthScheme)>,
    proxy: Option<String>,
    agreed: Option<Plan>,
    report: Option<Report>,
    stop: Option<watch::Sender<bool>>,
}

impl Session {
    /// A session on this computer, with the preset that the arguments name.
    ///
    /// # Errors
    /// Why the places or the preset cannot be used.
    pub(crate) fn start(arguments: &Arguments) -> Result<Self, Finding> {
        let preset = airouter_platform::preset::load(arguments.preset.as_deref(), None)?;
        let session = Self::of(Places::here()?, preset);
        if let Some(named) = &arguments.open {
            session.offers().open(&offer::source(named, Path::new("")));
        }
        Ok(session)
    }

    /// A session in a sandbox: nothing real is touched.
    pub fn in_sandbox(sandbox: Arc<dyn Sandbox>) -> Self {
        let (places, preset) = (sandbox.places().clone(), Arc::new(sandbox.preset().clone()));
        Self::new(places, Scene { preset, sandbox: Some(sandbox) })
    }

    /// A session with given places and preset, for tests without a window.
    pub fn of(places: Places, preset: Preset) -> Self {
        Self::new(places, Scene { preset: Arc::new(preset), sandbox: None })
    }

    fn new(places: Places, scene: Scene) -> Self {
        let (offers, scene) = (Offers::default(), Mutex::new(scene));
        Self { inner: Arc::new(Inner { places, offers, scene, memory: Mutex::default(), ahead: Mutex::default() }) }
    }

    pub(crate) fn places(&self) -> &Places {
        &self.inner.places
    }

    /// Begins the first look while the window is still being made: the page need not wait for it.
    pub(crate) fn look_ahead(&self) {
        let session = self.clone();
        let looking = std::thread::spawn(move || session.first_overview());
        *self.inner.ahead.lock().unwrap_or_else(PoisonError::into_inner) = Some(looking);
    }

    /// What the look that was begun ahead has seen, if there is one that was not yet asked for.
    pub(crate) fn seen_ahead(&self) -> Option<Overview> {
        let looking = self.inner.ahead.lock().unwrap_or_else(PoisonError::into_inner).take();
        looking.and_then(|looking| looking.join().ok())
    }

    /// Looks at the computer, once a sudden end of an earlier run is settled.
    pub(crate) fn first_overview(&self) -> Overview {
        redaction::exempt(self.preset().base.as_str());
        redaction::register_files(self.places());
        let resumed = recover::at_start(self.places());
        let mut overview = observe::overview(self.places());
        overview.findings.extend(resumed.filter(|finding| !finding.blocks()));
        overview
    }

    pub(crate) fn preset(&self) -> Arc<Preset> {
        Arc::clone(&self.scene().preset)
    }

    /// Presets that were opened and wait for the person's word.
    pub(crate) fn offers(&self) -> &Offers {
        &self.inner.offers
    }

    /// Uses the preset that waits, if it is the one with the address that the person saw; another one
    /// may have been opened in the same moment, and it waits on. A key that was given for another
    /// gateway is forgotten.
    pub(crate) fn answer_offer(&self, used: Option<&str>) {
        if let Some(preset) = self.offers().take(used) {
            self.scene().preset = Arc::new(preset);
            self.forget();
        }
    }

    pub(crate) fn is_rehearsal(&self) -> bool {
        self.scene().sandbox.is_some()
    }

    pub(crate) fn rehearsal(&self) -> Option<Rehearsal> {
        self.scene().sandbox.as_ref().map(|sandbox| sandbox.view())
    }

    /// Begins another scenario of a rehearsal and forgets the session.
    ///
    /// # Errors
    /// `RehearsalNotSet` where this is no rehearsal or there is no such scenario.
    pub(crate) fn set_scenario(&self, id: &str) -> Result<(), Finding> {
        let no_rehearsal = || Finding::new(Code::RehearsalNotSet).with("reason", "no rehearsal");
        let sandbox = self.scene().sandbox.clone().ok_or_else(no_rehearsal)?;
        self.stop_check();
        self.forget();
        let sandbox = sandbox.begin(id)?;
        *self.scene() = Scene { preset: Arc::new(sandbox.preset().clone()), sandbox: Some(sandbox) };
        Ok(())
    }

    /// Ends the programs of a rehearsal. Its folder stays as it is, for the next time.
    pub(crate) fn leave_sandbox(&self) {
        if let Some(sandbox) = &self.scene().sandbox {
            sandbox.leave();
        }
    }

    /// What a rehearsal needs to live while this thread writes, such as a simulated full disk.
    pub(crate) fn while_writing(&self) -> Option<Box<dyn Any>> {
        self.scene().sandbox.as_ref().and_then(|sandbox| sandbox.while_writing())
    }

    /// The proxy to use: the one that the person typed, else the one of a rehearsal; nothing means the
    /// system's.
    pub(crate) fn proxy_or_simulated(&self, typed: Option<String>) -> Option<String> {
        typed.or_else(|| self.scene().sandbox.as_ref().and_then(|sandbox| sandbox.proxy().map(str::to_owned)))
    }

    fn scene(&self) -> MutexGuard<'_, Scene> {
        // A scene is exchanged whole.
        self.inner.scene.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn locale(&self) -> Locale {
        locale::preferred(&self.inner.places)
    }

    /// Takes a new key; what was found with another one no longer counts.
    pub(crate) fn take_key(&self, paste: Paste) {
        redaction::register([paste.key.clone()]);
        *self.memory() = Memory { paste: Some(paste), ..Memory::default() };
    }

    /// Forgets everything.
    pub(crate) fn forget(&self) {
        *self.memory() = Memory::default();
        redaction::forget();
        redaction::register_files(self.places());
    }

    /// The key to check an address with. A pasted one that stood with another address waits until the person
    /// has named the one to ask.
    ///
    /// # Errors
    /// `KeyElsewhere`, or why there is no key.
    pub(crate) fn key_to_ask(&self, base: &GatewayUrl, is_named: bool) -> Result<Secret, Finding> {
        let preset = self.preset();
        if let Some(paste) = &self.memory().paste {
            paste.may_go_to(base, &preset, is_named)?;
            return Ok(paste.key.clone());
        }
        self.key_for(base)
    }

    /// The key that belongs to an address: the pasted one where that address was asked with it, or the stored
    /// one, which goes to its own address only.
    pub(crate) fn key_for(&self, base: &GatewayUrl) -> Result<Secret, Finding> {
        {
            let memory = self.memory();
            if let Some(paste) = memory.paste.as_ref().filter(|_| memory.asked.as_ref() == Some(base)) {
                return Ok(paste.key.clone());
            }
        }
        stored_key::stored_for(self.places(), base)
    }

    /// A way to stop the check that begins now; an earlier one is stopped.
    pub(crate) fn begin_check(&self) -> watch::Receiver<bool> {
        let (stop, stopped) = watch::channel(false);
        if let Some(earlier) = self.memory().stop.replace(stop) {
            let _ = earlier.send(true);
        }
        stopped
    }

    /// Stops the check that is under way, if there is one.
    pub(crate) fn stop_check(&self) {
        if let Some(stop) = self.memory().stop.take() {
            let _ = stop.send(true);
        }
    }

    /// Remembers what a check found out.
    pub fn checked(&self, base: GatewayUrl, proxy: Option<String>, report: &CheckReport) {
        let mut memory = self.memory();
        memory.proxy = proxy;
        memory.asked = Some(base.clone());
        memory.checked = report.passed.then_some((base, report.scheme));
        memory.agreed = None;
    }

    /// The proxy that the person typed for the last check.
    pub(crate) fn proxy(&self) -> Option<String> {
        self.memory().proxy.clone()
    }

    /// The address that the last check asked. A pasted key has been sent there and nowhere else.
    pub(crate) fn asked(&self) -> Option<GatewayUrl> {
        self.memory().asked.clone()
    }

    /// True for a pasted key that was not sent anywhere yet.
    pub(crate) fn has_unsent_key(&self) -> bool {
        let memory = self.memory();
        memory.paste.is_some() && memory.asked.is_none()
    }

    /// The address and the way of sending the key: from the check, else from what is connected.
    pub(crate) fn gateway(&self) -> Result<(GatewayUrl, AuthScheme), Finding> {
        if let Some(checked) = self.memory().checked.clone() {
            return Ok(checked);
        }
        let journal = state::journal(self.places())?.filter(Journal::is_connection);
        let journal = journal.ok_or_else(|| Finding::new(Code::KeyNotStored))?;
        Ok((GatewayUrl::parse(&journal.base)?, journal.scheme))
    }

    /// The page's wishes with what only this side knows: the gateway that was checked, the connection, the preset.
    ///
    /// # Errors
    /// As [`Wishes::wanted`].
    pub fn wishes(&self, wishes: &SetupWishes) -> Result<Wishes, Finding> {
        let connected = state::journal(self.places())?.filter(Journal::is_connection);
        Wishes::wanted(wishes, self.memory().checked.clone(), connected.as_ref(), &self.preset())
    }

    /// Remembers the plan that the person sees.
    pub(crate) fn agree(&self, plan: Plan) {
        self.memory().agreed = Some(plan);
    }

    /// The plan that the person saw last.
    pub(crate) fn agreed(&self) -> Option<Plan> {
        self.memory().agreed.clone()
    }

    /// Remembers the report that the person sees.
    pub(crate) fn show(&self, report: Report) {
        self.memory().report = Some(report);
    }

    /// The report that the person saw last.
    pub(crate) fn shown(&self) -> Option<Report> {
        self.memory().report.clone()
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        // What was being done when another thread failed is not half-done: each field is set at once.
        self.inner.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
