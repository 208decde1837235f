//! The input of planning: observations of the computer and the person's wishes.

use crate::address::GatewayUrl;
use crate::check::AuthScheme;
use crate::claude::keys;
use crate::claude::library::{FileFact, Library, is_profile_id};
use crate::claude::managed::ManagedSource;
use crate::claude::version::Version;
use crate::finding::Finding;
use crate::undo::Journal;
use crate::undo::KeyPlace;

/// Claude Desktop as it was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ClaudeFacts {
    /// True when it is installed.
    pub is_installed: bool,
    /// True when it is running.
    pub is_running: bool,
    /// The older of the installed and the running version, if known.
    pub version: Option<Version>,
}

/// Whether the keychain can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KeychainFact {
    /// It can.
    Usable,
    /// It cannot, for this reason.
    Unusable(Finding),
}

/// All observations of the computer that planning needs.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Claude Desktop.
    pub claude: ClaudeFacts,
    /// The administrator's configuration.
    pub managed: ManagedSource,
    /// Claude's files.
    pub library: Library,
    /// The same files in other folders that Claude may read instead, see [`crate::claude::roots`].
    pub copies: Vec<Library>,
    /// Why nothing may be written on this computer now, in addition to the other facts.
    pub obstacle: Option<Finding>,
    /// Whether the keychain can be used.
    pub keychain: KeychainFact,
    /// The path of the helper program, installed or not.
    pub helper: String,
    /// This program's journal, if it has written anything.
    pub journal: Option<Journal>,
    /// The id of the history, if one was created before.
    pub organization: Option<String>,
    /// A new id for a profile, if one is needed.
    pub fresh_profile_id: String,
    /// A new id for the history, if one is needed.
    pub fresh_organization: String,
}

/// The person's wishes, complete.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wishes {
    /// The gateway's name: the label of the profile and in Claude's sidebar.
    pub name: String,
    /// Its address.
    pub base: GatewayUrl,
    /// How the key is sent.
    pub scheme: AuthScheme,
    /// The ids of the chosen models, the default first.
    pub models: Vec<String>,
    /// True to show every model of the gateway's list instead.
    pub every_model: bool,
    /// Where the key is to be stored.
    pub key_place: KeyPlace,
    /// Hosts that Claude's own tools may reach beside the gateway, empty for the gateway alone. `None` leaves
    /// the setting unchanged, which is the gateway alone unless it was changed in Claude.
    pub egress: Option<Vec<String>>,
    /// True to copy values that would no longer count into our profile, where possible.
    pub carry_over: bool,
    /// True to quit Claude if it runs, and start it afterwards.
    pub restart: bool,
}

impl Facts {
    /// The id of our present profile: the one in the journal, or one that names our helper program although
    /// the journal was lost.
    pub(super) fn our_profile(&self) -> Option<String> {
        let from_journal =
            self.journal.as_ref().filter(|journal| journal.is_connection()).map(|journal| journal.profile_id.clone());
        let by_helper = || {
            self.library.profiles.iter().find_map(|profile| {
                let document = profile.file.document().ok()?;
                let helper = document.get(keys::CREDENTIAL_HELPER)?.as_str()?;
                (helper == self.helper).then(|| profile.id.clone())
            })
        };
        from_journal.or_else(by_helper).filter(|id| is_profile_id(id))
    }

    /// All libraries that are written and checked: Claude's files in each folder that it may read.
    pub fn libraries(&self) -> impl Iterator<Item = &Library> {
        std::iter::once(&self.library).chain(&self.copies)
    }

    /// A file that a plan may change, as it was found.
    pub(crate) fn file(&self, path: &str) -> &FileFact {
        self.libraries().find_map(|library| library.file(path)).unwrap_or(&FileFact::Absent)
    }

    /// Facts of a computer on which nothing is set up, for tests and examples.
    #[cfg(test)]
    pub(crate) fn of_an_empty_home() -> Self {
        Self {
            claude: ClaudeFacts { is_installed: true, is_running: false, version: Some(Version(2, 26454, 0)) },
            managed: ManagedSource::Absent,
            library: Library {
                root: "/home/li/.config/Claude-3p".to_owned(),
                meta_path: "/home/li/.config/Claude-3p/configLibrary/_meta.json".to_owned(),
                meta: FileFact::Absent,
                mode_path: "/home/li/.config/Claude-3p/claude_desktop_config.json".to_owned(),
                mode: FileFact::Absent,
                profiles: Vec::new(),
            },
            copies: Vec::new(),
            obstacle: None,
            keychain: KeychainFact::Usable,
            helper: "/home/li/.local/share/airouter-setup/airouter-credential".to_owned(),
            journal: None,
            organization: None,
            fresh_profile_id: "11111111-1111-4111-8111-111111111111".to_owned(),
            fresh_organization: "22222222-2222-4222-8222-222222222222".to_owned(),
        }
    }
}
