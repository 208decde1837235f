//! The session that the people of the fleet share.

use std::io::Write;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Signs everybody in anew: the key ring is read from its file and unlocked.
///
/// Its service keeps a little locked memory for every program that ever asked it, until the system gives it
/// no more (8 MiB is usual, enough for some thousands) and it ends. A person's own begins with each session.
pub(super) fn sign_in_anew() -> Result<()> {
    let mut service = Command::new("gnome-keyring-daemon");
    service.args(["--replace", "--unlock", "--components=secrets"]);
    let service = service.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut service = service.spawn().context("the key ring's service")?;
    // The password of the desk's key ring.
    service.stdin.take().context("standard input")?.write_all(b"practice")?;
    ensure!(service.wait()?.success(), "the key ring's service does not start anew");
    Ok(())
}
