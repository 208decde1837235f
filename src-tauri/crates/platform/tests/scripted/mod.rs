//! A tiny HTTP/1.1 server on loopback with scripted replies, which records the requests. It closes the connection after
//! each reply, so that no reply can leak into the next.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The kind of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The list of models.
    Models,
    /// A plain message.
    Message,
    /// A message that streams.
    Stream,
    /// A message with tools.
    Tools,
    /// Anything else.
    Other,
}

/// A request as the server saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Request {
    /// What it is for.
    pub(crate) kind: Kind,
    /// Whether it carried a key.
    pub(crate) has_key: bool,
    /// Whether the key was in `x-api-key`.
    pub(crate) by_x_api_key: bool,
}

/// What is sent back.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// A status, header fields and a body.
    Reply(u16, Vec<(String, String)>, Vec<u8>),
    /// Nothing: the connection is closed.
    Nothing,
}

/// A running server; it ends when this is dropped.
pub(crate) struct Server {
    /// Its base address.
    pub(crate) base: String,
    seen: Arc<Mutex<Vec<Request>>>,
    serving: JoinHandle<()>,
}

impl Server {
    /// Starts a server whose replies come from `answer`.
    pub(crate) async fn start(answer: impl Fn(Request) -> Answer + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (answer, notes) = (Arc::new(answer), Arc::clone(&seen));
        let serving = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (answer, notes) = (Arc::clone(&answer), Arc::clone(&notes));
                tokio::spawn(async move {
                    // The client may close the connection early.
                    let _ = serve(connection, &*answer, &notes).await;
                });
            }
        });
        Self { base, seen, serving }
    }

    /// The requests so far.
    pub(crate) fn seen(&self) -> Vec<Request> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(
    mut connection: TcpStream,
    answer: &(impl Fn(Request) -> Answer + Send + Sync),
    notes: &Mutex<Vec<Request>>,
) -> std::io::Result<()> {
    let mut text = Vec::new();
    let mut piece = [0; 8192];
    let head_end = loop {
        let read = connection.read(&mut piece).await?;
        text.extend_from_slice(&piece[..read]);
        match text.windows(4).position(|window| window == b"\r\n\r\n") {
            Some(end) => break end + 4,
            None if read == 0 => return Ok(()),
            None => {}
        }
    };
    let head = String::from_utf8_lossy(&text[..head_end]).to_lowercase();
    let field = |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim);
    let length: usize = field("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
    while text.len() < head_end + length {
        let read = connection.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        text.extend_from_slice(&piece[..read]);
    }
    let path = head.split([' ', '?']).find(|part| part.starts_with('/')).unwrap_or_default();
    let body: serde_json::Value = serde_json::from_slice(&text[head_end..]).unwrap_or_default();
    let request = Request {
        kind: match path {
            _ if path.ends_with("/v1/models") => Kind::Models,
            _ if !path.ends_with("/v1/messages") => Kind::Other,
            _ if body["stream"] == true => Kind::Stream,
            _ if body["tools"].is_array() => Kind::Tools,
            _ => Kind::Message,
        },
        has_key: field("authorization").is_some() || field("x-api-key").is_some(),
        by_x_api_key: field("x-api-key").is_some(),
    };
    notes.lock().unwrap_or_else(PoisonError::into_inner).push(request);
    let Answer::Reply(status, headers, body) = answer(request) else { return Ok(()) };
    let mut reply = format!("HTTP/1.1 {status} As recorded\r\n");
    for (name, value) in headers {
        reply.push_str(&format!("{name}: {value}\r\n"));
    }
    reply.push_str(&format!("content-length: {}\r\nconnection: close\r\n\r\n", body.len()));
    connection.write_all(reply.as_bytes()).await?;
    connection.write_all(&body).await?;
    connection.shutdown().await
}
