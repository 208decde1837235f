//! Portkey 1.15.2: has no keys of its own and passes the key on to the upstream that two header
//! fields name.
//!
//! It listens on every interface, so it runs in a network namespace of its own. Sockets that are files
//! are seen from both sides: one nginx on each side joins them to loopback, and the outer one adds the
//! fields, which the check does not send.

use std::process::Command;

use anyhow::{Context, Result};

use super::nginx::configuration;
use super::{Running, free_port, install};

/// A running Portkey with its two relays.
pub struct Portkey {
    /// Its base address, as Claude takes it.
    pub base: String,
    _outer: Running,
}

/// Starts one.
pub async fn portkey(upstream: &str) -> Result<Portkey> {
    let server = install::from_npm()?.join("@portkey-ai/gateway/build/start-server.js");
    let folder = tempfile::tempdir()?;
    let address = format!("127.0.0.1:{}", free_port()?);
    let (host, path) = upstream.trim_start_matches("http://").split_once('/').context("an upstream with a path")?;
    // Sockets need short names.
    let here = folder.path().display().to_string();
    let inner = format!(
        "server {{ listen unix:{here}/in; location / {{ proxy_pass http://127.0.0.1:8787; proxy_buffering off; }} }}
         server {{ listen 127.0.0.1:8900; location / {{ proxy_pass http://unix:{here}/out; proxy_buffering off; }} }}"
    );
    let outer = format!(
        "server {{ listen unix:{here}/out; location / {{ proxy_pass http://{host}; proxy_buffering off; }} }}
         server {{ listen {address}; location / {{ proxy_pass http://unix:{here}/in; proxy_buffering off;
           proxy_set_header x-portkey-provider anthropic;
           proxy_set_header x-portkey-custom-host http://127.0.0.1:8900/{path}/v1; }} }}"
    );
    for (name, servers) in [("inner", inner), ("outer", outer)] {
        std::fs::create_dir(folder.path().join(name))?;
        std::fs::write(folder.path().join(name).join("nginx.conf"), configuration(&servers))?;
    }
    let is_root = Command::new("id").arg("-u").output()?.stdout.trim_ascii() == b"0";
    let script = "
        /usr/sbin/nginx -p \"$1/outer\" -c \"$1/outer/nginx.conf\" -e error.log &
        exec unshare $2 sh -ec '
            ip link set lo up
            /usr/sbin/nginx -p \"$1/inner\" -c \"$1/inner/nginx.conf\" -e error.log &
            exec node \"$2\" --port=8787 --headless' sh \"$1\" \"$3\"";
    let mut command = Command::new("sh");
    command.args(["-ec", script, "sh", &here, if is_root { "-n" } else { "-rn" }]).arg(server);
    let outer = Running::start(&mut command, folder, &address)?;
    let portkey = Portkey { base: format!("http://{address}"), _outer: outer };
    portkey.wait()?;
    Ok(portkey)
}

impl Portkey {
    /// The relay is there before what it relays to.
    fn wait(&self) -> Result<()> {
        for _ in 0..600 {
            let asked =
                Command::new("curl").args(["-s", "-o", "/dev/null", "-w", "%{http_code}", &self.base]).output()?;
            if !asked.stdout.starts_with(b"50") {
                return Ok(());
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        anyhow::bail!("Portkey does not answer")
    }
}
