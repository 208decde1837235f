//! The keys that this program writes or judges, by name; [`super::schema`] has type and first version
//! of every known one. An older Claude drops unknown keys with a warning, and some builds drop more than
//! that, so a key is written only for versions that know it.

use super::schema;
use super::version::Version;

/// `gateway`, the only provider that this program sets up.
pub const PROVIDER: &str = "inferenceProvider";
/// The base address.
pub const BASE_URL: &str = "inferenceGatewayBaseUrl";
/// The key itself: compatibility mode only.
pub const API_KEY: &str = "inferenceGatewayApiKey";
/// `bearer` or `x-api-key`.
pub const AUTH_SCHEME: &str = "inferenceGatewayAuthScheme";
/// `helper-script` or `static`; when set, only that source counts.
pub const CREDENTIAL_KIND: &str = "inferenceCredentialKind";
/// The absolute path of the helper program, without arguments.
pub const CREDENTIAL_HELPER: &str = "inferenceCredentialHelper";
/// Headers that are sent with every request; an object is the only form with a future (OD).
pub const CUSTOM_HEADERS: &str = "inferenceCustomHeaders";
/// Hosts that Claude's own tools may reach; unset, the gateway alone.
pub const EGRESS: &str = "coworkEgressAllowedHosts";
/// The model list; the first is the default.
pub const MODELS: &str = "inferenceModels";
/// Whether Claude requests the gateway's list.
pub const DISCOVERY: &str = "modelDiscoveryEnabled";
/// The Chat tab, hidden unless true.
pub const CHAT_TAB: &str = "chatTabEnabled";
/// The id under which Claude files the history of this connection: created once and never changed.
pub const ORGANIZATION: &str = "deploymentOrganizationUuid";
/// The label in Claude's sidebar.
pub const DISPLAY_NAME: &str = "deploymentDisplayName";
/// The persisted mode, in `claude_desktop_config.json`.
pub const MODE: &str = "deploymentMode";
/// The selected profile, in `_meta.json`.
pub const APPLIED: &str = "appliedId";
/// True hides the sign-in to Claude.ai and makes Claude ignore the persisted mode; never written here.
pub const NO_CHOOSER: &str = "disableDeploymentModeChooser";
/// Points to something outside of the library; its meaning is unknown. In `_meta.json` (PI, 2.x).
pub const HYBRID_POINTER: &str = "hybridPointer";
/// The list of profiles, in `_meta.json`.
pub const ENTRIES: &str = "entries";

/// True when the version knows the key; an unknown version is treated as a new one.
pub fn is_known(key: &str, claude: Option<Version>) -> bool {
    match (schema::key_named(key), claude) {
        (Some(key), Some(version)) => version >= key.since,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_versions_do_not_get_newer_keys() {
        assert!(!is_known(CHAT_TAB, Some(Version(1, 13575, 9))));
        assert!(is_known(CHAT_TAB, Some(Version(1, 13576, 0))));
        assert!(is_known(CHAT_TAB, None), "an unknown version is taken for a new one");
        assert!(is_known(BASE_URL, Some(Version(1, 2581, 0))));
    }
}
