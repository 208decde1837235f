//! The credential program's contract, with a real key ring and without one.
#![allow(clippy::disallowed_methods, missing_docs, reason = "a test works on processes")]

use std::io::Write;
use std::process::{Command, Output, Stdio};

use anyhow::Result;
use e2e::home::Home;
use e2e::programs;

const KEY: &str = "sk-canary-credential-0123456789";

fn credential(home: &Home, words: &[&str], input: &str) -> Result<Output> {
    finish(home.command(programs().join("airouter-credential")).args(words), input)
}

fn finish(command: &mut Command, input: &str) -> Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    if let Some(mut stdin) = child.stdin.take() {
        let _ = stdin.write_all(input.as_bytes());
    }
    Ok(child.wait_with_output()?)
}

#[track_caller]
fn check(output: &Output, code: i32, stdout: &str) {
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(
        (output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()),
        (Some(code), stdout),
        "{error}"
    );
    assert_eq!(
        error.lines().count(),
        usize::from(code != 0),
        "one line on standard error, only when it fails: {error:?}"
    );
    assert!(!error.contains("canary"), "{error}");
}

#[test]
fn a_key_goes_in_comes_out_and_is_forgotten() -> Result<()> {
    let home = Home::new()?;
    check(&credential(&home, &[], "")?, 3, "");
    check(&credential(&home, &["check"], "")?, 3, "");
    check(&credential(&home, &["version"], "")?, 0, env!("CARGO_PKG_VERSION"));
    check(&credential(&home, &["store"], KEY)?, 0, "");
    check(&credential(&home, &[], "")?, 0, KEY);
    check(&credential(&home, &["print"], "")?, 0, KEY);
    check(&credential(&home, &["check"], "")?, 0, "");
    check(&credential(&home, &["store"], "sk-canary-another-0123456789\n")?, 0, "");
    check(&credential(&home, &["print"], "")?, 0, "sk-canary-another-0123456789");
    check(&credential(&home, &["forget"], "")?, 0, "");
    check(&credential(&home, &["forget"], "")?, 3, "");
    Ok(())
}

#[test]
fn what_is_not_a_key_is_refused() -> Result<()> {
    let home = Home::new()?;
    check(&credential(&home, &["store"], "")?, 2, "");
    check(&credential(&home, &["store"], "two words canary")?, 2, "");
    check(&credential(&home, &["store"], "sk-canary-密钥")?, 2, "");
    check(&credential(&home, &["store"], &"a".repeat(2561))?, 6, "");
    check(&credential(&home, &["store"], &"a".repeat(2560))?, 0, "");
    check(&credential(&home, &["sk-canary-on-the-command-line"], "")?, 2, "");
    Ok(())
}

#[test]
fn a_computer_without_a_keychain_says_so() -> Result<()> {
    let home = Home::new()?;
    let mut command = home.command(programs().join("airouter-credential"));
    command
        .arg("store")
        .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
        .env("XDG_RUNTIME_DIR", "/nonexistent");
    check(&finish(&mut command, KEY)?, 4, "");
    Ok(())
}
