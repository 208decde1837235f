//! The states in which computers are before this program is used.

/// Another tool's profile.
pub(crate) const OTHER: &str = "99999999-9999-4999-8999-999999999999";

/// A computer before anything is done.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// Its name in a report.
    pub(crate) name: String,
    /// Files below Claude's folder, by their path in it.
    pub(crate) files: Vec<(String, String)>,
    /// This program has connected it already, to another address with another key.
    pub(crate) connected: bool,
    /// The key goes into the profile instead of the keychain.
    pub(crate) static_key: bool,
}

impl State {
    /// True if there is a gateway to leave.
    pub(crate) fn has_a_gateway(&self) -> bool {
        let holds = |text: &str| self.files.iter().any(|(_, file)| file.contains(text));
        self.connected || (holds(&format!(r#""appliedId":"{OTHER}""#)) && !holds(r#""deploymentMode":"1p""#))
    }
}

/// All states: five libraries × four settings × connected before or not.
pub(crate) fn all() -> Vec<State> {
    let entry = format!(r#"{{"id":"{OTHER}","name":"Ollama","note":{{"a":[1.50,1e5]}}}}"#);
    let many: Vec<String> =
        (0..40).map(|n| format!(r#"{{"id":"00000000-0000-4000-8000-{n:012}","name":"同名"}}"#)).collect();
    let libraries: [(&str, Option<String>); 5] = [
        ("no library", None),
        ("an empty library", Some("{}".to_owned())),
        (
            "another profile",
            Some(format!(r#"{{"appliedId":"{OTHER}","entries":[{entry}],"x":{{"big":123456789012345678901}}}}"#)),
        ),
        ("a list by hand", Some(format!("{{\r\n  \"lastSeen\" : 7,\r\n  \"entries\" : [ {entry} ]\r\n}}\r\n"))),
        ("many profiles", Some(format!("{{\n    \"entries\": [{}],\n    \"appliedId\": \"\"\n}}\n", many.join(", ")))),
    ];
    let settings: [(&str, Option<&str>); 4] = [
        ("no settings", None),
        ("ordinary mode", Some(r#"{"deploymentMode":"1p"}"#)),
        ("this mode already", Some("{\n  \"deploymentMode\": \"3p\",\n  \"scale\": 1.0\n}\n")),
        ("servers", Some("{ \"mcpServers\" : { \"a\" : { \"env\" : { \"TOKEN\" : \"t\" } } } }")),
    ];
    let mut states = Vec::new();
    for (library_name, library) in &libraries {
        for (settings_name, settings) in settings {
            for connected in [false, true] {
                let mut files = Vec::new();
                if let Some(text) = library {
                    files.push(("configLibrary/_meta.json".to_owned(), text.clone()));
                    files
                        .push((format!("configLibrary/{OTHER}.json"), r#"{"inferenceProvider":"gateway"}"#.to_owned()));
                }
                files.extend(settings.map(|text| ("claude_desktop_config.json".to_owned(), text.to_owned())));
                let static_key = states.len() % 3 == 2;
                let before = if connected { ", connected" } else { "" };
                let name = format!("{library_name}, {settings_name}{before}");
                states.push(State { name, files, connected, static_key });
            }
        }
    }
    states
}
