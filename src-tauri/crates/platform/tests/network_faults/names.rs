//! Names without an address, with wrong addresses, or with one address family only.

use airouter_core::check::LayerId;
use airouter_core::finding::{Code, Owner};
use airouter_platform::net::{Answer, Names};
use airouter_practice::gateway::{Gateway, GatewayOptions, start};

use crate::check_run::{CheckRun, assert_no_canary};
use crate::pki::{HOST, Leaf};
use crate::server::{Behaviour, ClosedPort, Server};

/// A healthy gateway behind TLS.
pub(crate) async fn healthy(ip: &str) -> (Gateway, Server) {
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    let base = gateway.base_url();
    let port = base.rsplit_once(':').and_then(|(_, rest)| rest.split('/').next()?.parse().ok()).expect("a port");
    let server = Server::start_at(ip, Behaviour::TlsTo(Leaf::Good, port)).await;
    (gateway, server)
}

#[tokio::test]
async fn a_healthy_gateway_passes_with_all_layers_and_their_times() {
    let (_gateway, server) = healthy("127.0.0.1").await;
    let outcome = CheckRun::host(server.port()).run().await;
    outcome.passed();
    for id in [LayerId::Name, LayerId::Tcp, LayerId::Tls, LayerId::Http, LayerId::Message] {
        assert!(outcome.layer(id).millis.is_some(), "{:?}", outcome.layer(id));
    }
    assert_eq!(outcome.fact(LayerId::Name, "address"), Some("127.0.0.1"));
    assert_eq!(outcome.fact(LayerId::Proxy, "needed"), Some("no"));
    assert_eq!(outcome.fact(LayerId::Tls, "issuer"), Some("Test Root"));
    assert_no_canary(&server.raw());
    assert!(server.requests().contains("authorization: Bearer"), "the gateway itself gets the key");
}

#[tokio::test]
async fn no_such_name() {
    let outcome = CheckRun::at("https://no-such-host.invalid/claude").run().await;
    // On a computer without a network, the same lookup gives `Offline`.
    if outcome.report.findings[0].code != Code::Offline {
        outcome.failed(Code::Dns, Owner::Network, LayerId::Name);
        assert_eq!(outcome.evidence("host"), Some("no-such-host.invalid"));
    }
    let mut run = CheckRun::host(443);
    run.options.names = Names::of([(HOST, Answer::Nowhere)]);
    run.run().await.failed(Code::Dns, Owner::Network, LayerId::Name);
}

#[tokio::test]
async fn a_lookup_that_never_ends() {
    let mut run = CheckRun::host(443);
    run.options.names = Names::of([(HOST, Answer::Silence)]);
    let outcome = run.run().await;
    outcome.failed(Code::Dns, Owner::Network, LayerId::Name);
    assert_eq!(outcome.evidence("because"), Some("timeout"));
}

#[tokio::test]
async fn a_name_that_leads_to_a_closed_port_on_this_computer() {
    let closed_port = ClosedPort::reserve();
    let closed = closed_port.port();
    for address in ["127.0.0.1", "0.0.0.0", "::1"] {
        let outcome = CheckRun::named(closed, &[address]).run().await;
        outcome.failed(Code::DnsHijack, Owner::ThisComputer, LayerId::Name);
        assert_eq!(outcome.evidence("because"), Some("tcp_refused"));
    }
}

#[tokio::test]
async fn a_made_up_address_that_answers_is_no_trouble() {
    let (_gateway, server) = healthy("127.0.0.1").await;
    CheckRun::host(server.port()).run().await.passed();
}

#[tokio::test]
async fn ipv6_alone_is_enough() {
    let (_gateway, server) = healthy("::1").await;
    let outcome = CheckRun::named(server.port(), &["::1"]).run().await;
    outcome.passed();
    assert_eq!(outcome.fact(LayerId::Tcp, "address"), Some(format!("[::1]:{}", server.port()).as_str()));
}

