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
mod catalogue;
mod cross;
mod deb;
mod desktop;
mod docs;
mod fleet;
mod fuzz;
mod icons;
mod machine;
mod native;
mod parts;
mod published;
mod quiet;
mod run;
mod shots;
mod step;
mod system_code;
mod test;
mod tidy;
mod times;
mod tree;
mod workflows;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <command>

  run [--live]      open the wizard in rehearsal mode; --live works on the real Claude and keychain
  test [--all] [part …]
                    what finds most faults, in a quarter of an hour on two cores; --all: everything that must
                    pass; parts: page rust e2e tree; and only when it is named: deb (the Debian package in a
                    fresh system; as root)
  cross [lane …]    the program for Windows, built and tested under Wine, its installer too, and for macOS,
                    checked; Debian only; lanes: windows installer macos
  native            on a real Windows that is thrown away afterwards, what `cross windows` runs under Wine, and
                    the stand-in Claude as a package; CI=true says that the computer is one
  bundle [kind …]   what people install: deb rpm appimage, dmg, or the programs alone, and rehearsal, the
                    archive for training; --quick to try it, --fetch to let the bundler download its tools,
                    --signed, --updatable
  rehearsal FOLDER  the archive for training, from programs that are built
  installer [--plugins | --uninstaller] FOLDER
                    the installer for Windows, from programs that are built; or first those parts of it that are
                    signed by themselves, into that folder
  workflows         what is wrong with the files that build and publish in public
  parts             lists of what the program is made of, into target/parts
  bench             how long the first screen takes, beside an empty window, a full check, beside curl,
                    and writing, beside copying; fails when one is too slow
  fleet [--homes N] a fleet of N homes (1000), provisioned, changed, repaired and undone by the command
                    line, some runs killed or without network; prints the figures
  fuzz [MINUTES]    random input for all that strangers write, 10 minutes for each of seven readers; prints
                    how many inputs it was; Linux only
  published         write docs/schema anew, and completions and the manual page into target/share
  shots             pictures of every screen, from the real program and from its page, into target/shots
  tidy              the house rules that no other tool checks
  docs              write what is generated of the handbooks: codes, their words, scripts for training
  icons             make the icon's sizes from icons/icon.svg

Each installs what it needs: Debian packages (as root or with sudo) and npm packages.";

fn main() -> ExitCode {
    match run_command() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Without the trace of this tool, which says nothing about what failed.
            eprintln!("\n── failed: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run_command() -> Result<()> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["run"] => run::rehearse(),
        ["run", "--live"] => run::live(),
        ["test", words @ ..] => test::test(words),
        ["cross", lanes @ ..] => cross::cross(lanes),
        // Cargo asks for this one.
        [cross::runner::WORD, words @ ..] => std::process::exit(cross::runner::run(words)?),
        ["native"] => native::native(),
        ["bundle", words @ ..] => bundle::bundle(words),
        ["installer", "--plugins", folder] => bundle::installer::plugins(folder.as_ref()),
        ["installer", "--uninstaller", folder] => bundle::installer::release_uninstaller(folder.as_ref()),
        ["installer", folder] => bundle::installer::release(folder.as_ref()),
        ["rehearsal", folder] => bundle::rehearsal::archive(folder.as_ref()),
        // The bundler asks for this one.
        ["papers", folder] => bundle::papers::make(folder.as_ref()),
        ["workflows"] => workflows::check(),
        ["parts"] => parts::parts(),
        ["bench"] => bench::bench(),
        ["fleet"] => fleet::fleet(1000),
        ["fleet", "--homes", homes] => fleet::fleet(homes.parse()?),
        ["fuzz"] => fuzz::fuzz(10),
        ["fuzz", minutes] => fuzz::fuzz(minutes.parse()?),
        ["published"] => published::published(),
        ["shots"] => shots::shots(),
        ["tidy"] => tidy::tidy(),
        ["docs"] => docs::docs(),
        ["icons"] => icons::icons(),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => bail!("{USAGE}"),
    }
}
