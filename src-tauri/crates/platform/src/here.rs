//! Makes [`Places`] for this computer, or for a scratch folder in rehearsals and tests. The environment and the
//! system are read here once, so that code that has a `Places` needs neither.

use std::env;
use std::path::{Path, PathBuf};

use airouter_core::finding::{Code, Finding};

use crate::places::{BaseFolders, HELPER_NAME, Places, beside_this_program};
use crate::sys;

impl Places {
    /// The places of this computer, as Claude determines them: `CLAUDE_USER_DATA_DIR` verbatim, else the
    /// system's default folder (PI); the variable as Claude gets it. `None` if the system reports no home folder.
    pub fn from_environment() -> Option<Self> {
        let named = sys::variable("CLAUDE_USER_DATA_DIR").filter(|value| !value.is_empty()).map(PathBuf::from);
        let named_root = named.map(|root| std::path::absolute(&root).unwrap_or(root));
        let base_folders = sys::base_folders()?;
        let places = Self::on(base_folders, named_root)?;
        let is_shared = sys::is_for_all_users(&places.bundled_helper);
        let places = places.with_helper_of_package(is_shared);
        Some(Self {
            search: env::var_os("PATH").map(|path| env::split_paths(&path).collect()).unwrap_or_default(),
            account: is_foreign_home(&places.base_folders.home)
                .then(|| format!("home {}", places.base_folders.home.to_string_lossy())),
            ..places
        })
    }

    /// The same places; with `is_shared` the helper is the package's own, where it lies.
    fn with_helper_of_package(self, is_shared: bool) -> Self {
        let helper = if is_shared { self.bundled_helper.clone() } else { self.helper.clone() };
        Self { helper, ..self }
    }

    /// The places of this computer.
    ///
    /// # Errors
    /// `SystemUnsupported` if the system reports no home folder.
    pub fn here() -> Result<Self, Finding> {
        or_unsupported(Self::from_environment())
    }

    /// Places inside a scratch folder, with `home` and `system` below it. `None` if this program's own folder is
    /// unknown.
    pub fn in_scratch(scratch: &Path) -> Option<Self> {
        let scratch = std::path::absolute(scratch).ok()?;
        let base_folders = sys::scratch_base_folders(&scratch);
        Some(Self {
            search: vec![base_folders.system.join("usr/bin")],
            claude_environment: sys::claude_environment(&base_folders),
            account: Some(format!("rehearsal {}", scratch.to_string_lossy())),
            ..Self::on(base_folders, None)?
        })
    }

    fn on(base_folders: BaseFolders, named_root: Option<PathBuf>) -> Option<Self> {
        let root = named_root.clone().unwrap_or_else(|| sys::usual_root(&base_folders));
        let state = base_folders.local.join("airouter-setup");
        Some(Self {
            named_root,
            log: sys::log_of(&base_folders, &root),
            ordinary_logs: sys::ordinary_logs(&base_folders),
            root,
            copies: Vec::new(),
            helper: state.join(HELPER_NAME),
            state,
            bundled_helper: beside_this_program(HELPER_NAME)?,
            system: base_folders.system.clone(),
            search: Vec::new(),
            claude_environment: Vec::new(),
            account: None,
            base_folders,
        })
    }

    /// The same places with Claude's folders determined anew: which folder Claude reads may depend on what is
    /// installed and which folders exist.
    #[must_use]
    pub fn resolved(&self) -> Self {
        let mut roots = sys::roots(self).into_iter();
        let Some(root) = roots.next() else { return self.clone() };
        Self { log: sys::log_of(&self.base_folders, &root), root, copies: roots.collect(), ..self.clone() }
    }

    /// Claude's logs in third-party mode, in each of its folders.
    pub fn logs(&self) -> Vec<PathBuf> {
        self.roots().map(|root| sys::log_of(&self.base_folders, root)).collect()
    }
}

fn or_unsupported(places: Option<Places>) -> Result<Places, Finding> {
    places.ok_or_else(|| Finding::new(Code::SystemUnsupported).with("reason", "no home folder"))
}

/// True if `home` is not the home folder of the person's account, according to this computer's list of accounts.
/// There is one keychain per person, but there may be several homes to try things in.
fn is_foreign_home(home: &Path) -> bool {
    #[cfg(unix)]
    {
        let me = rustix::process::getuid().as_raw().to_string();
        let accounts = fs_err::read_to_string("/etc/passwd").unwrap_or_default();
        let own = accounts.lines().find_map(|line| {
            let mut fields = line.split(':').skip(2);
            (fields.next()? == me).then(|| fields.nth(2)).flatten().map(Path::new)
        });
        own.is_some_and(|own| own != home)
    }
    #[cfg(not(unix))]
    {
        let _ = home;
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::places::root_of;

    #[test]
    fn a_scratch_folder_holds_everything() {
        let scratch = std::path::absolute(Path::new("/tmp/practice")).unwrap();
        let places = Places::in_scratch(&scratch).unwrap();
        let single = [&places.root, &places.log, &places.state, &places.helper, &places.system];
        for path in single.into_iter().chain(&places.ordinary_logs) {
            assert!(path.starts_with(&scratch), "{} is outside", path.display());
        }
        assert!(places.is_scratch(), "a rehearsal must not touch the real keychain entry");
    }

    #[test]
    fn a_helper_for_all_users_is_named_where_it_lies() {
        let places = Places::in_scratch(Path::new("/tmp/practice")).unwrap();
        let own = places.clone().with_helper_of_package(false);
        assert!(own.helper.starts_with(&own.state) && !own.has_shared_helper());
        let shared = places.with_helper_of_package(true);
        assert!(shared.helper == shared.bundled_helper && shared.has_shared_helper());
    }

    #[test]
    fn a_computer_without_a_home_is_not_supported() {
        assert_eq!(or_unsupported(None).unwrap_err().code, Code::SystemUnsupported);
        assert!(Places::here().is_ok(), "this one has one");
    }

    #[test]
    fn each_file_knows_its_folder() {
        let places = Places::in_scratch(Path::new("/tmp/practice")).unwrap();
        for file in [places.meta(), places.mode(), places.library().join("11111111.json")] {
            assert_eq!(root_of(&file), places.root, "{}", file.display());
        }
    }

    #[test]
    fn a_scratch_folder_resolves_to_itself() {
        let folder = tempfile::tempdir().unwrap();
        let places = Places::in_scratch(folder.path()).unwrap();
        assert_eq!(places.resolved(), places);
        assert_eq!(places.logs(), std::slice::from_ref(&places.log));
    }
}
