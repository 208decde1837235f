//! `cargo xtask test deb`: the Debian package, where nothing else of this project is.
//!
//! A system is made from nothing (`debootstrap`), and in it a person with a home, a display and a key
//! ring. An older build is installed and connects Claude in a real window; it is updated and removed
//! while the person sits there. The mounts and processes of that system live in name spaces of their
//! own, so nothing of it is left on this machine when a command ends.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};

use crate::bundle::{output, quick_deb};
use crate::desktop::{SCREEN, offer_key_ring};
use crate::machine::{Purpose, prepare};
use crate::step::{cargo, program, step, target};

/// The version of the older build.
const OLDER: &str = "0.0.9";
/// What the test needs beside what the package brings.
const AT_THE_DESK: [&str; 6] = ["xvfb", "xauth", "webkit2gtk-driver", "libsecret-tools", "procps", "dbus"];
/// The folder of the tests in that system.
const TESTS: &str = "/opt/tests";

/// Makes the package, has it judged, and tries it.
pub(crate) fn deb() -> Result<()> {
    ensure!(output(program("id").arg("-u"))?.trim() == "0", "a system of its own can only be made by root");
    prepare(Purpose::Try)?;
    let new = quick_deb()?;
    let mut judge = program("lintian");
    step("what Debian's rules say", judge.args(["--fail-on", "error", "--tag-display-limit", "0"]).arg(&new))?;
    let older = older(&new)?;
    let tests = build_tests()?;

    let system = System::make()?;
    system.take("/opt", &[&older, &new])?;
    system.take(TESTS, &[&tests.flow, &tests.packaged, &tests.stand_in])?;
    system.install(&older)?;
    step("the key ring came with it", system.run().args(["dpkg-query", "-W", "gnome-keyring"]))?;
    let mut desk = system.run();
    desk.args(["apt-get", "install", "-y", "-qq", "--no-install-recommends"]).args(AT_THE_DESK);
    step("a desk", &mut desk)?;
    offer_key_ring(&system.root.join("usr/local/share"))?;
    step("a person", system.run().args(["useradd", "--create-home", "person"]))?;

    let flow = Path::new(TESTS).join(tests.flow.file_name().context("a name")?);
    // The package has no rehearsal.
    let words = ["--test-threads=1", "--skip", "a_rehearsal_touches_nothing_real"];
    step("the flow in that system", system.as_person(&flow).args(words))?;
    live(&system, &new)
}

/// The package's life, from the older build to its removal, with the person at the desk all the time.
fn live(system: &System, new: &Path) -> Result<()> {
    eprintln!("\n── connected, updated, removed");
    let mut person = system.as_person(&Path::new(TESTS).join("packaged"));
    let mut person = person.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    let mut answer = person.stdin.take().context("standard input")?;
    for line in BufReader::new(person.stdout.take().context("standard output")?).lines() {
        let line = line?;
        eprintln!("   {line}");
        match line.strip_prefix("outside: ") {
            Some("update") => system.install(new)?,
            Some("remove") => system.remove()?,
            Some(other) => bail!("nobody here can {other}"),
            None => continue,
        }
        writeln!(answer, "done")?;
    }
    ensure!(person.wait()?.success(), "the package's life went wrong, see above");
    Ok(())
}

/// The same package as an earlier build would be: an earlier version, and a helper of other bytes.
fn older(new: &Path) -> Result<PathBuf> {
    let folder = target().join("deb-older");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    step("unpack", program("dpkg-deb").arg("-R").arg(new).arg(&folder))?;
    let control = folder.join("DEBIAN/control");
    let text = std::fs::read_to_string(&control)?;
    let version = format!("Version: {}\n", env!("CARGO_PKG_VERSION"));
    ensure!(text.contains(&version), "the package has another version");
    std::fs::write(control, text.replace(&version, &format!("Version: {OLDER}\n")))?;
    let mut helper = std::fs::OpenOptions::new().append(true).open(folder.join("usr/bin/airouter-credential"))?;
    helper.write_all(b"an earlier build")?;
    drop(helper);
    let package = target().join(format!("airouter-setup_{OLDER}_amd64.deb"));
    step("pack an older build", program("dpkg-deb").args(["-Zgzip", "-z1", "-b"]).arg(&folder).arg(&package))?;
    Ok(package)
}

/// The tests' programs.
struct Tests {
    flow: PathBuf,
    packaged: PathBuf,
    stand_in: PathBuf,
}

