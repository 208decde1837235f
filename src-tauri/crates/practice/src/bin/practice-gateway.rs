//! `practice-gateway [--port N] [--fault NAME]`: prints its address as one line of JSON and runs until killed.

use std::io::Write;
use std::process::ExitCode;

use airouter_practice::gateway::{Fault, GatewayOptions, start};

const USAGE: &str = "usage: practice-gateway [--port N] [--fault NAME]";

#[tokio::main]
async fn main() -> ExitCode {
    let Some(options) = options(std::env::args().skip(1)) else {
        let _ = writeln!(std::io::stderr(), "{USAGE}");
        return ExitCode::from(2);
    };
    match start(options).await {
        Ok(gateway) => {
            let address = serde_json::json!({ "base": gateway.base_url() });
            let _ = writeln!(std::io::stdout(), "{address}");
            std::future::pending().await
        }
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "practice-gateway: {error}");
            ExitCode::FAILURE
        }
    }
}

fn options(mut words: impl Iterator<Item = String>) -> Option<GatewayOptions> {
    let mut options = GatewayOptions::default();
    while let Some(word) = words.next() {
        match word.as_str() {
            "--port" => options.port = words.next()?.parse().ok()?,
            "--fault" => options.fault = Some(Fault::named(&words.next()?)?),
            _ => return None,
        }
    }
    Some(options)
}
