//! A running app, from its first log line to its last.
//!
//! The configuration is read once. After that the app only listens: to the gateway's first answers, to a
//! person, and to second starts. Closing the window is no quitting; it stays in the tray.

use std::hash::{BuildHasher, RandomState};
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::task::JoinHandle;

use super::connection::Connection;
use super::credential::{Context, resolve};
use super::library;
use super::load::{Loaded, load};
use super::log::{Line as LogLine, Log};
use super::mode::Mode;
use super::only_one;
use super::person::Person;
use super::quirks::Quirk;
use super::saving::{Memory, save_choices, save_credential};
use super::sources::{Sources, settings_in};
use super::stop_file::StopFile;
use super::version::Version;
use super::wire::{self, Line};
use super::wish::Wish;

/// Everything a start depends on.
#[derive(Debug, Clone)]
pub(super) struct Setup {
    pub(super) sources: Sources,
    pub(super) quirks: Vec<Quirk>,
    /// What the person switches in the app's window, written into the applied profile at the end.
    pub(super) choices: Map<String, Value>,
    /// After the window was closed a person quits the app from the menu of its icon.
    pub(super) person_quits: bool,
    /// How long a request may take.
    pub(super) patience: Duration,
}

/// How a life ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Quit,
    Crashed,
}

const SLOW_QUIT: Duration = Duration::from_secs(3);
/// How long it takes to be asked, and to find the icon and its menu.
const UNTIL_PERSON_QUITS: Duration = Duration::from_secs(7);

/// Lives until a person quits the app.
pub(super) async fn live(setup: Setup) -> io::Result<End> {
    // Signals first: whoever sees the first log line may ask to quit at once.
    let mut person = Person::listen()?;
    let sources = &setup.sources;
    let stop_file = StopFile::of(&sources.system_root);
    let Some(only_one) = only_one::take(sources).await? else { return Ok(End::Quit) };
    if setup.has(Quirk::SeedDefault) && !sources.library().exists() {
        library::seed(&sources.library())?;
    }
    let loaded = load(sources);
    let mut app = App::started(&setup, loaded);
    app.log.info(format!("Starting app {{ appVersion: '{}' }}", sources.version));
    if setup.has(Quirk::CrashAtStart) {
        return Ok(End::Crashed);
    }
    app.open();
    loop {
        tokio::select! {
            wish = person.wish() => match wish {
                Wish::Quit if setup.has(Quirk::RefuseQuit) => app.log.info("quit requested; not now"),
                Wish::Quit => break,
                Wish::CloseWindow => {
                    app.log.info("window closed; staying in the tray");
                    if setup.person_quits {
                        tokio::time::sleep(UNTIL_PERSON_QUITS).await;
                        break;
                    }
                }
                #[cfg(windows)]
                Wish::CloseHidden => app.log.error("a window that nobody sees was told to close"),
                Wish::Continue => app.chosen()?,
            },
            () = stop_file.removed() => return Ok(End::Crashed),
            call = only_one.called() => {
                app.log.info("second instance started; showing the window");
                drop(call);
            }
        }
    }
    app.quit().await?;
    Ok(End::Quit)
}

struct App<'a> {
    setup: &'a Setup,
    loaded: Loaded,
    log: Log,
    memory: Memory,
    /// Whether a person must still choose third-party mode.
    waiting: bool,
    credential_file: PathBuf,
    session: Option<JoinHandle<()>>,
}

impl<'a> App<'a> {
    fn started(setup: &'a Setup, mut loaded: Loaded) -> Self {
        let sources = &setup.sources;
        let third_party = loaded.mode == Mode::ThirdParty;
        let waiting = loaded.mode == Mode::SignIn || (third_party && setup.has(Quirk::ClickThrough));
        let settings_root =
            if loaded.mode == Mode::Ordinary { &sources.ordinary_root } else { &sources.third_party_root };
        let name = format!("host-creds-{:016x}.json", RandomState::new().hash_one(std::process::id()));
        Self {
            memory: Memory { path: settings_in(settings_root), settings: loaded.settings.take() },
            log: Log::within(&sources.logs(third_party && !waiting), setup.has(Quirk::Silent)),
            credential_file: sources.third_party_root.join(name),
            session: None,
            setup,
            loaded,
            waiting,
        }
    }

