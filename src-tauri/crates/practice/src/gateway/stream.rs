//! An answer as server-sent events, in as many pieces as a model would send it.
//!
//! A relay has its stream from an upstream over a socket and passes on what arrives. So does this one:
//! the events are written, one chunk each, by a one-shot upstream on loopback. That makes the two things
//! worth rehearsing real: pieces that arrive one after the other, and a line that is cut.

use std::io;
use std::net::Ipv4Addr;
use std::sync::OnceLock;
use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::Fault;
use super::message::{Answer, Content};

/// Keeps the pieces apart on the wire.
const BETWEEN_PIECES: Duration = Duration::from_millis(4);

/// The streamed reply. A cut one ends in the middle without a word; one without an end has all but the
/// events that say why and that it is over.
pub(super) async fn reply(answer: &Answer, fault: Fault) -> Response {
    let mut pieces: Vec<String> = events(answer).iter().map(piece).collect();
    let cut = fault == Fault::Cut;
    if cut {
        pieces.truncate(pieces.len() / 2);
    } else if fault == Fault::NoEnd {
        pieces.truncate(pieces.len() - 2);
    }
    match relayed(pieces, cut).await {
        Ok(body) => ([(CONTENT_TYPE, "text/event-stream"), (CACHE_CONTROL, "no-cache")], body).into_response(),
        Err(_) => super::refusal::json_reply(502, json!({ "error": { "message": "bad response status code 502" } })),
    }
}

/// The events in the documented order.
fn events(answer: &Answer) -> Vec<Value> {
    let mut started = answer.to_json();
    started["content"] = json!([]);
    started["stop_reason"] = Value::Null;
    started["usage"]["output_tokens"] = json!(1);
    let mut block = answer.to_json()["content"][0].clone();
    let deltas: Vec<Value> = match &answer.content {
        Content::Text(text) => {
            block["text"] = json!("");
            halves(text).iter().map(|part| json!({ "type": "text_delta", "text": part })).collect()
        }
        Content::ToolUse { input, .. } => {
            block["input"] = json!({});
            let whole = input.to_string();
            let parts = std::iter::once(String::new()).chain(halves(&whole));
            parts.map(|part| json!({ "type": "input_json_delta", "partial_json": part })).collect()
        }
    };
    let mut events = vec![
        json!({ "type": "message_start", "message": started }),
        json!({ "type": "content_block_start", "index": 0, "content_block": block }),
        json!({ "type": "ping" }),
    ];
    events.extend(deltas.into_iter().map(|delta| json!({ "type": "content_block_delta", "index": 0, "delta": delta })));
    events.push(json!({ "type": "content_block_stop", "index": 0 }));
    events.push(json!({
        "type": "message_delta",
        "delta": { "stop_reason": answer.stop_reason, "stop_sequence": null },
        "usage": { "output_tokens": answer.output_tokens },
    }));
    events.push(json!({ "type": "message_stop" }));
    events
}

fn piece(event: &Value) -> String {
    format!("event: {}\ndata: {event}\n\n", event["type"].as_str().unwrap_or_default())
}

/// Splits at a character in the middle, so that no delta is the whole answer.
fn halves(text: &str) -> Vec<String> {
    let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(place, _)| place);
    let (first, second) = text.split_at(middle);
    [first, second].iter().filter(|part| !part.is_empty()).map(ToString::to_string).collect()
}

/// Opens the upstream and passes on what it sends.
async fn relayed(pieces: Vec<String>, cut: bool) -> Result<Body, StreamFault> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        // A client that leaves early ends the upstream with a broken pipe, as it should.
        if let Ok((connection, _)) = listener.accept().await {
            let _ = upstream(connection, pieces, cut).await;
        }
    });
    let response = client()?.get(format!("http://{address}/")).send().await?;
    Ok(Body::from_stream(response.bytes_stream()))
}

/// One for all streams: making one reads the system's certificates, which is no part of a reply. It
/// keeps no connection, since a connection belongs to the runtime that opened it.
fn client() -> reqwest::Result<&'static reqwest::Client> {
    static CLIENT: OnceLock<reqwest::Client> = OnceLock::new();
    if let Some(client) = CLIENT.get() {
        return Ok(client);
    }
    let made = crate::client()?;
    Ok(CLIENT.get_or_init(|| made))
}

async fn upstream(mut connection: TcpStream, pieces: Vec<String>, cut: bool) -> io::Result<()> {
    let mut request = [0; 1024];
    let _head = connection.read(&mut request).await?;
    connection.write_all(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n").await?;
    for piece in pieces {
        connection.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes()).await?;
        connection.flush().await?;
        tokio::time::sleep(BETWEEN_PIECES).await;
    }
    if cut { Ok(()) } else { connection.write_all(b"0\r\n\r\n").await }
}

/// Why no stream could be opened.
enum StreamFault {
    Socket,
    Upstream,
}

impl From<io::Error> for StreamFault {
    fn from(_: io::Error) -> Self {
        Self::Socket
    }
}

impl From<reqwest::Error> for StreamFault {
    fn from(_: reqwest::Error) -> Self {
        Self::Upstream
    }
}
