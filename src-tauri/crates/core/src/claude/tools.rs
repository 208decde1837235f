//! Other programs that write profiles, named so that a person recognises them.
//!
//! Nothing is decided by these names; they are only displayed. So a guess is enough, and each program is
//! listed with the traces by which it is recognised (PI).

use super::keys;
use crate::address::GatewayUrl;
use crate::json::Document;

/// A program with the traces that it leaves.
struct Traces {
    tool: &'static str,
    /// Parts of its entry's name, of its helper's path or of its keys, in lower case.
    words: &'static [&'static str],
    /// The port of its local relay.
    port: Option<u16>,
}

/// The more specific names first: "CC Desktop Switch" is not "CC Switch".
const TOOLS: &[Traces] = &[
    Traces { tool: "CC Desktop Switch", words: &["ccds", "cc desktop switch", "cc-desktop-switch"], port: Some(18080) },
    Traces { tool: "CC Switch", words: &["cc switch", "cc-switch", "ccswitch"], port: Some(15721) },
    Traces { tool: "Claude Code Router", words: &["claude code router", "claude-code-router"], port: Some(3456) },
    Traces { tool: "Ollama", words: &["ollama"], port: Some(11434) },
    Traces { tool: "opencodex", words: &["opencodex"], port: None },
    Traces { tool: "ToolHive", words: &["toolhive"], port: None },
    Traces { tool: "LiteLLM", words: &["litellm"], port: Some(4000) },
    Traces { tool: "free-claude-code", words: &["free-claude-code", "free claude code"], port: None },
    Traces { tool: "ccrelay", words: &["ccrelay"], port: None },
];

/// The program that probably wrote a profile: by its entry's name, its keys, its helper program, or
/// the port of its relay.
pub fn tool_of(entry: Option<&str>, profile: &Document) -> Option<&'static str> {
    let helper = profile.get(keys::CREDENTIAL_HELPER).and_then(|value| value.as_str());
    let names = profile.values().keys().map(String::as_str).filter(|key| !key.starts_with("inference"));
    let seen: Vec<String> = entry.into_iter().chain(helper).chain(names).map(str::to_lowercase).collect();
    let by_word = |tool: &&Traces| tool.words.iter().any(|word| seen.iter().any(|text| text.contains(word)));
    let port = relay(profile).map(|address| address.port());
    let by_port = |tool: &&Traces| tool.port.is_some() && tool.port == port;
    TOOLS.iter().find(by_word).or_else(|| TOOLS.iter().find(by_port)).map(|tool| tool.tool)
}

/// True for a name that such a program leaves in a profile as its own mark.
pub fn is_mark(name: &str) -> bool {
    let name = name.to_lowercase();
    TOOLS.iter().flat_map(|tool| tool.words).any(|word| name.contains(word))
}

/// The address of a relay on this computer to which a profile sends Claude; `None` for other profiles.
pub fn relay(profile: &Document) -> Option<GatewayUrl> {
    let typed = profile.get(keys::BASE_URL)?.as_str()?;
    let (address, _) = crate::address::repair(typed, None).ok()?;
    address.is_loopback().then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(entry: Option<&str>, profile: &str, expected: Option<&str>) {
        assert_eq!(tool_of(entry, &Document::parse(profile.as_bytes()).unwrap()), expected, "{entry:?} {profile}");
    }

    #[test]
    fn a_tool_is_known_by_its_name_its_keys_or_its_port() {
        check(Some("CC Switch"), "{}", Some("CC Switch"));
        check(Some("CC Desktop Switch"), "{}", Some("CC Desktop Switch"));
        check(Some("mine"), r#"{"ccds_managed":true}"#, Some("CC Desktop Switch"));
        check(None, r#"{"inferenceGatewayBaseUrl":"http://127.0.0.1:11434"}"#, Some("Ollama"));
        check(None, r#"{"inferenceCredentialHelper":"/opt/toolhive/token"}"#, Some("ToolHive"));
        check(Some("Work"), r#"{"inferenceGatewayBaseUrl":"https://gateway.example"}"#, None);
        check(Some("Work"), r#"{"inferenceGatewayBaseUrl":"https://gateway.example:11434"}"#, None);
    }

    #[test]
    fn a_relay_is_on_this_computer() {
        let of = |text: &str| relay(&Document::parse(text.as_bytes()).unwrap()).map(|address| address.port());
        assert_eq!(of(r#"{"inferenceGatewayBaseUrl":"http://localhost:18080/v1"}"#), Some(18080));
        assert_eq!(of(r#"{"inferenceGatewayBaseUrl":"https://gateway.example"}"#), None);
        assert_eq!(of("{}"), None);
    }
}
