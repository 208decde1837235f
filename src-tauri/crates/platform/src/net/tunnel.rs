//! Asks a proxy for a tunnel with its own protocol, to learn its answer: an HTTP client reports only that there was
//! no tunnel.

use std::io;
use std::net::IpAddr;

use airouter_core::finding::Evidence;
use airouter_core::gateway::NetFault;
use airouter_core::proxy::{Proxy, ProxyKind};
use airouter_core::secret::Secret;
use base64::Engine;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use zeroize::Zeroizing;

use super::USER_AGENT;

/// Longest head of a reply that is read, in bytes.
const LONGEST_HEAD: usize = 16 * 1024;

/// A proxy's answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// Why it refused; `None` if the tunnel is open.
    pub(super) fault: Option<NetFault>,
    /// Its status, or why it is no proxy.
    pub(super) facts: Vec<Evidence>,
    /// Its `Date` header.
    pub(super) date: Option<String>,
}

/// Asks for a tunnel to a host, whose name the proxy looks up itself.
pub(super) async fn ask<S>(stream: &mut S, proxy: &Proxy, name: &str, port: u16) -> Answer
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let asked = match proxy.kind() {
        ProxyKind::Http | ProxyKind::Https => connect(stream, proxy, name, port).await,
        ProxyKind::Socks5 => socks5(stream, proxy, name, port).await,
    };
    asked.unwrap_or_else(|_| refused(NetFault::ProxyDown, "because", "not-a-proxy"))
}

async fn connect<S>(stream: &mut S, proxy: &Proxy, name: &str, port: u16) -> io::Result<Answer>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let place = if name.contains(':') { format!("[{name}]:{port}") } else { format!("{name}:{port}") };
    let login = proxy.login().map_or_else(Zeroizing::default, authorization);
    let request = Zeroizing::new(format!(
        "CONNECT {place} HTTP/1.1\r\nHost: {place}\r\nUser-Agent: {USER_AGENT}\r\n{}\r\n",
        login.as_str()
    ));
    stream.write_all(request.as_bytes()).await?;
    let head = read_head(stream).await?;
    let date = header(&head, "date");
    let answer = match status(&head) {
        Some(200..300) => Answer { fault: None, facts: Vec::new(), date: None },
        Some(407) => refused(NetFault::ProxyAuth, "proxy_status", 407),
        // A web server that was taken for a proxy knows no CONNECT.
        Some(code @ (405 | 501)) => {
            let mut answer = refused(NetFault::ProxyDown, "because", "not-a-proxy");
            answer.facts.push(Evidence::new("proxy_status", code));
            answer
        }
        Some(code) => refused(NetFault::ProxyBlock, "proxy_status", code),
        None => refused(NetFault::ProxyDown, "because", "not-a-proxy"),
    };
    Ok(Answer { date, ..answer })
}

/// RFC 1928 and 1929.
async fn socks5<S>(stream: &mut S, proxy: &Proxy, name: &str, port: u16) -> io::Result<Answer>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let hello: &[u8] = if proxy.login().is_some() { &[5, 2, 0, 2] } else { &[5, 1, 0] };
    stream.write_all(hello).await?;
    let mut chosen = [0; 2];
    stream.read_exact(&mut chosen).await?;
    match (chosen, proxy.login()) {
        ([5, 0], _) => {}
        ([5, 2], Some(login)) => {
            stream.write_all(&socks5_login(login)?).await?;
            let mut verdict = [0; 2];
            stream.read_exact(&mut verdict).await?;
            if verdict[1] != 0 {
                return Ok(refused(NetFault::ProxyAuth, "proxy_status", "login"));
            }
        }
        ([5, _], _) => return Ok(refused(NetFault::ProxyAuth, "proxy_status", "login")),
        _ => return Ok(refused(NetFault::ProxyDown, "because", "not-a-proxy")),
    }
    stream.write_all(&socks5_request(name, port)?).await?;
    let mut verdict = [0; 4];
    stream.read_exact(&mut verdict).await?;
    if verdict[0] != 5 {
        return Ok(refused(NetFault::ProxyDown, "because", "not-a-proxy"));
    }
    if verdict[1] != 0 {
        return Ok(refused(NetFault::ProxyBlock, "proxy_status", format!("socks {}", verdict[1])));
    }
    let rest = match verdict[3] {
        1 => 4,
        4 => 16,
        _ => usize::from(stream.read_u8().await?),
    };
    let mut bound = vec![0; rest + 2];
    stream.read_exact(&mut bound).await?;
    Ok(Answer { fault: None, facts: Vec::new(), date: None })
}

fn socks5_login((name, password): (&Secret, &Secret)) -> io::Result<Zeroizing<Vec<u8>>> {
    let mut message = Zeroizing::new(vec![1]);
    for part in [name, password] {
        message.push(u8::try_from(part.reveal().len()).map_err(io::Error::other)?);
        message.extend_from_slice(part.reveal().as_bytes());
    }
    Ok(message)
}

fn socks5_request(name: &str, port: u16) -> io::Result<Vec<u8>> {
    let mut message = vec![5, 1, 0];
    match name.parse() {
        Ok(IpAddr::V4(address)) => {
            message.push(1);
            message.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            message.push(4);
            message.extend(address.octets());
        }
        Err(_) => {
            message.extend([3, u8::try_from(name.len()).map_err(io::Error::other)?]);
            message.extend(name.as_bytes());
        }
    }
    message.extend(port.to_be_bytes());
    Ok(message)
}

fn authorization((name, password): (&Secret, &Secret)) -> Zeroizing<String> {
    let both = Zeroizing::new(format!("{}:{}", name.reveal(), password.reveal()));
    let encoded = Zeroizing::new(base64::engine::general_purpose::STANDARD.encode(both.as_bytes()));
    Zeroizing::new(format!("Proxy-Authorization: Basic {}\r\n", encoded.as_str()))
}

fn refused(fault: NetFault, name: &str, value: impl ToString) -> Answer {
    Answer { fault: Some(fault), facts: vec![Evidence::new(name, value)], date: None }
}

/// Reads up to the empty line and not a byte further: what follows belongs to the next protocol layer.
///
/// # Errors
/// The error of the connection, or if the head is too long.
pub(super) async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") && !head.ends_with(b"\n\n") {
        if head.len() == LONGEST_HEAD {
            return Err(io::Error::other("the head has no end"));
        }
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The status of an HTTP reply.
fn status(head: &str) -> Option<u16> {
    let line = head.lines().next()?;
    line.starts_with("HTTP/1.").then(|| line.split_whitespace().nth(1)?.parse().ok())?
}

/// The first value of a header field; `name` in lower case.
pub(super) fn header(head: &str, name: &str) -> Option<String> {
    head.lines().skip(1).find_map(|line| {
        let (known, value) = line.split_once(':')?;
        known.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
    })
}
