//! Certificates that are not right, and clocks that make right ones look wrong.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use airouter_core::check::LayerId;
use airouter_core::finding::{Code, Owner};

use crate::meet::{Meet, Met, no_canary};
use crate::pki::Leaf;
use crate::server::{Part, Server, Then, always, reply};

fn year(year: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs((year - 1970) * 365 * 24 * 3600 + 30 * 24 * 3600)
}

async fn showing(leaf: Leaf) -> Server {
    Server::start(Part::Tls(leaf, always(reply("200 OK", "", "{}"), || Then::Keep))).await
}

/// A server of plain http that says what time it is.
async fn saying(time: SystemTime) -> Server {
    let date = format!("date: {}\r\n", httpdate::fmt_http_date(time));
    Server::start(Part::Plain(always(reply("301 Moved", &date, ""), || Then::Close))).await
}

async fn meet(leaf: Leaf, clock: Option<SystemTime>, elsewhere: Option<SystemTime>) -> Met {
    let server = showing(leaf).await;
    let mut meet = Meet::host(server.port());
    let plain = match elsewhere {
        Some(time) => Some(saying(time).await),
        None => None,
    };
    if let Some(plain) = &plain {
        meet = meet.with_plain_port(plain.port());
    }
    if let Some(clock) = clock {
        meet = meet.with_clock(clock);
    }
    let met = meet.run().await;
    no_canary(&server.raw());
    assert_eq!(server.requests(), "", "nothing is said to whom is not trusted");
    if let Some(plain) = plain {
        no_canary(&plain.raw());
        assert!(plain.requests().starts_with("HEAD / HTTP/1.1\r\n"), "{}", plain.requests());
    }
    met
}

#[tokio::test]
async fn expired() {
    let now = SystemTime::now();
    let met = meet(Leaf::Expired, None, Some(now)).await;
    met.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
    assert_eq!(met.evidence("not_after"), Some("2020-01-01"));
    assert_eq!(met.evidence("issuer"), Some("Test Root"));
    // Nobody says what time it is: then the clock is not blamed.
    meet(Leaf::Expired, None, None).await.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
}

#[tokio::test]
async fn not_valid_yet() {
    let met = meet(Leaf::NotYetValid, None, Some(SystemTime::now())).await;
    met.failed(Code::TlsNotYetValid, Owner::Gateway, LayerId::Tls);
    assert_eq!(met.evidence("not_before"), Some("2090-01-01"));
    meet(Leaf::NotYetValid, None, None).await.failed(Code::TlsNotYetValid, Owner::Gateway, LayerId::Tls);
}

#[tokio::test]
async fn a_clock_that_is_ahead() {
    let met = meet(Leaf::Good, Some(year(2095)), Some(SystemTime::now())).await;
    met.failed(Code::TlsClock, Owner::ThisComputer, LayerId::Tls);
    assert!(met.evidence("clock_off_hours").is_some());
    // It cannot be told from an expired certificate when nobody says the time.
    meet(Leaf::Good, Some(year(2095)), None).await.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
}

#[tokio::test]
async fn a_clock_that_is_behind() {
    meet(Leaf::Good, Some(year(2015)), Some(SystemTime::now())).await.failed(
        Code::TlsClock,
        Owner::ThisComputer,
        LayerId::Tls,
    );
    // This program was built later than that, so nobody has to be asked.
    meet(Leaf::Good, Some(year(2015)), None).await.failed(Code::TlsClock, Owner::ThisComputer, LayerId::Tls);
}

#[tokio::test]
async fn a_clock_that_is_right_by_everybody_else() {
    // The certificate has expired and the others agree about the time.
    let met = meet(Leaf::Good, Some(year(2095)), Some(year(2095) + Duration::from_secs(3600))).await;
    met.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
}

#[tokio::test]
async fn the_time_may_be_silent_for_long() {
    let server = showing(Leaf::Expired).await;
    let silent = Server::start(Part::Silence).await;
    let met = Meet::host(server.port()).with_plain_port(silent.port()).run().await;
    met.failed(Code::TlsExpired, Owner::Gateway, LayerId::Tls);
    no_canary(&silent.raw());
}

#[tokio::test]
async fn another_host() {
    let met = meet(Leaf::OtherHost, None, None).await;
    met.failed(Code::TlsHost, Owner::Network, LayerId::Tls);
    assert_eq!(met.evidence("subject"), Some("other.test"));
}

#[tokio::test]
async fn an_issuer_that_nobody_knows_is_shown_by_name() {
    let met = meet(Leaf::UnknownIssuer, None, None).await;
    met.failed(Code::TlsInspect, Owner::CompanyPolicy, LayerId::Tls);
    assert_eq!(met.evidence("issuer"), Some("Office Inspection CA"));
    assert_eq!(met.evidence("not_after"), Some("2090-01-01"));
}

#[tokio::test]
async fn a_certificate_that_vouches_for_itself() {
    let met = meet(Leaf::SelfSigned, None, None).await;
    met.failed(Code::TlsInspect, Owner::CompanyPolicy, LayerId::Tls);
    assert_eq!(met.evidence("self_signed"), Some("yes"));
}
