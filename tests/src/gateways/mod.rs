//! Gateways that nobody here wrote, from PyPI, npm and Debian, installed below the target folder. Each
//! is given the practice gateway as its upstream, listens on loopback only and ends with the test.

mod claude_code_router;
mod install;
mod keyway;
mod litellm;
mod nginx;
mod portkey;

pub use claude_code_router::{CodeRouter, claude_code_router};
pub use keyway::{Keyway, keyway};
pub use litellm::{LiteLlm, litellm};
pub use nginx::{Nginx, nginx};
pub use portkey::{Portkey, portkey};

use std::os::unix::process::CommandExt;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use airouter_practice::gateway::Fault;
use anyhow::{Result, bail};

/// The model that all of them offer and the practice gateway answers.
pub const MODEL: &str = "claude-haiku-4-5-20251001";

/// What the upstream may refuse a gateway's own key for; each gateway has a way to each of them.
pub const UPSTREAM: &[Fault] =
    &[Fault::Rejected, Fault::Payment, Fault::RateLimited, Fault::Overloaded, Fault::Upstream, Fault::NoChannel];

/// A gateway that is running, with all that it started; it is ended when this is dropped.
struct Running {
    child: Child,
    _folder: tempfile::TempDir,
}

impl Running {
    /// Starts a program in a folder of its own and waits until something answers at an address.
    fn start(command: &mut Command, folder: tempfile::TempDir, address: &str) -> Result<Self> {
        let log = std::fs::File::create(folder.path().join("said.txt"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        // A group of its own, so that its children end with it.
        let child = command.process_group(0).spawn()?;
        let mut running = Self { child, _folder: folder };
        for _ in 0..1200 {
            if std::net::TcpStream::connect(address).is_ok() {
                return Ok(running);
            }
            if running.child.try_wait()?.is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        let said = std::fs::read_to_string(running._folder.path().join("said.txt")).unwrap_or_default();
        bail!("nothing answers at {address}: {said}")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let group = format!("-{}", self.child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
        let _ = self.child.wait();
    }
}

fn free_port() -> Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
