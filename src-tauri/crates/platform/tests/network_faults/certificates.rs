//! Certificates that are not right, and clocks that make right ones look wrong.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use airouter_core::check::LayerId;
use airouter_core::finding::{Code, Owner};

use crate::check_run::{CheckRun, CheckOutcome, assert_no_canary};
use crate::pki::Leaf;
use crate::server::{Behaviour, Server, Then, always, reply};

fn year(year: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs((year - 1970) * 365 * 24 * 3600 + 30 * 24 * 3600)
}

async fn showing(leaf: Leaf) -> Server {
    Server::start(Behaviour::Tls(leaf, always(reply("200 OK", "", "{}"), || Then::Keep))).await
}

/// A server of plain http that says what time it is.
async fn saying(time: SystemTime) -> Server {
    let date = format!("date: {}\r\n", httpdate::fmt_http_date(time));
    Server::start(Behaviour::Plain(always(reply("301 Moved", &date, ""), || Then::Close))).await
}

async fn run_check(leaf: Leaf, clock: Option<SystemTime>, elsewhere: Option<SystemTime>) -> CheckOutcome {
    let server = showing(leaf).await;
    let mut run = CheckRun::host(server.port());
    let plain = match elsewhere {
        Some(time) => Some(saying(time).await),
        None => None,
    };
    if let Some(plain) = &plain {
        run = run.with_plain_port(plain.port());
    }
    if let Some(clock) = clock {
        run = run.with_clock(clock);
    }
    let outcome = run.run().await;
    assert_no_canary(&server.raw());
    assert_eq!(server.requests(), "", "nothing is said to whom is not trusted");
    if let Some(plain) = plain {
        assert_no_canary(&plain.raw());
        assert!(plain.requests().starts_with("HEAD / HTTP/1.1\r\n"), "{}", plain.requests());
    }
    outcome
}

#[tokio::test]
async fn expired() {
    let now = SystemTime::now();
    let outcome = run_check(Leaf::Expired, None, Some(now)).await;
    outcome.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
    assert_eq!(outcome.evidence("not_after"), Some("2020-01-01"));
    assert_eq!(outcome.evidence("issuer"), Some("Test Root"));
    // Nobody says what time it is: then the clock is not blamed.
    run_check(Leaf::Expired, None, None).await.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
}

#[tokio::test]
async fn not_valid_yet() {
    let outcome = run_check(Leaf::NotYetValid, None, Some(SystemTime::now())).await;
    outcome.failed(Code::TlsNotYetValid, Owner::Gateway, LayerId::Tls);
    assert_eq!(outcome.evidence("not_before"), Some("2090-01-01"));
    run_check(Leaf::NotYetValid, None, None).await.failed(Code::TlsNotYetValid, Owner::Gateway, LayerId::Tls);
}

#[tokio::test]
async fn a_clock_that_is_ahead() {
    let outcome = run_check(Leaf::Good, Some(year(2095)), Some(SystemTime::now())).await;
    outcome.failed(Code::TlsClock, Owner::ThisComputer, LayerId::Tls);
    assert!(outcome.evidence("clock_off_hours").is_some());
    // It cannot be told from an expired certificate when nobody says the time.
    run_check(Leaf::Good, Some(year(2095)), None).await.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
}

#[tokio::test]
async fn a_clock_that_is_behind() {
    run_check(Leaf::Good, Some(year(2015)), Some(SystemTime::now())).await.failed(
        Code::TlsClock,
        Owner::ThisComputer,
        LayerId::Tls,
    );
    // This program was built later than that, so nobody has to be asked.
    run_check(Leaf::Good, Some(year(2015)), None).await.failed(Code::TlsClock, Owner::ThisComputer, LayerId::Tls);
}

#[tokio::test]
async fn a_clock_that_is_right_by_everybody_else() {
    // The certificate has expired and the others agree about the time.
    let outcome = run_check(Leaf::Good, Some(year(2095)), Some(year(2095) + Duration::from_secs(3600))).await;
    outcome.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
}

#[tokio::test]
async fn the_time_may_be_silent_for_long() {
    let server = showing(Leaf::Expired).await;
    let silent = Server::start(Behaviour::Silence).await;
    let outcome = CheckRun::host(server.port()).with_plain_port(silent.port()).run().await;
    outcome.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
    assert_no_canary(&silent.raw());
}

#[tokio::test]
async fn another_host() {
    let outcome = run_check(Leaf::OtherHost, None, None).await;
    outcome.failed(Code::TlsHost, Owner::Network, LayerId::Tls);
    assert_eq!(outcome.evidence("subject"), Some("other.test"));
}

#[tokio::test]
async fn an_issuer_that_nobody_knows_is_shown_by_name() {
    let outcome = run_check(Leaf::UnknownIssuer, None, None).await;
    outcome.failed(Code::TlsInspect, Owner::CompanyPolicy, LayerId::Tls);
    assert_eq!(outcome.evidence("issuer"), Some("Office Inspection CA"));
    assert_eq!(outcome.evidence("not_after"), Some("2090-01-01"));
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself() {
    let outcome = run_check(Leaf::SelfSigned, None, None).await;
    outcome.failed(Code::TlsInspect, Owner::CompanyPolicy, LayerId::Tls);
    assert_eq!(outcome.evidence("self_signed"), Some("yes"));
}
