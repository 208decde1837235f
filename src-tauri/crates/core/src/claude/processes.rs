//! Which of Windows' processes are Claude Desktop, and which are other programs of its package.
//!
//! A name decides nothing: `claude.exe` is also Claude Code, and the agent that Claude keeps below its data folder
//! (PI). What decides is the path of the program, or the package that the system says it belongs to. The system has to
//! be asked about each process for that, and to a virus scanner a program that asks about every process looks like one
//! that steals passwords. So the list that needs no asking (ids and names) says whom to ask.

use std::collections::BTreeSet;

use crate::windows_path::{is_below, is_same};

/// A row of the system's list of processes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its id.
    pub id: u32,
    /// The id of the process that started it, which may have ended since.
    pub parent: u32,
    /// The file name of its program.
    pub name: String,
}

/// File names of Claude's programs (PI): the app, the one that browsers start, and the one for virtual machines.
const NAMES: [&str; 3] = ["claude.exe", "chrome-native-host.exe", "cowork-svc.exe"];

/// The ids of the processes that have to be asked about: those with a name of Claude's, whatever they started, those
/// whose parent has ended (Claude's programs outlive it), the processes that led to `me`, and what `known` ones of
/// Claude started. `me` itself is not among them.
pub fn to_ask(all: &[Listed], me: u32, known: &[u32]) -> Vec<u32> {
    let is_named = |listed: &Listed| NAMES.iter().any(|name| listed.name.eq_ignore_ascii_case(name));
    let is_orphan = |listed: &Listed| listed.parent != 0 && !all.iter().any(|other| other.id == listed.parent);
    let mut roots: BTreeSet<u32> = all.iter().filter(|listed| is_named(listed)).map(|listed| listed.id).collect();
    roots.extend(known);
    let mut ids = roots.clone();
    loop {
        let more: Vec<u32> =
            all.iter().filter(|it| ids.contains(&it.parent) && !ids.contains(&it.id)).map(|it| it.id).collect();
        if more.is_empty() {
            break;
        }
        ids.extend(more);
    }
    ids.extend(all.iter().filter(|listed| is_orphan(listed)).map(|listed| listed.id));
    let parent = |child: &Listed| all.iter().find(|listed| listed.id == child.parent);
    let own = all.iter().find(|listed| listed.id == me);
    // A limit, since ids are given again and may lead in a circle.
    ids.extend(std::iter::successors(own, |child| parent(child)).take(all.len()).map(|listed| listed.id));
    ids.remove(&me);
    ids.into_iter().collect()
}

/// What is known of a process that was asked about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked<'a> {
    /// The file name of its program.
    pub name: &'a str,
    /// The path of its program; `None` if the system does not tell.
    pub program: Option<&'a str>,
    /// Name and publisher of the package that it belongs to.
    pub family: Option<&'a str>,
}

/// Where Claude is installed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Installed {
    /// Paths of single programs.
    pub programs: Vec<String>,
    /// Folders whose programs all are Claude Desktop.
    pub folders: Vec<String>,
    /// The families of its packages.
    pub families: Vec<String>,
}

/// What a process is to Claude Desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// Claude Desktop itself.
    App,
    /// Another program of its package, or one that Claude started: the package is in use as long as it runs.
    Package,
    /// The system does not tell what it runs, and its name is that of the app.
    Unknown,
}

/// What a process is to Claude Desktop; `None` if nothing.
///
/// A package that was updated lies in another folder than when it was looked for, so its app is also known by the
/// family together with the program's place in the package (`app\claude.exe`, PI).
pub fn part_of(process: &Asked<'_>, installed: &Installed) -> Option<Part> {
    let is_of_family =
        process.family.is_some_and(|family| installed.families.iter().any(|own| own.eq_ignore_ascii_case(family)));
    let Some(program) = process.program else {
        let is_named = process.name.eq_ignore_ascii_case(NAMES[0]);
        return if is_of_family { Some(Part::Package) } else { is_named.then_some(Part::Unknown) };
    };
    let is_host = process.name.eq_ignore_ascii_case(NAMES[1]);
    let is_app = !is_host
        && (installed.programs.iter().any(|own| is_same(own, program))
            || installed.folders.iter().any(|folder| is_below(program, folder))
            || (is_of_family && is_in_its_package(program, process.family.unwrap_or_default())));
    let is_beside = || is_host && installed.folders.iter().any(|folder| is_below(program, folder));
    let folders = folders(program);
    let is_family = |pair: &[String], family: &str| pair == ["packages".to_owned(), family.to_lowercase()];
    let in_container = |family: &String| folders.windows(2).any(|pair| is_family(pair, family));
    if is_app {
        Some(Part::App)
    } else {
        (is_of_family || installed.families.iter().any(in_container) || is_beside()).then_some(Part::Package)
    }
}

/// True for a program in a folder that has the name of a package of this family, such as
/// `Claude_1.46388.4.0_x64__pzs8sxrjxfjjc`.
fn is_in_its_package(program: &str, family: &str) -> bool {
    let family = family.to_lowercase();
    folders(program).iter().any(|folder| {
        let ends = family.split_once('_');
        ends.is_some_and(|(name, hash)| {
            folder.starts_with(&format!("{name}_")) && folder.ends_with(&format!("__{hash}"))
        })
    })
}

