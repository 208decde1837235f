//! What a measurement gives: a median, and a file for whoever compares over time.

use std::time::Instant;

use anyhow::Result;
use serde_json::Value;

/// Milliseconds since then.
pub fn millis(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

/// The one in the middle; none of no times is a mistake of the caller's.
pub fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Writes figures into `target/bench/<name>.json`.
///
/// # Errors
/// What the system says.
pub fn note(name: &str, figures: &Value) -> Result<()> {
    let folder = crate::root().join("target/bench");
    std::fs::create_dir_all(&folder)?;
    Ok(std::fs::write(folder.join(format!("{name}.json")), format!("{figures:#}\n"))?)
}
