//! The credential helper, run exactly as documented: directly, without arguments, without a shell.
//!
//! Its output is one bare token or one JSON object; a second line, a space or a log message in it makes the
//! whole run a failure. Standard error is only logged, and words that also stood on standard output are
//! taken out of it first, so that a chatty program cannot put the key into the log.

use std::path::Path;
use std::process::{Output, Stdio};
use std::time::Duration;

use serde_json::{Map, Value};
use tokio::process::Command;

use super::connection::{CredentialSource, Secret, headers};
use super::log::Log;
use super::strict_json;

/// Why the helper is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Context {
    /// A person is there and may be asked.
    Interactive,
    /// The health check.
    Background,
}

/// What a request is signed with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Credential {
    pub(super) token: Secret,
    pub(super) headers: Vec<(String, String)>,
}

/// How a run of the helper failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HelperFault {
    NotStarted { code: &'static str },
    TimedOut,
    Exit { status: Option<i32>, said: String },
    Output,
}

/// Gets the credential; a failure is logged and gives `None`.
pub(super) async fn resolve(source: &CredentialSource, context: Context, log: &Log) -> Option<Credential> {
    let (path, timeout) = match source {
        CredentialSource::Static(key) => return Some(Credential { token: key.clone(), headers: Vec::new() }),
        CredentialSource::Program { path, timeout } => (path, *timeout),
    };
    match ask(path, timeout, context).await {
        Ok((credential, said)) => {
            if !said.is_empty() {
                log.info(format!("[custom-3p] helper stderr: {said}"));
            }
            Some(credential)
        }
        Err(fault) => {
            log.error(fault.line(path, timeout));
            None
        }
    }
}

async fn ask(path: &Path, timeout: Duration, context: Context) -> Result<(Credential, String), HelperFault> {
    if let Some(code) = cannot_run(path) {
        return Err(HelperFault::NotStarted { code });
    }
    let mut command = Command::new(path);
    command.env("CLAUDE_HELPER_CONTEXT", context.name());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    if cfg!(unix) {
        command.current_dir("/");
    }
    let child = command.spawn().map_err(|_| HelperFault::NotStarted { code: "EACCES" })?;
    let output = match tokio::time::timeout(timeout, child.wait_with_output()).await {
        Ok(Ok(output)) => output,
        Ok(Err(_)) => return Err(HelperFault::Output),
        Err(_) => return Err(HelperFault::TimedOut),
    };
    let said = redacted(&output);
    if !output.status.success() {
        return Err(HelperFault::Exit { status: output.status.code(), said });
    }
    Ok((read(&output.stdout).ok_or(HelperFault::Output)?, said))
}

/// Takes standard output for a credential.
fn read(stdout: &[u8]) -> Option<Credential> {
    let text = std::str::from_utf8(stdout).ok()?.trim();
    if !text.starts_with('{') {
        return Some(Credential { token: Secret::parse(text)?, headers: Vec::new() });
    }
    let mut object: Map<String, Value> = strict_json::object(text.as_bytes()).ok()?;
    let token = Secret::parse(object.remove("token")?.as_str()?)?;
    let extra = object.remove("headers");
    if !object.is_empty() || extra.as_ref().is_some_and(|extra| !extra.is_object()) {
        return None;
    }
    Some(Credential { token, headers: headers(extra.as_ref()).ok()? })
}

/// The system's reason not to run a file, told apart before the attempt. Without this check the C library
/// would hand a file without a magic number to a shell.
fn cannot_run(path: &Path) -> Option<&'static str> {
    let Ok(found) = std::fs::metadata(path) else { return Some("ENOENT") };
    if !found.is_file() {
        return Some("EACCES");
    }
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::mode(&found) & 0o111 == 0 {
        return Some("EACCES");
    }
    let start = std::fs::read(path).unwrap_or_default();
    let runs = start.starts_with(b"#!") || start.starts_with(b"\x7fELF");
    if cfg!(target_os = "linux") && !runs {
        return Some("ENOEXEC");
    }
    // Node starts no script without a shell, and the app uses none (G): only a real program runs.
    let is_program = start.starts_with(b"MZ") && path.extension().is_some_and(|ending| ending == "exe");
    if cfg!(windows) && !is_program { Some("EINVAL") } else { None }
}

/// Standard error in one line, without any longer word of standard output.
fn redacted(output: &Output) -> String {
    let mut said = String::from_utf8_lossy(&output.stderr).split_whitespace().collect::<Vec<_>>().join(" ");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    for word in printed.split(|letter: char| letter.is_whitespace() || "\"{},:".contains(letter)) {
        if word.len() >= 8 {
            said = said.replace(word, "[redacted]");
        }
    }
    said
}

