//! What Claude would make of its files, read here by other means than the product's own reader.

use std::path::Path;

use serde_json::Value;

use crate::home::{Home, Tree};
use crate::product::{Gateway, Memory};

/// The selected profile, where it is a gateway's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Led {
    pub(crate) base: String,
    pub(crate) names_helper: bool,
    pub(crate) key_in_profile: Option<String>,
}

/// A state of everything, with what it means.
pub(crate) struct View<'a> {
    home: &'a Home,
    tree: &'a Tree,
}

impl<'a> View<'a> {
    pub(crate) fn new(home: &'a Home, tree: &'a Tree) -> Self {
        Self { home, tree }
    }

    /// Where Claude's next start leads; nothing where no gateway's profile is selected, or the list
    /// cannot be read.
    pub(crate) fn led(&self) -> Option<Led> {
        let profile = self.json(&self.home.places.profile(&self.selected()?))?;
        (profile["inferenceProvider"] == "gateway").then(|| Led {
            base: text(&profile, "inferenceGatewayBaseUrl").unwrap_or_default(),
            names_helper: self.names_helper(&profile),
            key_in_profile: text(&profile, "inferenceGatewayApiKey"),
        })
    }

    /// The id of the selected profile.
    pub(crate) fn selected(&self) -> Option<String> {
        text(&self.json(&self.home.places.meta())?, "appliedId")
    }

    /// The mode that Claude noted.
    pub(crate) fn mode(&self) -> Option<String> {
        text(&self.json(&self.home.places.mode())?, "deploymentMode")
    }

    /// True when a profile that is listed or selected names our helper program.
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

    /// Our gateway is selected and has the key that was pasted for it.
    pub(crate) fn is_working(&self) -> bool {
        self.led().is_some_and(|led| led.names_helper && self.key().is_some_and(|key| fits(&led.base, &key)))
    }

    /// Whether a selected profile of one gateway has the key of another; then both. Without the helper
    /// program Claude gets none.
    pub(crate) fn wrong_key(&self) -> Option<(String, String)> {
        let led = self.led()?;
        let key = if led.names_helper { self.key().filter(|_| self.has_helper()) } else { led.key_in_profile.clone() };
        key.filter(|key| !fits(&led.base, key)).map(|key| (led.base, key))
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

    pub(crate) fn memory(&self) -> Memory {
        Memory::of(self.journal())
    }

    /// The part of it that is Claude's folder.
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

/// A key that was pasted for this address.
pub(crate) fn fits(base: &str, key: &str) -> bool {
    Gateway::of_key(key).is_some_and(|gateway| gateway.base() == base)
}

fn text(value: &Value, key: &str) -> Option<String> {
    value.get(key)?.as_str().map(str::to_owned)
}
