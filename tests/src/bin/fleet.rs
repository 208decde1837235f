//! `cargo xtask fleet`: rolls out to many homes and prints the figures.
#![allow(clippy::disallowed_methods, clippy::print_stdout, reason = "a measuring tool")]

use anyhow::Result;
use e2e::fleet::roll_out;

#[tokio::main]
async fn main() -> Result<()> {
    let homes: usize = std::env::args().nth(1).map_or(Ok(1000), |word| word.parse())?;
    let folder = tempfile::Builder::new().prefix("fleet-").tempdir()?;
    println!("{homes} homes");
    println!("stage      killed  no network  no key ring  healed  untouched  mean run  longest  both runs, a home");
    let stages = roll_out(homes, folder.path()).await?;
    for stage in &stages {
        println!(
            "{:<10} {:>6}  {:>10}  {:>11}  {:>6}  {:>9}  {:>6} ms  {:>5} ms  {:>6} ms",
            stage.name,
            stage.killed,
            stage.cut_off,
            stage.without_key_ring,
            stage.healed,
            stage.untouched,
            stage.mean.as_millis(),
            stage.longest.as_millis(),
            stage.took.as_millis() / u128::try_from(homes.max(1))?,
        );
    }
    println!("every home is as it was at first; no key is left in the key ring");
    Ok(())
}
