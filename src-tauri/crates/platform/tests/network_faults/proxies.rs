//! Proxies that refuse, are gone or are something else, and those that let through.

use std::time::{Duration, SystemTime};

use airouter_core::check::{LampState, LayerId};
use airouter_core::finding::{Code, Owner};
use airouter_core::proxy::{WindowsValues, of_windows};
use airouter_platform::net::Proxies;
use airouter_practice::gateway::{GatewayOptions, start};

use crate::meet::{Meet, no_canary};
use crate::names::healthy;
use crate::pki::{HOST, Leaf};
use crate::proxy_server::{Gate, ProxyServer};
use crate::server::{Nobody, Part, Server, Then, always, reply};

#[tokio::test]
async fn proxies_that_refuse_are_told_with_their_status() {
    for (answer, code, owner, status) in [
        ("HTTP/1.1 407 Login\r\ncontent-length: 0\r\n\r\n", Code::ProxyAuth, Owner::Network, "407"),
        ("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n", Code::ProxyBlock, Owner::CompanyPolicy, "403"),
        ("HTTP/1.1 502 Bad\r\ncontent-length: 0\r\n\r\n", Code::ProxyBlock, Owner::CompanyPolicy, "502"),
        ("HTTP/1.0 503 Busy\r\n\r\n", Code::ProxyBlock, Owner::CompanyPolicy, "503"),
        ("HTTP/1.1 405 No CONNECT here\r\n\r\n", Code::ProxyDown, Owner::ThisComputer, "405"),
    ] {
        let proxy = ProxyServer::start(Gate::HttpSays(answer)).await;
        let met = Meet::host(443).through(format!("http://li:s3cret@{}", proxy.address)).run().await;
        met.failed(code, owner, LayerId::Proxy);
        assert_eq!(met.evidence("proxy_status"), Some(status));
        assert_eq!(met.evidence("proxy"), Some(format!("http://{}", proxy.address).as_str()));
        assert_eq!(met.layer(LayerId::Tcp).state, LampState::NotTested, "the proxy did not connect");
        no_canary(&proxy.raw());
    }
}

#[tokio::test]
async fn a_proxy_that_is_written_https_and_speaks_http_is_not_called_gone() {
    let proxy = ProxyServer::start(Gate::HttpSays("HTTP/1.1 403 No\r\ncontent-length: 0\r\n\r\n")).await;
    let met = Meet::host(443).through(format!("https://li:s3cret@{}", proxy.address)).run().await;
    met.failed(Code::ProxyDown, Owner::ThisComputer, LayerId::Proxy);
    assert_eq!(met.evidence("because"), Some("speaks-http"));
    assert_eq!(met.evidence("instead"), Some(format!("http://{}", proxy.address).as_str()));
    assert!(!String::from_utf8_lossy(&proxy.raw()).contains("Proxy-Authorization"), "the login goes in TLS alone");
    no_canary(&proxy.raw());
}

#[tokio::test]
async fn a_proxy_that_is_gone_silent_or_something_else() {
    let nobody = Nobody::here();
    let gone = nobody.port();
    for scheme in ["http", "socks5", "https"] {
        let met = Meet::host(443).through(format!("{scheme}://127.0.0.1:{gone}")).run().await;
        met.failed(Code::ProxyDown, Owner::ThisComputer, LayerId::Proxy);
        assert_eq!(met.evidence("because"), Some("tcp_refused"));
    }
    let met = Meet::host(443).through("http://no-such-proxy.invalid:8080").run().await;
    met.failed(Code::ProxyDown, Owner::ThisComputer, LayerId::Proxy);

    let silent = Server::start(Part::Silence).await;
    let ssh = Server::start(Part::Says(b"SSH-2.0-OpenSSH_9.6\r\n")).await;
    let cut = Server::start(Part::CloseAfterHello).await;
    for (server, because) in [(&silent, "timeout"), (&ssh, "not-a-proxy"), (&cut, "not-a-proxy")] {
        for scheme in ["http", "socks5"] {
            let met = Meet::host(443).through(format!("{scheme}://{}", server.address)).run().await;
            met.failed(Code::ProxyDown, Owner::ThisComputer, LayerId::Proxy);
            assert_eq!(met.evidence("because"), Some(because), "{scheme}");
            no_canary(&server.raw());
        }
    }
}

#[tokio::test]
async fn socks_proxies_that_refuse() {
    for (gate, code, owner) in [
        (Gate::SocksRefuses(2), Code::ProxyBlock, Owner::CompanyPolicy),
        (Gate::SocksRefuses(5), Code::ProxyBlock, Owner::CompanyPolicy),
        (Gate::SocksWantsLogin, Code::ProxyAuth, Owner::Network),
    ] {
        let proxy = ProxyServer::start(gate).await;
        let met = Meet::host(443).through(format!("socks5://{}", proxy.address)).run().await;
        met.failed(code, owner, LayerId::Proxy);
        no_canary(&proxy.raw());
    }
}

