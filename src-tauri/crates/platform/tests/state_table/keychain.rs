//! A scripted keychain: a shell script that takes the place of the helper program and follows its contract
//! (`airouter-credential`: the key on standard input and output, fixed exit codes, the entry's name in a file beside
//! it). Each entry is a file; another file sets the behaviour of each verb.
//!
//! The script uses only shell builtins, so that a call costs one process; therefore a removed entry is an empty file.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use airouter_platform::helper::ACCOUNT_FILE;

/// The key in the default entry, which belongs to the person's own home and must not be touched.
const OWN_KEY: &str = "sk-own-0123456789abcdef0123456789";

/// How the keychain behaves for one verb.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behaviour {
    /// It works.
    Ok,
    /// It does nothing and exits with this code.
    Exits(u8),
    /// It does its work and then exits with "locked": a failure is reported although it succeeded.
    DoesThenFails,
    /// It works once and is locked from then on.
    Once,
    /// It prints several words instead of the key, which the contract does not allow.
    Garbage,
}

impl Behaviour {
    fn word(self) -> String {
        match self {
            Self::Ok => "ok".to_owned(),
            Self::Exits(code) => code.to_string(),
            Self::DoesThenFails => "does-then-fails".to_owned(),
            Self::Once => "once".to_owned(),
            Self::Garbage => "garbage".to_owned(),
        }
    }
}

/// The behaviours of all verbs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Behaviours {
    pub(crate) print: Behaviour,
    pub(crate) store: Behaviour,
    pub(crate) forget: Behaviour,
    pub(crate) check: Behaviour,
    pub(crate) version: Behaviour,
}

impl Behaviours {
    pub(crate) const NORMAL: Self = Self::all(Behaviour::Ok);

    /// Locked, for every verb that needs the keychain.
    pub(crate) const LOCKED: Self = Self { version: Behaviour::Ok, ..Self::all(Behaviour::Exits(5)) };

    /// No keychain, for every verb that needs one.
    pub(crate) const UNAVAILABLE: Self = Self { version: Behaviour::Ok, ..Self::all(Behaviour::Exits(4)) };

    const fn all(behaviour: Behaviour) -> Self {
        Self { print: behaviour, store: behaviour, forget: behaviour, check: behaviour, version: behaviour }
    }
}

/// The files behind the script.
#[derive(Debug, Clone)]
pub(crate) struct Keychain {
    folder: PathBuf,
}

impl Keychain {
    /// A keychain that exists already.
    pub(crate) fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned() }
    }

    /// Makes a keychain in a folder, and its script at the path of the helper.
    pub(crate) fn make(folder: &Path, script: &Path) -> Self {
        let keychain = Self::at(folder);
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(script, keychain.script()).unwrap();
        std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o700)).unwrap();
        std::fs::write(keychain.entry(None), OWN_KEY).unwrap();
        keychain.set(Behaviours::NORMAL);
        keychain
    }

    /// Sets the behaviours from now on.
    pub(crate) fn set(&self, behaviours: Behaviours) {
        let Behaviours { print, store, forget, check, version } = behaviours;
        let words = [("print", print), ("store", store), ("forget", forget), ("check", check), ("version", version)];
        let text: String = words.iter().map(|(verb, behaviour)| format!("{verb}={}\n", behaviour.word())).collect();
        std::fs::write(self.behaviours_file(), text).unwrap();
    }

    /// The file that sets the behaviours; not part of any saved state.
    pub(crate) fn behaviours_file(&self) -> PathBuf {
        self.folder.join("mood")
    }

    /// The key in an entry.
    pub(crate) fn key(&self, account: Option<&str>) -> Option<String> {
        std::fs::read_to_string(self.entry(account)).ok().filter(|key| !key.is_empty())
    }

    /// Empties an entry, as another program would.
    pub(crate) fn empty(&self, account: Option<&str>) {
        std::fs::write(self.entry(account), "").unwrap();
    }

    /// True if the entry of the person's own home is unchanged.
    pub(crate) fn is_own_entry_whole(&self) -> bool {
        self.key(None).as_deref() == Some(OWN_KEY)
    }

    /// The file behind an entry.
    pub(crate) fn entry(&self, account: Option<&str>) -> PathBuf {
        self.folder.join(format!("entry {}", account.unwrap_or("usual").trim_start_matches('/').replace('/', "_")))
    }

    fn script(&self) -> String {
        let chain = self.folder.display();
        format!(
            r#"#!/bin/sh
verb=${{1:-print}}
case "$verb" in print|store|forget|check|version) ;; *) exit 2 ;; esac
chain='{chain}'
name=usual
if test -f "${{0%/*}}/{ACCOUNT_FILE}"; then
    IFS= read -r name < "${{0%/*}}/{ACCOUNT_FILE}"
    set -f; IFS=/; set -- $name; IFS=_; name="$*"; unset IFS
fi
entry="$chain/entry $name"
. "$chain/mood"
eval "mood=\$$verb"
test "$verb" = store && IFS= read -r given
if test "$mood" = once; then
    echo "$verb=5" >> "$chain/mood"
    mood=ok
fi
case "$mood" in
ok|does-then-fails) ;;
garbage)
    test "$verb" = print && test -s "$entry" && {{ printf 'no key of anybody'; exit 0; }}
    mood=ok ;;
*) echo "the keychain answers $mood" >&2; exit "$mood" ;;
esac
key=
test -s "$entry" && IFS= read -r key < "$entry"
case "$verb" in
version) echo 0.1.0 ;;
store) test -n "$given" || exit 2; printf %s "$given" > "$entry" ;;
*) test -n "$key" || {{ echo "no key is stored" >&2; exit 3; }} ;;
esac
case "$verb" in
print) test "$mood" = ok && printf %s "$key" ;;
forget) : > "$entry" ;;
esac
test "$mood" = ok || {{ echo "the keychain is locked" >&2; exit 5; }}
exit 0
"#
        )
    }
}
