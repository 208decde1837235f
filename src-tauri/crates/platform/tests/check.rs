//! The live check against the practice gateway, over real sockets: each scenario gives its finding, and no lamp is
//! green that was not tested.
#![allow(missing_docs, reason = "a test")]

use std::time::Duration;

use airouter_core::address::GatewayUrl;
use airouter_core::check::{AuthScheme, CheckReport, Lamp, LampId, LampState};
use airouter_core::finding::Code;
use airouter_core::secret::Secret;
use airouter_platform::check::{CheckRequest, check, check_with, try_model};
use airouter_platform::net::Options;
use airouter_practice::gateway::{AuthSeen, Fault, Gateway, GatewayOptions, start};
use tokio::sync::watch;

fn wanted(gateway: &Gateway, key: String) -> CheckRequest {
    let base = GatewayUrl::parse(&gateway.base_url()).expect("the practice gateway's address is right");
    CheckRequest { base, key: Secret::new(key), scheme: None, models: Vec::new(), claude: None, proxy: None }
}

/// Runs the check without pauses between tries.
async fn run(wanted: CheckRequest) -> CheckReport {
    let (_stop, never) = watch::channel(false);
    let mut options = Options::default();
    options.limits.gaps = [Duration::ZERO; 2];
    options.limits.longest_wait = Duration::ZERO;
    check_with(wanted, options, never, |_| {}).await
}

fn states(lamps: &[Lamp]) -> String {
    let letter = |lamp: &Lamp| match lamp.state {
        LampState::Ok => 'o',
        LampState::Warning => 'w',
        LampState::Failed => 'F',
        LampState::NotTested => '-',
        LampState::Waiting | LampState::Running => '?',
    };
    lamps.iter().map(letter).collect()
}

/// `lamps` has one letter each for address, key, models, answer, streaming, tools.
#[track_caller]
fn expect(fault: Fault, report: &CheckReport, lamps: &str, code: Option<Code>) {
    let name = fault.name();
    assert_eq!(states(&report.lamps), lamps, "{name}: {:?}", report.findings);
    assert_eq!(report.findings.first().map(|finding| finding.code), code, "{name}: {:?}", report.findings);
    assert_eq!(report.passed, !lamps.contains(['F', '-', '?']), "{name}");
}

#[tokio::test]
async fn each_scenario_gives_its_finding() {
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    for (fault, lamps, code) in [
        (Fault::Ok, "oooooo", None),
        (Fault::Rejected, "oF----", Some(Code::KeyRejected)),
        (Fault::Expired, "oF----", Some(Code::KeyExpired)),
        (Fault::Disabled, "oF----", Some(Code::KeyDisabled)),
        (Fault::NoBalance, "oooF--", Some(Code::QuotaExhausted)),
        (Fault::NoBalance429, "oooF--", Some(Code::QuotaExhausted)),
        (Fault::Payment, "oooF--", Some(Code::QuotaExhausted)),
        (Fault::Banned, "oF----", Some(Code::AccountDisabled)),
        (Fault::Ip, "oF----", Some(Code::IpBlocked)),
        (Fault::Group, "ooF---", Some(Code::NoClaudePermission)),
        (Fault::Model, "oooF--", Some(Code::ModelNotAllowed)),
        (Fault::NoChannel, "oooF--", Some(Code::NoChannel)),
        (Fault::Overloaded, "oooF--", Some(Code::Overloaded)),
        (Fault::RateLimited, "oooF--", Some(Code::RateLimited)),
        (Fault::Upstream, "oooF--", Some(Code::UpstreamError)),
        (Fault::Empty, "ooF---", Some(Code::ModelsEmpty)),
        (Fault::NoList, "oowooo", Some(Code::ModelsNotListed)),
        (Fault::Mixed, "oooooo", None),
        (Fault::Many, "oooooo", None),
        (Fault::Cut, "ooooF-", Some(Code::Reset)),
        (Fault::NoEnd, "ooooF-", Some(Code::StreamBroken)),
        (Fault::NoStream, "oooowo", Some(Code::StreamFallback)),
        (Fault::NoTools, "oooooF", Some(Code::ToolsBroken)),
        (Fault::Html, "F-----", Some(Code::HtmlPage)),
        (Fault::Redirect, "F-----", Some(Code::CaptivePortal)),
        (Fault::Captive, "F-----", Some(Code::CaptivePortal)),
        (Fault::XApiKey, "oooooo", Some(Code::AuthScheme)),
        (Fault::Bearer, "oooooo", None),
    ] {
        let report = run(wanted(&gateway, fault.example_key())).await;
        expect(fault, &report, lamps, code);
    }
}

