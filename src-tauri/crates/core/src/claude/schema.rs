//! The known keys of a configuration: type and first version of each. Most rows stand in the official
//! documentation (OD), the ones marked PI were read in shipped apps.
//!
//! A key that a version does not know is dropped from a local profile, and makes Claude discard a whole
//! managed file on Linux (PI). So what is handed to an administrator is compared with this table before
//! it leaves the program. Names that died on 2026-10-07 (OD) are not in it.

use serde_json::Value;

use super::version::Version;
use crate::finding::{Code, Finding};

/// What a value must be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `true` or `false`.
    Flag,
    /// A whole number within bounds.
    Whole(u64, u64),
    /// Any number.
    Number,
    /// A text that is not empty.
    Text,
    /// A text of at most sixty characters.
    Label,
    /// A UUID.
    Uuid,
    /// One of a few words.
    OneOf(&'static [&'static str]),
    /// A list of texts.
    Texts,
    /// A list of texts and objects.
    Items,
    /// A list of objects.
    Objects,
    /// An object.
    Object,
}

/// A key of the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Key {
    /// Its flat name, which stays between versions while nested paths move (OD).
    pub name: &'static str,
    /// What its value must be.
    pub kind: Kind,
    /// The first version that knows it.
    pub since: Version,
}

/// The first version with third-party inference (PI): what it knows counts as known from the beginning.
const BASE: Version = Version(1, 2581, 0);
/// Where a version is not told, the oldest one in which the key was seen (PI).
const SEEN: Version = Version(2, 19675, 0);
/// No bound but that of the number's type in Claude.
const MOST: u64 = i32::MAX as u64;

const PROVIDERS: &[&str] = &["gateway", "anthropic", "bedrock", "mantle", "vertex", "foundry"];
const CREDENTIALS: &[&str] = &["static", "helper-script", "interactive", "vendor-profile", "workforce", "external-idp"];

const fn key(name: &'static str, kind: Kind, since: Version) -> Key {
    Key { name, kind, since }
}

/// The table.
pub const KEYS: &[Key] = &[
    key("inferenceProvider", Kind::OneOf(PROVIDERS), BASE),
    key("inferenceGatewayBaseUrl", Kind::Text, BASE),
    key("inferenceGatewayApiKey", Kind::Text, BASE),
    key("inferenceGatewayAuthScheme", Kind::OneOf(&["bearer", "x-api-key"]), Version(1, 3036, 0)),
    key("inferenceCredentialKind", Kind::OneOf(CREDENTIALS), Version(1, 8555, 0)),
    key("inferenceCredentialHelper", Kind::Text, BASE),
    // PI
    key("inferenceCredentialHelperWindows", Kind::Text, Version(2, 2553, 0)),
    // PI
    key("inferenceCredentialHelperArgs", Kind::Texts, SEEN),
    key("inferenceCredentialHelperTtlSec", Kind::Whole(0, MOST), BASE),
    key("inferenceCredentialHelperTimeoutSec", Kind::Whole(1, 600), Version(1, 8089, 0)),
    key("inferenceCredentialHelperSilentRefreshEnabled", Kind::Flag, Version(1, 10628, 0)),
    key("inferenceSessionLifetimeSec", Kind::Whole(1, MOST), Version(1, 14271, 0)),
    key("inferenceCustomHeaders", Kind::Object, Version(1, 8089, 0)),
    key("inferenceModels", Kind::Items, BASE),
    key("modelDiscoveryEnabled", Kind::Flag, Version(1, 8089, 0)),
    key("modelPrefer1mContext", Kind::Flag, Version(1, 28929, 0)),
    // PI
    key("alwaysStartWithDefaultModel", Kind::Flag, SEEN),
    key("defaultModelEffort", Kind::Text, SEEN),
    key("inferenceModelPricingEnabled", Kind::Flag, Version(1, 37937, 0)),
    key("inferenceModelPricingMultiplier", Kind::Number, Version(1, 37937, 0)),
    key("inferenceModelPricing", Kind::Objects, Version(1, 37937, 0)),
    key("disableDeploymentModeChooser", Kind::Flag, Version(1, 3834, 0)),
    key("deploymentOrganizationUuid", Kind::Uuid, BASE),
    // Managed sources know both from 1.24012.0 on, the local library from 1.25927.0 on.
    key("deploymentDisplayName", Kind::Label, Version(1, 25927, 0)),
    key("deploymentDisplaySubtitle", Kind::Label, Version(1, 25927, 0)),
    key("chatTabEnabled", Kind::Flag, Version(1, 13576, 0)),
    key("chatAdvancedFileAnalysisEnabled", Kind::Flag, Version(1, 14271, 0)),
    key("coworkTabEnabled", Kind::Flag, Version(1, 9659, 0)),
    key("isClaudeCodeForDesktopEnabled", Kind::Flag, BASE),
    key("coworkEgressAllowedHosts", Kind::Texts, BASE),
    key("autoModeEnabled", Kind::Flag, Version(1, 10628, 0)),
    key("inferenceStreamIdleTimeoutSec", Kind::Whole(300, 1800), Version(1, 44121, 1)),
    key("toolSearchEnabled", Kind::Flag, Version(1, 21459, 0)),
    key("egressProxyUrl", Kind::Text, Version(1, 44121, 1)),
    key("egressProxyPacUrl", Kind::Text, Version(1, 44121, 1)),
    key("inferenceGatewayOidc", Kind::Object, Version(1, 6889, 0)),
    key("inferenceGatewayOidcAuthFlow", Kind::Text, Version(1, 25927, 0)),
    // PI
    key("inferenceIdpOidc", Kind::Object, Version(2, 7032, 0)),
    key("inferenceIdpAuthFlow", Kind::Text, Version(2, 7032, 0)),
    key("relaunchEnforcementHours", Kind::Whole(0, MOST), Version(1, 40609, 0)),
    key("configRecheckIntervalMinutes", Kind::Whole(1, MOST), Version(1, 46388, 1)),
    key("disableAutoUpdates", Kind::Flag, BASE),
    key("autoUpdaterEnforcementHours", Kind::Whole(0, MOST), BASE),
    key("updateViaUpdatesHost", Kind::Flag, Version(1, 15200, 0)),
    key("bootstrapUrl", Kind::Text, BASE),
    key("bootstrapEnabled", Kind::Flag, BASE),
];

