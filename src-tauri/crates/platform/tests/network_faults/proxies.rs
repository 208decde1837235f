//! Proxies that refuse, do not answer or are no proxies, and those that work.

use std::time::{Duration, SystemTime};

use airouter_core::check::{LampState, LayerId};
use airouter_core::finding::{Code, Owner};
use airouter_core::proxy::{WindowsValues, of_windows};
use airouter_platform::net::Proxies;
use airouter_practice::gateway::{GatewayOptions, start};

use crate::check_run::{CheckRun, assert_no_canary};
use crate::names::healthy;
use crate::pki::{HOST, Leaf};
use crate::proxy_server::{ProxyBehaviour, ProxyServer};
use crate::server::{Behaviour, ClosedPort, Server, Then, always, reply};

#[tokio::test]
async fn proxies_that_refuse_are_reported_with_their_status() {
    for (answer, code, owner, status) in [
        ("HTTP/1.1 407 Login\r\ncontent-length: 0\r\n\r\n", Code::ProxyAuth, Owner::Network, "407"),
        ("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n", Code::ProxyBlock, Owner::CompanyPolicy, "403"),
        ("HTTP/1.1 502 Bad\r\ncontent-length: 0\r\n\r\n", Code::ProxyBlock, Owner::CompanyPolicy, "502"),
        ("HTTP/1.0 503 Busy\r\n\r\n", Code::ProxyBlock, Owner::CompanyPolicy, "503"),
        ("HTTP/1.1 405 No CONNECT here\r\n\r\n", Code::ProxyDown, Owner::ThisComputer, "405"),
    ] {
        let proxy = ProxyServer::start(ProxyBehaviour::HttpSays(answer)).await;
        let outcome = CheckRun::host(443).through(format!("http://li:s3cret@{}", proxy.address)).run().await;
        outcome.failed(code, owner, LayerId::Proxy);
        assert_eq!(outcome.evidence("proxy_status"), Some(status));
        assert_eq!(outcome.evidence("proxy"), Some(format!("http://{}", proxy.address).as_str()));
        assert_eq!(outcome.layer(LayerId::Tcp).state, LampState::NotTested, "the proxy did not connect");
        assert_no_canary(&proxy.raw());
    }
}

#[tokio::test]
async fn a_proxy_that_is_written_https_and_speaks_http_is_not_called_gone() {
    let proxy = ProxyServer::start(ProxyBehaviour::HttpSays("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n")).await;
    let outcome = CheckRun::host(443).through(format!("https://li:s3cret@{}", proxy.address)).run().await;
    outcome.failed(Code::ProxyDown, Owner::ThisComputer, LayerId::Proxy);
    assert_eq!(outcome.evidence("because"), Some("speaks-http"));
    assert_eq!(outcome.evidence("instead"), Some(format!("http://{}", proxy.address).as_str()));
    assert!(!String::from_utf8_lossy(&proxy.raw()).contains("Proxy-Authorization"), "the login goes in TLS alone");
    assert_no_canary(&proxy.raw());
}

#[tokio::test]
async fn a_proxy_that_is_gone_silent_or_something_else() {
    let closed_port = ClosedPort::reserve();
    let gone = closed_port.port();
    for scheme in ["http", "socks5", "https"] {
        let outcome = CheckRun::host(443).through(format!("{scheme}://127.0.0.1:{gone}")).run().await;
        outcome.failed(Code::ProxyDown, Owner::ThisComputer, LayerId::Proxy);
        assert_eq!(outcome.evidence("because"), Some("tcp_refused"));
    }
    let outcome = CheckRun::host(443).through("http://no-such-proxy.invalid:8080").run().await;
    outcome.failed(Code::ProxyDown, Owner::ThisComputer, LayerId::Proxy);

    let silent = Server::start(Behaviour::Silence).await;
    let ssh = Server::start(Behaviour::Says(b"SSH-2.0-OpenSSH_9.6\r\n")).await;
    let cut = Server::start(Behaviour::CloseAfterHello).await;
    for (server, because) in [(&silent, "timeout"), (&ssh, "not-a-proxy"), (&cut, "not-a-proxy")] {
        for scheme in ["http", "socks5"] {
            let outcome = CheckRun::host(443).through(format!("{scheme}://{}", server.address)).run().await;
            outcome.failed(Code::ProxyDown, Owner::ThisComputer, LayerId::Proxy);
            assert_eq!(outcome.evidence("because"), Some(because), "{scheme}");
            assert_no_canary(&server.raw());
        }
    }
}

#[tokio::test]
async fn socks_proxies_that_refuse() {
    for (gate, code, owner) in [
        (ProxyBehaviour::SocksRefuses(2), Code::ProxyBlock, Owner::CompanyPolicy),
        (ProxyBehaviour::SocksRefuses(5), Code::ProxyBlock, Owner::CompanyPolicy),
        (ProxyBehaviour::SocksWantsLogin, Code::ProxyAuth, Owner::Network),
    ] {
        let proxy = ProxyServer::start(gate).await;
        let outcome = CheckRun::host(443).through(format!("socks5://{}", proxy.address)).run().await;
        outcome.failed(code, owner, LayerId::Proxy);
        assert_no_canary(&proxy.raw());
    }
}

