//! Writes the first corpus of each target: bodies of recorded replies, what people sent, and the lines of
//! `seeds/`.

use std::path::Path;
use std::{fs, io};

const ROWS: &str = "../../../../tests/fixtures/gateway-responses.dev.jsonl";
const CASES: &str = "../../../../tests/fixtures/cases";
const KEYS: &str = "../../../../tests/fixtures/official-keys.json";

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
    // What people sent: their files and what Claude wrote for them.
    for (place, entry) in fs::read_dir(CASES)?.enumerate() {
        let path = entry?.path();
        let bytes = fs::read(&path)?;
        let target = match path.extension().and_then(|it| it.to_str()) {
            Some("log") => "report",
            Some("json") => "settings",
            _ => "paste",
        };
        plant(target, 1000 + place, &bytes)?;
    }
    let answers: serde_json::Value = serde_json::from_str(&fs::read_to_string(KEYS)?)?;
    for (place, (name, answer)) in answers["keys"].as_object().into_iter().flatten().enumerate() {
        let value = &answer["takes"][0];
        plant("settings", place, serde_json::json!({ name: value }).to_string().as_bytes())?;
    }
    Ok(())
}

fn plant(target: &str, place: usize, seed: &[u8]) -> io::Result<()> {
    let folder = Path::new("corpus").join(target);
    fs::create_dir_all(&folder)?;
    fs::write(folder.join(format!("seed-{place}")), seed)
}
