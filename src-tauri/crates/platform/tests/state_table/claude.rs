//! How Claude would interpret its files, implemented independently of the product's own reader.

use std::path::Path;

use serde_json::Value;

use crate::home::{Home, Tree};
use crate::product::{Gateway, JournalState};

/// The selected profile, if it is a gateway's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SelectedGateway {
    pub(crate) base: String,
    pub(crate) names_helper: bool,
    pub(crate) key_in_profile: Option<String>,
}

/// A snapshot of all files, with its interpretation.
pub(crate) struct View<'a> {
    home: &'a Home,
    tree: &'a Tree,
}

impl<'a> View<'a> {
    pub(crate) fn new(home: &'a Home, tree: &'a Tree) -> Self {
        Self { home, tree }
    }

    /// The gateway that Claude uses at its next start; `None` if no gateway's profile is selected, or the list
    /// cannot be read.
    pub(crate) fn selected_gateway(&self) -> Option<SelectedGateway> {
        let profile = self.json(&self.home.places.profile(&self.selected()?))?;
        (profile["inferenceProvider"] == "gateway").then(|| SelectedGateway {
            base: text(&profile, "inferenceGatewayBaseUrl").unwrap_or_default(),
            names_helper: self.names_helper(&profile),
            key_in_profile: text(&profile, "inferenceGatewayApiKey"),
        })
    }

    /// The id of the selected profile.
    pub(crate) fn selected(&self) -> Option<String> {
        text(&self.json(&self.home.places.meta())?, "appliedId")
    }

    /// The deployment mode in Claude's settings.
    pub(crate) fn mode(&self) -> Option<String> {
        text(&self.json(&self.home.places.mode())?, "deploymentMode")
    }

    /// True if a listed or selected profile names our helper program.
    pub(crate) fn is_helper_named(&self) -> bool {
        !self.bases_of_helper().is_empty()
    }

    /// The addresses of the profiles, listed or selected, that name our helper program.
    pub(crate) fn bases_of_helper(&self) -> Vec<String> {
        let meta = self.json(&self.home.places.meta()).unwrap_or_default();
        let listed = meta["entries"].as_array().into_iter().flatten().filter_map(|entry| text(entry, "id"));
        listed
            .chain(text(&meta, "appliedId"))
            .filter_map(|id| self.json(&self.home.places.profile(&id)))
            .filter(|profile| self.names_helper(profile))
            .map(|profile| text(&profile, "inferenceGatewayBaseUrl").unwrap_or_default())
            .collect()
    }

    /// The key that the keychain holds for this home.
    pub(crate) fn key(&self) -> Option<String> {
        let entry = self.home.key_file();
        let bytes = self.tree.get(&entry)?.bytes()?;
        (!bytes.is_empty()).then(|| String::from_utf8_lossy(bytes).into_owned())
    }

    /// True if a gateway with our helper is selected and the keychain holds the key that was pasted for it.
    pub(crate) fn is_working(&self) -> bool {
        self.selected_gateway()
            .is_some_and(|selected| selected.names_helper && self.key().is_some_and(|key| fits(&selected.base, &key)))
    }

    /// The address and the key, if the selected profile of one gateway gets the key of another. Without the helper
    /// program Claude gets no key.
    pub(crate) fn wrong_key(&self) -> Option<(String, String)> {
        let selected = self.selected_gateway()?;
        let key = if selected.names_helper {
            self.key().filter(|_| self.has_helper())
        } else {
            selected.key_in_profile.clone()
        };
        key.filter(|key| !fits(&selected.base, key)).map(|key| (selected.base, key))
    }

    pub(crate) fn has_helper(&self) -> bool {
        self.tree.contains_key(&self.home.places.helper)
    }

    pub(crate) fn has_account_file(&self) -> bool {
        self.tree.contains_key(&self.home.account_file())
    }

    pub(crate) fn journal(&self) -> Option<&[u8]> {
        self.tree.get(&self.home.journal_file())?.bytes()
    }

    pub(crate) fn journal_state(&self) -> JournalState {
        JournalState::of(self.journal())
    }

    /// The part of the snapshot that is Claude's folder.
    pub(crate) fn claudes(&self) -> Tree {
        let root = &self.home.places.root;
        let claudes = self.tree.iter().filter(|(path, _)| path.starts_with(root));
        claudes.map(|(path, node)| (path.clone(), node.clone())).collect()
    }

    fn json(&self, path: &Path) -> Option<Value> {
        serde_json::from_slice(self.tree.get(path)?.bytes()?).ok()
    }

    fn names_helper(&self, profile: &Value) -> bool {
        text(profile, "inferenceCredentialHelper")
            .is_some_and(|named| *named == *self.home.places.helper.to_string_lossy())
    }
}

/// True if the key was pasted for this address.
pub(crate) fn fits(base: &str, key: &str) -> bool {
    Gateway::of_key(key).is_some_and(|gateway| gateway.base() == base)
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}
