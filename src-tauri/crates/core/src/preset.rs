//! Presets describe gateways: AIRouter's is built in, a file or a link can replace it for rehearsal, for
//! other gateways and for support. A preset never holds a key.
//!
//! A preset decides where a person's key is sent, and it comes from another party. So it is read strictly,
//! lists everything that it changes, and is shown in full before it is used.

mod day;
mod file;
pub mod link;
mod shown;
mod signature;

pub use day::Day;
pub use shown::PresetView;
pub use signature::{Signer, signer};

use crate::address::GatewayUrl;
use crate::finding::{Code, Finding};

/// A gateway, and what the preset's author recommends for it.
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
    /// The recommended models, the default first; empty leaves the choice to the program.
    pub models: Vec<String>,
    /// Hosts that Claude's own tools may reach beside the gateway; `None` leaves the setting unchanged.
    pub egress: Option<Vec<String>>,
    /// The author's name, for people.
    pub supporter: Option<String>,
    /// The author's message.
    pub note: Option<String>,
    /// The last day of validity.
    pub expires: Option<Day>,
    /// True for the built-in one.
    pub is_built_in: bool,
    /// Who signed it.
    pub signer: Signer,
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
            console: Some("https://aigc.aochengcloud.com".to_owned()),
            // Its path differs between gateway programs, and AIRouter's is not published.
            usage_log: None,
            is_built_in: true,
            ..Self::of("AIRouter", base)
        }
    }

    /// A preset with only a name and an address.
    pub fn of(name: &str, base: GatewayUrl) -> Self {
        Self {
            name: name.to_owned(),
            base,
            console: None,
            usage_log: None,
            models: Vec::new(),
            egress: None,
            supporter: None,
            note: None,
            expires: None,
            is_built_in: false,
            signer: Signer::None,
        }
    }

    /// Reads a preset file.
    ///
    /// # Errors
    /// `PresetInvalid` or `PresetHoldsKey`, with the problem as evidence.
    pub fn from_json(text: &str) -> Result<Self, Finding> {
        file::read(text)
    }

    /// The file that [`Preset::from_json`] reads.
    ///
    /// # Errors
    /// As [`Preset::from_json`]: what could not be read back is not written.
    pub fn to_json(&self) -> Result<String, Finding> {
        let text = file::write(self);
        file::read(&text).map(|_| text)
    }

    /// Refuses a preset that has expired.
    ///
    /// # Errors
    /// `PresetExpired`
    pub fn on(self, today: Day) -> Result<Self, Finding> {
        match self.expires {
            Some(last) if today > last => {
                let finding = Finding::new(Code::PresetExpired).with("expires", last);
                Err(self.supporter.iter().fold(finding, |finding, name| finding.with("supporter", name)))
            }
            _ => Ok(self),
        }
    }

    /// The findings about the preset.
    pub fn findings(&self) -> Vec<Finding> {
        match &self.signer {
            Signer::Unknown { id } => vec![Finding::new(Code::PresetSignerUnknown).with("id", id)],
            Signer::None | Signer::Known { .. } => Vec::new(),
        }
    }

    /// The form for the page.
    pub fn view(&self) -> PresetView {
        PresetView {
            name: self.name.clone(),
            base: self.base.as_str().to_owned(),
            host: self.base.host().to_owned(),
            built_in: self.is_built_in,
            has_console: self.console.is_some(),
            console: self.console.clone(),
            models: self.models.clone(),
            egress: self.egress.clone(),
            supporter: self.supporter.clone(),
            note: self.note.clone(),
            expires: self.expires.map(|day| day.to_string()),
            signer: match &self.signer {
                Signer::Known { name } => Some(name.clone()),
                Signer::None | Signer::Unknown { .. } => None,
            },
        }
    }
}

#[cfg(test)]
mod tests;