/// The key of this name.
pub fn key_named(name: &str) -> Option<&'static Key> {
    KEYS.iter().find(|key| key.name == name)
}

/// Compares a configuration with the table, for Claude from a version on; nothing means any version.
///
/// # Errors
/// `ExportInvalid` with the first key that is not known or whose value is not of its kind.
pub fn lint<'a>(values: impl IntoIterator<Item = (&'a str, &'a Value)>, from: Option<Version>) -> Result<(), Finding> {
    for (name, value) in values {
        let invalid = |reason: &str| Finding::new(Code::ExportInvalid).with("key", name).with("reason", reason);
        let key = key_named(name).ok_or_else(|| invalid("unknown"))?;
        if from.is_some_and(|from| from < key.since) {
            return Err(invalid("newer").with("version", key.since));
        }
        if !key.kind.accepts(value) {
            return Err(invalid("value"));
        }
    }
    Ok(())
}

impl Kind {
    /// Whether a native value is of this kind. A text never passes for a flag or a number: that form is
    /// for property lists and the registry, see [`Kind::decoded`].
    pub fn accepts(self, value: &Value) -> bool {
        let all = |is_one: fn(&Value) -> bool| value.as_array().is_some_and(|list| list.iter().all(is_one));
        match self {
            Self::Flag => value.is_boolean(),
            Self::Whole(least, most) => value.as_u64().is_some_and(|number| (least..=most).contains(&number)),
            Self::Number => value.is_number(),
            Self::Text => value.as_str().is_some_and(|text| !text.is_empty()),
            Self::Label => value.as_str().is_some_and(|text| (1..=60).contains(&text.chars().count())),
            Self::Uuid => value.as_str().is_some_and(is_uuid),
            Self::OneOf(words) => value.as_str().is_some_and(|word| words.contains(&word)),
            Self::Texts => all(Value::is_string),
            Self::Items => all(|item| item.is_string() || item.is_object()),
            Self::Objects => all(Value::is_object),
            Self::Object => value.is_object(),
        }
    }

    /// The native value that a text stands for in a property list or the registry, where every value is
    /// written as a text (OD).
    pub fn decoded(self, text: &str) -> Option<Value> {
        match self {
            Self::Text | Self::Label | Self::Uuid | Self::OneOf(_) => Some(text.into()),
            _ => serde_json::from_str(text).ok(),
        }
    }
}

/// A value as that text.
pub fn encoded(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn is_uuid(text: &str) -> bool {
    let is_dash = |place: usize| [8, 13, 18, 23].contains(&place);
    let fits = |(place, byte): (usize, u8)| if is_dash(place) { byte == b'-' } else { byte.is_ascii_hexdigit() };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(name: &str, value: Value, from: Option<Version>, reason: Option<&str>) {
        let found = lint([(name, &value)], from).err();
        let said = found.as_ref().and_then(|finding| finding.fact("reason"));
        assert_eq!(said, reason, "{name} = {value}");
    }

    #[test]
    fn what_the_table_does_not_know_is_found() {
        check("inferenceProvider", json!("gateway"), None, None);
        check("inferenceProvider", json!("gatway"), None, Some("value"));
        check("inferenceGatewayHeaders", json!({}), None, Some("unknown"));
        check("chatTabEnabled", json!(true), Some(Version(1, 13576, 0)), None);
        check("chatTabEnabled", json!(true), Some(Version(1, 13575, 9)), Some("newer"));
        check("chatTabEnabled", json!("true"), None, Some("value"));
        check("inferenceModels", json!(["claude-sonnet-4-6", {"name": "claude-opus-5"}]), None, None);
        check("inferenceModels", json!("claude-sonnet-4-6"), None, Some("value"));
        check("deploymentDisplayName", json!("字".repeat(61)), None, Some("value"));
        check("deploymentOrganizationUuid", json!("11111111-1111-4111-8111-11111111111"), None, Some("value"));
        check("inferenceCredentialHelperTimeoutSec", json!(601), None, Some("value"));
        check("inferenceGatewayApiKey", json!(""), None, Some("value"));
    }

    #[test]
    fn a_text_and_its_value_are_one() {
        for (name, value) in [
            ("chatTabEnabled", json!(true)),
            ("inferenceModels", json!(["a", {"name": "b"}])),
            ("deploymentDisplayName", json!("智 \"x\" \\")),
            ("inferenceCredentialHelperTtlSec", json!(3600)),
        ] {
            let kind = key_named(name).unwrap().kind;
            assert_eq!(kind.decoded(&encoded(&value)), Some(value), "{name}");
        }
    }

    #[test]
    fn each_name_stands_once() {
        let names: std::collections::HashSet<_> = KEYS.iter().map(|key| key.name).collect();
        assert_eq!(names.len(), KEYS.len());
    }
}
