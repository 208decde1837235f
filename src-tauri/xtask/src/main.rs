//! The project's own commands: `cargo xtask run`, `cargo xtask test` and what they are made of.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a tool for the people who build the program"
)]

mod bench;
mod build;
mod bundle;
mod cross;
mod deb;
mod desk;
mod icons;
mod machine;
mod parts;
mod ports;
mod run;
mod shots;
mod step;
mod test;
mod tidy;
mod tree;
mod workflows;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <command>

  run [--live]      open the wizard in rehearsal mode; --live works on the real Claude and keychain
  test [part …]     everything that must pass; parts: page rust e2e tree; and only when it is named:
                    deb (the Debian package in a fresh system; as root)
  cross [lane …]    the program for Windows, built and tested under Wine, its installer too, and for macOS,
                    checked; Debian only; lanes: windows installer macos
  bundle [kind …]   what people install: deb rpm appimage, dmg, or the programs alone; --quick to try it,
                    --fetch to let the bundler download its tools, --signed, --updatable
  installer FOLDER  the installer for Windows, from programs that are built
  workflows         what is wrong with the files that build and publish in public
  parts             lists of what the program is made of, into target/parts
  bench             how long the first screen takes, beside an empty window, and a full check, beside curl,
                    and what writing costs, beside copying; fails when any is too slow
  shots             pictures of every screen, from the real program and from its page, into target/shots;
                    --accept takes those that the tests compare with
  tidy              the house rules that no other tool checks
  icons             make the icon's sizes from icons/icon.svg

Each installs what it needs: Debian packages (as root or with sudo) and npm packages.";

fn main() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["run"] => run::rehearse(),
        ["run", "--live"] => run::live(),
        ["test", parts @ ..] => test::test(parts),
        ["cross", lanes @ ..] => cross::cross(lanes),
        ["bundle", words @ ..] => bundle::bundle(words),
        ["installer", folder] => bundle::installer::release(folder.as_ref()),
        // The bundler asks for this one.
        ["papers", folder] => bundle::papers::make(folder.as_ref()),
        ["workflows"] => workflows::check(),
        ["parts"] => parts::parts(),
        ["bench"] => bench::bench(),
        ["shots"] => shots::shots(),
        ["shots", "--accept"] => shots::accept(),
        ["tidy"] => tidy::tidy(),
        ["icons"] => icons::icons(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("{USAGE}"),
    }
}
