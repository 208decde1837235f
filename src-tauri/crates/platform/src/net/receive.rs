//! Receives a reply: its head, and as much of its body as is needed.
//!
//! A stream is read event by event and closed as soon as its result is clear, so that the model stops writing. An
//! encoded body is read to its end and decoded here.

use std::time::Duration;

use airouter_core::gateway::{NetFault, Reply, SseReader, StreamState, StreamWatch};
use reqwest::RequestBuilder;

use super::{encoding, fault};

/// Largest body that is read, in bytes: enough for a list of many thousand models.
pub(super) const LARGEST_BODY: usize = 10 * 1024 * 1024;

/// Sends a request and receives the reply. `limit` is enforced here, whatever limits the client has.
///
/// # Errors
/// The fault because of which there is no reply.
pub(super) async fn send(request: RequestBuilder, is_stream: bool, limit: Duration) -> Result<Reply, NetFault> {
    tokio::time::timeout(limit, receive(request, is_stream)).await.unwrap_or(Err(NetFault::ReadTimeout))
}

async fn receive(request: RequestBuilder, is_stream: bool) -> Result<Reply, NetFault> {
    let mut response = request.send().await.map_err(|error| fault::of(&error))?;
    let headers: Vec<(String, String)> = response
        .headers()
        .iter()
        .map(|(name, value)| (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect();
    let mut reply = Reply { status: response.status().as_u16(), headers, ..Reply::default() };
    let is_encoded = encoding::is_encoded(&reply);
    let mut watching = (is_stream && reply.is_success() && !is_encoded).then(Watching::default);
    loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                let room = LARGEST_BODY - reply.body.len();
                reply.body.extend_from_slice(&chunk[..chunk.len().min(room)]);
                if watching.as_mut().is_some_and(|watching| watching.is_over(&chunk)) {
                    return Ok(reply);
                }
                if chunk.len() > room {
                    reply.truncated = true;
                    break;
                }
            }
            Ok(None) => break,
            Err(error) => match fault::of(&error) {
                // What came before the break is still useful, and a refusal is clear from its status alone.
                NetFault::Reset | NetFault::Other if is_stream || !reply.is_success() => {
                    reply.cut = true;
                    break;
                }
                fault => return Err(fault),
            },
        }
    }
    if is_encoded {
        match encoding::decoded(&reply, LARGEST_BODY) {
            Some(body) => reply.body = body,
            // A refusal is clear from its status, even if its body cannot be decoded.
            None if !reply.is_success() => reply.body.clear(),
            None => return Err(NetFault::Encoding),
        }
    }
    Ok(reply)
}

/// Judges a stream while it is received.
#[derive(Default)]
struct Watching {
    reader: SseReader,
    watch: StreamWatch,
}

impl Watching {
    /// True if nothing that may follow can change the result.
    fn is_over(&mut self, chunk: &[u8]) -> bool {
        let events = self.reader.push(chunk);
        events.iter().any(|event| self.watch.push(event) != StreamState::Progress)
    }
}
