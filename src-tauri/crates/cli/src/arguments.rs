//! The command line, as its contract says. New commands and flags may come; these stay.

use std::path::{Path, PathBuf};

use airouter_core::claude::version::Version;
use airouter_core::preset::Day;
use airouter_core::view::Locale;
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};

/// Connects Claude Desktop to AIRouter, without a window.
#[derive(Parser)]
#[command(name = "airouter-setup-cli", version, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// The language of what is said to people, if not the system's.
    #[arg(long, value_enum, global = true, value_name = "LANGUAGE")]
    pub(crate) lang: Option<Lang>,
}

/// A language by its tag.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Lang {
    /// 简体中文
    #[value(name = "zh-CN")]
    ZhCn,
    /// English
    #[value(name = "en")]
    En,
}

impl From<Lang> for Locale {
    fn from(lang: Lang) -> Self {
        match lang {
            Lang::ZhCn => Self::ZhCn,
            Lang::En => Self::En,
        }
    }
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Checks address, key and models.
    Check(Gateway),
    /// Writes Claude's configuration, restarts Claude and proves it.
    Apply(Apply),
    /// Compares what was written with what is there.
    Status(Plain),
    /// Puts back what was there before.
    Undo(Undo),
    /// Leads Claude back to Anthropic's own sign-in, also away from another program's gateway.
    Leave(Undo),
    /// Writes again what is no longer as it was written.
    Repair(Repair),
    /// Removes the helper program and the key, unless Claude still needs them; for uninstallers.
    Clean(Plain),
    /// Says what a code means, whose it is and what to do.
    Explain(Explain),
    /// Plays a scenario for training in a scratch folder, with what customer and supporter say.
    Rehearse(Rehearse),
    /// Lists the gateway's models: the ones for Claude with their family, the others with the reason.
    Models(Gateway),
    /// Makes a preset for others from the connection on this computer, or everything that an
    /// administrator needs to roll it out.
    Export(Export),
    /// Goes through every known cause for Claude not using the gateway.
    Doctor(Doctor),
    /// Makes a report for support, from which nothing private leaves.
    Report(Report),
    /// Prints a shell's completions.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Prints the manual page.
    Man,
    /// Prints the schema of what `--json` gives.
    Schema,
}

/// Which gateway, and with what.
#[derive(Args, Clone)]
pub(crate) struct Gateway {
    /// A preset file, or an `airouter-setup://` link, that replaces the built-in gateway.
    #[arg(long, value_name = "FILE")]
    pub(crate) preset: Option<PathBuf>,
    /// The preset must be signed with this minisign key: the key itself or its file.
    #[arg(long, value_name = "KEY", requires = "preset")]
    pub(crate) signed_by: Option<String>,
    /// The address, if not the preset's.
    #[arg(long, value_name = "URL")]
    pub(crate) address: Option<String>,
    /// The proxy to go through, if not the system's: `host:port`, `http://…` or `socks5://…`. Others can
    /// see arguments, so one with a password belongs in `HTTPS_PROXY`.
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// How to send the key: `auto` finds out.
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) auth: Auth,
    /// A model to set up, the default first; may be given more than once.
    #[arg(long = "model", value_name = "ID")]
    pub(crate) models: Vec<String>,
    /// Read the key from standard input; otherwise the stored one is used.
    #[arg(long)]
    pub(crate) key_stdin: bool,
    /// Ask for the key on the terminal, where it is not shown.
    #[arg(long, conflicts_with = "key_stdin")]
    pub(crate) key_prompt: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Auth {
    Auto,
    Bearer,
    XApiKey,
}

#[derive(Args, Clone)]
pub(crate) struct Apply {
    #[command(flatten)]
    pub(crate) gateway: Gateway,
    /// Write without asking the gateway first.
    #[arg(long)]
    pub(crate) without_check: bool,
    /// Compatibility mode: the key in Claude's profile, in plain text.
    #[arg(long)]
    pub(crate) static_key: bool,
    /// A host that Claude's own tools may reach beside the gateway: a name, `*.` and a domain, or `*` for
    /// all; may be given more than once. Without any, nothing more is opened.
    #[arg(long, value_name = "HOST")]
    pub(crate) egress: Vec<String>,
    /// Settings of the configuration that Claude uses now, and that would no longer count, are written into
    /// the new one, too.
    #[arg(long)]
    pub(crate) carry_over: bool,
    /// Write only; Claude must be closed and is not started.
    #[arg(long)]
    pub(crate) write_only: bool,
    /// Show what would be done, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Quit a running Claude without asking.
    #[arg(long)]
    pub(crate) yes: bool,
}

#[derive(Args, Clone)]
pub(crate) struct Plain {
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Clone)]
pub(crate) struct Undo {
    /// Show what would be put back, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Quit a running Claude without asking, and start it again.
    #[arg(long)]
    pub(crate) yes: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Clone)]
