//! The keys of a flat configuration: type and first version of each.
//!
//! A key that the played version does not know is worth nothing: the local library ignores it with a log
//! line, the managed file is discarded for it. Names that died on 2026-10-07 are not in the table. Keys
//! whose first version nobody knows are taken as known only from the oldest version they were seen in.

use serde_json::Value;

use super::version::Version;

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// true or false.
    Flag,
    /// A whole number within bounds.
    Whole(u64, u64),
    /// Any number.
    Number,
    /// Text.
    Text,
    /// Text of at most sixty characters.
    Label,
    /// A UUID.
    Uuid,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A list.
    List,
    /// An object.
    Object,
}

/// One key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its flat name.
    pub name: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// The first version that knows it.
    pub since: Version,
}

/// Keys that may stand in a managed file without switching the local library off (OD).
const APP_BEHAVIOUR: &[&str] = &[
    "disableAutoUpdates",
    "autoUpdaterEnforcementHours",
    "updateViaUpdatesHost",
    "relaunchEnforcementHours",
    "configRecheckIntervalMinutes",
    "egressProxyUrl",
    "egressProxyPacUrl",
];

const MOST: u64 = 1 << 31;
const BASE: Version = Version::new(1, 2_581, 0);

const fn key(name: &'static str, kind: Kind, since: Version) -> Key {
    Key { name, kind, since }
}

const fn since(minor: u32, patch: u32) -> Version {
    Version::new(1, minor, patch)
}

const PROVIDERS: &[&str] = &["gateway", "anthropic", "bedrock", "mantle", "vertex", "foundry"];
const CREDENTIALS: &[&str] = &["static", "helper-script", "interactive", "vendor-profile", "workforce", "external-idp"];
const SEEN_IN_2: Version = Version::new(2, 19_675, 0);

const KEYS: &[Key] = &[
    key("inferenceProvider", Kind::OneOf(PROVIDERS), BASE),
    key("inferenceGatewayBaseUrl", Kind::Text, BASE),
    key("inferenceGatewayApiKey", Kind::Text, BASE),
    // `auto` and `sso` died on 2026-10-07.
    key("inferenceGatewayAuthScheme", Kind::OneOf(&["bearer", "x-api-key"]), since(3_036, 0)),
    key("inferenceCredentialKind", Kind::OneOf(CREDENTIALS), since(8_555, 0)),
    key("inferenceCredentialHelper", Kind::Text, BASE),
    key("inferenceCredentialHelperWindows", Kind::Text, Version::new(2, 2_553, 0)),
    key("inferenceCredentialHelperArgs", Kind::Texts, SEEN_IN_2),
    key("inferenceCredentialHelperTtlSec", Kind::Whole(1, MOST), BASE),
    key("inferenceCredentialHelperTimeoutSec", Kind::Whole(1, 600), since(8_089, 0)),
    key("inferenceCredentialHelperSilentRefreshEnabled", Kind::Flag, since(10_628, 0)),
    key("inferenceSessionLifetimeSec", Kind::Whole(1, MOST), since(14_271, 0)),
    key("inferenceCustomHeaders", Kind::Object, since(8_089, 0)),
    key("inferenceModels", Kind::List, BASE),
    key("modelDiscoveryEnabled", Kind::Flag, since(8_089, 0)),
    key("modelPrefer1mContext", Kind::Flag, since(28_929, 0)),
    key("alwaysStartWithDefaultModel", Kind::Flag, SEEN_IN_2),
    key("defaultModelEffort", Kind::Text, SEEN_IN_2),
    key("inferenceModelPricingEnabled", Kind::Flag, since(37_937, 0)),
    key("inferenceModelPricingMultiplier", Kind::Number, since(37_937, 0)),
    key("inferenceModelPricing", Kind::List, since(37_937, 0)),
    key("disableDeploymentModeChooser", Kind::Flag, since(3_834, 0)),
    key("deploymentOrganizationUuid", Kind::Uuid, BASE),
    // Known since 1.24012.0, local since 1.25927.0.
    key("deploymentDisplayName", Kind::Label, since(25_927, 0)),
    key("deploymentDisplaySubtitle", Kind::Label, since(25_927, 0)),
    key("chatTabEnabled", Kind::Flag, since(13_576, 0)),
    key("chatAdvancedFileAnalysisEnabled", Kind::Flag, since(14_271, 0)),
    key("coworkTabEnabled", Kind::Flag, since(9_659, 0)),
    key("isClaudeCodeForDesktopEnabled", Kind::Flag, BASE),
    key("coworkEgressAllowedHosts", Kind::Texts, BASE),
    key("autoModeEnabled", Kind::Flag, since(10_628, 0)),
    key("inferenceStreamIdleTimeoutSec", Kind::Whole(300, 1800), since(44_121, 1)),
    key("toolSearchEnabled", Kind::Flag, since(21_459, 0)),
    key("egressProxyUrl", Kind::Text, since(44_121, 1)),
    key("egressProxyPacUrl", Kind::Text, since(44_121, 1)),
    key("inferenceGatewayOidc", Kind::Object, since(6_889, 0)),
    key("inferenceGatewayOidcAuthFlow", Kind::Text, since(25_927, 0)),
    key("inferenceIdpOidc", Kind::Object, Version::new(2, 7_032, 0)),
    key("inferenceIdpAuthFlow", Kind::Text, Version::new(2, 7_032, 0)),
    key("relaunchEnforcementHours", Kind::Whole(0, MOST), since(40_609, 0)),
    key("configRecheckIntervalMinutes", Kind::Whole(1, MOST), since(46_388, 1)),
    key("disableAutoUpdates", Kind::Flag, BASE),
    key("autoUpdaterEnforcementHours", Kind::Whole(0, MOST), BASE),
    key("updateViaUpdatesHost", Kind::Flag, since(15_200, 0)),
    key("bootstrapUrl", Kind::Text, BASE),
    key("bootstrapEnabled", Kind::Flag, BASE),
];