impl Context {
    fn name(self) -> &'static str {
        match self {
            Self::Interactive => "interactive",
            Self::Background => "background",
        }
    }
}

impl HelperFault {
    fn line(&self, path: &Path, timeout: Duration) -> String {
        match self {
            Self::NotStarted { code } => format!("[custom-3p] helper spawn failed: spawn {} {code}", path.display()),
            Self::TimedOut => format!("[custom-3p] helper timed out after {}s", timeout.as_secs()),
            Self::Exit { status, said } => {
                let status = status.map_or_else(|| "by signal".to_owned(), |status| status.to_string());
                format!("[custom-3p] helper failed: exit {status}; stderr: {said}")
            }
            Self::Output => "[custom-3p] helper failed: stdout is neither one token nor { token, headers }".into(),
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;
    use std::io::Write;
    use std::os::unix::fs::PermissionsExt;

    const TOKEN: &str = "sk-practice-ok-0000000000000000000000000000";

    /// Runs a helper of this text and mode and compares what came of it.
    #[track_caller]
    fn check(script: &str, mode: u32, expected: Result<(&str, usize), HelperFault>) {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a helper");
        // Written by another program: a child that another test is just starting would hold a file that is
        // open for writing here, and such a file is not run.
        let mut tee = std::process::Command::new("tee");
        let mut tee = tee.arg(&path).stdin(Stdio::piped()).stdout(Stdio::null()).spawn().expect("tee");
        tee.stdin.take().expect("its input").write_all(script.as_bytes()).expect("a script");
        assert!(tee.wait().expect("tee").success());
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).expect("a mode");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let found = runtime.block_on(ask(&path, Duration::from_secs(1), Context::Background));
        let found = found.map(|(credential, _)| (credential.token.expose().to_owned(), credential.headers.len()));
        assert_eq!(found, expected.map(|(token, headers)| (token.to_owned(), headers)), "{script}");
    }

    #[test]
    fn a_token_or_an_object_is_taken() {
        check(&format!("#!/bin/sh\necho {TOKEN}"), 0o700, Ok((TOKEN, 0)));
        check(&format!("#!/bin/sh\nprintf '  %s\\n\\n' {TOKEN}"), 0o700, Ok((TOKEN, 0)));
        check("#!/bin/sh\necho '{\"token\":\"abc\",\"headers\":{\"X-Team\":\"a\"}}'", 0o700, Ok(("abc", 1)));
        check("#!/bin/sh\necho noise >&2; echo abc", 0o700, Ok(("abc", 0)));
    }

    #[test]
    fn it_runs_without_arguments_and_knows_why() {
        check("#!/bin/sh\necho \"$#-$CLAUDE_HELPER_CONTEXT\"", 0o700, Ok(("0-background", 0)));
    }

    #[test]
    fn any_other_output_is_a_failure() {
        for printed in ["", "two words", "one\\ntwo", "{}", "{\"token\":\"\"}", "{\"token\":\"a\",\"more\":1}", "钥匙"]
        {
            check(&format!("#!/bin/sh\nprintf '{printed}'"), 0o700, Err(HelperFault::Output));
        }
        check("#!/bin/sh\necho '{\"token\":\"a\",\"headers\":[]}'", 0o700, Err(HelperFault::Output));
        check("#!/bin/sh\necho '{\"token\":\"a\",\"token\":\"b\"}'", 0o700, Err(HelperFault::Output));
    }

    #[test]
    fn a_failing_run_is_a_failure_whatever_it_printed() {
        let said = HelperFault::Exit { status: Some(3), said: "no [redacted] here".into() };
        check("#!/bin/sh\necho secret-token\necho no secret-token here >&2\nexit 3", 0o700, Err(said));
        check("#!/bin/sh\nexec sleep 30", 0o700, Err(HelperFault::TimedOut));
    }

    #[test]
    fn a_file_that_cannot_run_is_not_given_to_a_shell() {
        check("#!/bin/sh\necho abc", 0o600, Err(HelperFault::NotStarted { code: "EACCES" }));
        check("echo abc", 0o700, Err(HelperFault::NotStarted { code: "ENOEXEC" }));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let asked = ask(Path::new("/opt/key print"), Duration::from_secs(1), Context::Interactive);
        assert_eq!(runtime.block_on(asked).map(drop), Err(HelperFault::NotStarted { code: "ENOENT" }));
    }
}
