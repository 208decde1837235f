//! A server with a scripted behaviour that records every byte it receives.

use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;

use crate::pki::{Leaf, side};

/// What a server does with a connection.
#[derive(Clone)]
pub(crate) enum Behaviour {
    /// Resets at once.
    ResetAtOnce,
    /// Waits for the first bytes, then resets.
    ResetAfterHello,
    /// Waits for the first bytes, then closes.
    CloseAfterHello,
    /// Never sends anything.
    Silence,
    /// Waits for the first bytes, sends this and closes.
    Says(&'static [u8]),
    /// TLS, then HTTP by a script.
    Tls(Leaf, Script),
    /// TLS; forwards everything to a plain server at this local port.
    TlsTo(Leaf, u16),
    /// HTTP by a script.
    Plain(Script),
}

/// Maps the head of a request to the response.
pub(crate) type Script = Arc<dyn Fn(&str) -> Response + Send + Sync>;

/// A response, and what happens to the connection afterwards.
pub(crate) struct Response {
    pub(crate) bytes: Vec<u8>,
    pub(crate) then: Then,
}

/// What happens to the connection after the response.
pub(crate) enum Then {
    /// It stays open for another request.
    Keep,
    Close,
    /// It stays open, and nothing more is sent.
    Silence,
    /// These bytes are sent without end.
    Repeat(Vec<u8>),
    /// The response is sent byte by byte, without end.
    Drip,
}

/// A script that always gives the same response.
pub(crate) fn always(bytes: impl Into<Vec<u8>>, then: fn() -> Then) -> Script {
    let bytes = bytes.into();
    Arc::new(move |_| Response { bytes: bytes.clone(), then: then() })
}

/// A complete HTTP/1.1 reply.
pub(crate) fn reply(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\n\r\n{body}", body.len())
}

/// A reserved port without a server.
pub(crate) struct ClosedPort(tokio::net::TcpSocket);

impl ClosedPort {
    pub(crate) fn reserve() -> Self {
        let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
        socket.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
        Self(socket)
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.local_addr().expect("an address").port()
    }
}

/// A listener.
pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    raw: Recorded,
    plain: Recorded,
    task: tokio::task::JoinHandle<()>,
}

type Recorded = Arc<Mutex<Vec<u8>>>;

impl Server {
    pub(crate) async fn start(behaviour: Behaviour) -> Self {
        Self::start_at("127.0.0.1", behaviour).await
    }

    pub(crate) async fn start_at(ip: &str, behaviour: Behaviour) -> Self {
        let listener = TcpListener::bind((ip, 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (raw, plain) = (Recorded::default(), Recorded::default());
        let (to_raw, to_plain) = (raw.clone(), plain.clone());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (behaviour, raw, plain) = (behaviour.clone(), to_raw.clone(), to_plain.clone());
                tokio::spawn(async move {
                    // The client may close the connection at any moment.
                    let _ = serve(behaviour, RecordingStream { stream, recorded: raw }, plain).await;
                });
            }
        });
        Self { address, raw, plain, task }
    }

    pub(crate) fn port(&self) -> u16 {
        self.address.port()
    }

    /// Every byte that was received, before TLS decryption.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.raw.lock().expect("unharmed").clone()
    }

    /// What was received within TLS, or in plain HTTP.
    pub(crate) fn requests(&self) -> String {
        String::from_utf8_lossy(&self.plain.lock().expect("unharmed")).into_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(behaviour: Behaviour, mut stream: RecordingStream<TcpStream>, recorded: Recorded) -> io::Result<()> {
    match behaviour {
        Behaviour::ResetAtOnce => stream.stream.set_zero_linger(),
        Behaviour::ResetAfterHello => {
            read_some(&mut stream).await?;
            stream.stream.set_zero_linger()
        }
        Behaviour::CloseAfterHello => {
            read_some(&mut stream).await?;
            stream.shutdown().await
        }
        Behaviour::Silence => {
            while read_some(&mut stream).await? > 0 {}
            std::future::pending().await
        }
        Behaviour::Says(bytes) => {
            read_some(&mut stream).await?;
            stream.write_all(bytes).await?;
            stream.shutdown().await
        }
        Behaviour::Tls(leaf, script) => {
            let stream = TlsAcceptor::from(side(leaf)).accept(stream).await?;
            converse(RecordingStream { stream, recorded }, &script).await
        }
        Behaviour::TlsTo(leaf, port) => {
            let stream = TlsAcceptor::from(side(leaf)).accept(stream).await?;
            let mut behind = TcpStream::connect(("127.0.0.1", port)).await?;
            copy_bidirectional(&mut RecordingStream { stream, recorded }, &mut behind).await.map(|_| ())
        }
        Behaviour::Plain(script) => converse(RecordingStream { stream, recorded }, &script).await,
    }
}

/// Reads what is available.
async fn read_some(stream: &mut RecordingStream<TcpStream>) -> io::Result<usize> {
    stream.read(&mut [0; 4096]).await
}

/// HTTP/1.1, one request after another.
async fn converse<S: AsyncRead + AsyncWrite + Unpin>(
    mut stream: RecordingStream<S>,
    script: &Script,
) -> io::Result<()> {
    loop {
        let head = read_head(&mut stream).await?;
        let length =
            head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:")?.trim().parse().ok());
        stream.read_exact(&mut vec![0; length.unwrap_or(0)]).await?;
        let response = script(&head);
        match response.then {
            Then::Drip => {
                for byte in response.bytes.iter().cycle() {
                    stream.write_all(&[*byte]).await?;
                    stream.flush().await?;
                    tokio::time::sleep(Duration::from_millis(40)).await;
                }
            }
            then => {
                stream.write_all(&response.bytes).await?;
                stream.flush().await?;
                match then {
                    Then::Keep | Then::Drip => {}
                    Then::Close => return stream.shutdown().await,
                    Then::Silence => return std::future::pending().await,
                    Then::Repeat(bytes) => loop {
                        stream.write_all(&bytes).await?;
                    },
                }
            }
        }
    }
}

pub(crate) async fn read_head<S: AsyncRead + Unpin>(stream: &mut S) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await?);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// A stream that records everything that is read from it.
pub(crate) struct RecordingStream<S> {
    pub(crate) stream: S,
    pub(crate) recorded: Recorded,
}

impl<S: AsyncRead + Unpin> AsyncRead for RecordingStream<S> {
    fn poll_read(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let before = buf.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buf))?;
        self.recorded.lock().expect("unharmed").extend_from_slice(&buf.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for RecordingStream<S> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
