//! Writes the first corpus of each target: bodies of recorded replies, and the lines of `seeds/`.

use std::path::Path;
use std::{fs, io};

const ROWS: &str = "../../../../tests/fixtures/gateway-responses.dev.jsonl";

fn main() -> io::Result<()> {
    for (place, line) in fs::read_to_string(ROWS)?.lines().enumerate() {
        let row: serde_json::Value = serde_json::from_str(line)?;
        let body = row["body"].as_str().unwrap_or_default();
        plant("models", place, body.as_bytes())?;
        // The leading bytes are what the targets take for themselves: status 401 and JSON, and a cut.
        plant("classify", place, &[&[2, 0], body.as_bytes()].concat())?;
        plant("stream", place, &[&[7], body.as_bytes()].concat())?;
    }
    for target in ["paste", "address"] {
        for (place, line) in fs::read_to_string(format!("seeds/{target}.txt"))?.lines().enumerate() {
            // One seed a line; a line break within it is written as the sign for one.
            plant(target, place, line.replace('⏎', "\n").as_bytes())?;
        }
    }
    Ok(())
}

fn plant(target: &str, place: usize, seed: &[u8]) -> io::Result<()> {
    let folder = Path::new("corpus").join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("seed-{place}")), seed)
}
