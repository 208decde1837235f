//! Tests whether a server that did not answer in TLS speaks plain HTTP. The usual mistakes are an address without
//! encryption and a proxy that is written `https://`. The request has no key and no login in it.

use std::net::SocketAddr;
use std::time::Duration;

use airouter_core::proxy::{Proxy, ProxyKind};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::{Instant, timeout_at};

use super::USER_AGENT;
use super::connect::connect;

/// How long the answer may take: an HTTP server answers at once.
const LIMIT: Duration = Duration::from_secs(3);
/// Most of the answer that is read, in bytes.
const MOST: u64 = 2048;
/// Parts of the HTTP replies that servers send on a port that requires TLS.
const WANTS_TLS: [&str; 5] = ["to https port", "ssl-enabled", "to an https server", "requires tls", "use https"];

/// True if a server answers in HTTP and does not ask for TLS in its answer.
pub(super) async fn is_spoken(addresses: &[SocketAddr], host: &str) -> bool {
    let request = format!("HEAD / HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\nConnection: close\r\n\r\n");
    ask(addresses, &request).await
}

/// True if a proxy that is written `https://` answers in HTTP.
pub(super) async fn is_spoken_by(proxy: &Proxy, addresses: &[SocketAddr], name: &str, port: u16) -> bool {
    let place = if name.contains(':') { format!("[{name}]:{port}") } else { format!("{name}:{port}") };
    let request = format!("CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: {USER_AGENT}\r\n\r\n");
    proxy.kind() == ProxyKind::Https && ask(addresses, &request).await
}

async fn ask(addresses: &[SocketAddr], request: &str) -> bool {
    let until = Instant::now() + LIMIT;
    let Ok(mut connected) = connect(addresses, until).await else { return false };
    let mut answer = Vec::new();
    let asked = timeout_at(until, async {
        connected.stream.write_all(request.as_bytes()).await?;
        (&mut connected.stream).take(MOST).read_to_end(&mut answer).await
    });
    // What came before the timeout is used as well.
    let _ = asked.await;
    let answer = String::from_utf8_lossy(&answer).to_lowercase();
    answer.starts_with("http/1.") && WANTS_TLS.iter().all(|words| !answer.contains(words))
}
