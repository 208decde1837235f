//! Only one app runs for one root; a second start asks the first to show its window, and ends.
//!
//! The lock lives in the ordinary folder, because a start in ordinary mode must leave the other root
//! alone. It is held by the operating system, so a crashed app leaves nothing that bars the next start.

use std::fs::{File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::path::PathBuf;

use tokio::net::TcpListener;

use super::files;
use super::sources::Sources;

/// The right to be the one; given back when dropped.
pub(super) struct OnlyOne {
    _lock: File,
    calls: TcpListener,
    port: PathBuf,
}

/// Takes the right; `None` when another app has it and was asked to show itself.
pub(super) async fn take(sources: &Sources) -> io::Result<Option<OnlyOne>> {
    files::make_private_folder(&sources.ordinary_root)?;
    let mut hasher = DefaultHasher::new();
    sources.third_party_root.hash(&mut hasher);
    let name = format!("practice-{:016x}", hasher.finish());
    let port = sources.ordinary_root.join(format!("{name}.port"));
    let lock = sources.ordinary_root.join(format!("{name}.lock"));
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(lock)?;
    if lock.try_lock().is_err() {
        // The first may be on its way out; then there is nobody to show anything.
        let _ = call(&port);
        return Ok(None);
    }
    let calls = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    files::write_private(&port, &calls.local_addr()?.port().to_string())?;
    Ok(Some(OnlyOne { _lock: lock, calls, port }))
}

/// Calls the first app and waits until it has noted the call.
fn call(port: &PathBuf) -> io::Result<()> {
    let number = std::fs::read_to_string(port)?.parse().map_err(|_| io::ErrorKind::InvalidData)?;
    let mut line = TcpStream::connect((Ipv4Addr::LOCALHOST, number))?;
    line.write_all(b"show")?;
    line.read_to_end(&mut Vec::new()).map(drop)
}

/// A call of a second start; dropping it lets the caller go.
pub(super) struct Call(#[expect(dead_code, reason = "held open until the call has been noted")] tokio::net::TcpStream);

impl OnlyOne {
    /// Waits for a second start.
    pub(super) async fn called(&self) -> Call {
        loop {
            if let Ok((line, _)) = self.calls.accept().await {
                return Call(line);
            }
        }
    }
}

impl Drop for OnlyOne {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.port);
    }
}
