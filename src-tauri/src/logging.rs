//! The program's own log: what it did, never what it was told. No request, no reply, no key.

use std::io::{self, Write};

use airouter_platform::places::Places;
use airouter_platform::redaction;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{RollingFileAppender, Rotation};

/// Days of logs that are kept.
const DAYS: usize = 7;

/// Starts logging into this program's own folder. Logging ends when the guard is dropped; a folder
/// that cannot be written means no log, not no program.
pub(crate) fn start(places: &Places) -> Option<WorkerGuard> {
    let folder = places.state.join("logs");
    fs_err::create_dir_all(&folder).ok()?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("airouter-setup")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)
        .ok()?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let filter =
        tracing_subscriber::EnvFilter::new("warn,airouter_setup=info,airouter_platform=info,airouter_core=info");
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(move || Clean(writer.clone()))
        .with_ansi(false)
        .init();
    Some(guard)
}

/// Lines without any secret that this process knows. Each comes in one piece.
struct Clean<W>(W);

impl<W: Write> Write for Clean<W> {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.write_all(redaction::redactor().text(&String::from_utf8_lossy(line)).as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

#[cfg(test)]
mod tests {
    use airouter_core::secret::Secret;

    use super::*;

    #[test]
    fn no_line_holds_what_this_program_knows() {
        const KEY: &str = "sk-canary-of-the-log-7Q2mZ9xK4tB8";
        redaction::register([Secret::new(KEY.to_owned())]);
        let mut log = Clean(Vec::new());
        log.write_all(format!("a part failed: {KEY}, Bearer {KEY}, and went on\n").as_bytes()).unwrap();
        let text = String::from_utf8(log.0).unwrap();
        assert!(text.contains("went on") && !text.contains("7Q2mZ9xK"), "{text}");
    }
}