/// The key of this name, if this version knows it.
pub fn known(name: &str, version: Version) -> Option<Key> {
    KEYS.iter().find(|key| key.name == name && key.since <= version).copied()
}

/// Whether a key only steers the app itself.
pub(super) fn is_app_behaviour(name: &str) -> bool {
    APP_BEHAVIOUR.contains(&name)
}

impl Kind {
    /// Whether a native JSON value is of this kind. A string never passes for anything but text.
    pub(super) fn accepts(self, value: &Value) -> bool {
        let short = |text: &str| text.chars().count() <= 60;
        match self {
            Self::Flag => value.is_boolean(),
            Self::Whole(least, most) => value.as_u64().is_some_and(|number| (least..=most).contains(&number)),
            Self::Number => value.is_number(),
            Self::Text => value.is_string(),
            Self::Label => value.as_str().is_some_and(short),
            Self::Uuid => value.as_str().is_some_and(is_uuid),
            Self::OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::Texts => value.as_array().is_some_and(|list| list.iter().all(Value::is_string)),
            Self::List => value.is_array(),
            Self::Object => value.is_object(),
        }
    }

    /// The native value of a text, as a managed file may write it (OD).
    pub(super) fn decoded(self, text: &str) -> Option<Value> {
        match self {
            Self::Text | Self::Label | Self::Uuid | Self::OneOf(_) => Some(text.into()),
            Self::Flag | Self::Whole(..) | Self::Number | Self::Texts | Self::List | Self::Object => {
                serde_json::from_str(text).ok()
            }
        }
    }
}

/// `^[a-f0-9-]{36}$`, the test the app applies to ids (PI, 1.46388.4).
pub(super) fn is_applied_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|byte| matches!(byte, b'a'..=b'f' | b'0'..=b'9' | b'-'))
}

fn is_uuid(text: &str) -> bool {
    let dashes = [8, 13, 18, 23];
    text.len() == 36
        && text.bytes().enumerate().all(|(place, byte)| {
            (byte == b'-') == dashes.contains(&place) && (byte == b'-' || byte.is_ascii_hexdigit())
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(kind: Kind, value: Value, expected: bool) {
        assert_eq!(kind.accepts(&value), expected, "{kind:?} {value}");
    }

    #[test]
    fn only_native_types_pass() {
        check(Kind::Flag, json!(true), true);
        check(Kind::Flag, json!("true"), false);
        check(Kind::Flag, Value::Null, false);
        check(Kind::Whole(1, 600), json!(600), true);
        check(Kind::Whole(1, 600), json!(601), false);
        check(Kind::Whole(1, 600), json!("60"), false);
        check(Kind::Whole(1, 600), json!(1.5), false);
        check(Kind::Label, json!("字".repeat(60)), true);
        check(Kind::Label, json!("字".repeat(61)), false);
        check(Kind::Texts, json!(["a"]), true);
        check(Kind::Texts, json!("[\"a\"]"), false);
        check(Kind::OneOf(&["bearer"]), json!("Bearer"), false);
        check(Kind::Uuid, json!("00000000-0000-4000-8000-000000000001"), true);
        check(Kind::Uuid, json!("00000000000040008000000000000001----"), false);
    }

    #[test]
    fn a_version_knows_its_keys_and_no_later_ones() {
        let knows = |name, version| known(name, version).is_some();
        assert!(knows("chatTabEnabled", since(13_576, 0)));
        assert!(!knows("chatTabEnabled", since(13_575, 9)));
        assert!(!knows("inferenceGatewayHeaders", super::super::version::NEWEST), "died on 2026-10-07");
        assert!(!knows("inference", super::super::version::NEWEST), "the nested form");
    }
}
