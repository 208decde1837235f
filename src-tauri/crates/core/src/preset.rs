//! Gateways are presets: AIRouter's is built in, a file can replace it for rehearsal, for other
//! gateways and for support. A preset never holds a key.

use serde::Deserialize;

use crate::address::{AddressChange, GatewayUrl, repair};
use crate::finding::{Code, Finding};
use crate::view::PresetView;

/// A gateway that can be connected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// Its name for people; also the name of the profile in Claude.
    pub name: String,
    /// Its base address.
    pub base: GatewayUrl,
    /// The console, where keys and balance are, if there is one.
    pub console: Option<String>,
    /// The page of the console that lists the requests, if its address is known.
    pub usage_log: Option<String>,
    /// True for the built-in one.
    pub is_built_in: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema: u32,
    name: String,
    base: String,
    console: Option<String>,
    usage_log: Option<String>,
}

impl Preset {
    /// AIRouter's own.
    ///
    /// # Panics
    /// Never: the address is a constant and a test reads it.
    #[expect(clippy::expect_used, reason = "the address is a constant that a test reads")]
    pub fn airouter() -> Self {
        let base = GatewayUrl::parse("https://aigc.aochengcloud.com/claude").expect("a constant address");
        Self {
            name: "AIRouter".to_owned(),
            base,
            console: Some("https://aigc.aochengcloud.com".to_owned()),
            // Its path differs between the gateways' programs, and AIRouter's is not published.
            usage_log: None,
            is_built_in: true,
        }
    }

    /// Reads a preset file: one JSON object with `schema` 1, `name`, `base` and optionally `console`
    /// and `usage_log`.
    /// Unknown fields are refused, so that a key put there by mistake is noticed.
    ///
    /// # Errors
    /// `PresetInvalid`, with what is wrong as evidence.
    pub fn from_json(text: &str) -> Result<Self, Finding> {
        let invalid = |why: String| Finding::new(Code::PresetInvalid).with("reason", crate::secret::masked(&why));
        let file: File = serde_json::from_str(text).map_err(|error| invalid(error.to_string()))?;
        if file.schema != 1 {
            return Err(invalid(format!("schema {}", file.schema)));
        }
        let name = file.name.trim();
        if name.is_empty() || name.chars().count() > 60 {
            return Err(invalid("name".to_owned()));
        }
        let base = safely_written(&file.base).ok_or_else(|| invalid("base".to_owned()))?;
        for (field, url) in [("console", &file.console), ("usage_log", &file.usage_log)] {
            if url.as_ref().is_some_and(|url| safely_written(url).is_none()) {
                return Err(invalid(field.to_owned()));
            }
        }
        Ok(Self { name: name.to_owned(), base, console: file.console, usage_log: file.usage_log, is_built_in: false })
    }

    /// What the page may know.
    pub fn view(&self) -> PresetView {
        PresetView {
            name: self.name.clone(),
            base: self.base.as_str().to_owned(),
            host: self.base.host().to_owned(),
            has_console: self.console.is_some(),
        }
    }
}

/// The address in a file, which names the place that was meant, or nothing. How it is written may be
/// repaired, as a typed one is; that it was not encrypted may not.
fn safely_written(text: &str) -> Option<GatewayUrl> {
    let (address, changes) = repair(text, None).ok()?;
    let is_meant = |change: &AddressChange| {
        !matches!(change, AddressChange::MadeHttps | AddressChange::SchemeAdded | AddressChange::TakenFromText)
    };
    changes.iter().all(is_meant).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_preset_is_airouter() {
        assert_eq!(Preset::airouter().base.as_str(), "https://aigc.aochengcloud.com/claude");
    }

    #[test]
    fn a_file_replaces_it() {
        let preset = Preset::from_json(r#"{"schema":1,"name":"练习","base":"http://127.0.0.1:8900/claude"}"#).unwrap();
        assert_eq!((preset.name.as_str(), preset.base.host()), ("练习", "127.0.0.1:8900"));
    }

    #[test]
    fn a_file_may_be_written_carelessly() {
        let text =
            r#"{"schema":1,"name":"x","base":"https://X.example:443/claude/v1/","console":"http://127.0.0.1:8900/"}"#;
        let preset = Preset::from_json(text).unwrap();
        assert_eq!(preset.base.as_str(), "https://x.example/claude");
        assert_eq!(preset.console.as_deref(), Some("http://127.0.0.1:8900/"));
        assert_eq!(preset.usage_log, None);
    }

    #[test]
    fn a_file_may_name_the_page_that_lists_the_requests() {
        let text = r#"{"schema":1,"name":"x","base":"https://x.example","usage_log":"https://x.example/panel/log"}"#;
        assert_eq!(Preset::from_json(text).unwrap().usage_log.as_deref(), Some("https://x.example/panel/log"));
    }

    #[track_caller]
    fn check_refused(text: &str) {
        assert_eq!(Preset::from_json(text).unwrap_err().code, Code::PresetInvalid, "{text}");
    }

    #[test]
    fn a_key_or_anything_unknown_in_a_file_is_refused() {
        check_refused(r#"{"schema":1,"name":"x","base":"https://x.example","key":"sk-1"}"#);
        check_refused(r#"{"schema":2,"name":"x","base":"https://x.example"}"#);
        check_refused(r#"{"schema":1,"name":"","base":"https://x.example"}"#);
        check_refused(r#"{"schema":1,"name":"x","base":"http://x.example"}"#);
        check_refused(r#"{"schema":1,"name":"x","base":"https://x.example","console":"file:///etc/passwd"}"#);
        check_refused(r#"{"schema":1,"name":"x","base":"https://x.example","console":"http://x.example"}"#);
        check_refused(r#"{"schema":1,"name":"x","base":"https://x.example","usage_log":"javascript:alert(1)"}"#);
        check_refused("not json");
    }
}
