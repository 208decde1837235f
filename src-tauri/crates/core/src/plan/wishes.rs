//! Derives what is to be written from the person's choices: one rule for the window and the command line.
//!
//! The choices alone are not enough. The name, the address and the hosts for Claude's tools come from
//! the existing connection, or from the preset.

use serde::Deserialize;
use ts_rs::TS;

use super::Wishes;
use crate::address::GatewayUrl;
use crate::check::AuthScheme;
use crate::claude::egress;
use crate::finding::{Code, Finding};
use crate::preset::Preset;
use crate::undo::{Journal, KeyPlace};

/// The person's choices.
#[derive(Debug, Clone, Deserialize, TS)]
#[ts(export)]
pub struct SetupWishes {
    /// The ids of the chosen models, the default first.
    pub models: Vec<String>,
    /// True to show every model that the gateway lists, now and later, instead of the chosen ones.
    pub every_model: bool,
    /// Compatibility mode: the key in the profile.
    pub static_key: bool,
    /// Hosts that Claude's own tools may reach beside the gateway, empty for the gateway alone. `None` means
    /// that the person made no choice.
    pub egress: Option<Vec<String>>,
    /// True to copy values that would no longer count into our profile, where possible.
    pub carry_over: bool,
    /// True to quit Claude if it runs, and start it afterwards.
    pub restart: bool,
}

impl SetupWishes {
    /// No new choices.
    pub fn unchanged(restart: bool) -> Self {
        Self { models: Vec::new(), every_model: false, static_key: false, egress: None, carry_over: false, restart }
    }
}

impl Wishes {
    /// The wishes of an earlier connection, to be carried out again.
    ///
    /// # Errors
    /// `UrlInvalid` when the journal's address is not one; `Interrupted` while something is under way, because
    /// it may be rolled back yet.
    pub fn of(journal: &Journal, restart: bool) -> Result<Self, Finding> {
        if journal.pending.is_some() || journal.undoing {
            return Err(Finding::new(Code::Interrupted));
        }
        Ok(Self {
            name: journal.name.clone(),
            base: GatewayUrl::parse(&journal.base)?,
            scheme: journal.scheme,
            models: journal.models.clone(),
            every_model: journal.every_model,
            key_place: journal.key_place,
            egress: journal.egress.clone(),
            carry_over: false,
            restart,
        })
    }

    /// What is to be written. `checked` is the gateway that was checked, or named without a check, with the
    /// header for its key; `connected` is the journal of the connection that exists.
    ///
    /// A gateway that is connected already keeps its name, whatever preset is in use. Where no hosts were
    /// chosen, the connection to another gateway than the preset's keeps its own; otherwise the preset's count.
    /// Where nothing was checked, the connection is written again ([`Self::again`]).
    ///
    /// # Errors
    /// `HostInvalid`, `KeyNotStored` where nothing is connected either, or as [`Self::again`].
    pub fn wanted(
        chosen: &SetupWishes,
        checked: Option<(GatewayUrl, AuthScheme)>,
        connected: Option<&Journal>,
        preset: &Preset,
    ) -> Result<Self, Finding> {
        let Some((base, scheme)) = checked else {
            let journal = connected.ok_or_else(|| Finding::new(Code::KeyNotStored))?;
            return Self::again(journal, chosen);
        };
        let same = connected.filter(|journal| journal.base == base.as_str());
        let usual = match same {
            Some(journal) if base != preset.base => &journal.egress,
            _ => &preset.egress,
        };
        let egress = egress::hosts(chosen.egress.as_deref())?.or_else(|| usual.clone());
        Ok(Self {
            name: same.map_or(&preset.name, |journal| &journal.name).clone(),
            base,
            scheme,
            models: chosen.models.clone(),
            every_model: chosen.every_model,
            key_place: if chosen.static_key { KeyPlace::Profile } else { KeyPlace::Keychain },
            egress,
            carry_over: chosen.carry_over,
            restart: chosen.restart,
        })
    }

