//! The command line, as its contract says. New commands and flags may come; these stay.

use std::path::{Path, PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};

/// Connects Claude Desktop to AIRouter, without a window.
#[derive(Parser)]
#[command(name = "airouter-setup-cli", version, disable_help_subcommand = true)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
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
}

/// Which gateway, and with what.
#[derive(Args, Clone)]
pub(crate) struct Gateway {
    /// A preset file that replaces the built-in gateway.
    #[arg(long, value_name = "FILE")]
    pub(crate) preset: Option<PathBuf>,
    /// The address, if not the preset's.
    #[arg(long, value_name = "URL")]
    pub(crate) address: Option<String>,
    /// The proxy to go through, if not the system's: `host:port`, `http://…` or `socks5://…`. Others can
    /// see arguments, so one with a password belongs in `HTTPS_PROXY`.
    #[arg(long, value_name = "URL")]
    pub(crate) proxy: Option<String>,
    /// How to send the key.
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) auth: Auth,
    /// A model to set up, the default first; may be given more than once.
    #[arg(long = "model", value_name = "ID")]
    pub(crate) models: Vec<String>,
    /// Read the key from standard input; otherwise the stored one is used.
    #[arg(long)]
    pub(crate) key_stdin: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Auth {
    /// Find out.
    Auto,
    /// `Authorization: Bearer`
    Bearer,
    /// `x-api-key`
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

#[derive(Args, Clone)]
pub(crate) struct Rehearse {
    /// The scenario's name; without one, all are listed.
    pub(crate) scenario: Option<String>,
    /// List the scenarios.
    #[arg(long)]
    pub(crate) list: bool,
    /// One JSON object on standard output.
    #[arg(long)]
    pub(crate) json: bool,
}

impl Arguments {
    /// Whether one JSON object is wanted.
    pub(crate) fn json(&self) -> bool {
        match &self.command {
            Command::Check(gateway) => gateway.json,
            Command::Apply(apply) => apply.gateway.json,
            Command::Status(plain) | Command::Clean(plain) => plain.json,
            Command::Undo(undo) | Command::Leave(undo) => undo.json,
            Command::Repair(repair) => repair.json,
            Command::Explain(explain) => explain.json,
            Command::Rehearse(rehearse) => rehearse.json,
        }
    }

    /// The preset file that was named, if any.
    pub(crate) fn preset(&self) -> Option<&Path> {
        match &self.command {
            Command::Check(gateway) | Command::Apply(Apply { gateway, .. }) => gateway.preset.as_deref(),
            Command::Status(_)
            | Command::Undo(_)
            | Command::Leave(_)
            | Command::Repair(_)
            | Command::Clean(_)
            | Command::Explain(_)
            | Command::Rehearse(_) => None,
        }
    }
}
