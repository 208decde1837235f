//! Collects the content of a report, and saves it where the person finds it.

use std::io::Read;
use std::path::{Path, PathBuf};

use airouter_core::claude::library::{FileFact, Library};
use airouter_core::claude::managed;
use airouter_core::claude_report::LARGEST;
use airouter_core::doctor::DoctorFacts;
use airouter_core::finding::{Code, Finding};
use airouter_core::preset::Preset;
use airouter_core::proxy::secrets_in;
use airouter_core::report::{Attached, Person, Report, ReportFacts};
use airouter_core::secret::{MaskedKey, Secret, masked};
use airouter_core::view::{ClaudeView, Locale};
use sysinfo::System;

use crate::doctor::secrets;
use crate::files::read_tail;
use crate::files::{self, Privacy};
use crate::places::Places;
use crate::{claude, sys};

/// Maximum of a log that goes into a report, from its end, in bytes.
const LOG_END: u64 = 512 * 1024;

/// Environment variables to report, besides those of Claude Code.
const VARIABLES: [&str; 10] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "no_proxy",
    "CLAUDE_USER_DATA_DIR",
    "XDG_CONFIG_HOME",
];

/// Collects what a report is made of. `version` is this program's, `facts` are the doctor's, and `more` are the
/// secrets of the session that are stored nowhere, such as a key that was refused.
pub fn gather(
    places: &Places,
    preset: &Preset,
    version: &str,
    locale: Locale,
    facts: &DoctorFacts,
    more: Vec<Secret>,
) -> ReportFacts {
    let places = &places.resolved();
    let install = claude::locate(places);
    let computer = &facts.computer;
    let environment = environment();
    let (mut known, headers) = secrets(places, computer);
    known.extend(more);
    known.extend(environment.iter().flat_map(|(_, value)| secrets_in(value)));
    ReportFacts {
        version: version.to_owned(),
        os: sys::OS,
        system: system(),
        locale,
        gateway: preset.name.clone(),
        base: facts.base.as_str().to_owned(),
        claude: ClaudeView {
            installed: computer.claude.is_installed,
            running: computer.claude.is_running,
            version: computer.claude.version.map(|version| version.to_string()),
            path: install.map(|install| install.launcher.to_string_lossy().into_owned()),
        },
        doctor: airouter_core::doctor::examine(facts),
        key: facts.storage.as_ref().and_then(|storage| storage.key.clone().ok()).map(MaskedKey::shown),
        files: attached(facts),
        logs: logs(places),
        environment,
        person: person(places),
        secrets: known,
        headers,
    }
}

/// Saves a report in the person's download folder, where people look for files, and returns its path. There is no
/// dialog, so that the person does not have to choose a folder and a name. The name is made from the content, so
/// the same report is saved once.
///
/// # Errors
/// `CannotWrite` with the system's reason.
pub fn save(places: &Places, report: &Report) -> Result<PathBuf, Finding> {
    let path = places.downloads().join(report.file_name());
    save_as(&path, report)?;
    Ok(path)
}

/// Saves a report at `path`; missing folders are created.
///
/// # Errors
/// `CannotWrite` with the system's reason.
pub fn save_as(path: &Path, report: &Report) -> Result<(), Finding> {
    let cannot = |error: std::io::Error| files::cannot_write(path, &error);
    let path = std::path::absolute(path).map_err(cannot)?;
    if let Some(folder) = path.parent().filter(|folder| !folder.is_dir()) {
        fs_err::create_dir_all(folder).map_err(cannot)?;
    }
    files::replace(&path, &report.archive, Privacy::OwnerOnly).map_err(|error| files::cannot_write(&path, &error))
}

/// Reads one of Claude's own reports from a file, up to one byte more than the largest that is accepted.
///
/// # Errors
/// `ClaudeReportUnreadable` with the system's reason.
pub fn read_claude_report(path: &Path) -> Result<Vec<u8>, Finding> {
    let mut bytes = Vec::new();
    let file = fs_err::File::open(path);
    // One byte more, so that the parser sees that it is too large.
    let read = file.and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut bytes));
    let unreadable =
        |error: std::io::Error| Finding::new(Code::ClaudeReportUnreadable).with("reason", masked(&error.to_string()));
    read.map_err(unreadable)?;
    Ok(bytes)
}

