//! The values of a configuration for everybody: those of a person's profile, without the personal ones.

use serde_json::{Value, json};

use super::Fleet;
use crate::claude::keys;
use crate::locale::Os;

/// The values of the configuration for a system, in a readable order.
pub fn values(fleet: &Fleet, os: Os) -> Vec<(&'static str, Value)> {
    let Fleet { preset, helpers, .. } = fleet;
    let helper = match os {
        Os::Windows => &helpers.windows,
        Os::Macos => &helpers.macos,
        Os::Linux => &helpers.linux,
    };
    let mut values = vec![
        (keys::PROVIDER, json!("gateway")),
        (keys::BASE_URL, json!(preset.base.as_str())),
        (keys::AUTH_SCHEME, json!(fleet.scheme.word())),
    ];
    // One credential and its kind, never both (OD).
    values.extend(match &fleet.key {
        // Written to a file of the administrator's, as requested.
        Some(key) => [(keys::CREDENTIAL_KIND, json!("static")), (keys::API_KEY, json!(key.reveal()))],
        None => [(keys::CREDENTIAL_KIND, json!("helper-script")), (keys::CREDENTIAL_HELPER, json!(helper))],
    });
    if preset.models.is_empty() {
        values.push((keys::DISCOVERY, json!(true)));
    } else {
        values.extend([(keys::MODELS, json!(preset.models)), (keys::DISCOVERY, json!(false))]);
    }
    values.extend([
        (keys::CHAT_TAB, json!(true)),
        (keys::ORGANIZATION, json!(fleet.organization)),
        (keys::DISPLAY_NAME, json!(preset.name)),
    ]);
    if let Some(hosts) = preset.egress.as_ref().filter(|hosts| !hosts.is_empty()) {
        values.push((keys::EGRESS, json!(hosts)));
    }
    values.retain(|(key, _)| keys::is_known(key, fleet.oldest));
    values
}
