//! The loader: from files to what Claude Desktop would do with them, without starting anything.
//!
//! Managed settings come first and end the search, unless they only steer the app itself. Everything is
//! read once; a running app never looks again.

use std::path::PathBuf;

use serde_json::{Map, Value};

use super::connection::{self, Connection};
use super::library;
use super::log::{Level, Line};
use super::managed::{self, Managed};
use super::mode::{self, Mode};
use super::refusal::{AddressFault, Refusal};
use super::sources::{Sources, settings_in};
use super::values::{Values, of_local};

/// The source that won.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tier {
    /// Neither source configures anything.
    None,
    /// The managed file.
    Managed,
    /// The local library.
    Local,
}

/// What Claude Desktop makes of its files.
#[derive(Debug, Clone, PartialEq)]
pub struct Loaded {
    /// How it starts.
    pub mode: Mode,
    /// The source that won.
    pub tier: Tier,
    /// The values in force.
    pub values: Values,
    /// The gateway, when the configuration is usable, whatever the mode.
    pub connection: Option<Connection>,
    /// The models that the profile alone puts in the picker.
    pub picker: Vec<String>,
    /// What it writes to its log at once.
    pub lines: Vec<Line>,
    /// Why a configuration that is there was not taken.
    pub refusal: Option<Refusal>,
    /// The applied profile's file.
    pub profile: Option<PathBuf>,
    /// The app's own settings of the started mode, as they stay in memory.
    pub(super) settings: Option<Map<String, Value>>,
}

/// Reads the configuration as Claude Desktop does at its start.
pub fn load(sources: &Sources) -> Loaded {
    let mut lines = Vec::new();
    let third_party_settings = mode::settings(&sources.settings());
    let mut loaded = match winner(sources, &mut lines) {
        Ok(won) => judged(won, third_party_settings.as_ref(), sources, &mut lines),
        Err(refusal) => Loaded::refused(Tier::None, refusal, &mut lines),
    };
    conclude(&loaded, &mut lines);
    loaded.lines = lines;
    loaded.settings = match loaded.mode {
        Mode::Ordinary => mode::settings(&settings_in(&sources.ordinary_root)),
        Mode::SignIn | Mode::ThirdParty => third_party_settings,
    };
    loaded
}

struct Won {
    tier: Tier,
    values: Values,
    profile: Option<PathBuf>,
}

/// Finds the source that wins and its values.
fn winner(sources: &Sources, lines: &mut Vec<Line>) -> Result<Won, Refusal> {
    let behaviour = match managed::read(sources)? {
        Managed::Absent => None,
        Managed::Present(values) => {
            lines.push(Line::new(Level::Info, "[custom-3p] Managed MDM config detected"));
            if !values.leave_local_in_force(sources.version) {
                return Ok(Won { tier: Tier::Managed, values, profile: None });
            }
            Some(values)
        }
    };
    let Some(applied) = library::read(&sources.library())? else {
        return Ok(Won { tier: Tier::None, values: behaviour.unwrap_or_default(), profile: None });
    };
    let (local, ignored) = of_local(applied.object, sources.version)?;
    for name in ignored {
        let text = format!("[custom-3p] Ignoring local configuration {name}: not a recognized configuration key");
        lines.push(Line::new(Level::Warn, text));
    }
    let values = match behaviour {
        Some(managed) => local.with_behaviour_of(&managed),
        None => local,
    };
    Ok(Won { tier: Tier::Local, values, profile: Some(applied.path) })
}

/// Makes a connection and a mode of the values.
fn judged(won: Won, settings: Option<&Map<String, Value>>, sources: &Sources, lines: &mut Vec<Line>) -> Loaded {
    let Won { tier, values, profile } = won;
    let connection = match connection::read(&values.0, sources.version) {
        Ok(connection) => connection,
        Err(refusal) => return Loaded { values, profile, ..Loaded::refused(tier, refusal, lines) },
    };
    let chooser_disabled = values.0.get("disableDeploymentModeChooser") == Some(&Value::Bool(true));
    let mode = match connection {
        Some(_) => mode::of_configured(mode::persisted(settings), chooser_disabled),
        None => Mode::Ordinary,
    };
    let picker = connection.as_ref().map(|connection| connection.models.names.clone()).unwrap_or_default();
    Loaded { mode, connection, picker, values, profile, ..Loaded::nothing(tier) }
}

/// The lines that end the loading.
fn conclude(loaded: &Loaded, lines: &mut Vec<Line>) {
    let Some(connection) = &loaded.connection else {
        lines.push(Line::new(Level::Info, "Starting in ordinary mode"));
        return;
    };
    for name in &connection.models.removed {
        let text =
            format!("[custom-3p] inferenceModels: {name:?} is not an Anthropic model and was removed from the list");
        lines.push(Line::new(Level::Warn, text));
    }
    match loaded.mode {
        Mode::Ordinary => {
            lines.push(Line::new(Level::Info, "[custom-3p] deploymentMode is '1p'; configuration not used"));
            lines.push(Line::new(Level::Info, "Starting in ordinary mode"));
        }
        Mode::SignIn => {
            lines.push(Line::new(Level::Info, "[custom-3p] Sign-in screen: third-party inference is offered"));
        }
        Mode::ThirdParty => lines.extend(connection.opening_lines()),
    }
}

impl Connection {
    /// What a start of third-party mode writes first.
    pub(super) fn opening_lines(&self) -> [Line; 2] {
        [
            Line::new(Level::Info, "[custom-3p] 3P mode active { provider: 'gateway' }"),
            Line::new(Level::Info, format!("[custom-3p] inference apiHost={}", self.base_url)),
        ]
    }
}

impl Loaded {
    fn nothing(tier: Tier) -> Self {
        Self {
            mode: Mode::Ordinary,
            tier,
            values: Values::default(),
            connection: None,
            picker: Vec::new(),
            lines: Vec::new(),
            refusal: None,
            profile: None,
            settings: None,
        }
    }

    /// Nothing is used, and the log says why.
    fn refused(tier: Tier, refusal: Refusal, lines: &mut Vec<Line>) -> Self {
        let text = match &refusal {
            Refusal::Address(fault) => {
                if *fault == AddressFault::Missing {
                    lines.push(Line::new(Level::Info, "[custom-3p] inference apiHost=http://custom-3p-unused.invalid"));
                }
                format!("[custom-3p] Credentials read failed {{ provider: 'gateway', error: '{refusal}' }}")
            }
            Refusal::NoCredential | Refusal::CredentialKind | Refusal::BadKey => {
                format!("[custom-3p] Credentials read failed {{ provider: 'gateway', error: '{refusal}' }}")
            }
            _ => format!("[custom-3p] Invalid custom3p enterprise config: {refusal}"),
        };
        lines.push(Line::new(Level::Error, text));
        Self { refusal: Some(refusal), ..Self::nothing(tier) }
    }
}