    /// A repair: what was written before, to be written again. The models are unchanged; compatibility
    /// mode, hosts and settings to be copied may be chosen again.
    ///
    /// # Errors
    /// `HostInvalid`, or as [`Self::of`].
    pub fn again(journal: &Journal, chosen: &SetupWishes) -> Result<Self, Finding> {
        let earlier = Self::of(journal, chosen.restart)?;
        Ok(Self {
            key_place: if chosen.static_key { KeyPlace::Profile } else { earlier.key_place },
            egress: egress::hosts(chosen.egress.as_deref())?.or(earlier.egress),
            carry_over: chosen.carry_over,
            ..earlier
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Facts, plan};
    use super::*;

    const OTHER: &str = "https://gate.example/claude";

    fn url(text: &str) -> GatewayUrl {
        GatewayUrl::parse(text).unwrap()
    }

    fn preset() -> Preset {
        Preset { egress: Some(vec!["*".to_owned()]), ..Preset::airouter() }
    }

    /// The journal of a connection to an address, made without a preset's name and hosts.
    fn connected(base: &str) -> Journal {
        let facts = Facts::of_an_empty_home();
        let wishes = Wishes {
            name: "Acme Gate".to_owned(),
            base: url(base),
            scheme: AuthScheme::XApiKey,
            models: vec!["claude-sonnet-4-6".to_owned()],
            every_model: false,
            key_place: KeyPlace::Keychain,
            egress: Some(vec!["pypi.org".to_owned()]),
            carry_over: false,
            restart: true,
        };
        let mut journal = Journal::of(&plan(&facts, &wishes), &facts, &wishes, None, Vec::new());
        journal.pending = None;
        journal
    }

    fn wanted(chosen: &SetupWishes, checked: Option<&str>, connected: Option<&Journal>) -> Result<Wishes, Code> {
        let checked = checked.map(|base| (url(base), AuthScheme::Bearer));
        Wishes::wanted(chosen, checked, connected, &preset()).map_err(|finding| finding.code)
    }

    #[track_caller]
    fn check(wishes: Result<Wishes, Code>, name: &str, egress: &[&str]) {
        let wishes = wishes.unwrap();
        assert_eq!(
            (wishes.name.as_str(), wishes.egress.unwrap_or_default()),
            (name, egress.iter().map(|host| (*host).to_owned()).collect())
        );
    }

    #[test]
    fn a_connected_gateway_keeps_its_name_and_its_hosts() {
        let (nothing, other) = (SetupWishes::unchanged(true), connected(OTHER));
        check(wanted(&nothing, Some(OTHER), Some(&other)), "Acme Gate", &["pypi.org"]);
        check(wanted(&nothing, Some(OTHER), None), "AIRouter", &["*"]);
        let own = Preset::airouter().base;
        check(wanted(&nothing, Some(own.as_str()), Some(&other)), "AIRouter", &["*"]);
        check(wanted(&nothing, Some(own.as_str()), Some(&connected(own.as_str()))), "Acme Gate", &["*"]);
    }

    #[test]
    fn hosts_that_were_chosen_win() {
        let chosen = |host: &str| SetupWishes { egress: Some(vec![host.to_owned()]), ..SetupWishes::unchanged(true) };
        check(wanted(&chosen(" NPM.example "), Some(OTHER), Some(&connected(OTHER))), "Acme Gate", &["npm.example"]);
        check(wanted(&chosen("npm.example"), None, Some(&connected(OTHER))), "Acme Gate", &["npm.example"]);
        assert_eq!(wanted(&chosen("a b"), None, Some(&connected(OTHER))), Err(Code::HostInvalid));
    }

    #[test]
    fn a_repair_writes_what_was_written_and_may_go_round_the_keychain() {
        let journal = connected(OTHER);
        let again = wanted(&SetupWishes::unchanged(false), None, Some(&journal)).unwrap();
        assert_eq!((again.base.as_str(), again.scheme, again.restart), (OTHER, AuthScheme::XApiKey, false));
        assert_eq!((again.models, again.key_place), (journal.models.clone(), KeyPlace::Keychain));
        let round = SetupWishes { static_key: true, ..SetupWishes::unchanged(true) };
        assert_eq!(wanted(&round, None, Some(&journal)).unwrap().key_place, KeyPlace::Profile);
    }

    #[test]
    fn there_is_nothing_to_write_without_a_gateway_or_while_something_is_under_way() {
        assert_eq!(wanted(&SetupWishes::unchanged(true), None, None), Err(Code::KeyNotStored));
        let undoing = Journal { undoing: true, ..connected(OTHER) };
        assert_eq!(wanted(&SetupWishes::unchanged(true), None, Some(&undoing)), Err(Code::Interrupted));
    }
}