#[tokio::test]
async fn one_dead_family_costs_nothing_and_is_noted() {
    let (_gateway, four) = healthy("127.0.0.1").await;
    let outcome = CheckRun::named(four.port(), &["2001:db8::1", "127.0.0.1"]).run().await;
    outcome.passed();
    assert!(
        outcome.fact(LayerId::Tcp, "silent").is_some_and(|dead| dead.contains("2001:db8::1")),
        "{:?}",
        outcome.report.layers
    );

    let (_gateway, six) = healthy("::1").await;
    let outcome = CheckRun::named(six.port(), &["127.0.0.1", "::1"]).run().await;
    outcome.passed();
    assert!(
        outcome.fact(LayerId::Tcp, "silent").is_some_and(|dead| dead.contains("127.0.0.1")),
        "{:?}",
        outcome.report.layers
    );
}

#[tokio::test]
async fn the_system_says_that_there_is_no_network() {
    let mut run = CheckRun::host(443);
    run.options.names = Names::of([(HOST, Answer::NoNetwork)]);
    run.run().await.failed(Code::Offline, Owner::Network, LayerId::Name);
}

#[test]
fn a_computer_without_a_network() {
    in_namespace("names::a_computer_without_a_network", "true", async |has_namespace| {
        if has_namespace {
            CheckRun::at("https://gate.example/claude").run().await.failed(
                Code::Offline,
                Owner::Network,
                LayerId::Name,
            );
            CheckRun::named(443, &["203.0.113.7"]).run().await.failed(Code::Offline, Owner::Network, LayerId::Tcp);
            CheckRun::at("https://[2001:db8::7]/claude").run().await.failed(
                Code::Offline,
                Owner::Network,
                LayerId::Tcp,
            );
        } else {
            let mut run = CheckRun::host(443);
            run.options.names = Names::of([(HOST, Answer::NoNetwork)]);
            run.run().await.failed(Code::Offline, Owner::Network, LayerId::Name);
        }
    });
}

#[test]
fn a_made_up_address_of_a_proxy_tool() {
    let address = "198.18.0.7";
    let network = format!("ip link set lo up && ip address add {address}/32 dev lo");
    in_namespace("names::a_made_up_address_of_a_proxy_tool", &network, async |has_namespace| {
        if has_namespace {
            // The tool accepts the connection but cannot reach the gateway.
            for part in [Behaviour::ResetAfterHello, Behaviour::Silence] {
                let server = Server::start_at(address, part).await;
                let outcome = CheckRun::named(server.port(), &[address]).run().await;
                outcome.failed(Code::DnsHijack, Owner::ThisComputer, LayerId::Name);
                assert_no_canary(&server.raw());
            }
        }
        // The tool has ended, but its address is still returned; without a namespace, loopback takes its place.
        let left = if has_namespace { address } else { "127.0.0.1" };
        CheckRun::named(9, &[left]).run().await.failed(Code::DnsHijack, Owner::ThisComputer, LayerId::Name);
    });
}

/// Runs a part of a test in a copy of this program with its own network namespace, which `set_up` prepares. Without
/// namespaces the part runs in this process and gets `false`.
fn in_namespace(test: &str, set_up: &str, part: impl AsyncFnOnce(bool)) {
    const INSIDE: &str = "AIROUTER_TEST_NAMESPACE";
    let unshare = |script: &str| {
        let mut command = std::process::Command::new("unshare");
        command.args(["-rn", "sh", "-c", script, "sh"]);
        command
    };
    let is_inside = std::env::var_os(INSIDE).is_some();
    if !is_inside && unshare(set_up).output().is_ok_and(|ended| ended.status.success()) {
        let me = std::env::current_exe().expect("this test");
        let script = format!("{set_up} && exec \"$@\"");
        let inside = unshare(&script).arg(me).args(["--exact", test]).env(INSIDE, "1").output().expect("it runs");
        let said = String::from_utf8_lossy(&inside.stdout);
        assert!(inside.status.success() && said.contains("1 passed"), "{said}");
        return;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(part(is_inside));
}