#[tokio::test]
async fn a_wrong_key_is_tried_in_two_ways_and_with_one_message_and_no_more() {
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    let report = run(wanted(&gateway, "sk-unknown-0000000000000000000000000000".to_owned())).await;
    expect(Fault::Rejected, &report, "oF----", Some(Code::KeyRejected));
    let seen: Vec<AuthSeen> = gateway.requests().iter().map(|request| request.auth).collect();
    // The list may refuse a valid key, so a message is tried last.
    assert_eq!(seen, [AuthSeen::Bearer, AuthSeen::XApiKey, AuthSeen::Bearer]);
}

#[tokio::test]
async fn one_header_at_a_time_and_never_both() {
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    run(wanted(&gateway, Fault::XApiKey.example_key())).await;
    assert!(gateway.requests().iter().all(|request| request.auth != AuthSeen::Both));
}

#[tokio::test]
async fn a_pinned_scheme_is_not_changed() {
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    let mut wanted = wanted(&gateway, Fault::XApiKey.example_key());
    wanted.scheme = Some(AuthScheme::Bearer);
    let report = run(wanted).await;
    assert_eq!((report.scheme, report.passed), (AuthScheme::Bearer, false));
    assert!(gateway.requests().iter().all(|request| request.auth == AuthSeen::Bearer));
}

#[tokio::test]
async fn a_wrong_path_is_the_address_and_not_the_key() {
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    let mut wanted = wanted(&gateway, Fault::Ok.example_key());
    wanted.base = GatewayUrl::parse(&gateway.base_url().replace("/claude", "")).expect("an address");
    let report = run(wanted).await;
    assert_eq!(
        report.lamps[0].finding.as_ref().map(|finding| finding.code),
        Some(Code::OpenaiOnly),
        "{:?}",
        report.findings
    );
}

#[tokio::test]
async fn a_refused_connection_is_told_apart_from_an_unknown_name() {
    for (address, code) in
        [("http://127.0.0.1:9/claude", Code::TcpRefused), ("https://no-such-host.invalid/claude", Code::Dns)]
    {
        let base = GatewayUrl::parse(address).expect("an address");
        let key = Secret::new(Fault::Ok.example_key());
        let report = run(CheckRequest { base, key, scheme: None, models: Vec::new(), claude: None, proxy: None }).await;
        assert_eq!(report.findings[0].code, code, "{address}");
        assert_eq!(states(&report.lamps), "F-----", "{address}");
    }
}

#[tokio::test]
async fn a_check_can_be_stopped_while_nothing_answers() {
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    let (stop, stopped) = watch::channel(false);
    let running = tokio::spawn(check(wanted(&gateway, Fault::Hang.example_key()), stopped, |_| {}));
    while gateway.requests().is_empty() {
        tokio::task::yield_now().await;
    }
    stop.send(true).expect("the check is under way");
    let report = running.await.expect("it ends");
    assert_eq!(report.findings[0].code, Code::Cancelled);
    assert!(report.lamps.iter().all(|lamp| lamp.state == LampState::NotTested), "{:?}", report.lamps);
}

#[tokio::test]
async fn the_persons_own_model_is_tried_first() {
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    let mut wanted = wanted(&gateway, Fault::Ok.example_key());
    wanted.models = vec!["claude-opus-4-5-20251101".to_owned()];
    let report = run(wanted).await;
    assert_eq!(report.proposal, ["claude-opus-4-5-20251101"]);
    let answer = report.lamps.iter().find(|lamp| lamp.id == LampId::Answer).expect("a lamp");
    assert_eq!(answer.facts[0].value, "claude-opus-4-5-20251101");
}

#[tokio::test]
async fn a_model_is_tried_and_the_probe_explains_the_failure() {
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    let model = "claude-haiku-4-5-20251001";
    let tried = async |address: &str, fault: Fault, proxy: Option<&str>| {
        let base = GatewayUrl::parse(address).expect("an address");
        let finding = try_model(base, Secret::new(fault.example_key()), AuthScheme::Bearer, model, proxy).await;
        finding.map(|finding| finding.code)
    };
    assert_eq!(tried(&gateway.base_url(), Fault::Ok, None).await, None);
    assert_eq!(tried(&gateway.base_url(), Fault::Model, None).await, Some(Code::ModelNotAllowed));
    assert_eq!(tried("http://127.0.0.1:9/claude", Fault::Ok, None).await, Some(Code::TcpRefused));
    assert_eq!(tried("https://gate.invalid/claude", Fault::Ok, Some("x")).await, Some(Code::ProxyInvalid));
    let through = tried("https://gate.invalid/claude", Fault::Ok, Some("socks5://127.0.0.1:9")).await;
    assert_eq!(through, Some(Code::ProxyDown));
}