/// Claude's files in each of its folders, and the administrator's values.
fn attached(facts: &DoctorFacts) -> Vec<Attached> {
    let computer = &facts.computer;
    let mut files = Vec::new();
    let mut put = |name: String, file: &FileFact| {
        if let FileFact::Present(bytes) = file {
            files.push(Attached { name, bytes: bytes.clone() });
        }
    };
    for (index, library) in computer.libraries().enumerate() {
        let folder = if index == 0 { String::new() } else { format!("folder-{}-", index + 1) };
        put(format!("{folder}_meta.json"), &library.meta);
        put(format!("{folder}claude_desktop_config.json"), &library.mode);
        let ours = computer.journal.as_ref().map(|journal| journal.profile_id.as_str());
        for (what, id) in [("selected", library.applied().as_deref()), ("ours", ours)] {
            if let Some(profile) = id.and_then(|id| Library::profile(library, id)) {
                put(format!("{folder}{what}-profile.json"), &profile.file);
            }
        }
    }
    let policy = managed::values(&computer.managed, computer.claude.version);
    if !policy.is_empty() {
        let bytes = serde_json::Value::Object(policy).to_string().into_bytes();
        files.push(Attached { name: "policy.json".to_owned(), bytes });
    }
    files
}

fn logs(places: &Places) -> Vec<Attached> {
    let own = fs_err::read_dir(places.state.join("logs")).ok();
    let own = own.and_then(|folder| folder.flatten().map(|entry| entry.path()).max());
    let claudes = numbered("claude", places.logs()).chain(numbered("claude-ordinary", places.ordinary_logs.clone()));
    let all = claudes.chain(own.map(|own| ("airouter-setup.log".to_owned(), own)));
    let read = |(name, path): (String, PathBuf)| {
        let text = read_tail(&path, LOG_END)?;
        Some(Attached { name, bytes: text.into_bytes() })
    };
    all.filter_map(read).collect()
}

/// Names for the same log in several places: the number is that of the place, whether the others are there or not.
fn numbered(name: &'static str, paths: Vec<PathBuf>) -> impl Iterator<Item = (String, PathBuf)> {
    paths.into_iter().enumerate().map(move |(index, path)| match index {
        0 => (format!("{name}.log"), path),
        _ => (format!("{name}-{}.log", index + 1), path),
    })
}

fn environment() -> Vec<(String, String)> {
    let counts = |name: &str| VARIABLES.contains(&name) || name.starts_with("ANTHROPIC_");
    let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
        Some((name.into_string().ok()?, value.to_string_lossy().into_owned()))
    };
    let mut all: Vec<_> = std::env::vars_os().filter_map(text).filter(|(name, _)| counts(name)).collect();
    all.sort();
    all
}

fn person(places: &Places) -> Person {
    let name = |variable: &str| std::env::var(variable).ok().filter(|name| !name.is_empty());
    Person {
        home: places.base_folders.home.to_string_lossy().into_owned(),
        user: name("USER").or_else(|| name("USERNAME")).unwrap_or_default(),
        computer: System::host_name().unwrap_or_default(),
    }
}

fn system() -> String {
    let name = System::long_os_version().unwrap_or_default();
    format!("{name} · {}", System::cpu_arch())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_logs_of_all_places_are_attached_with_names_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        let copies = vec![places.root.join("copy")];
        let places = Places { copies, ..places };
        let written: Vec<PathBuf> = places.logs().into_iter().chain(places.ordinary_logs.clone()).collect();
        for path in &written {
            fs_err::create_dir_all(path.parent().unwrap()).unwrap();
            fs_err::write(path, path.to_string_lossy().as_bytes()).unwrap();
        }
        let attached = logs(&places);
        let mut names: Vec<&str> = attached.iter().map(|each| each.name.as_str()).collect();
        assert_eq!(names[0], "claude.log");
        assert!(names.contains(&"claude-ordinary.log"), "{names:?}");
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), written.len(), "each has a name of its own: {names:?}");
        let texts: Vec<_> = attached.iter().map(|each| String::from_utf8_lossy(&each.bytes).into_owned()).collect();
        assert_eq!(texts, written.iter().map(|path| path.to_string_lossy().into_owned()).collect::<Vec<_>>());
    }
}
