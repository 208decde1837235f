//! A small gateway on loopback that answers as a row of the fixture says.

mod request;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use request::Request;

const ROWS: &str = include_str!("../../../../../tests/fixtures/engine-behaviours.jsonl");

/// One property of one gateway.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Row {
    pub(crate) name: String,
    pub(crate) kind: String,
    /// The property in words.
    pub(crate) text: String,
    /// Whether the engine got an answer and a tool call from it.
    pub(crate) works: bool,
    /// Whether its streams failed and it had to request complete answers.
    pub(crate) by_fallback: bool,
    /// Replies to the first messages, one each.
    #[serde(default)]
    first: Vec<Reply>,
    refuses: Option<Refuses>,
    replies: BTreeMap<String, Reply>,
}

/// A part of a request that is refused.
#[derive(Debug, Clone, Deserialize)]
struct Refuses {
    part: String,
    reply: Reply,
}

#[derive(Debug, Clone, Deserialize)]
struct Reply {
    status: u16,
    headers: BTreeMap<String, Option<String>>,
    body: Vec<Piece>,
    #[serde(default = "length")]
    framing: String,
    #[serde(default)]
    cut: serde_json::Value,
    #[serde(default = "version")]
    version: String,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
enum Piece {
    Text(String),
    Bytes { hex: String },
}

fn length() -> String {
    "length".to_owned()
}

fn version() -> String {
    "1.1".to_owned()
}

/// All rows. The first is healthy; the others contain only the differences from it.
pub(crate) fn rows() -> Vec<Row> {
    let mut rows: Vec<Row> = ROWS.lines().map(|line| serde_json::from_str(line).expect("a row")).collect();
    let usual = rows[0].replies.clone();
    for row in &mut rows {
        // A row's own reply for a model or header takes precedence over the usual one.
        row.replies.extend(
            usual
                .iter()
                .filter(|(key, _)| !row.replies.contains_key(*key))
                .map(|(key, reply)| (key.clone(), reply.clone()))
                .collect::<Vec<_>>(),
        );
    }
    rows
}

/// A running gateway; it ends when this is dropped.
pub(crate) struct Server {
    pub(crate) base: String,
    counters: Arc<Counters>,
    serving: JoinHandle<()>,
}

#[derive(Default)]
struct Counters {
    messages: AtomicUsize,
    count: AtomicUsize,
    now: AtomicUsize,
    most: AtomicUsize,
    strange: Mutex<Option<String>>,
}

impl Server {
    pub(crate) async fn start(row: Row) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let base = format!("http://{}/claude", listener.local_addr().expect("an address"));
        let (row, counters) = (Arc::new(row), Arc::new(Counters::default()));
        let shared = Arc::clone(&counters);
        let serving = tokio::spawn(async move {
            while let Ok((connection, _)) = listener.accept().await {
                let (row, counters) = (Arc::clone(&row), Arc::clone(&shared));
                tokio::spawn(async move {
                    // The client may close the connection early.
                    let _ = serve(connection, &row, &counters).await;
                });
            }
        });
        Self { base, counters, serving }
    }

    /// How many requests were received.
    pub(crate) fn count(&self) -> usize {
        self.counters.count.load(Ordering::SeqCst)
    }

    /// How many were served at the same time, at most.
    pub(crate) fn most_at_once(&self) -> usize {
        self.counters.most.load(Ordering::SeqCst)
    }

    /// A request without a reply in the fixture.
    pub(crate) fn strange(&self) -> Option<String> {
        self.counters.strange.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

async fn serve(mut connection: TcpStream, row: &Row, counters: &Counters) -> std::io::Result<()> {
    let Some(request) = Request::read(&mut connection).await? else { return Ok(()) };
    counters.count.fetch_add(1, Ordering::SeqCst);
    let now = counters.now.fetch_add(1, Ordering::SeqCst) + 1;
    counters.most.fetch_max(now, Ordering::SeqCst);
    let reply = row.reply(&request, counters);
    // Counted as finished before the reply is sent: the client may send its next request once it has it.
    counters.now.fetch_sub(1, Ordering::SeqCst);
    match reply {
        Some(reply) => reply.send(&mut connection, &request.model).await,
        None => {
            let strange = format!("nothing is written down for “{}”: run tests/engine/record.py", request.keys()[0]);
            *counters.strange.lock().unwrap_or_else(PoisonError::into_inner) = Some(strange);
            Ok(())
        }
    }
}

impl Row {
    fn reply(&self, request: &Request, counters: &Counters) -> Option<&Reply> {
        if request.is_message {
            let place = counters.messages.fetch_add(1, Ordering::SeqCst);
            if let Some(reply) = self.first.get(place) {
                return Some(reply);
            }
            if let Some(refuses) = self.refuses.as_ref().filter(|refuses| request.has(&refuses.part)) {
                return Some(&refuses.reply);
            }
        }
        request.keys().iter().find_map(|key| self.replies.get(key))
    }
}

impl Reply {
    async fn send(&self, connection: &mut TcpStream, model: &str) -> std::io::Result<()> {
        if self.framing == "none" {
            return Ok(());
        }
        let pieces: Vec<Vec<u8>> = self.body.iter().map(|piece| piece.bytes(model)).collect();
        let mut head = format!("HTTP/{} {} As recorded\r\n", self.version, self.status);
        for (name, value) in self.headers.iter().filter_map(|(name, value)| Some((name, value.as_ref()?))) {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        match self.framing.as_str() {
            "chunked" => head.push_str("transfer-encoding: chunked\r\n"),
            "length" => head.push_str(&format!("content-length: {}\r\n", pieces.iter().map(Vec::len).sum::<usize>())),
            _ => {}
        }
        head.push_str("connection: close\r\n\r\n");
        connection.write_all(head.as_bytes()).await?;
        for piece in &pieces {
            if self.framing == "chunked" {
                connection.write_all(format!("{:x}\r\n", piece.len()).as_bytes()).await?;
                connection.write_all(piece).await?;
                connection.write_all(b"\r\n").await?;
            } else {
                connection.write_all(piece).await?;
            }
            connection.flush().await?;
        }
        if self.framing == "chunked"
            && !matches!(self.cut, serde_json::Value::Bool(true) | serde_json::Value::String(_))
        {
            connection.write_all(b"0\r\n\r\n").await?;
        }
        connection.shutdown().await
    }
}

impl Piece {
    fn bytes(&self, model: &str) -> Vec<u8> {
        match self {
            Self::Text(text) => text.replace("@MODEL@", model).into_bytes(),
            Self::Bytes { hex } => {
                let byte = |place| u8::from_str_radix(&hex[place..place + 2], 16).expect("two digits");
                (0..hex.len()).step_by(2).map(byte).collect()
            }
        }
    }
}

pub(crate) async fn read_some(connection: &mut TcpStream, into: &mut Vec<u8>) -> std::io::Result<usize> {
    let mut piece = [0; 16 * 1024];
    let read = connection.read(&mut piece).await?;
    into.extend_from_slice(&piece[..read]);
    Ok(read)
}
