//! Replies that are cut, stalled, redirected or come from another server.

use std::sync::Arc;

use airouter_core::check::{LampState, LayerId};
use airouter_core::finding::{Code, Owner};

use crate::check_run::{CheckOutcome, CheckRun, assert_no_canary};
use crate::pki::{HOST, Leaf};
use crate::server::{Behaviour, Response, Script, Server, Then, always, reply};

async fn gate(script: Script) -> Server {
    Server::start(Behaviour::Tls(Leaf::Good, script)).await
}

async fn run_check(script: Script) -> (CheckOutcome, Server) {
    let server = gate(script).await;
    let outcome = CheckRun::host(server.port()).run().await;
    assert_no_canary(&server.raw());
    (outcome, server)
}

/// How many requests were received.
fn count(server: &Server) -> usize {
    server.requests().matches("HTTP/1.1\r\n").count()
}

#[tokio::test]
async fn no_reply() {
    let (outcome, server) = run_check(always("", || Then::Silence)).await;
    outcome.failed(Code::ReadTimeout, Owner::Gateway, LayerId::Http);
    assert_eq!(count(&server), 1, "nothing is asked twice");
    let (outcome, _) = run_check(always("", || Then::Close)).await;
    outcome.failed(Code::Reset, Owner::Network, LayerId::Http);
}

#[tokio::test]
async fn a_reply_that_drips() {
    let drip = "HTTP/1.1 200 OK\r\nx: ";
    run_check(always(drip, || Then::Drip)).await.0.failed(Code::ReadTimeout, Owner::Gateway, LayerId::Http);
}

#[tokio::test]
async fn a_body_that_is_cut() {
    let short = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 900\r\n\r\n{\"data\":[";
    let (outcome, _) = run_check(always(short, || Then::Close)).await;
    outcome.failed(Code::Reset, Owner::Network, LayerId::Http);
    let chunk = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n20\r\n{\"data\":[";
    let (outcome, _) = run_check(always(chunk, || Then::Close)).await;
    outcome.failed(Code::Reset, Owner::Network, LayerId::Http);
    let (outcome, _) = run_check(always(short, || Then::Silence)).await;
    outcome.failed(Code::ReadTimeout, Owner::Gateway, LayerId::Http);
}

#[tokio::test]
async fn a_message_that_is_cut_after_a_list_that_came() {
    let list = r#"{"data":[{"type":"model","id":"claude-haiku-4-5-20251001"}]}"#;
    let list = reply("200 OK", "content-type: application/json\r\n", list);
    let script: Script = Arc::new(move |head| match head.starts_with("GET") {
        true => Response { bytes: list.clone().into_bytes(), then: Then::Keep },
        false => Response { bytes: Vec::new(), then: Then::Close },
    });
    let (outcome, _) = run_check(script).await;
    outcome.failed(Code::Reset, Owner::Network, LayerId::Message);
    assert_eq!(outcome.layer(LayerId::Shape).state, LampState::Ok);
    assert_eq!(outcome.layer(LayerId::Models).state, LampState::Ok);
}

#[tokio::test]
async fn redirects_are_reported_and_never_followed() {
    let elsewhere = Server::start(Behaviour::Plain(always(reply("200 OK", "", "{}"), || Then::Keep))).await;
    let port = elsewhere.port();
    for (status, target, code, owner) in [
        ("301 Moved", format!("https://{HOST}/claude/"), Code::Redirect, Owner::AirouterSetup),
        ("308 Permanent", "/claude/v1/models?limit=1000".to_owned(), Code::Redirect, Owner::AirouterSetup),
        ("301 Moved", format!("http://{HOST}:{port}/claude"), Code::Redirect, Owner::AirouterSetup),
        ("307 Temporary", format!("http://127.0.0.1:{port}/login"), Code::CaptivePortal, Owner::Network),
        ("302 Found", format!("http://login.hotel.test:{port}/"), Code::CaptivePortal, Owner::Network),
    ] {
        let (outcome, server) =
            run_check(always(reply(status, &format!("location: {target}\r\n"), ""), || Then::Keep)).await;
        outcome.failed(code, owner, LayerId::Http);
        assert!(count(&server) <= 2, "the list and one message at most: {}", server.requests());
    }
    assert!(elsewhere.raw().is_empty(), "nobody else was asked");
}

#[tokio::test]
async fn a_portal_in_the_gateways_place() {
    let page = "<html><title>WiFi Login</title></html>";
    for status in ["200 OK", "511 Network Authentication Required"] {
        let (outcome, _) = run_check(always(reply(status, "content-type: text/html\r\n", page), || Then::Keep)).await;
        outcome.failed(Code::CaptivePortal, Owner::Network, LayerId::Http);
    }
}

#[tokio::test]
async fn a_gateway_that_is_down_and_a_page_instead_of_it() {
    let page = |status| reply(status, "content-type: text/html\r\n", "<html>nginx</html>");
    let (outcome, _) = run_check(always(page("502 Bad Gateway"), || Then::Keep)).await;
    outcome.failed(Code::GatewayDown, Owner::Gateway, LayerId::Http);
    let (outcome, _) = run_check(always(page("200 OK"), || Then::Keep)).await;
    outcome.failed(Code::HtmlPage, Owner::AirouterSetup, LayerId::Shape);
}

#[tokio::test]
async fn a_refused_key_is_not_sent_again_and_again() {
    let body = r#"{"error":{"message":"Forbidden","type":"forbidden"}}"#;
    let json = "content-type: application/json\r\n";
    let (outcome, server) = run_check(always(reply("403 Forbidden", json, body), || Then::Keep)).await;
    outcome.failed(Code::Forbidden, Owner::Account, LayerId::Account);
    // The list may refuse a key that messages accept, so one message is tried last.
    assert_eq!(count(&server), 2, "the list, then a message: {}", server.requests());
    let body = r#"{"error":{"message":"Invalid token"}}"#;
    let (outcome, server) = run_check(always(reply("401 Unauthorized", json, body), || Then::Keep)).await;
    outcome.failed(Code::KeyRejected, Owner::Key, LayerId::Key);
    assert_eq!(count(&server), 3, "one way of sending it, then the other, then a message");
}

#[tokio::test]
async fn retry_after_is_reported() {
    let head = "content-type: application/json\r\nretry-after: 17\r\n";
    let body = r#"{"error":{"message":"Too many requests"}}"#;
    let (outcome, _) = run_check(always(reply("429 Too Many Requests", head, body), || Then::Keep)).await;
    outcome.failed(Code::RateLimited, Owner::Account, LayerId::Account);
    assert_eq!(outcome.evidence("retry_after"), Some("17"));
}