#[tokio::test]
async fn proxies_that_let_through_see_no_key() {
    let (_gateway, server) = healthy("127.0.0.1").await;
    for (gate, scheme) in [
        (Gate::HttpTo(server.port()), "http://"),
        (Gate::HttpWithLoginTo(server.port()), "http://li:s3cret@"),
        (Gate::SocksTo(server.port()), "socks5://"),
        (Gate::SocksWithLoginTo(server.port()), "socks5://li:s3cret@"),
    ] {
        let proxy = ProxyServer::start(gate).await;
        let met = Meet::host(server.port()).through(format!("{scheme}{}", proxy.address)).run().await;
        met.passed();
        assert_eq!(met.fact(LayerId::Name, "by"), Some("proxy"));
        assert!(met.fact(LayerId::Proxy, "proxy").is_some());
        assert!(met.layer(LayerId::Proxy).millis.is_some());
        no_canary(&proxy.raw());
    }
}

#[tokio::test]
async fn a_proxy_behind_tls_of_its_own() {
    let (_gateway, server) = healthy("127.0.0.1").await;
    let proxy = ProxyServer::start(Gate::HttpTo(server.port())).await;
    let front = Server::start(Part::TlsTo(Leaf::Good, proxy.address.port())).await;
    Meet::host(server.port()).through(format!("https://{HOST}:{}", front.port())).run().await.passed();
    no_canary(&proxy.raw());

    let front = Server::start(Part::TlsTo(Leaf::UnknownIssuer, proxy.address.port())).await;
    let met = Meet::host(server.port()).through(format!("https://{HOST}:{}", front.port())).run().await;
    met.failed(Code::ProxyDown, Owner::ThisComputer, LayerId::Proxy);
    assert_eq!(met.evidence("because"), Some("tls"));
    assert_eq!(front.requests(), "");
}

#[tokio::test]
async fn a_proxy_that_opens_what_it_passes_on() {
    let inspector =
        Server::start(Part::Tls(Leaf::UnknownIssuer, always(reply("200 OK", "", "{}"), || Then::Keep))).await;
    let proxy = ProxyServer::start(Gate::HttpTo(inspector.port())).await;
    let met = Meet::host(443).through(proxy.address.to_string()).run().await;
    met.failed(Code::TlsInspect, Owner::CompanyPolicy, LayerId::Tls);
    assert_eq!(met.evidence("issuer"), Some("Office Inspection CA"));
    assert_eq!(met.layer(LayerId::Proxy).state, LampState::Ok);
    no_canary(&proxy.raw());
    assert_eq!(inspector.requests(), "");
}

#[tokio::test]
async fn a_proxy_tells_the_time() {
    let server = Server::start(Part::Tls(Leaf::Good, always(reply("200 OK", "", "{}"), || Then::Keep))).await;
    let proxy = ProxyServer::start(Gate::HttpTo(server.port())).await;
    let ahead = SystemTime::now() + Duration::from_secs(100 * 365 * 24 * 3600);
    let met = Meet::host(443).through(proxy.address.to_string()).with_clock(ahead).run().await;
    met.failed(Code::TlsClock, Owner::ThisComputer, LayerId::Tls);
}

#[tokio::test]
async fn what_is_no_proxy_is_told_before_anything_is_sent() {
    let (_gateway, server) = healthy("127.0.0.1").await;
    let met = Meet::host(server.port()).through("127.0.0.1").run().await;
    met.failed(Code::ProxyInvalid, Owner::ThisComputer, LayerId::Proxy);
    assert_eq!(met.evidence("reason"), Some("port"));
    assert!(server.raw().is_empty());
}

#[tokio::test]
async fn a_script_is_told_and_the_way_is_tried_without_it() {
    let (_gateway, server) = healthy("127.0.0.1").await;
    let mut meet = Meet::host(server.port());
    let values = WindowsValues { script: Some("http://wpad.test/proxy.pac"), ..WindowsValues::default() };
    meet.options.proxies = Proxies::These(of_windows(&values));
    let met = meet.run().await;
    met.passed();
    assert_eq!(met.report.findings[0].code, Code::ProxyScript);
    assert_eq!(met.evidence("url"), Some("http://wpad.test/proxy.pac"));
    assert_eq!(met.layer(LayerId::Proxy).state, LampState::Warning);
}

#[tokio::test]
async fn this_computer_is_reached_without_any_proxy() {
    let proxy = ProxyServer::start(Gate::HttpSays("HTTP/1.1 502 Bad\r\n\r\n")).await;
    let gateway = start(GatewayOptions::default()).await.expect("a gateway");
    let met = Meet::at(gateway.base_url()).through(proxy.address.to_string()).run().await;
    met.passed();
    assert_eq!(met.fact(LayerId::Tls, "needed"), Some("no"));
    assert!(proxy.raw().is_empty());
}
