//! Which model ids Claude Desktop recognises as its own (PI, 1.46388 and a fixture of 2.26454.0).
//!
//! A word of another maker throws an id out even if it starts with `claude-`: gateways name their
//! imitations so. Integrators differ on whether a family tier in the list lifts that; here it does not.

use super::version::Version;

/// What an id is to the app.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModelId {
    /// An id for the wire.
    Full,
    /// A family name such as `sonnet`, which discovery must resolve.
    Alias,
    /// Not one of Claude's.
    Foreign,
}

const ANYWHERE: &[&str] = &[
    "abab",
    "amazon.nova",
    "arcee",
    "arctic",
    "ark-code",
    "astron",
    "bytedance",
    "codex",
    "command-r",
    "deepseek",
    "devstral",
    "doubao",
    "dpsk",
    "ernie",
    "gemini",
    "gemma",
    "glm",
    "gpt",
    "granite",
    "grok",
    "hermes",
    "hunyuan",
    "hy3",
    "jamba",
    "kat-coder",
    "kimi",
    "lfm",
    "llama",
    "longcat",
    "mercury",
    "mimo",
    "minimax",
    "ministral",
    "mistral",
    "mixtral",
    "moonshot",
    "nemotron",
    "nova-",
    "openai",
    "phi-",
    "qianfan",
    "qwen",
    "seed-",
    "solar",
    "step-3",
    "stepfun",
    "tc-code",
    "trinity",
    "yi-",
    "zamba",
];
const WHOLE_WORD: &[&str] = &["ling", "unic"];
const WORD_START: &[&str] = &["k2.", "m2.", "ds-"];
const TIERS: &[&str] = &["sonnet", "opus", "haiku", "fable", "mythos"];
/// The tiers before 1.12603.1.
const FIRST_TIERS: &[&str] = &["sonnet", "opus", "haiku"];

/// Sorts an id.
pub fn sort(id: &str, version: Version) -> ModelId {
    let id = id.to_lowercase();
    let tiers = if version < Version::new(1, 12_603, 1) { FIRST_TIERS } else { TIERS };
    if names_a_vendor(&id) {
        return ModelId::Foreign;
    }
    let numbered = |rest: &str| rest.strip_prefix('-').is_some_and(is_number);
    if tiers.iter().any(|tier| id.strip_prefix(tier).is_some_and(|rest| rest.is_empty() || numbered(rest))) {
        return ModelId::Alias;
    }
    let ours = ["claude", "anthropic"].iter().chain(tiers).any(|word| id.contains(word));
    if ours { ModelId::Full } else { ModelId::Foreign }
}

/// Digits and dots.
fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
}

fn names_a_vendor(id: &str) -> bool {
    let at_word_start = |place: usize| !id[..place].ends_with(|letter: char| letter.is_alphanumeric());
    let starts = |word: &str| id.match_indices(word).any(|(place, _)| at_word_start(place));
    let phi =
        || id.match_indices("phi").any(|(place, _)| id[place + 3..].starts_with(|next: char| next.is_ascii_digit()));
    ANYWHERE.iter().any(|word| id.contains(word))
        || id.split(|letter: char| !letter.is_alphanumeric()).any(|word| WHOLE_WORD.contains(&word))
        || WORD_START.iter().any(|word| starts(word))
        || phi()
}

#[cfg(test)]
mod tests {
    use super::super::version::NEWEST;
    use super::*;

    #[track_caller]
    fn check(id: &str, expected: ModelId) {
        assert_eq!(sort(id, NEWEST), expected, "{id}");
    }

    #[test]
    fn dated_ids_and_family_names_are_claudes() {
        check("claude-sonnet-4-5-20250929", ModelId::Full);
        check("anthropic/claude-opus-4-5", ModelId::Full);
        check("CLAUDE-3-5-HAIKU-20241022", ModelId::Full);
        check("my-sonnet", ModelId::Full);
        check("sonnet", ModelId::Alias);
        check("opus-4.5", ModelId::Alias);
        check("haiku-4", ModelId::Alias);
        check("mythos", ModelId::Alias);
    }

    #[test]
    fn a_vendor_word_throws_an_id_out() {
        for id in ["gpt-5.1", "claude-deepseek-v3", "claude-gpt-5", "claude-via-openai", "claude-phi3", "claude-phi-x"]
        {
            check(id, ModelId::Foreign);
        }
        for id in ["claude-ling-1", "ling", "claude-k2.5", "claude-ds-v3", "claude-m2.1", "claude-unic"] {
            check(id, ModelId::Foreign);
        }
        check("some-model", ModelId::Foreign);
        check("", ModelId::Foreign);
    }

    #[test]
    fn a_part_of_a_longer_word_is_no_vendor_word() {
        check("claude-darling-sonnet", ModelId::Full);
        check("claude-unicorn", ModelId::Full);
        check("claude-ads-sonnet", ModelId::Full);
        check("claude-philosopher", ModelId::Full);
    }

    #[test]
    fn an_old_version_has_fewer_families() {
        assert_eq!(sort("fable", Version::new(1, 6_259, 0)), ModelId::Foreign);
        assert_eq!(sort("opus", Version::new(1, 6_259, 0)), ModelId::Alias);
    }
}
