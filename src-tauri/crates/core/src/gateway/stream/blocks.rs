//! The blocks of a streamed answer.
//!
//! A block counts once it is closed. Text and input come by deltas alone: content in the start of a block
//! is dropped, and so is a delta of an unknown kind. A delta of a known kind in a block of another kind is
//! an error (obs, engine 2.1.332).

use serde_json::Value;

use crate::gateway::answer::Call;

/// Longer text or tool input is cut: a check asks for a few words. In bytes.
const LONGEST: usize = 256 * 1024;
/// An answer to a check has no more blocks than this.
const MOST: usize = 200;

/// All blocks so far.
#[derive(Debug, Default)]
pub(super) struct Blocks(Vec<Block>);

#[derive(Debug)]
struct Block {
    /// The index as it was written: it may be missing, or not a number.
    index: Option<Value>,
    kind: String,
    start: Value,
    pieces: String,
    open: bool,
}

impl Blocks {
    /// Takes a `content_block_start`.
    pub(super) fn open(&mut self, event: &Value) -> Result<(), &'static str> {
        let Some(start @ Value::Object(_)) = event.get("content_block") else { return Err("block-without-content") };
        if self.0.len() >= MOST {
            return Err("too-many-blocks");
        }
        let index = event.get("index").cloned();
        // Opened again before it was closed, a block starts anew.
        self.0.retain(|block| !(block.open && block.index == index));
        let kind = start.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
        self.0.push(Block { index, kind, start: start.clone(), pieces: String::new(), open: true });
        Ok(())
    }

    /// Takes a `content_block_delta`.
    pub(super) fn extend(&mut self, event: &Value) -> Result<(), &'static str> {
        let block = self.of(event).ok_or("delta-without-block")?;
        let delta = event.get("delta").ok_or("delta-without-type")?;
        let kind = delta.get("type").and_then(Value::as_str).ok_or("delta-without-type")?;
        let (fits, field) = match kind {
            "text_delta" => (block.kind == "text", "text"),
            "input_json_delta" => (block.kind.ends_with("tool_use"), "partial_json"),
            "thinking_delta" | "signature_delta" => (block.kind == "thinking", ""),
            _ => return Ok(()),
        };
        if !fits {
            return Err("delta-of-another-kind");
        }
        let piece = delta.get(field).and_then(Value::as_str).unwrap_or_default();
        if block.open && block.pieces.len() + piece.len() <= LONGEST {
            block.pieces.push_str(piece);
        }
        Ok(())
    }

    /// Takes a `content_block_stop`.
    pub(super) fn close(&mut self, event: &Value) -> Result<(), &'static str> {
        self.of(event).ok_or("stop-without-block")?.open = false;
        Ok(())
    }

    /// How many calls were begun and not ended.
    pub(super) fn lost_calls(&self) -> usize {
        self.0.iter().filter(|block| block.open && block.kind == "tool_use").count()
    }

    /// The text and the calls of the closed blocks.
    pub(super) fn into_parts(self) -> (String, Vec<Call>) {
        let mut text = String::new();
        let mut calls = Vec::new();
        for block in self.0.into_iter().filter(|block| !block.open) {
            match block.kind.as_str() {
                "text" => text.push_str(&block.pieces),
                "tool_use" => {
                    let pieces = if block.pieces.trim().is_empty() { "{}" } else { &block.pieces };
                    let input = serde_json::from_str(pieces).unwrap_or_else(|_| Value::String(pieces.to_owned()));
                    calls.push(Call::read(&block.start, input));
                }
                _ => {}
            }
        }
        (text, calls)
    }

    fn of(&mut self, event: &Value) -> Option<&mut Block> {
        let index = event.get("index");
        self.0.iter_mut().rev().find(|block| block.index.as_ref() == index)
    }
}
