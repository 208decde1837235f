//! Connections that are refused, dropped, cut or stalled before the first request.

use airouter_core::check::LayerId;
use airouter_core::finding::{Code, Owner};
use tokio::net::{TcpSocket, TcpStream};

use crate::check_run::{CheckRun, assert_no_canary};
use crate::server::{Behaviour, ClosedPort, Server};

#[tokio::test]
async fn refused() {
    let closed_port = ClosedPort::reserve();
    let port = closed_port.port();
    let outcome = CheckRun::at(format!("https://127.0.0.1:{port}/claude")).run().await;
    outcome.failed(Code::TcpRefused, Owner::Network, LayerId::Tcp);
    let outcome = CheckRun::at(format!("http://127.0.0.1:{port}/claude")).run().await;
    outcome.failed(Code::TcpRefused, Owner::Network, LayerId::Tcp);
}

#[tokio::test]
async fn swallowed() {
    // A full accept queue does not answer, like a firewall that drops packets.
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let listener = socket.listen(1).expect("a listener");
    let address = listener.local_addr().expect("an address");
    let mut queue = Vec::new();
    while let Ok(Ok(stream)) =
        tokio::time::timeout(std::time::Duration::from_millis(300), TcpStream::connect(address)).await
    {
        queue.push(stream);
    }
    let outcome = CheckRun::at(format!("https://{address}/claude")).run().await;
    outcome.failed(Code::TcpTimeout, Owner::Network, LayerId::Tcp);
}

#[tokio::test]
async fn cut_before_and_after_the_first_word() {
    for behaviour in [Behaviour::ResetAtOnce, Behaviour::ResetAfterHello, Behaviour::CloseAfterHello] {
        let server = Server::start(behaviour).await;
        let outcome = CheckRun::host(server.port()).run().await;
        outcome.failed(Code::Reset, Owner::Network, LayerId::Tls);
        assert_no_canary(&server.raw());
    }
}

#[tokio::test]
async fn a_handshake_that_stalls() {
    let server = Server::start(Behaviour::Silence).await;
    let outcome = CheckRun::host(server.port()).run().await;
    outcome.failed(Code::TcpTimeout, Owner::Network, LayerId::Tls);
    assert_no_canary(&server.raw());
}

#[tokio::test]
async fn no_tls_in_common() {
    // A fatal alert "protocol version" in a TLS 1.0 record, as an old server sends it.
    let old = Behaviour::Says(&[0x15, 3, 1, 0, 2, 2, 70]);
    let wants_tls = Behaviour::Says(b"HTTP/1.1 400 Bad Request\r\n\r\nThe plain HTTP request was sent to HTTPS port");
    let ssh = Behaviour::Says(b"SSH-2.0-OpenSSH_9.6\r\n");
    for behaviour in [old, wants_tls, ssh] {
        let server = Server::start(behaviour).await;
        let outcome = CheckRun::host(server.port()).run().await;
        outcome.failed(Code::TlsProto, Owner::ThisComputer, LayerId::Tls);
        assert_no_canary(&server.raw());
    }
}

#[tokio::test]
async fn a_server_without_encryption_is_named_and_no_proxy_is_blamed() {
    let server = Server::start(Behaviour::Says(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n")).await;
    let outcome = CheckRun::host(server.port()).run().await;
    outcome.failed(Code::WrongScheme, Owner::AirouterSetup, LayerId::Tls);
    assert_eq!(outcome.evidence("because"), Some("speaks-http"));
    assert_no_canary(&server.raw());
}