fn build_tests() -> Result<Tests> {
    eprintln!("\n── the tests");
    let mut build = cargo();
    build.args(["test", "-p", "e2e", "--test", "flow", "--no-run", "--message-format=json-render-diagnostics"]);
    let messages = output(build.stderr(Stdio::inherit()))?;
    let programs = messages.split(r#""executable":""#).skip(1).filter_map(|rest| rest.split('"').next());
    let programs: Vec<PathBuf> = programs.map(PathBuf::from).collect();
    let named = |start: &str| {
        let found =
            programs.iter().find(|path| path.file_name().is_some_and(|it| it.to_string_lossy().starts_with(start)));
        found.cloned().with_context(|| format!("{start} was not built"))
    };
    step("the stand-in", cargo().args(["build", "-p", "airouter-practice", "--bin", "practice-claude"]))?;
    let stand_in = target().join("debug/practice-claude");
    Ok(Tests { flow: named("flow-")?, packaged: named("packaged")?, stand_in })
}

/// A system of its own.
struct System {
    root: PathBuf,
}

impl System {
    /// Makes one of this machine's own release, with its package sources.
    fn make() -> Result<Self> {
        let root = target().join("deb-root");
        if root.exists() {
            std::fs::remove_dir_all(&root).context("the old system")?;
        }
        let sources = sources()?;
        let first = sources.first().context("apt knows no source of Debian")?;
        // In a name space of its own too: what it mounts must not stay when it is stopped.
        let mut make = program("unshare");
        make.args(["--mount", "debootstrap", "--variant=minbase", &first.suite]).arg(&root).arg(&first.address);
        step("a fresh Debian", make.stdout(Stdio::null()))?;
        let lines: String =
            sources.iter().map(|source| format!("deb {} {} main\n", source.address, source.suite)).collect();
        std::fs::write(root.join("etc/apt/sources.list"), lines)?;
        // It is thrown away: nothing need be safe from a power cut.
        std::fs::write(root.join("etc/dpkg/dpkg.cfg.d/quick"), "force-unsafe-io\n")?;
        let system = Self { root };
        for file in ["/etc/resolv.conf", "/etc/hosts"] {
            std::fs::copy(file, system.root.join(&file[1..])).with_context(|| file.to_owned())?;
        }
        // How this machine reaches the sources.
        for entry in std::fs::read_dir("/etc/apt/apt.conf.d")?.flatten() {
            std::fs::copy(entry.path(), system.root.join("etc/apt/apt.conf.d").join(entry.file_name()))?;
        }
        step("its package lists", system.run().args(["apt-get", "update", "-qq"]))?;
        Ok(system)
    }

    /// Copies files into one of its folders.
    fn take(&self, folder: &str, files: &[&Path]) -> Result<()> {
        let folder = self.root.join(&folder[1..]);
        std::fs::create_dir_all(&folder)?;
        for file in files {
            std::fs::copy(file, folder.join(file.file_name().context("a name")?))?;
        }
        Ok(())
    }

    /// Installs a package from `/opt` as a person would.
    fn install(&self, package: &Path) -> Result<()> {
        let name = package.file_name().context("a name")?.to_string_lossy().into_owned();
        step(
            &format!("install {name}"),
            self.run().args(["apt-get", "install", "-y", "-qq"]).arg(format!("/opt/{name}")),
        )
    }

    /// Removes the package, then its last traces; nothing of it is left then.
    fn remove(&self) -> Result<()> {
        let listed = output(self.run().args(["dpkg-query", "-L", "airouter-setup"]))?;
        step("remove", self.run().args(["apt-get", "remove", "-y", "-qq", "airouter-setup"]))?;
        // By dpkg: without files of settings there is nothing left that apt could purge.
        step("purge", self.run().args(["dpkg", "--purge", "airouter-setup"]))?;
        let ours = listed.lines().filter(|path| path.contains("airouter"));
        let left: Vec<&str> = ours.filter(|path| self.root.join(&path[1..]).exists()).collect();
        ensure!(left.is_empty(), "left behind: {}", left.join(", "));
        Ok(())
    }

    /// A command in it, as root.
    fn run(&self) -> Command {
        /// Mounted anew for each command, and gone with it.
        const ENTER: &str = "mount --rbind /dev \"$0/dev\"; mount -t proc proc \"$0/proc\"; \
                             mount -t tmpfs tmpfs \"$0/run\"; exec chroot \"$0\" \"$@\"";
        let mut command = program("unshare");
        command.args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", ENTER]).arg(&self.root);
        command
            .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .env("LANG", "C.UTF-8");
        command
    }

    /// A program at the person's desk: a session, a display, an unlocked key ring.
    fn as_person(&self, name: &Path) -> Command {
        const SIT: &str = "install -d /run/user; install -d -m 700 -o person /run/user/person; cd /home/person; \
                           exec runuser -u person -- env -i HOME=/home/person USER=person LANG=C.UTF-8 \
                           PATH=/usr/bin:/bin XDG_RUNTIME_DIR=/run/user/person PROGRAMS=/usr/bin \"$@\"";
        let mut command = self.run();
        command.args(["sh", "-ec", SIT, "sh", "dbus-run-session", "--", "xvfb-run", "-a", "-s", SCREEN]).arg(name);
        command
    }
}

/// Where this machine gets Debian's packages from.
#[derive(Debug, PartialEq, Eq)]
struct Source {
    address: String,
    suite: String,
}

fn sources() -> Result<Vec<Source>> {
    let format = "$(ORIGIN)|$(REPO_URI)|$(RELEASE)|$(COMPONENT)";
    let told = output(program("apt-get").args(["indextargets", "--format", format, "Created-By: Packages"]))?;
    Ok(read_sources(&told))
}

/// The release itself first, then what it is kept up to date by.
fn read_sources(told: &str) -> Vec<Source> {
    let mut sources: Vec<Source> = Vec::new();
    for line in told.lines() {
        if let ["Debian", address, suite, "main"] = line.split('|').collect::<Vec<_>>()[..] {
            let source = Source { address: address.to_owned(), suite: suite.to_owned() };
            if !sources.contains(&source) {
                sources.push(source);
            }
        }
    }
    sources.sort_by_key(|source| source.suite.len());
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_debians_own_sources_are_taken_and_the_release_comes_first() {
        let told = "\
Debian|http://mirror.example/debian-security/|bookworm-security|main
Somebody|http://other.example/|stable|main
Debian|http://mirror.example/debian/|bookworm|main
Debian|http://mirror.example/debian/|bookworm|main
Debian|http://mirror.example/debian/|bookworm|contrib
";
        let found = read_sources(told);
        let suites: Vec<&str> = found.iter().map(|source| source.suite.as_str()).collect();
        assert_eq!(suites, ["bookworm", "bookworm-security"]);
        assert_eq!(found[0].address, "http://mirror.example/debian/");
    }
}
