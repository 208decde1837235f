//! Endless replies, and a check that exceeds its total time.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use airouter_core::check::{LampId, LampState, LayerId};
use airouter_core::finding::{Code, Owner};

use crate::check_run::{CheckOutcome, CheckRun, LIMITS, assert_no_canary};
use crate::pki::Leaf;
use crate::server::{Behaviour, Response, Script, Server, Then, always, reply};

const MODELS: &str = r#"{"data":[{"type":"model","id":"claude-haiku-4-5-20251001"}]}"#;
const ANSWER: &str = r#"{"id":"m","type":"message","role":"assistant","model":"claude-haiku-4-5-20251001","content":[{"type":"tool_use","id":"t","name":"report_ready","input":{}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}"#;
const JSON: &str = "content-type: application/json\r\n";

async fn run_check(script: Script, request: Duration) -> CheckOutcome {
    let server = Server::start(Behaviour::Tls(Leaf::Good, script)).await;
    let outcome = CheckRun::host(server.port()).with_limits(|limits| limits.request = request).run().await;
    assert_no_canary(&server.raw());
    outcome
}

#[tokio::test]
async fn a_head_that_is_too_long() {
    let many = (0..5000).map(|index| format!("x-{index}: y\r\n")).collect::<String>();
    let long = format!("x: {}\r\n", "y".repeat(900 * 1024));
    for head in [many, long] {
        let outcome = run_check(always(reply("200 OK", &head, "{}"), || Then::Close), LIMITS.request).await;
        outcome.failed(Code::NotAnthropic, Owner::Gateway, LayerId::Shape);
    }
}

#[tokio::test]
async fn a_body_without_an_end_is_cut() {
    let head = format!("HTTP/1.1 200 OK\r\n{JSON}\r\n");
    let endless = always(head, || Then::Repeat(vec![b' '; 256 * 1024]));
    let outcome = run_check(endless, Duration::from_secs(20)).await;
    assert_eq!(outcome.report.findings[0].code, Code::NotAnthropic, "{:?}", outcome.report.findings);
    outcome.within(Duration::from_secs(20));
}

#[tokio::test]
async fn ten_megabytes_are_read() {
    let padding = " ".repeat(10 * 1024 * 1024 - MODELS.len());
    let list = reply("200 OK", JSON, &format!("{MODELS}{padding}"));
    let script: Script = Arc::new(move |head| {
        let bytes = if head.starts_with("GET") { list.clone() } else { reply("529 Overloaded", JSON, "{}") };
        Response { bytes: bytes.into_bytes(), then: Then::Keep }
    });
    let outcome = run_check(script, Duration::from_secs(20)).await;
    let models = outcome.report.lamps.iter().find(|lamp| lamp.id == LampId::Models).expect("a lamp");
    assert_eq!(models.state, LampState::Ok, "{:?}", outcome.report.findings);
}

#[tokio::test]
async fn a_body_that_cannot_be_decoded_is_named() {
    let packed = reply("200 OK", "content-type: application/json\r\ncontent-encoding: gzip\r\n", "\u{1f}\u{8b}\u{8}");
    let outcome = run_check(always(packed, || Then::Keep), LIMITS.request).await;
    outcome.failed(Code::EncodingBroken, Owner::Gateway, LayerId::Message);
}

#[tokio::test]
async fn a_stream_without_an_end_is_cut() {
    let event = "event: ping\ndata: {\"type\":\"ping\"}\n\n".repeat(4000);
    let is_first = AtomicBool::new(true);
    let script: Script = Arc::new(move |head| {
        if head.starts_with("GET") {
            return Response { bytes: reply("200 OK", JSON, MODELS).into_bytes(), then: Then::Keep };
        }
        // The first message is streamed; the later ones request complete answers.
        let is_stream = is_first.swap(false, Ordering::Relaxed);
        if is_stream {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
            return Response { bytes: head.into(), then: Then::Repeat(event.clone().into_bytes()) };
        }
        Response { bytes: reply("200 OK", JSON, ANSWER).into_bytes(), then: Then::Keep }
    });
    let outcome = run_check(script, Duration::from_secs(20)).await;
    let streaming = outcome.report.lamps.iter().find(|lamp| lamp.id == LampId::Streaming).expect("a lamp");
    let finding = streaming.finding.as_ref().expect("a reason");
    assert_eq!(
        (streaming.state, finding.code),
        (LampState::Warning, Code::StreamFallback),
        "{:?}",
        outcome.report.findings
    );
    outcome.within(LIMITS.whole);
}

#[tokio::test]
async fn a_check_that_takes_too_long_as_a_whole() {
    let script: Script = Arc::new(|head| {
        if head.starts_with("GET") {
            return Response { bytes: reply("200 OK", JSON, MODELS).into_bytes(), then: Then::Keep };
        }
        Response { bytes: Vec::new(), then: Then::Silence }
    });
    let server = Server::start(Behaviour::Tls(Leaf::Good, script)).await;
    let run = CheckRun::host(server.port()).with_limits(|limits| {
        limits.request = Duration::from_secs(60);
        limits.whole = Duration::from_millis(1500);
    });
    let outcome = run.run().await;
    outcome.within(Duration::from_millis(1500));
    outcome.failed(Code::ReadTimeout, Owner::Gateway, LayerId::Message);
    let streaming = outcome.report.lamps.iter().find(|lamp| lamp.id == LampId::Streaming).expect("a lamp");
    assert_eq!(streaming.state, LampState::NotTested);
}
