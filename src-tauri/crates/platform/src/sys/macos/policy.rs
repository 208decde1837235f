//! The administrator's configuration: two property lists that the system writes for a management service.
//! `airouter_core::claude::policy` interprets them.

use std::io;
use std::path::Path;

use airouter_core::claude::bundle::IDENTIFIER;
use airouter_core::claude::managed::ManagedSource;
use airouter_core::claude::policy::{List, Lists};

use super::SHORT;
use crate::command;
use crate::places::Places;

/// Where managed preferences are (OD).
const FOLDER: &str = "Library/Managed Preferences";
/// Longest list that is read, in bytes.
const LONGEST: u64 = 8 * 1024 * 1024;

/// The administrator's configuration.
pub(crate) fn managed(places: &Places) -> ManagedSource {
    let folder = places.system.join(FOLDER);
    let name = format!("{IDENTIFIER}.plist");
    let read = || {
        let user = short_name(places).map(|user| list(&folder.join(user).join(&name))).transpose()?.flatten();
        Ok(Lists { user, machine: list(&folder.join(&name))? })
    };
    match read() {
        Ok(lists) if lists == Lists::default() => ManagedSource::Absent,
        Ok(lists) => ManagedSource::Plists(lists),
        Err(rejected) => rejected,
    }
}

/// The person's user name, which is the name of their folder.
fn short_name(places: &Places) -> Option<String> {
    let ended = command::run(command::program(places.system.join("usr/bin/id")).arg("-un"), "", SHORT).ok()?;
    let name = ended.output.trim();
    let is_name = ended.code == Some(0) && !name.is_empty() && !name.contains('/') && !name.starts_with('.');
    is_name.then(|| name.to_owned())
}

/// Reads a property list, if there is one. One that cannot be read is an error, because the system, which reads it
/// for Claude, may be able to read it.
fn list(path: &Path) -> Result<Option<List>, ManagedSource> {
    let rejected = |why: &str| ManagedSource::Rejected { path: text(path), why: why.to_owned() };
    match fs_err::metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Ok(meta) if meta.len() > LONGEST => Err(rejected("too large")),
        _ => match fs_err::read(path) {
            Ok(bytes) => Ok(Some(List { path: text(path), bytes })),
            Err(_) => Err(rejected("unreadable")),
        },
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::super::Mac;
    use super::*;
    use airouter_core::claude::managed::judge;
    use airouter_core::finding::Code;

    const GATEWAY: &str =
        "<plist version=\"1.0\"><dict><key>inferenceProvider</key><string>gateway</string></dict></plist>";
    const UPDATES: &str = "<plist version=\"1.0\"><dict><key>disableAutoUpdates</key><true/></dict></plist>";

    fn code(mac: &Mac) -> Option<Code> {
        judge(&managed(&mac.places), None).map(|finding| finding.code)
    }

    #[test]
    fn both_lists_are_read_and_the_persons_lies_under_their_name() {
        let mac = Mac::new();
        mac.program("usr/bin/id", "[ \"$1\" = -un ] && echo lilei");
        assert_eq!(short_name(&mac.places).as_deref(), Some("lilei"));
        assert_eq!(managed(&mac.places), ManagedSource::Absent);
        mac.put(&format!("{FOLDER}/wang/{IDENTIFIER}.plist"), GATEWAY);
        assert_eq!(code(&mac), None, "another person's policy");
        let machine = mac.put(&format!("{FOLDER}/{IDENTIFIER}.plist"), UPDATES);
        assert_eq!(code(&mac), Some(Code::ManagedAppOnly));
        let user = mac.put(&format!("{FOLDER}/lilei/{IDENTIFIER}.plist"), GATEWAY);
        let finding = judge(&managed(&mac.places), None).unwrap();
        assert_eq!(finding.code, Code::ManagedByPolicy);
        assert_eq!(finding.evidence[0].value, format!("{}, {}", text(&user), text(&machine)));
    }

    #[test]
    fn a_list_that_cannot_be_read_is_not_taken_for_none() {
        let mac = Mac::new();
        assert_eq!(short_name(&mac.places), None, "there is nobody to ask");
        mac.put(&format!("{FOLDER}/{IDENTIFIER}.plist/x"), "a folder");
        assert_eq!(code(&mac), Some(Code::ManagedRejected));
        mac.program("usr/bin/id", "echo ../../etc");
        assert_eq!(short_name(&mac.places), None, "a name leads nowhere else");
    }
}
