//! Compares the check's verdict on gateways with the behaviour of Claude's engine.
//!
//! Each row of the fixture is one property of one gateway, with the replies as bytes and with what the real engine did
//! (`tests/engine/README.md`). The check must not pass a gateway that the engine cannot use, and must not block one
//! that works, except for the rows that are listed here with the reason.
#![allow(missing_docs, clippy::disallowed_methods, reason = "a test, which reads its fixtures")]

mod engine_gateway;

use std::time::Duration;

use airouter_core::address::GatewayUrl;
use airouter_core::check::CheckReport;
use airouter_core::finding::{Code, Severity};
use airouter_core::secret::Secret;
use airouter_platform::check::{CheckRequest, check_with};
use airouter_platform::net::Options;
use engine_gateway::{Row, Server, rows};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// The key of every request.
const KEY: &str = "sk-oracle-0123456789abcdef0123456789abcdef0123456789abcdef";
/// Maximum number of requests to a good gateway.
const MOST_REQUESTS: u32 = 6;

/// Rows that the check blocks although the engine works, and why.
const RED_ALL_THE_SAME: &[(&str, Code, &str)] = &[
    (
        "model-list-empty",
        Code::ModelsEmpty,
        "the engine needs no list, but Claude's picker would stay empty and nothing could be chosen",
    ),
    (
        "way-307",
        Code::Redirect,
        "the engine follows with the key, this program sends a key nowhere but where the person said",
    ),
];

async fn run(row: &Row) -> (CheckReport, Server) {
    let server = Server::start(row.clone()).await;
    let base = GatewayUrl::parse(&server.base).expect("an address");
    let key = Secret::new(KEY.to_owned());
    let wanted = CheckRequest { base, key, scheme: None, models: Vec::new(), claude: None, proxy: None };
    let mut options = Options::default();
    options.limits.gaps = [Duration::ZERO; 2];
    options.limits.longest_wait = Duration::ZERO;
    let (_stop, never) = watch::channel(false);
    (check_with(wanted, options, never, |_| {}).await, server)
}

/// What is wrong with the check's verdict on a row; `None` if it is right.
fn fault(row: &Row, report: &CheckReport, server: &Server) -> Option<String> {
    let blocks = report.findings.iter().any(|finding| finding.severity == Severity::Blocking);
    let green = report.passed && !blocks;
    let codes: Vec<Code> = report.findings.iter().map(|finding| finding.code).collect();
    let excused = RED_ALL_THE_SAME.iter().find(|(name, ..)| *name == row.name);
    let says = |fault: &str| Some(format!("{}: {fault}: {codes:?} for {}", row.name, row.text));
    if let Some(strange) = server.strange() {
        return says(&strange);
    }
    if server.most_at_once() > 1 {
        return says("two requests at once");
    }
    match (row.works, green, excused) {
        (false, true, _) => says("FALSE GREEN"),
        (true, false, None) => says("FALSE RED"),
        (true, false, Some((_, code, _))) if !codes.contains(code) => says("red, but not for the reason given"),
        (true, true, Some(_)) => says("green by now, so it needs no excuse"),
        (_, false, _) if !blocks => says("red without a reason"),
        (_, true, _) if row.by_fallback && !codes.contains(&Code::StreamFallback) => says("dearer, and not said"),
        (_, true, _) if row.kind == "good" && report.requests > MOST_REQUESTS => says("too many requests"),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_check_and_claudes_engine_agree() {
    let rows = rows();
    assert_eq!(rows.len(), 175, "rows were lost or added");
    let mut faults = Vec::new();
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let mut playing = JoinSet::new();
        for row in rows.by_ref().take(8) {
            playing.spawn(async move {
                let (report, server) = run(&row).await;
                fault(&row, &report, &server)
            });
        }
        while let Some(played) = playing.join_next().await {
            faults.extend(played.expect("a row ends"));
        }
    }
    faults.sort();
    assert!(faults.is_empty(), "{} differ:\n{}", faults.len(), faults.join("\n"));
}

#[tokio::test]
async fn the_cost_of_a_check_is_reported() {
    let row = rows().into_iter().find(|row| row.name == "good-plain").expect("a good gateway");
    let (report, server) = run(&row).await;
    assert_eq!((report.requests as usize, report.requests), (server.count(), 4));
    // White space is not counted; the tokens that the gateway reports for its answers are added.
    assert!((1_500..4_000).contains(&report.tokens_estimate), "{}", report.tokens_estimate);
}
