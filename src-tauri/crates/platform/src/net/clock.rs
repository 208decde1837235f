//! Asks a server for the time, only if a certificate looks expired or not yet valid.
//!
//! The answer cannot be encrypted, since encryption is what fails, so it may be forged. It decides only who is
//! named as the owner of the problem. The request has no key in it.

use std::net::SocketAddr;
use std::time::UNIX_EPOCH;

use airouter_core::check::hours_off;
use airouter_core::proxy::{Proxy, ProxyKind};
use tokio::io::AsyncWriteExt;
use tokio::time::{Instant, timeout_at};

use super::USER_AGENT;
use super::connect::connect;
use super::options::Options;
use super::tls::since_1970;
use super::tunnel::{header, read_head};

/// Which server to ask.
pub(super) enum Ask<'a> {
    /// The gateway's own addresses.
    Directly(&'a [SocketAddr]),
    /// The proxy at these addresses.
    Through(&'a Proxy, &'a [SocketAddr]),
}

/// By how many hours this computer's clock is off, if it is known to be off by more than a day.
/// `date` is the `Date` header of an earlier reply, if there was one; else the server is asked.
pub(super) async fn off(date: Option<&str>, name: &str, ask: Ask<'_>, options: &Options) -> Option<u64> {
    let date = match date.and_then(seconds) {
        Some(date) => Some(date),
        None => plain_date(name, ask, options).await.as_deref().and_then(seconds),
    };
    hours_off(since_1970(options.clock).as_secs(), date, built())
}

/// The `Date` header of a reply over plain HTTP.
async fn plain_date(name: &str, ask: Ask<'_>, options: &Options) -> Option<String> {
    let until = Instant::now() + options.limits.clock;
    let port = options.plain_port.0;
    let host = if name.contains(':') { format!("[{name}]") } else { name.to_owned() };
    let host = if port == 80 { host } else { format!("{host}:{port}") };
    let (addresses, target) = match ask {
        Ask::Directly(addresses) => {
            (addresses.iter().map(|address| SocketAddr::new(address.ip(), port)).collect(), "/".to_owned())
        }
        Ask::Through(proxy, addresses) if proxy.kind() == ProxyKind::Http => {
            (addresses.to_vec(), format!("http://{host}/"))
        }
        Ask::Through(..) => return None,
    };
    let mut stream = connect(&addresses, until).await.ok()?.stream;
    let request =
        format!("HEAD {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\nConnection: close\r\n\r\n");
    let answer = timeout_at(until, async {
        stream.write_all(request.as_bytes()).await?;
        read_head(&mut stream).await
    });
    header(&answer.await.ok()?.ok()?, "date")
}

fn seconds(date: &str) -> Option<u64> {
    Some(httpdate::parse_http_date(date).ok()?.duration_since(UNIX_EPOCH).ok()?.as_secs())
}

/// When this program was built, in seconds since 1970.
fn built() -> u64 {
    env!("AIROUTER_BUILT").parse().unwrap_or(0)
}