#[tokio::test]
async fn proxies_that_let_through_see_no_key() {
    let (_gateway, server) = healthy("127.0.0.1").await;
    for (gate, scheme) in [
        (ProxyBehaviour::HttpTo(server.port()), "http://"),
        (ProxyBehaviour::HttpWithLoginTo(server.port()), "http://li:s3cret@"),
        (ProxyBehaviour::SocksTo(server.port()), "socks5://"),
        (ProxyBehaviour::SocksWithLoginTo(server.port()), "socks5://li:s3cret@"),
    ] {
        let proxy = ProxyServer::start(gate).await;
        let outcome = CheckRun::host(server.port()).through(format!("{scheme}{}", proxy.address)).run().await;
        outcome.passed();
        assert_eq!(outcome.fact(LayerId::Name, "by"), Some("proxy"));
        assert!(outcome.fact(LayerId::Proxy, "proxy").is_some());
        assert!(outcome.layer(LayerId::Proxy).millis.is_some());
        assert_no_canary(&proxy.raw());
    }
}

#[tokio::test]
async fn a_proxy_behind_tls_of_its_own() {
    let (_gateway, server) = healthy("127.0.0.1").await;
    let proxy = ProxyServer::start(ProxyBehaviour::HttpTo(server.port())).await;
    let front = Server::start(Behaviour::TlsTo(Leaf::Good, proxy.address.port())).await;
    CheckRun::host(server.port()).through(format!("https://{HOST}:{}", front.port())).run().await.passed();
    assert_no_canary(&proxy.raw());

    let front = Server::start(Behaviour::TlsTo(Leaf::UnknownIssuer, proxy.address.port())).await;
    let outcome = CheckRun::host(server.port()).through(format!("https://{HOST}:{}", front.port())).run().await;
    outcome.failed(Code::ProxyDown, Owner::ThisComputer, LayerId::Proxy);
    assert_eq!(outcome.evidence("because"), Some("tls"));
    assert_eq!(front.requests(), "");
}

#[tokio::test]
async fn a_proxy_that_inspects_tls() {
    let inspector =
        Server::start(Behaviour::Tls(Leaf::UnknownIssuer, always(reply("200 OK", "", "{}"), || Then::Keep))).await;
    let proxy = ProxyServer::start(ProxyBehaviour::HttpTo(inspector.port())).await;
    let outcome = CheckRun::host(443).through(proxy.address.to_string()).run().await;
    outcome.failed(Code::TlsInspect, Owner::CompanyPolicy, LayerId::Tls);
    assert_eq!(outcome.evidence("issuer"), Some("Office Inspection CA"));
    assert_eq!(outcome.layer(LayerId::Proxy).state, LampState::Ok);
    assert_no_canary(&proxy.raw());
    assert_eq!(inspector.requests(), "");
}

#[tokio::test]
async fn the_time_comes_from_the_proxys_reply() {
    let server = Server::start(Behaviour::Tls(Leaf::Good, always(reply("200 OK", "", "{}"), || Then::Keep))).await;
    let proxy = ProxyServer::start(ProxyBehaviour::HttpTo(server.port())).await;
    let ahead = SystemTime::now() + Duration::from_secs(100 * 365 * 24 * 3600);
    let outcome = CheckRun::host(443).through(proxy.address.to_string()).with_clock(ahead).run().await;
    outcome.failed(Code::TlsClock, Owner::ThisComputer, LayerId::Tls);
}

#[tokio::test]
async fn an_invalid_proxy_is_reported_before_anything_is_sent() {
    let (_gateway, server) = healthy("127.0.0.1").await;
    let outcome = CheckRun::host(server.port()).through("127.0.0.1").run().await;
    outcome.failed(Code::ProxyInvalid, Owner::ThisComputer, LayerId::Proxy);
    assert_eq!(outcome.evidence("reason"), Some("port"));
    assert!(server.raw().is_empty());
}

#[tokio::test]
async fn a_proxy_script_is_reported_and_the_direct_route_is_tried() {
    let (_gateway, server) = healthy("127.0.0.1").await;
    let mut run = CheckRun::host(server.port());
    let values = WindowsValues { script: Some("http://wpad.test/proxy.pac"), ..WindowsValues::default() };
    run.options.proxies = Proxies::These(of_windows(&values));
    let outcome = run.run().await;
    outcome.passed();
    assert_eq!(outcome.report.findings[0].code, Code::ProxyScript);
    assert_eq!(outcome.evidence("url"), Some("http://wpad.test/proxy.pac"));
    assert_eq!(outcome.layer(LayerId::Proxy).state, LampState::Warning);
}

#[tokio::test]
async fn this_computer_is_reached_without_any_proxy() {
    let proxy = ProxyServer::start(ProxyBehaviour::HttpSays("HTTP/1.1 502 Bad\r\n\r\n")).await;
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    let outcome = CheckRun::at(gateway.base_url()).through(proxy.address.to_string()).run().await;
    outcome.passed();
    assert_eq!(outcome.fact(LayerId::Tls, "needed"), Some("no"));
    assert!(proxy.raw().is_empty());
}
