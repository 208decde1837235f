//! How long a full check takes against a gateway that is 100 ms away, beside curl making the same requests in
//! the same order, one after the other on one connection. What they are is read off a check that goes through
//! a listener first.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a tool for the people who build the program")]

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use airouter_practice::gateway::{Fault, Gateway, GatewayOptions, start};
use anyhow::{Context, Result, ensure};
use e2e::diagnosis::ask;
use e2e::figures;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How far away the gateway is.
const DELAY: Duration = Duration::from_millis(100);
/// How often each is measured.
const ROUNDS: usize = 9;
/// The check may take this much longer than curl.
const LIMIT: f64 = 1.10;

#[tokio::main]
async fn main() -> Result<()> {
    let gateway = start(GatewayOptions { delay: DELAY, ..GatewayOptions::default() }).await?;
    let requests = requests_of_a_check(&gateway).await?;
    let bodies = tempfile::tempdir()?;
    let words = words(&gateway, &requests, bodies.path())?;
    let (mut checks, mut curls) = (Vec::new(), Vec::new());
    // In turns, so that a busy moment of the machine meets both; the first round warms up.
    for round in 0..=ROUNDS {
        let measured = (one_check(&gateway).await?, curl(&words).await?);
        if round > 0 {
            checks.push(measured.0);
            curls.push(measured.1);
        }
    }
    let (check, curl) = (figures::median(checks), figures::median(curls));
    let ratio = check / curl;
    println!("each reply {} ms late, {} requests, {ROUNDS} rounds, medians", DELAY.as_millis(), requests.len());
    println!("the whole check        {check:6.1} ms");
    println!("curl, the same requests {curl:5.1} ms");
    println!("ratio {ratio:.3}, at most {LIMIT}");
    figures::note(
        "check",
        &json!({"check_ms": check, "curl_ms": curl, "requests": requests.len(), "ratio": ratio, "limit": LIMIT}),
    )?;
    ensure!(ratio <= LIMIT, "the check is too slow");
    Ok(())
}

async fn one_check(gateway: &Gateway) -> Result<f64> {
    let begun = Instant::now();
    let report = ask(&gateway.base_url(), &Fault::Ok.example_key(), None, &[]).await?;
    let time = figures::millis(begun);
    ensure!(report.passed, "the check did not pass: {:?}", report.findings);
    Ok(time)
}

/// One request as it was sent.
struct Request {
    path: String,
    fields: Vec<String>,
    body: String,
}

/// Lets a check go through a listener, and gives what it asked.
async fn requests_of_a_check(gateway: &Gateway) -> Result<Vec<Request>> {
    let base = gateway.base_url();
    let address = base.trim_start_matches("http://").trim_end_matches("/claude").to_owned();
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let through = format!("http://{}/claude", listener.local_addr()?);
    let heard: Arc<Mutex<Vec<Vec<u8>>>> = Arc::default();
    let hearing = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            let Ok(server) = TcpStream::connect(&address).await else { return };
            tokio::spawn(relay(client, server, Arc::clone(&hearing)));
        }
    });
    let report = ask(&through, &Fault::Ok.example_key(), None, &[]).await?;
    ensure!(report.passed, "the check did not pass: {:?}", report.findings);
    let heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
    let mut requests = Vec::new();
    for bytes in heard.iter() {
        read_all(std::str::from_utf8(bytes)?, &mut requests)?;
    }
    ensure!(requests.len() == report.requests as usize, "{} requests, {} heard", report.requests, requests.len());
    Ok(requests)
}

async fn relay(client: TcpStream, server: TcpStream, heard: Arc<Mutex<Vec<Vec<u8>>>>) -> std::io::Result<()> {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let index = {
        let mut heard = heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.push(Vec::new());
        heard.len() - 1
    };
    tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_client).await });
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let length = from_client.read(&mut buffer).await?;
        if length == 0 {
            return Ok(());
        }
        heard.lock().unwrap_or_else(PoisonError::into_inner)[index].extend_from_slice(&buffer[..length]);
        to_server.write_all(&buffer[..length]).await?;
    }
}

/// The requests of one connection.
fn read_all(mut text: &str, requests: &mut Vec<Request>) -> Result<()> {
    while !text.is_empty() {
        let (head, rest) = text.split_once("\r\n\r\n").context("half a request")?;
        let mut lines = head.lines();
        let path = lines.next().and_then(|line| line.split(' ').nth(1)).context("no path")?.to_owned();
        let fields: Vec<String> = lines.map(str::to_owned).collect();
        let named = |name: &str| {
            fields.iter().find_map(|field| field.to_ascii_lowercase().strip_prefix(name)?.trim().parse().ok())
        };
        let length: usize = named("content-length:").unwrap_or(0);
        requests.push(Request { path, body: rest[..length].to_owned(), fields });
        text = &rest[length..];
    }
    Ok(())
}

/// The same as words for curl, on one connection.
fn words(gateway: &Gateway, requests: &[Request], bodies: &std::path::Path) -> Result<Vec<String>> {
    let base = gateway.base_url();
    let host = base.trim_end_matches("/claude");
    let mut words: Vec<String> = Vec::new();
    for (index, request) in requests.iter().enumerate() {
        if index > 0 {
            words.push("--next".into());
        }
        words.extend(["-sS", "--fail", "-o", "/dev/null"].map(String::from));
        let is_curls_own = |field: &str| {
            ["host:", "content-length:", "connection:"].iter().any(|own| field.to_ascii_lowercase().starts_with(own))
        };
        for field in request.fields.iter().filter(|field| !is_curls_own(field)) {
            words.extend(["-H".into(), field.clone()]);
        }
        if !request.body.is_empty() {
            let file = bodies.join(index.to_string());
            std::fs::write(&file, &request.body)?;
            words.extend(["--data-binary".into(), format!("@{}", file.display())]);
        }
        words.push(format!("{host}{}", request.path));
    }
    Ok(words)
}

async fn curl(words: &[String]) -> Result<f64> {
    let begun = Instant::now();
    // The gateway lives on this runtime, so nothing may block it.
    let status = tokio::process::Command::from(Command::new("curl")).args(words).stdin(Stdio::null()).status().await?;
    let time = figures::millis(begun);
    ensure!(status.success(), "curl failed: {status}");
    Ok(time)
}
