//! Claude Desktop's own filter of model ids (PI: 1.46388 and a fixture of 2.26454.0). It depends on the
//! lower-case id only; labels do not matter.

use schemars::JsonSchema;
use serde::Serialize;
use ts_rs::TS;

use crate::claude::version::Version;

/// A family of Claude models, from strong to light.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case")]
#[ts(export)]
pub enum Tier {
    /// The strongest.
    Mythos,
    /// Above Opus.
    Fable,
    /// For hard work.
    Opus,
    /// For everyday work: the usual default.
    Sonnet,
    /// Quick and cheap: also titles and side tasks.
    Haiku,
}

impl Tier {
    /// All families, in the order in which they are shown.
    pub const ALL: [Self; 5] = [Self::Mythos, Self::Fable, Self::Opus, Self::Sonnet, Self::Haiku];
}

/// Why Claude would not show a model (PI: read from 1.46388 and a fixture of 2.26454.0).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[serde(rename_all = "kebab-case", tag = "kind")]
#[ts(export)]
pub enum DropReason {
    /// The id holds the name of another vendor.
    OtherVendor {
        /// The word that shows it.
        word: String,
    },
    /// The id does not name a model of Anthropic's.
    NotClaude,
    /// A bare family name; Claude can resolve it only with the gateway's list.
    BareAlias,
    /// A marker such as `[1m]` or a name such as `opusplan` that makes Claude refuse the whole list.
    RefusesList,
    /// The installed Claude is older than this family.
    ClaudeTooOld,
    /// Not an id at all: empty, with spaces, or longer than any real one.
    NotAnId,
}

/// Words of other vendors that count anywhere, even in an id that begins with `claude-`.
const VENDOR_WORDS: [&str; 60] = [
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
    "phi0",
    "phi1",
    "phi2",
    "phi3",
    "phi4",
    "phi5",
    "phi6",
    "phi7",
    "phi8",
    "phi9",
];
/// Words of other vendors that count only as whole words.
const WHOLE_WORDS: [&str; 2] = ["ling", "unic"];
/// Words of other vendors that count only where a word begins.
const WORD_STARTS: [&str; 3] = ["k2.", "m2.", "ds-"];

const TIERS: [(&str, Tier); 5] = [
    ("mythos", Tier::Mythos),
    ("fable", Tier::Fable),
    ("opus", Tier::Opus),
    ("sonnet", Tier::Sonnet),
    ("haiku", Tier::Haiku),
];

/// Fable and Mythos are recognised from this version on (PI).
const FIRST_WITH_NEW_TIERS: Version = Version(1, 12603, 1);
/// Longer texts are not ids.
const LONGEST_ID: usize = 200;

/// The family that an id names.
pub fn tier_of(id: &str) -> Option<Tier> {
    let lower = id.to_lowercase();
    TIERS.iter().find(|(word, _)| lower.contains(word)).map(|(_, tier)| *tier)
}

/// Why Claude would not show this id; `None` if it will. `claude` is the installed version; the newest
/// rules apply when it is unknown.
pub fn judge_id(id: &str, claude: Option<Version>) -> Option<DropReason> {
    let lower = id.to_lowercase();
    if id.is_empty() || id.len() > LONGEST_ID || id.contains(|c: char| c.is_whitespace() || c.is_control()) {
        return Some(DropReason::NotAnId);
    }
    if lower.contains("[1m]") || lower.contains("opusplan") {
        return Some(DropReason::RefusesList);
    }
    if let Some(word) = vendor_word(&lower) {
        return Some(DropReason::OtherVendor { word: word.to_owned() });
    }
    if is_bare_alias(&lower) {
        return Some(DropReason::BareAlias);
    }
    let tier = tier_of(&lower);
    if tier.is_none() && !lower.contains("claude") && !lower.contains("anthropic") {
        return Some(DropReason::NotClaude);
    }
    let is_new_tier = matches!(tier, Some(Tier::Fable | Tier::Mythos)) && !lower.contains("claude");
    if is_new_tier && claude.is_some_and(|version| version < FIRST_WITH_NEW_TIERS) {
        return Some(DropReason::ClaudeTooOld);
    }
    None
}

fn vendor_word(lower: &str) -> Option<&'static str> {
    let begins_a_word = |at: usize| !lower[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let ends_a_word = |at: usize| !lower[at..].starts_with(|c: char| c.is_ascii_alphanumeric());
    let anywhere = VENDOR_WORDS.iter().find(|word| lower.contains(**word));
    let whole = WHOLE_WORDS
        .iter()
        .find(|word| lower.match_indices(**word).any(|(at, _)| begins_a_word(at) && ends_a_word(at + word.len())));
    let start = WORD_STARTS.iter().find(|word| lower.match_indices(**word).any(|(at, _)| begins_a_word(at)));
    anywhere.or(whole).or(start).copied()
}

/// True for a family name followed by digits and dots at most, such as `sonnet` and `opus-4.5`.
fn is_bare_alias(lower: &str) -> bool {
    TIERS.iter().any(|(word, _)| {
        lower.strip_prefix(word).is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || c == '.' || c == '-'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(id: &str, expected: Option<DropReason>) {
        assert_eq!(judge_id(id, None), expected, "{id}");
    }

    fn vendor(word: &str) -> Option<DropReason> {
        Some(DropReason::OtherVendor { word: word.to_owned() })
    }

    #[test]
    fn claude_ids_pass() {
        for id in [
            "claude-sonnet-4-6",
            "claude-haiku-4-5-20251001",
            "claude-3-5-sonnet-20241022",
            "anthropic/claude-opus-5",
            "us.anthropic.claude-sonnet-4",
            "Claude-Opus-5",
            "claude-mythos-1",
            "claude-something-new",
        ] {
            check(id, None);
        }
    }

    #[test]
    fn other_vendors_are_out_even_behind_claude() {
        check("gpt-5", vendor("gpt"));
        check("claude-deepseek-v3", vendor("deepseek"));
        check("claude-phi4", vendor("phi4"));
        check("claude-ling-1", vendor("ling"));
        check("k2.5-claude", vendor("k2."));
    }

    #[test]
    fn words_inside_other_words_do_not_count() {
        check("claude-sterling-1", None);
        check("claude-unicorn", None);
        check("claude-ok2.5", None);
    }

    #[test]
    fn what_claude_refuses_has_its_reason() {
        check("sonnet", Some(DropReason::BareAlias));
        check("opus-4.5", Some(DropReason::BareAlias));
        check("claude-sonnet-4-6[1m]", Some(DropReason::RefusesList));
        check("opusplan", Some(DropReason::RefusesList));
        check("my-model", Some(DropReason::NotClaude));
        check("", Some(DropReason::NotAnId));
        check("claude sonnet", Some(DropReason::NotAnId));
    }

    #[test]
    fn an_old_claude_does_not_know_new_families() {
        assert_eq!(judge_id("fable-large", Some(Version(1, 6259, 0))), Some(DropReason::ClaudeTooOld));
        assert_eq!(judge_id("fable-large", Some(Version(1, 46388, 4))), None);
    }
}
