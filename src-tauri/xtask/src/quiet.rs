//! Programs with a window, without what the window's libraries say: the toolkit, the bus and the display write
//! warnings that mean nothing here, such as that a language is not installed. Everything goes into a file;
//! what is left after taking those lines out is shown, and the end of the file where the program fails.

use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Instant;

use anyhow::{Context, Result, ensure};

use crate::step::target;
use crate::times::spoken;

/// How many lines of the file are shown after a failure.
const TAIL: usize = 60;

/// How a line begins that is none of ours.
const BEGINNINGS: &[&str] = &[
    "Using the fallback 'C' locale.",
    "dbus-daemon[",
    "SpiRegistry daemon is running",
    "discover_other_daemon",
    "libEGL warning",
    "libGL error",
    "MESA",
    "Fontconfig ",
    "Failed to create DBus proxy",
    "Could not determine the accessibility bus address",
    "error: XDG_RUNTIME_DIR",
    "Xlib: ",
    "_XSERVTransmkdir",
    "Couldn't connect to accessibility bus",
];
/// What a library of the toolkit calls itself in `(program:123): Gtk-WARNING **: …`, which may have no program.
const LIBRARIES: &[&str] = &[
    "Gtk-",
    "Gdk-",
    "GLib-",
    "GLib-GObject-",
    "GLib-GIO-",
    "dconf-",
    "dbind-",
    "Pango-",
    "atk-bridge-",
    "WebKit-",
    "Adwaita-",
    "libsoup-",
    "GStreamer-",
    "Gcr-",
    "Gck-",
];

/// Runs a program under a heading; what it says goes to `target/logs/<log>.log`, and without the noise to the
/// terminal.
///
/// # Errors
/// It does not start, or fails.
pub(crate) fn quiet_step(heading: &str, log: &str, command: &mut Command) -> Result<()> {
    eprintln!("\n── {heading}");
    let begun = Instant::now();
    let path = log_path(log)?;
    let status = run_logged(command, &path, true).with_context(|| heading.to_owned())?;
    if !status.success() {
        eprintln!("{}", tail(&path));
    }
    ensure!(status.success(), "{heading}: failed ({status}); everything it said is in {}", path.display());
    eprintln!("── {heading}: {}", spoken(begun.elapsed()));
    Ok(())
}

/// The file for a program's output; its folder is there.
pub(crate) fn log_path(log: &str) -> Result<PathBuf> {
    let folder = target().join("logs");
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join(format!("{log}.log")))
}

/// Runs a program with its whole output in a file, and what is not noise on the terminal, too, if that is wanted.
pub(crate) fn run_logged(command: &mut Command, path: &Path, is_shown: bool) -> Result<ExitStatus> {
    let file = Arc::new(Mutex::new(File::create(path)?));
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} does not start", command.get_program().display()))?;
    // Nobody waits for the end of its output: services of the session that it started may hold that open.
    let ends = [
        child.stdout.take().map(|output| copy(output, Arc::clone(&file), is_shown)),
        child.stderr.take().map(|output| copy(output, file, is_shown)),
    ];
    let status = child.wait()?;
    for end in ends.into_iter().flatten() {
        let _ = end.recv_timeout(std::time::Duration::from_secs(2));
    }
    Ok(status)
}

/// Copies line by line in the background; the channel closes at the end.
fn copy(output: impl Read + Send + 'static, file: Arc<Mutex<File>>, is_shown: bool) -> std::sync::mpsc::Receiver<()> {
    let (end, ended) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut filter = Filter::default();
        for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            if let Ok(mut file) = file.lock() {
                let _ = writeln!(file, "{line}");
            }
            if is_shown && filter.lets_through(&line) {
                eprintln!("{line}");
            }
        }
        drop(end);
    });
    ended
}

/// The last lines of a file, without the noise.
pub(crate) fn tail(path: &Path) -> String {
    let text = std::fs::read(path).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let mut filter = Filter::default();
    let lines: Vec<&str> = text.lines().filter(|line| filter.lets_through(line)).collect();
    lines[lines.len().saturating_sub(TAIL)..].join("\n")
}

/// Takes noise out of a program's output, with the empty lines around it.
#[derive(Default)]
struct Filter {
    after_noise: bool,
}

impl Filter {
    fn lets_through(&mut self, line: &str) -> bool {
        let is_noise = is_noise(line) || (self.after_noise && line.trim().is_empty());
        self.after_noise = is_noise;
        !is_noise
    }
}

fn is_noise(line: &str) -> bool {
    let bare = line.trim_start();
    BEGINNINGS.iter().any(|beginning| bare.starts_with(beginning)) || is_of_a_library(bare)
}

/// `(program:123): Gtk-WARNING **: …` or `** (program:123): WARNING **: …`
fn is_of_a_library(line: &str) -> bool {
    let is_starred = line.starts_with("** (");
    let line = line.trim_start_matches("** ");
    let after_program = line.strip_prefix('(').and_then(|rest| rest.split_once("): ")).map(|(_, rest)| rest);
    let message = after_program.unwrap_or(line);
    let Some((head, _)) = message.split_once(" **") else { return false };
    let level = ["WARNING", "CRITICAL", "Message"].iter().find_map(|level| head.strip_suffix(level));
    level.is_some_and(|library| LIBRARIES.contains(&library) || (is_starred && library.is_empty()))
        || (head.is_empty() && LIBRARIES.iter().any(|library| message.starts_with(library)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_libraries_say_is_noise() {
        for line in [
            "(process:4538): Gtk-WARNING **: 01:47:14.820: Locale not supported by C library.",
            "\tUsing the fallback 'C' locale.",
            "dbus-daemon[3838]: [session uid=0 pid=3838] Successfully activated service 'org.a11y.Bus'",
            "SpiRegistry daemon is running with well-known name - org.a11y.atspi.Registry",
            "(airouter-setup:12): GLib-GIO-CRITICAL **: 10:00:00.000: g_dbus_connection_call: assertion failed",
            "** (airouter-setup:77): WARNING **: 10:00:00.000: AT-SPI: Could not obtain desktop path or name",
        ] {
            assert!(is_noise(line), "{line}");
        }
    }

    #[test]
    fn what_programs_say_is_shown() {
        for line in [
            "",
            "thread 'main' panicked at src/main.rs:1:1:",
            "test page::first ... ok",
            "(see above): nothing",
            "** (airouter-setup:7): ERROR **: no display",
            "a **bold** word",
            "error: the window does not open",
        ] {
            assert!(!is_noise(line), "{line}");
        }
    }

    #[test]
    #[cfg(unix)]
    fn everything_is_in_the_file_and_its_end_is_shown_without_noise() {
        let path = std::env::temp_dir().join(format!("xtask-quiet-{}", std::process::id()));
        let mut shell = Command::new("sh");
        shell.args(["-c", "echo first; echo 'dbus-daemon[1]: x' >&2; echo; echo last; exit 3"]);
        let status = run_logged(&mut shell, &path, false).expect("a shell");
        assert_eq!(status.code(), Some(3));
        let whole = std::fs::read_to_string(&path).expect("a file");
        assert!(whole.contains("dbus-daemon") && whole.contains("first"), "{whole}");
        let shown = tail(&path);
        assert!(!shown.contains("dbus") && shown.ends_with("last"), "{shown}");
        std::fs::remove_file(path).expect("a file of its own");
    }
}
