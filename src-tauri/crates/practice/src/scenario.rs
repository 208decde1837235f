//! What can be rehearsed: scenarios by name, each with how the computer is prepared, what must come of it, and
//! what customer and supporter say.
//!
//! All of it is data, in `scenarios.json`: the window, the command line and the handbook tell the same
//! story because they read the same file. Code and owner are written down there as a trainer expects
//! them, not computed, so that a walk through a scenario is a test of the program.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::gateway::Fault;

/// One scenario.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Scenario {
    /// Its name on the command line.
    pub id: String,
    /// Where it stands in a list.
    pub group: Group,
    /// The practice key to paste, by what it asks for.
    key: Option<String>,
    /// A text to paste that is no whole key.
    paste: Option<String>,
    /// The code that the customer reads out.
    pub code: String,
    /// Whose it is to mend.
    pub owner: String,
    /// What is found with it, as far as it changes what the customer reads.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// How the simulated computer differs from a healthy one.
    #[serde(default, rename = "stage")]
    pub fixture: Fixture,
    /// What is said, in Chinese.
    #[serde(rename = "zh-CN")]
    pub zh_cn: Script,
    /// What is said, in English.
    pub en: Script,
}

/// What a scenario is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Group {
    /// Nothing is wrong.
    Well,
    /// The key.
    Key,
    /// The account behind the key.
    Account,
    /// The gateway.
    Gateway,
    /// The way to the gateway.
    Network,
    /// The computer and Claude on it.
    Computer,
}

impl Group {
    /// The group as a word, such as `network`.
    pub fn word(self) -> &'static str {
        match self {
            Self::Well => "well",
            Self::Key => "key",
            Self::Account => "account",
            Self::Gateway => "gateway",
            Self::Network => "network",
            Self::Computer => "computer",
        }
    }
}

/// What is said in one language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    /// The scenario in a few words.
    pub title: String,
    /// How the customer begins.
    pub customer: String,
    /// What the supporter says, one thing at a time.
    pub supporter: Vec<String>,
    /// How it ends well, for whoever trains.
    pub end: String,
}

/// How the simulated computer differs from a healthy one with a healthy gateway.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(rename_all = "kebab-case", default, deny_unknown_fields)]
pub struct Fixture {
    /// The app.
    pub claude: App,
    /// Its version; the newest if none is named.
    pub version: Option<String>,
    /// The way to the gateway.
    pub way: Way,
    /// What the gateway plays whatever key comes.
    gateway: Option<String>,
    /// What an administrator has decided.
    pub policy: Option<Map<String, Value>>,
    /// Another tool has led the app to a relay that does not run.
    pub relay: bool,
    /// Nothing more fits on the disk.
    pub disk_full: bool,
    /// The app had been connected, and this has happened to it since.
    pub since: Option<Since>,
}

/// How it stands with the app.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum App {
    /// Installed, not running.
    #[default]
    Idle,
    /// Not installed.
    Missing,
    /// It runs, and stays when it is asked to quit.
    Stays,
}

/// The way to the gateway.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Way {
    /// Nothing is in it.
    #[default]
    Open,
    /// Nobody listens at the other end.
    Closed,
    /// Through a proxy that wants a password.
    ProxyAsks,
    /// Through a proxy that lets nothing through.
    ProxyRefuses,
    /// Through a proxy that does not run.
    ProxyGone,
    /// Somebody opens what is encrypted, with a certificate of an issuer that nobody knows.
    Intercepted,
}

/// What has happened since the app was connected.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Since {
    /// The version that it was updated to.
    pub version: String,
    /// The mode that it remembers now.
    pub mode: String,
}

impl Scenario {
    /// Every scenario, in the order of a list.
    pub fn all() -> &'static [Self] {
        static ALL: LazyLock<Vec<Scenario>> =
            LazyLock::new(|| serde_json::from_str(include_str!("scenarios.json")).unwrap_or_default());
        &ALL
    }

    /// The scenario of this name.
    pub fn named(id: &str) -> Option<&'static Self> {
        Self::all().iter().find(|scenario| scenario.id == id)
    }

    /// The text to paste, if there is one.
    pub fn paste(&self) -> Option<String> {
        let key = self.key.as_deref().and_then(Fault::named).map(Fault::example_key);
        key.or_else(|| self.paste.clone())
    }
}

impl Fixture {
    /// What the gateway plays whatever key comes.
    pub fn fault(&self) -> Option<Fault> {
        self.gateway.as_deref().and_then(Fault::named)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claude::Version;

    #[test]
    fn the_table_can_be_read_and_names_each_scenario_once() {
        let read: Vec<Scenario> = serde_json::from_str(include_str!("scenarios.json")).expect("a list of scenarios");
        assert_eq!(read, Scenario::all());
        assert!(read.len() >= 20, "{} scenarios", read.len());
        let mut ids: Vec<_> = read.iter().map(|scenario| &scenario.id).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), read.len());
        assert_eq!(Scenario::named("no-balance").map(|scenario| scenario.code.as_str()), Some("AR-503"));
        assert_eq!(Scenario::named("no-such"), None);
    }

    #[test]
    fn whatever_the_table_names_exists() {
        for Scenario { id, key, fixture, .. } in Scenario::all() {
            for fault in key.iter().chain(&fixture.gateway) {
                assert!(Fault::named(fault).is_some(), "{id} names the fault {fault}");
            }
            for version in fixture.version.iter().chain(fixture.since.iter().map(|since| &since.version)) {
                assert!(Version::parse(version).is_some(), "{id} names the version {version}");
            }
        }
    }

    #[test]
    fn everybody_has_something_to_say() {
        for scenario in Scenario::all() {
            for script in [&scenario.zh_cn, &scenario.en] {
                let lines = [&script.title, &script.customer, &script.end].into_iter().chain(&script.supporter);
                assert!(lines.clone().all(|line| !line.trim().is_empty()), "{}", scenario.id);
                assert!(lines.clone().all(|line| !line.contains(['!', '！'])), "{} is not calm", scenario.id);
                assert!(script.supporter.len() >= 2, "{}", scenario.id);
            }
            assert_eq!(scenario.zh_cn.supporter.len(), scenario.en.supporter.len(), "{}", scenario.id);
        }
    }
}
