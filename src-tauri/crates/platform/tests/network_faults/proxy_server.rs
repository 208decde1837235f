//! Proxy servers that forward, refuse, or do not work.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};

use crate::server::{RecordingStream, read_head};

/// What a proxy does.
#[derive(Clone, Copy)]
pub(crate) enum ProxyBehaviour {
    /// HTTP; every tunnel leads to this local port.
    HttpTo(u16),
    /// The same, with a required login.
    HttpWithLoginTo(u16),
    /// HTTP; this is the reply.
    HttpSays(&'static str),
    /// SOCKS; every tunnel leads to this local port.
    SocksTo(u16),
    /// The same, with a required login.
    SocksWithLoginTo(u16),
    /// SOCKS; refuses with this code.
    SocksRefuses(u8),
    /// SOCKS; accepts no client without a login.
    SocksWantsLogin,
}

/// A proxy.
pub(crate) struct ProxyServer {
    pub(crate) address: SocketAddr,
    recorded: Arc<Mutex<Vec<u8>>>,
    task: tokio::task::JoinHandle<()>,
}

impl ProxyServer {
    pub(crate) async fn start(gate: ProxyBehaviour) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let recorded = Arc::new(Mutex::new(Vec::new()));
        let to = recorded.clone();
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let recorded = to.clone();
                tokio::spawn(async move {
                    let _ = serve(gate, RecordingStream { stream, recorded }).await;
                });
            }
        });
        Self { address, recorded, task }
    }

    pub(crate) fn raw(&self) -> Vec<u8> {
        self.recorded.lock().expect("unharmed").clone()
    }
}

impl Drop for ProxyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(gate: ProxyBehaviour, mut stream: RecordingStream<TcpStream>) -> io::Result<()> {
    match gate {
        ProxyBehaviour::HttpTo(port) => {
            read_head(&mut stream).await?;
            let date = httpdate::fmt_http_date(std::time::SystemTime::now());
            stream.write_all(format!("HTTP/1.1 200 Connection established\r\nDate: {date}\r\n\r\n").as_bytes()).await?;
            pass_on(stream, port).await
        }
        ProxyBehaviour::HttpWithLoginTo(port) => {
            // li:s3cret
            let head = read_head(&mut stream).await?.to_lowercase();
            if !head.contains("proxy-authorization: basic bgk6cznjcmv0") {
                return stream.write_all(b"HTTP/1.1 407 Login\r\ncontent-length: 0\r\n\r\n").await;
            }
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            pass_on(stream, port).await
        }
        ProxyBehaviour::HttpSays(text) => {
            read_head(&mut stream).await?;
            stream.write_all(text.as_bytes()).await?;
            stream.shutdown().await
        }
        ProxyBehaviour::SocksTo(port) => {
            socks_hello(&mut stream, 0).await?;
            socks_request(&mut stream).await?;
            stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80]).await?;
            pass_on(stream, port).await
        }
        ProxyBehaviour::SocksWithLoginTo(port) => {
            socks_hello(&mut stream, 2).await?;
            let mut login = [0; 11];
            stream.read_exact(&mut login).await?;
            let is_right = &login == b"\x01\x02li\x06s3cret";
            stream.write_all(&[1, u8::from(!is_right)]).await?;
            socks_request(&mut stream).await?;
            stream.write_all(&[5, 0, 0, 1, 127, 0, 0, 1, 0, 80]).await?;
            pass_on(stream, port).await
        }
        ProxyBehaviour::SocksRefuses(code) => {
            socks_hello(&mut stream, 0).await?;
            socks_request(&mut stream).await?;
            stream.write_all(&[5, code, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
            stream.shutdown().await
        }
        ProxyBehaviour::SocksWantsLogin => {
            socks_hello(&mut stream, 0xff).await?;
            stream.shutdown().await
        }
    }
}

async fn socks_hello(stream: &mut RecordingStream<TcpStream>, method: u8) -> io::Result<()> {
    let mut head = [0; 2];
    stream.read_exact(&mut head).await?;
    stream.read_exact(&mut vec![0; usize::from(head[1])]).await?;
    stream.write_all(&[5, method]).await
}

async fn socks_request(stream: &mut RecordingStream<TcpStream>) -> io::Result<()> {
    let mut head = [0; 4];
    stream.read_exact(&mut head).await?;
    assert_eq!(head[3], 3, "names are looked up by the proxy");
    let length = stream.read_u8().await?;
    stream.read_exact(&mut vec![0; usize::from(length) + 2]).await.map(|_| ())
}

async fn pass_on(mut stream: RecordingStream<TcpStream>, port: u16) -> io::Result<()> {
    let mut behind = TcpStream::connect(("127.0.0.1", port)).await?;
    copy_bidirectional(&mut stream, &mut behind).await.map(|_| ())
}
