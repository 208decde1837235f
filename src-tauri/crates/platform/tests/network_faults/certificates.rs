//! Invalid certificates, and wrong clocks that make valid ones look invalid.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use airouter_core::check::LayerId;
use airouter_core::finding::{Code, Owner};

use crate::check_run::{CheckOutcome, CheckRun, assert_no_canary};
use crate::pki::Leaf;
use crate::server::{Behaviour, Server, Then, always, reply};

fn year(year: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs((year - 1970) * 365 * 24 * 3600 + 30 * 24 * 3600)
}

async fn showing(leaf: Leaf) -> Server {
    Server::start(Behaviour::Tls(leaf, always(reply("200 OK", "", "{}"), || Then::Keep))).await
}

/// A plain HTTP server with a `Date` header.
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
    // Without the time from a server, the clock is not blamed.
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
    // Without the time from a server, it cannot be told from an expired certificate.
    run_check(Leaf::Good, Some(year(2095)), None).await.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
}

#[tokio::test]
async fn a_clock_that_is_behind() {
    run_check(Leaf::Good, Some(year(2015)), Some(SystemTime::now())).await.failed(
        Code::TlsClock,
        Owner::ThisComputer,
        LayerId::Tls,
    );
    // This program was built later than that, so no server has to be asked.
    run_check(Leaf::Good, Some(year(2015)), None).await.failed(Code::TlsClock, Owner::ThisComputer, LayerId::Tls);
}

#[tokio::test]
async fn a_clock_that_the_server_confirms() {
    // The certificate has expired, and the server's time agrees with the clock.
    let outcome = run_check(Leaf::Good, Some(year(2095)), Some(year(2095) + Duration::from_secs(3600))).await;
    outcome.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
}

#[tokio::test]
async fn a_time_server_that_never_answers() {
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
async fn an_unknown_issuer_is_shown_by_name() {
    let outcome = run_check(Leaf::UnknownIssuer, None, None).await;
    outcome.failed(Code::TlsInspect, Owner::CompanyPolicy, LayerId::Tls);
    assert_eq!(outcome.evidence("issuer"), Some("Office Inspection CA"));
    assert_eq!(outcome.evidence("not_after"), Some("2090-01-01"));
}

#[tokio::test]
async fn a_self_signed_certificate() {
    let outcome = run_check(Leaf::SelfSigned, None, None).await;
    outcome.failed(Code::TlsInspect, Owner::CompanyPolicy, LayerId::Tls);
    assert_eq!(outcome.evidence("self_signed"), Some("yes"));
}
