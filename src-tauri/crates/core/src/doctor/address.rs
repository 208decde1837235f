//! Checks that the configured address is the gateway's and has the right ending.

use super::DoctorStep::{Address, Ending};
use super::checklist::CheckList;
use super::facts::DoctorFacts;
use super::live;
use crate::address::{AddressChange, repair};
use crate::claude::keys;
use crate::finding::{Code, Finding};
use crate::secret::shown_address;

pub(super) fn look(facts: &DoctorFacts, list: &mut CheckList) {
    live::look(facts, &live::ROUTE, list);
    let written = facts.selected_text(keys::BASE_URL);
    let ending = written.as_deref().map(|text| wrong_ending(facts, text));
    let has_wrong_ending = ending.as_ref().is_some_and(Option::is_some);
    let address = written.as_deref().map(|text| other_address(facts, text).filter(|_| !has_wrong_ending));
    list.tested_if(Address, Code::ProfileAddress, address);
    let relay = facts.computer.library.selected().filter(|selected| selected.relay.is_some());
    let dead = relay.map(|selected| facts.relay_is_dead.then(|| selected.finding(Code::DeadRelay)));
    list.tested_if(Address, Code::DeadRelay, dead);
    list.tested_if(Ending, Code::AddressEnding, ending);
}

/// Another host, another path, or a form that Claude refuses.
fn other_address(facts: &DoctorFacts, text: &str) -> Option<Finding> {
    let finding = |reason: &str| {
        Finding::new(Code::ProfileAddress)
            .with("url", shown_address(text))
            .with("base", facts.base.as_str())
            .with("reason", reason)
    };
    match repair(text, None) {
        Err(_) => Some(finding("unreadable")),
        Ok((_, changes)) if changes.contains(&AddressChange::MadeHttps) => Some(finding("not-encrypted")),
        Ok((address, _)) if address.host() != facts.base.host() => Some(finding("other-host")),
        Ok((address, _)) => (address != facts.base).then(|| finding("other-path")),
    }
}

/// Claude appends `/v1/messages` to the address (PI), so an address of the same host that ends in `/v1` or in
/// a slash is wrong.
fn wrong_ending(facts: &DoctorFacts, text: &str) -> Option<Finding> {
    let (address, changes) = repair(text, None).ok()?;
    let is_cut = |change: &AddressChange| {
        matches!(change, AddressChange::SlashRemoved | AddressChange::PathRemoved { .. } | AddressChange::SlashesMerged)
    };
    let is_ours = address.host() == facts.base.host();
    (is_ours && changes.iter().any(is_cut))
        .then(|| Finding::new(Code::AddressEnding).with("url", shown_address(text)).with("base", facts.base.as_str()))
}
