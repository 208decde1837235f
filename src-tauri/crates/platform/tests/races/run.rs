//! One run: a computer, two copies of the program and a simulated Claude at once, and the checks afterwards.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use airouter_core::finding::Finding;
use airouter_core::view::{Outcome, UndoGoal};
use airouter_platform::places::Places;
use airouter_platform::{observe, recover, state, undo};
use serde_json::Value;

use crate::claude::{Random, WritePattern, Writes, Written, write_files};
use crate::copy::{Copy, Order, connect, key_for, places, put_helper};

const OTHER: &str = "99999999-9999-4999-8999-999999999999";
const OLD: &str = "old.example";

pub(crate) struct Run {
    folder: tempfile::TempDir,
    places: Places,
    static_key: bool,
    undoes: bool,
    files: Vec<Writes>,
    number: usize,
}

/// The results of a run.
pub(crate) struct Results {
    pub(crate) ends: [String; 2],
    pub(crate) foreign: Vec<Written>,
    torn: Option<String>,
}

impl Run {
    pub(crate) fn new(number: usize) -> Self {
        // In `/dev/shm` if that exists: thousands of syncs would be slow on a disk and test nothing more.
        let parent = if Path::new("/dev/shm").is_dir() { "/dev/shm" } else { "/tmp" };
        let folder = tempfile::tempdir_in(parent).unwrap();
        let places = places(folder.path());
        put_helper(folder.path());
        std::fs::create_dir_all(places.library()).unwrap();
        // Derived from the number, so that every combination occurs.
        let (static_key, connected, undoes) = (!number.is_multiple_of(3), number % 4 < 2, number.is_multiple_of(4));
        let has_files = !number.is_multiple_of(5);
        if has_files {
            let meta = format!(
                "{{ \"appliedId\": \"{OTHER}\",\n\"entries\": [ {{ \"id\": \"{OTHER}\", \"name\": \"Other\" }} ], \"z\": 1.50 }}\n"
            );
            std::fs::write(places.meta(), meta).unwrap();
            std::fs::write(places.profile(OTHER), "{}").unwrap();
            std::fs::write(places.mode(), r#"{"mcpServers":{"a":{"env":{"T":"t"}}},"deploymentMode":"1p"}"#).unwrap();
        }
        if connected {
            assert_eq!(connect(&places, OLD, static_key).0, Outcome::Written);
        }
        let mut random = Random::new(number);
        let mut pattern = || {
            [WritePattern::Never, WritePattern::Once, WritePattern::FromMemory]
                [usize::try_from(random.below(3)).unwrap()]
        };
        let mut files = vec![
            Writes { path: places.mode(), pattern: pattern(), stays: has_files },
            Writes { path: places.meta(), pattern: pattern(), stays: has_files },
        ];
        if let Some(journal) = state::journal(&places).unwrap() {
            let path = places.profile(&journal.profile_id);
            files.push(Writes { path, pattern: pattern(), stays: false });
        }
        Self { folder, places, static_key, undoes, files, number }
    }

    /// Starts all at once, and waits until the copies have ended.
    pub(crate) fn go(&self, copies: &mut [Copy; 2]) -> Results {
        let is_over = AtomicBool::new(false);
        let order = |host: Option<&str>| Order {
            folder: self.folder.path().to_owned(),
            mark: ' ',
            host: host.map(str::to_owned),
            static_key: self.static_key,
            patient: self.number % 8 < 4,
        };
        std::thread::scope(|scope| {
            let claude = scope.spawn(|| write_files(&self.files, Random::new(self.number + 7), &is_over));
            copies[0].begin(&order(Some("a.example")));
            copies[1].begin(&order(if self.undoes { None } else { Some("b.example") }));
            let ends = copies.each_mut().map(Copy::end);
            is_over.store(true, Ordering::Relaxed);
            match claude.join().unwrap() {
                Ok(foreign) => Results { ends, foreign, torn: None },
                Err(torn) => Results { ends, foreign: Vec::new(), torn: Some(torn) },
            }
        })
    }

    /// Checks everything after the next start, then undoes and checks again.
    pub(crate) fn judge(&self, results: &Results) -> Result<(), String> {
        let context = |why: String| format!("{why}\n  {:?} {:?}\n  {}", results.ends, self.files, self.texts());
        self.never_at_once().map_err(context)?;
        results.torn.clone().map_or(Ok(()), Err).map_err(context)?;
        let stuck = recover::recover(&self.places).filter(Finding::blocks);
        stuck.map_or(Ok(()), |finding| Err(format!("the next start is stuck: {finding:?}"))).map_err(context)?;
        self.nothing_is_lost(&results.foreign).map_err(context)?;
        self.belongs_together().map_err(context)?;
        if state::journal(&self.places).unwrap().is_some() {
            let report = undo::undo(&self.places, UndoGoal::Before, false, &mut |_| {});
            if !report.undone {
                return Err(context(format!("cannot be undone: {:?}", report.findings)));
            }
            self.nothing_is_lost(&results.foreign).map_err(context)?;
        }
        self.nothing_of_ours_is_left().map_err(context)
    }

    /// The steps of the two copies are not interleaved.
    fn never_at_once(&self) -> Result<(), String> {
        let steps = std::fs::read_to_string(self.folder.path().join("steps")).unwrap_or_default();
        let mut order: Vec<char> = steps.chars().collect();
        order.dedup();
        if order.len() <= 2 { Ok(()) } else { Err(format!("the copies worked at the same time: {steps}")) }
    }

    fn nothing_is_lost(&self, foreign: &[Written]) -> Result<(), String> {
        for write in foreign {
            let value = match std::fs::read(&write.path) {
                Ok(bytes) => {
                    serde_json::from_slice::<Value>(&bytes).map_err(|_| format!("{} is torn", write.path.display()))?
                }
                // Our own profile is removed by an undo, together with changes of Claude in it.
                Err(_) if self.is_our_profile(&write.path) => continue,
                Err(_) => return Err(format!("{} is gone with {}", write.path.display(), write.name)),
            };
            // In a list of profiles, the entry that was added with the value is kept too.
            let lists = value.get("entries").and_then(Value::as_array);
            let is_listed = lists.is_none_or(|entries| entries.iter().any(|entry| entry["id"] == *write.name));
            if value.get(&write.name).is_none() || (write.has_entry && !is_listed) {
                return Err(format!("{} is lost from {}", write.name, write.path.display()));
            }
        }
        Ok(())
    }

    /// Claude would use the address of the journal with its key, unless Claude has written old values from memory.
    fn belongs_together(&self) -> Result<(), String> {
        let Some(journal) = state::journal(&self.places).unwrap() else { return Ok(()) };
        if self.is_written_from_memory(&self.places.profile(&journal.profile_id)) {
            return Ok(());
        }
        let host = journal.base.split('/').nth(2).unwrap_or_default();
        let text = std::fs::read_to_string(self.places.profile(&journal.profile_id)).unwrap_or_default();
        if !text.contains(&journal.base) {
            return Err(format!("the journal says {host}, the profile does not"));
        }
        match observe::key_in_use(&self.places, &journal) {
            Ok(key) if key.reveal() == key_for(host) => Ok(()),
            Ok(_) => Err(format!("{host} would get another key")),
            Err(finding) => Err(format!("{host} has no key: {finding:?}")),
        }
    }

    /// No address, no key and no temporary file of ours is left, unless Claude has written it from memory.
    fn nothing_of_ours_is_left(&self) -> Result<(), String> {
        for path in [self.places.root.clone(), self.places.library()].iter().flat_map(|folder| listed(folder)) {
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with(".airouter") {
                return Err(format!("{name} is left"));
            }
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            let is_ours = [OLD, "a.example", "b.example", "sk-"].iter().any(|word| text.contains(word));
            if is_ours && !self.is_written_from_memory(&path) {
                return Err(format!("something of ours is left in {name}"));
            }
        }
        Ok(())
    }

    fn is_written_from_memory(&self, path: &Path) -> bool {
        self.files.iter().any(|file| file.path == path && file.pattern == WritePattern::FromMemory)
    }

    fn is_our_profile(&self, path: &Path) -> bool {
        self.files.iter().skip(2).any(|file| file.path == path)
    }

    fn texts(&self) -> String {
        let paths = [self.places.root.clone(), self.places.library(), self.places.state.clone()];
        let texts = paths.iter().flat_map(|folder| listed(folder)).map(|path| {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            format!("{}: {}", path.display(), text.chars().take(1500).collect::<String>())
        });
        texts.collect::<Vec<_>>().join("\n  ")
    }
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    entries.filter(|path| path.is_file()).collect()
}