/// The names of the folders that a program lies in, in lower case, outermost first.
fn folders(program: &str) -> Vec<String> {
    let program = program.to_lowercase();
    let names = program.split(['\\', '/']);
    let mut names: Vec<String> = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
    names.pop();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(id: u32, parent: u32, name: &str) -> Listed {
        Listed { id, parent, name: name.to_owned() }
    }

    #[test]
    fn only_those_that_may_be_claudes_are_asked_about() {
        let all = [
            listed(4, 0, "System"),
            listed(100, 4, "lsass.exe"),
            listed(200, 100, "svchost.exe"),
            listed(300, 299, "explorer.exe"),
            listed(310, 300, "WindowsTerminal.exe"),
            listed(320, 310, "airouter-setup-cli.exe"),
            listed(330, 300, "KeePass.exe"),
            listed(400, 200, "Claude.exe"),
            listed(410, 400, "claude.exe"),
            listed(420, 410, "node.exe"),
            listed(421, 420, "git.exe"),
            listed(500, 499, "node.exe"),
            listed(600, 300, "chrome.exe"),
            listed(610, 600, "chrome-native-host.exe"),
            listed(700, 500, "python.exe"),
        ];
        // Node 500 is an orphan; its child is asked about once it is known to be Claude's.
        assert_eq!(to_ask(&all, 320, &[]), [300, 310, 400, 410, 420, 421, 500, 610]);
        assert!(to_ask(&all, 320, &[500]).contains(&700));
    }

    #[test]
    fn numbers_that_were_given_again_end_no_loop() {
        let all = [listed(8, 9, "a.exe"), listed(9, 8, "claude.exe")];
        assert_eq!(to_ask(&all, 8, &[]), [9]);
    }

    fn installed() -> Installed {
        Installed {
            programs: vec![
                r"C:\Users\Li\AppData\Local\AnthropicClaude\claude.exe".to_owned(),
                r"C:\Program Files\WindowsApps\Claude_1.44121.2.0_x64__pzs8sxrjxfjjc\app\claude.exe".to_owned(),
            ],
            folders: vec![
                r"C:\Users\Li\AppData\Local\AnthropicClaude\app-2.9939.2".to_owned(),
                r"C:\Program Files\WindowsApps\Claude_1.44121.2.0_x64__pzs8sxrjxfjjc".to_owned(),
            ],
            families: vec!["Claude_pzs8sxrjxfjjc".to_owned()],
        }
    }

    #[track_caller]
    fn check(program: &str, family: Option<&str>, expected: Option<Part>) {
        let name = program.rsplit('\\').next().unwrap_or_default();
        let asked = Asked { name, program: Some(program), family };
        assert_eq!(part_of(&asked, &installed()), expected, "{program} of {family:?}");
    }

    const FAMILY: Option<&str> = Some("claude_PZS8SXRJXFJJC");

    #[test]
    fn the_app_is_known_by_its_path_however_it_is_written() {
        check(r"C:\Users\Li\AppData\Local\AnthropicClaude\app-2.9939.2\claude.exe", None, Some(Part::App));
        check(r"\\?\c:\users\li\appdata\local\anthropicclaude\APP-2.9939.2\Claude.exe", None, Some(Part::App));
        check(r"C:\Users\Li\AppData\Local\AnthropicClaude\claude.exe", None, Some(Part::App));
        let package = r"C:\Program Files\WindowsApps\Claude_1.44121.2.0_x64__pzs8sxrjxfjjc\app";
        check(&format!(r"{package}\claude.exe"), FAMILY, Some(Part::App));
        check(&format!(r"{package}\crashpad_handler.exe"), FAMILY, Some(Part::App));
        check(&format!(r"{package}\claude.exe"), None, Some(Part::App));
    }

    #[test]
    fn an_update_in_another_folder_is_the_app_as_well() {
        let newer = r"C:\Program Files\WindowsApps\Claude_2.26454.0.0_arm64__pzs8sxrjxfjjc\app\claude.exe";
        check(newer, FAMILY, Some(Part::App));
        check(newer, None, None);
        check(newer, Some("Evil_pzs8sxrjxfjjc"), None);
    }

    #[test]
    fn what_claude_started_is_of_its_package_and_not_the_app() {
        check(r"C:\Program Files\nodejs\node.exe", FAMILY, Some(Part::Package));
        check(r"C:\Users\Li\AppData\Local\Claude-3p\claude-code\2.1.0\claude.exe", FAMILY, Some(Part::Package));
        let host = r"C:\Users\Li\AppData\Local\Packages\Claude_pzs8sxrjxfjjc\LocalCache\Roaming\Claude\ChromeNativeHost\chrome-native-host.exe";
        check(host, None, Some(Part::Package));
        // Browsers start it, and it runs as long as they do.
        let beside = r"C:\Users\Li\AppData\Local\AnthropicClaude\app-2.9939.2\chrome-native-host.exe";
        check(beside, None, Some(Part::Package));
    }

    #[test]
    fn others_of_that_name_are_left_alone() {
        for program in [
            r"C:\Users\Li\.local\bin\claude.exe",
            r"C:\Users\Li\AppData\Roaming\npm\claude.exe",
            r"C:\Users\Li\AppData\Local\Claude-3p\claude-code\2.1.0\claude.exe",
            r"C:\Users\Li\AppData\Local\AnthropicClaude\Update.exe",
            r"C:\Users\Li\AppData\Local\AnthropicClaude\app-2.9939.23\claude.exe",
            r"D:\claude.exe",
        ] {
            check(program, None, None);
        }
    }

    #[test]
    fn what_the_system_does_not_tell_is_unknown_and_not_absent() {
        let refused = |name, family| part_of(&Asked { name, program: None, family }, &installed());
        assert_eq!(refused("Claude.exe", None), Some(Part::Unknown));
        assert_eq!(refused("node.exe", FAMILY), Some(Part::Package));
        assert_eq!(refused("lsass.exe", None), None);
    }
}
