//! A gateway on loopback that gives a text back in one place of its replies, whole or in pieces, plain or
//! packed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

use airouter_core::gateway::Reply;
use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::places::{Asked, Place};

/// What it gives back next, and where.
#[derive(Clone)]
pub(crate) struct Script {
    pub(crate) place: &'static Place,
    pub(crate) text: String,
    /// Bodies go out packed.
    pub(crate) is_packed: bool,
}

pub(crate) struct Gateway {
    pub(crate) base: String,
    script: Arc<Mutex<Option<Script>>>,
}

impl Gateway {
    pub(crate) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let script: Arc<Mutex<Option<Script>>> = Arc::default();
        let scripted = Arc::clone(&script);
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let script = scripted.lock().unwrap().clone();
                // Whoever asks may leave early.
                std::thread::spawn(move || script.map(|script| answer(&connection, &script)));
            }
        });
        Self { base, script }
    }

    pub(crate) fn plays(&self, script: Script) {
        *self.script.lock().unwrap() = Some(script);
    }
}

fn answer(connection: &TcpStream, script: &Script) -> std::io::Result<()> {
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let is_list = line.starts_with("GET");
    let mut length = 0;
    loop {
        line.clear();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or(0);
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let asked = Asked { is_list, is_stream: body["stream"] == true, blocks: blocks(&body) };
    let mut reply = script.place.1(&asked, &script.text);
    // What may pass by itself is not waited for.
    reply.headers.push(("x-should-retry".to_owned(), "false".to_owned()));
    send(connection, reply, script.is_packed)
}

/// The blocks of a good answer.
fn blocks(body: &Value) -> Value {
    if body["messages"].to_string().contains("tool_result") {
        return json!([{"type": "text", "text": "secret-kestrel"}]);
    }
    let tool = body["tools"].as_array().and_then(|tools| tools.first());
    match tool.map(|tool| tool["name"].as_str().unwrap_or_default()) {
        None => json!([{"type": "text", "text": "Hi"}]),
        Some("Read") => {
            let input = json!({"file_path": "/tmp/airouter-setup-check.txt"});
            json!([{"type": "tool_use", "id": "toolu_1", "name": "Read", "input": input}])
        }
        Some(name) => json!([{"type": "tool_use", "id": "toolu_1", "name": name, "input": {}}]),
    }
}

/// Sends a reply in chunks of seven bytes, each in a packet of its own as far as the system lets it.
fn send(mut connection: &TcpStream, reply: Reply, is_packed: bool) -> std::io::Result<()> {
    connection.set_nodelay(true)?;
    let mut head = format!("HTTP/1.1 {} Reply\r\nconnection: close\r\ntransfer-encoding: chunked\r\n", reply.status);
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    let mut body = reply.body;
    if is_packed {
        head.push_str("content-encoding: gzip\r\n");
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(&body)?;
        body = packer.finish()?;
    }
    connection.write_all(format!("{head}\r\n").as_bytes())?;
    for chunk in body.chunks(7) {
        connection.write_all(&[format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat())?;
    }
    connection.write_all(b"0\r\n\r\n")?;
    connection.shutdown(Shutdown::Write)
}
