//! The few words that the window's program takes.

use std::path::PathBuf;
use std::process::ExitCode;

use airouter_core::finding::Finding;
use clap::Parser;

/// Connects Claude Desktop to AIRouter.
#[derive(Parser, Default)]
#[command(name = "airouter-setup", version)]
pub(crate) struct Arguments {
    /// A preset file that replaces the built-in gateway.
    #[arg(long, value_name = "FILE")]
    pub(crate) preset: Option<PathBuf>,
    /// Rehearse in this folder: a practice gateway and a stand-in Claude, nothing real is touched.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) rehearsal: Option<PathBuf>,
}

/// Reads them.
pub(crate) fn read() -> Result<Arguments, ExitCode> {
    Arguments::try_parse().map_err(|error| {
        let code = if error.use_stderr() { 2 } else { 0 };
        let _ = error.print();
        ExitCode::from(code)
    })
}

/// Says why the program cannot start.
#[expect(clippy::print_stderr, reason = "there is no window yet")]
pub(crate) fn complain(finding: &Finding) -> ExitCode {
    eprintln!("{}", finding.code);
    for fact in &finding.evidence {
        eprintln!("  {}: {}", fact.name, fact.value);
    }
    ExitCode::from(1)
}