pub(crate) struct Repair {
    /// Quit a running Claude without asking.
    #[arg(long)]
    pub(crate) yes: bool,
    /// Write only; Claude must be closed and is not started.
    #[arg(long)]
    pub(crate) write_only: bool,
    /// Show what would be done, and do nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Clone)]
#[command(group = ArgGroup::new("what").args(["to", "preset"]).required(true).multiple(true))]
pub(crate) struct Export {
    /// A new or empty folder to write into.
    #[arg(long, value_name = "FOLDER")]
    pub(crate) to: Option<PathBuf>,
    /// Only a preset; without `--to` it is printed.
    #[arg(long)]
    pub(crate) preset: bool,
    /// Who makes it, for the people who get it.
    #[arg(long, value_name = "NAME")]
    pub(crate) supporter: Option<String>,
    /// What they should know.
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    /// The last day on which it counts, such as 2027-03-31.
    #[arg(long, value_name = "DAY")]
    pub(crate) expires: Option<Day>,
    /// The oldest Claude Desktop of the fleet; newer keys are left out.
    #[arg(long, value_name = "VERSION")]
    pub(crate) for_claude: Option<Version>,
    /// Where airouter-credential.exe is on every Windows computer.
    #[arg(long, value_name = "PATH")]
    pub(crate) helper_windows: Option<String>,
    /// Where airouter-credential is on every Mac.
    #[arg(long, value_name = "PATH")]
    pub(crate) helper_macos: Option<String>,
    /// Where airouter-credential is on every Linux computer.
    #[arg(long, value_name = "PATH")]
    pub(crate) helper_linux: Option<String>,
    /// Put a key into the files in plain text; it comes by `--key-stdin` or `--key-prompt`.
    #[arg(long, requires = "key", conflicts_with = "preset")]
    pub(crate) with_key: bool,
    /// Read that key from standard input.
    #[arg(long, group = "key", requires = "with_key")]
    pub(crate) key_stdin: bool,
    /// Ask for that key on the terminal, where it is not shown.
    #[arg(long, group = "key", requires = "with_key")]
    pub(crate) key_prompt: bool,
    /// Show what would be written, and write nothing.
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Args, Clone)]
pub(crate) struct Explain {
    /// The code as it was read out: `AR-503`, `503` or `quota_exhausted`.
    pub(crate) code: String,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `rehearse` takes.
#[derive(Args, Clone)]
pub struct Rehearse {
    /// The scenario's name; without one, all are listed.
    pub scenario: Option<String>,
    /// List the scenarios.
    #[arg(long)]
    pub list: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub json: bool,
}

#[derive(Args, Clone)]
pub(crate) struct Doctor {
    #[command(flatten)]
    pub(crate) gateway: Gateway,
    /// Look at this computer alone, and ask nobody else.
    #[arg(long)]
    pub(crate) local: bool,
    /// Also read one of Claude's own reports: the copied text, or the exported archive.
    #[arg(long, value_name = "FILE")]
    pub(crate) claude_report: Option<PathBuf>,
}

#[derive(Args, Clone)]
pub(crate) struct Report {
    #[command(flatten)]
    pub(crate) gateway: Gateway,
    /// Look at this computer alone, and ask nobody else.
    #[arg(long)]
    pub(crate) local: bool,
    /// Save the archive here; without it the page is only shown.
    #[arg(long, value_name = "FILE.zip")]
    pub(crate) out: Option<PathBuf>,
}

impl Command {
    /// Which gateway was meant, for the commands that ask one.
    pub(crate) fn gateway(&self) -> Option<&Gateway> {
        match self {
            Self::Check(gateway)
            | Self::Models(gateway)
            | Self::Apply(Apply { gateway, .. })
            | Self::Doctor(Doctor { gateway, .. })
            | Self::Report(Report { gateway, .. }) => Some(gateway),
            _ => None,
        }
    }
}

impl Arguments {
    /// Whether one JSON object is wanted.
    pub(crate) fn json(&self) -> bool {
        match &self.command {
            Command::Check(gateway) | Command::Models(gateway) => gateway.json,
            Command::Apply(apply) => apply.gateway.json,
            Command::Status(plain) | Command::Clean(plain) => plain.json,
            Command::Undo(undo) | Command::Leave(undo) => undo.json,
            Command::Repair(repair) => repair.json,
            Command::Explain(explain) => explain.json,
            Command::Rehearse(rehearse) => rehearse.json,
            Command::Export(export) => export.json,
            Command::Doctor(doctor) => doctor.gateway.json,
            Command::Report(report) => report.gateway.json,
            Command::Completions { .. } | Command::Man | Command::Schema => false,
        }
    }

    /// The preset file that was named, if any.
    pub(crate) fn preset(&self) -> Option<&Path> {
        self.command.gateway()?.preset.as_deref()
    }
}
