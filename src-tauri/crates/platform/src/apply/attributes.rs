//! What the journal records of Claude's files besides their values: the mode of a profile, and the path of the
//! copy of a damaged file.

use std::path::Path;

use airouter_core::change::FileChange;
use airouter_core::undo::Journal;
use airouter_core::view::FileRole;

use crate::files;
use crate::observe;
use crate::places::{Places, library_in};

/// Records it in `journal` for all files that are about to change, and for our profile where only the mode
/// changes. What an earlier journal recorded of the original state is kept. Returns the pending changes.
pub(super) fn record(journal: &mut Journal, earlier: Option<&Journal>, places: &Places) -> Vec<FileChange> {
    let id = journal.profile_id.clone();
    let Some(pending) = &mut journal.pending else { return Vec::new() };
    for root in places.roots() {
        let profile = library_in(root).join(format!("{id}.json"));
        let path = profile.to_string_lossy();
        let is_to_close = files::mode(&profile).is_some_and(|mode| mode & 0o077 != 0);
        if is_to_close && pending.files.iter().all(|file| file.path != path) {
            pending.files.push(FileChange::new(FileRole::Profile, &path, true, Vec::new()));
        }
    }
    for file in pending.files.iter_mut().filter(|file| file.existed) {
        let path = Path::new(&file.path);
        if file.role == FileRole::Profile {
            file.mode = files::mode(path);
        }
        if observe::file_fact(&file.path).is_damaged() {
            file.kept_aside = Some(files::free_name(path, "damaged").to_string_lossy().into_owned());
        }
    }
    let was_known = |path: &str| earlier.is_some_and(|earlier| earlier.files.iter().any(|file| file.path == path));
    for file in &pending.files {
        match journal.files.iter_mut().find(|known| known.path == file.path) {
            Some(known) if !was_known(&file.path) => {
                known.mode = file.mode;
                known.kept_aside.clone_from(&file.kept_aside);
            }
            Some(_) => {}
            None => journal.files.push(file.clone()),
        }
    }
    pending.files.clone()
}