    /// Writes what loading found, and starts inference unless a person must choose it first.
    fn open(&mut self) {
        let opening = self.loaded.connection.as_ref().map(Connection::opening_lines);
        let held_back = |line: &LogLine| self.waiting && opening.as_ref().is_some_and(|lines| lines.contains(line));
        for line in self.loaded.lines.iter().filter(|line| !held_back(line)) {
            self.log.write(line);
        }
        if self.waiting {
            self.log.info("[custom-3p] Sign-in screen: waiting for a person");
        } else if self.loaded.mode == Mode::ThirdParty {
            self.begin();
        }
    }

    /// A person chose third-party mode on the sign-in screen.
    fn chosen(&mut self) -> io::Result<()> {
        let Some(connection) = self.loaded.connection.as_ref().filter(|_| self.waiting) else { return Ok(()) };
        let opening = connection.opening_lines();
        self.waiting = false;
        self.log = Log::within(&self.setup.sources.logs(true), self.setup.has(Quirk::Silent));
        if let Some(settings) = self.memory.settings.as_mut() {
            settings.insert("deploymentMode".into(), "3p".into());
            self.log.info("[custom-3p] deploymentMode written { mode: '3p' }");
        }
        self.memory.save()?;
        for line in &opening {
            self.log.write(line);
        }
        self.begin();
        Ok(())
    }

    fn begin(&mut self) {
        let Some(connection) = self.loaded.connection.clone() else { return };
        let session = Session {
            connection,
            version: self.setup.sources.version,
            credential_file: self.credential_file.clone(),
            haiku: self.setup.has(Quirk::HaikuProbe),
            patience: self.setup.patience,
            log: self.log.clone(),
        };
        self.session = Some(tokio::spawn(session.run()));
    }

    /// Saves what is remembered, leaves no credential, and says goodbye.
    async fn quit(mut self) -> io::Result<()> {
        self.log.info("quit requested");
        if let Some(session) = self.session.take() {
            session.abort();
            // The task is over once this returns, so it cannot write the credential again.
            let _ = session.await;
        }
        if self.setup.has(Quirk::SlowQuit) {
            tokio::time::sleep(SLOW_QUIT).await;
        }
        if self.credential_file.exists() {
            std::fs::remove_file(&self.credential_file)?;
        }
        self.memory.save()?;
        if let Some(profile) = self.loaded.profile.as_ref().filter(|_| !self.setup.choices.is_empty()) {
            save_choices(profile, &self.setup.choices)?;
        }
        if self.setup.has(Quirk::LateSave) {
            self.memory.save_after_the_end(&self.setup.sources.ordinary_root)?;
        }
        self.log.info("quit");
        Ok(())
    }
}

/// The gateway's part of a start.
struct Session {
    connection: Connection,
    version: Version,
    credential_file: PathBuf,
    haiku: bool,
    patience: Duration,
    log: Log,
}

impl Session {
    async fn run(self) {
        let state = if self.is_healthy().await { "healthy" } else { "unhealthy" };
        self.log.info(format!("[custom-3p] ConfigHealth recomputed {{ state: '{state}', provider: 'gateway' }}"));
    }

    async fn is_healthy(&self) -> bool {
        let Self { connection, log, .. } = self;
        let Some(credential) = resolve(&connection.credential, Context::Interactive, log).await else { return false };
        log.info(format!(
            "[custom-3p] Credentials loaded from managed config {{ provider: 'gateway', authScheme: '{:?}' }}",
            connection.scheme
        ));
        if let Err(error) = save_credential(&self.credential_file, connection, &credential) {
            log.error(format!("[custom-3p] host credentials not written: {error}"));
            return false;
        }
        let Ok(line) = Line::open(connection, &credential, self.version) else { return false };
        let picker = wire::picker(&line, connection, self.version, self.patience, log).await;
        // The health check gets a credential of its own: nobody is there to be asked.
        let Some(credential) = resolve(&connection.credential, Context::Background, log).await else { return false };
        let Ok(line) = Line::open(connection, &credential, self.version) else { return false };
        wire::is_healthy(&line, &picker, self.haiku, self.patience, log).await
    }
}

impl Setup {
    fn has(&self, quirk: Quirk) -> bool {
        self.quirks.contains(&quirk)
    }
}
