//! What the engine sends for each model (obs, engine 2.1.332).

/// The kind of thinking that the engine requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Thinking {
    /// Adaptive, without a budget.
    Adaptive,
    /// With a budget of tokens.
    Budget,
    /// None.
    Off,
}

/// The parameters that depend on the model.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EngineParams {
    pub(super) max_tokens: u32,
    pub(super) thinking: Thinking,
    pub(super) effort: Option<&'static str>,
    /// True when a turn with the role `system` follows the user's.
    pub(super) system_turn: bool,
    /// True when the beta for thinking between tool calls is sent.
    pub(super) interleaves: bool,
}

/// The id that the engine sends for a chosen one: the marker for a million tokens is cut off, and retired
/// ids, written exactly so, are silently replaced.
pub(super) fn wire_id(model: &str) -> &str {
    let model = model.strip_suffix("[1m]").unwrap_or(model).trim_end();
    const RETIRED: &[&str] =
        &["claude-opus-4-1", "claude-opus-4-1-20250805", "claude-opus-4-0", "claude-opus-4-20250514"];
    if RETIRED.contains(&model) { "claude-opus-5-5" } else { model }
}

/// The parameters for an id as it is sent.
pub(super) fn of(model: &str) -> EngineParams {
    let newest = EngineParams {
        max_tokens: 64_000,
        thinking: Thinking::Adaptive,
        effort: Some("high"),
        system_turn: true,
        interleaves: true,
    };
    let budget = EngineParams {
        max_tokens: 32_000,
        thinking: Thinking::Budget,
        effort: None,
        system_turn: false,
        interleaves: true,
    };
    let plain = EngineParams { thinking: Thinking::Off, ..budget };
    let has = |parts: &[&str]| parts.iter().any(|part| model.contains(part));
    if !has(&["claude"]) {
        EngineParams { max_tokens: 32_000, ..newest }
    } else if has(&["opus-5-5", "sonnet-5-5", "haiku-5-5", "fable-5-5", "fable-5-2"]) {
        EngineParams { max_tokens: 128_000, effort: Some("medium"), ..newest }
    } else if has(&["sonnet-5", "opus-5", "fable-5", "opus-4-8"]) {
        newest
    } else if has(&["opus-4-7"]) {
        EngineParams { effort: Some("xhigh"), system_turn: false, ..newest }
    } else if has(&["opus-4-6"]) {
        EngineParams { system_turn: false, ..newest }
    } else if has(&["sonnet-4-6"]) {
        EngineParams { max_tokens: 32_000, system_turn: false, ..newest }
    } else if has(&["opus-4-5"]) {
        EngineParams { effort: Some("high"), ..budget }
    } else if has(&["sonnet-4", "haiku-4-5"]) {
        budget
    } else if has(&["3-7-sonnet"]) {
        plain
    } else if has(&["claude-3-5"]) {
        EngineParams { max_tokens: 8_192, interleaves: false, ..plain }
    } else if has(&["claude-3-"]) {
        EngineParams { max_tokens: 4_096, interleaves: false, ..plain }
    } else {
        EngineParams { max_tokens: 32_000, ..newest }
    }
}
