//! How long a full check takes against a gateway that is 100 ms away, beside curl doing the longest chain
//! of requests that truly depend on one another, one after the other on one connection.
//!
//! A message needs a model, which the list names; streaming and tools are asked for only of a model and
//! a header that answered, since each costs the person money, and do not need one another. So the chain
//! is list, message, and the slower of the two.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a tool for the people who build the program")]

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use airouter_practice::gateway::{Fault, Gateway, GatewayOptions, start};
use anyhow::{Result, ensure};
use e2e::diagnosis::ask;
use e2e::gateways::MODEL;
use serde_json::{Value, json};

/// How far away the gateway is.
const DELAY: Duration = Duration::from_millis(100);
/// How often each is measured.
const ROUNDS: usize = 9;
/// The check may take this much longer than the chain.
const LIMIT: f64 = 1.25;

#[tokio::main]
async fn main() -> Result<()> {
    let gateway = start(GatewayOptions { delay: DELAY, ..GatewayOptions::default() }).await?;
    let stream = json!({"stream": true, "max_tokens": 16});
    let tools = json!({"max_tokens": 128, "tool_choice": {"type": "tool", "name": "report_ready"},
        "tools": [{"name": "report_ready", "input_schema": {"type": "object", "properties": {}}}]});
    let (mut checks, mut streams, mut toolses) = (Vec::new(), Vec::new(), Vec::new());
    // In turns, so that a busy moment of the machine meets all three; the first round warms up.
    for round in 0..=ROUNDS {
        let measured = [one_check(&gateway).await?, chain(&gateway, &stream).await?, chain(&gateway, &tools).await?];
        if round > 0 {
            for (all, time) in [&mut checks, &mut streams, &mut toolses].into_iter().zip(measured) {
                all.push(time);
            }
        }
    }
    let (check, stream, tools) = (median(checks), median(streams), median(toolses));
    let ratio = check / stream.max(tools);
    println!("each reply {} ms late, {ROUNDS} rounds, medians", DELAY.as_millis());
    println!("the whole check                {check:6.1} ms");
    println!("curl: list, message, streaming {stream:6.1} ms");
    println!("curl: list, message, tools     {tools:6.1} ms");
    println!("ratio {ratio:.3}, at most {LIMIT}");
    ensure!(ratio <= LIMIT, "the check is too slow");
    Ok(())
}

async fn one_check(gateway: &Gateway) -> Result<f64> {
    let begun = Instant::now();
    let report = ask(&gateway.base_url(), &Fault::Ok.example_key(), None, &[]).await?;
    let time = millis(begun);
    ensure!(report.passed, "the check did not pass: {:?}", report.findings);
    Ok(time)
}

/// curl asks for the list, a message and one thing more, on one connection.
async fn chain(gateway: &Gateway, last: &Value) -> Result<f64> {
    let base = gateway.base_url();
    let key = format!("authorization: Bearer {}", Fault::Ok.example_key());
    let post = |more: &Value| {
        let mut body = json!({"model": MODEL, "max_tokens": 1, "messages": [{"role": "user", "content": "hi"}]});
        if let (Some(body), Some(more)) = (body.as_object_mut(), more.as_object()) {
            body.extend(more.clone());
        }
        vec![
            format!("{base}/v1/messages"),
            "-H".into(),
            "content-type: application/json".into(),
            "-d".into(),
            body.to_string(),
        ]
    };
    let asked = [vec![format!("{base}/v1/models?limit=1000")], post(&json!({})), post(last)];
    let mut words: Vec<String> = Vec::new();
    for one in asked {
        if !words.is_empty() {
            words.push("--next".into());
        }
        words.extend(
            ["-sS", "--fail", "-o", "/dev/null", "-H", "anthropic-version: 2023-06-01", "-H"].map(String::from),
        );
        words.push(key.clone());
        words.extend(one);
    }
    let begun = Instant::now();
    // The gateway lives on this runtime, so nothing may block it.
    let status = tokio::process::Command::from(Command::new("curl")).args(words).stdin(Stdio::null()).status().await?;
    let time = millis(begun);
    ensure!(status.success(), "curl failed: {status}");
    Ok(time)
}

fn millis(begun: Instant) -> f64 {
    begun.elapsed().as_secs_f64() * 1000.0
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
