//! nginx in front of a gateway: a prefix, and its own pages where the gateway is not reached.

use std::process::Command;

use anyhow::Result;

use super::{Running, free_port};

/// A running nginx.
pub struct Nginx {
    /// Its address without a path.
    pub root: String,
    _running: Running,
}

/// Starts one. `behind` is the gateway, `late` one that may never answer. Its paths: `/claude` leads to
/// the gateway, `/small` takes no message, `/late` waits one second, `/down` leads nowhere, `/moved` is
/// elsewhere, `/dropped` says nothing, and all others are the home page.
pub async fn nginx(behind: &str, late: &str) -> Result<Nginx> {
    let address = format!("127.0.0.1:{}", free_port()?);
    let servers = format!(
        "server {{ listen {address};
           location /claude/ {{ proxy_pass {behind}/; proxy_buffering off; }}
           location /small/ {{ proxy_pass {behind}/; client_max_body_size 10; }}
           location /late/ {{ proxy_pass {late}/; proxy_read_timeout 1s; }}
           location /down/ {{ proxy_pass http://127.0.0.1:1/; }}
           location /moved/ {{ return 301 https://$host$request_uri; }}
           location /dropped/ {{ return 444; }}
           location / {{ default_type text/html; return 200 \"<!doctype html><title>home</title>\"; }} }}"
    );
    let folder = tempfile::tempdir()?;
    let settings = folder.path().join("nginx.conf");
    std::fs::write(&settings, configuration(&servers))?;
    let mut command = Command::new("/usr/sbin/nginx");
    command.arg("-p").arg(folder.path()).arg("-c").arg(&settings).args(["-e", "error.log"]);
    let running = Running::start(&mut command, folder, &address)?;
    Ok(Nginx { root: format!("http://{address}"), _running: running })
}

/// A whole configuration whose files all lie in nginx's own folder.
pub(super) fn configuration(servers: &str) -> String {
    format!(
        "pid nginx.pid; error_log error.log; daemon off; worker_processes 1; events {{}}
         http {{ access_log off; client_body_temp_path t1; proxy_temp_path t2; fastcgi_temp_path t3;
           uwsgi_temp_path t4; scgi_temp_path t5; proxy_http_version 1.1;
           {servers} }}"
    )
}
