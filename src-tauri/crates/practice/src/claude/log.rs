//! The app's log, `main.log`, in the form of electron-log.
//!
//! It is opened for each line and only appended to: whoever follows it may rotate or read it meanwhile.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::clock::stamp;

/// How loud a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Something happened.
    Info,
    /// Something was put aside.
    Warn,
    /// Something failed.
    Error,
}

/// One line without its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// How loud it is.
    pub level: Level,
    /// Its text.
    pub text: String,
}

impl Line {
    pub(super) fn new(level: Level, text: impl Into<String>) -> Self {
        Self { level, text: text.into() }
    }
}

/// Where the lines go; nowhere for an app that keeps silent.
#[derive(Debug, Clone)]
pub(super) struct Log(Option<PathBuf>);

impl Log {
    /// The log in a folder.
    pub(super) fn within(folder: &Path, silent: bool) -> Self {
        Self(if silent { None } else { Some(folder.join("main.log")) })
    }

    pub(super) fn info(&self, text: impl Into<String>) {
        self.write(&Line::new(Level::Info, text));
    }

    pub(super) fn error(&self, text: impl Into<String>) {
        self.write(&Line::new(Level::Error, text));
    }

    /// Appends a line. An app whose disk is full goes on without a log, and so does this one.
    pub(super) fn write(&self, line: &Line) {
        let Some(path) = &self.0 else { return };
        let level = match line.level {
            Level::Info => "info",
            Level::Warn => "warn",
            Level::Error => "error",
        };
        let _ = path.parent().map(super::files::make_private_folder);
        if let Ok(mut file) = OpenOptions::new().create(true).append(true).open(path) {
            let _ = file.write_all(format!("{} [{level}] {}\n", stamp(SystemTime::now()), line.text).as_bytes());
        }
    }
}
