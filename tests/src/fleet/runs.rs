//! The runs of the command line program, started by GNU parallel as a management system would: a script
//! for each home, the key on standard input, no variable of anybody else.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use super::{CUT_OFF, KILLED, ManagedHome, scattered};

/// How a program ends that was killed.
const BY_KILL: i32 = 128 + 9;
/// How many runs there are at a time for each core.
pub(super) const JOBS_A_CORE: usize = 2;
/// So many runs are timed to know within what time to kill.
const TIMED: usize = 3;

/// Ends the key ring's service of this bus, and no other.
const END_KEY_RING: &str = "\
kill -KILL $(dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus / \
    org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets | tr -dc '0-9 ' | \
    awk '{print $NF}')
";

/// What the management system wants of everybody.
pub(super) enum Wanted {
    /// To be connected with these models.
    Apply { name: &'static str, models: &'static [&'static str] },
    /// To be as it was written.
    Repair,
    /// To be as it was before.
    Undo,
}

/// The fleet and its programs.
pub(super) struct Runs<'a> {
    pub(super) folder: &'a Path,
    pub(super) programs: &'a Path,
    /// The preset that leads to the gateway.
    pub(super) near: &'a Path,
    /// The one that leads nowhere.
    pub(super) far: &'a Path,
    pub(super) homes: &'a [ManagedHome],
}

/// How a run ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) number: usize,
    pub(super) exit: Option<i32>,
    pub(super) is_cut_off: bool,
    pub(super) took: Duration,
    /// What it printed.
    pub(super) text: String,
}

impl Ended {
    pub(super) fn was_killed(&self) -> bool {
        self.exit == Some(BY_KILL)
    }

    /// It found the key ring out of reach, and said so.
    pub(super) fn met_no_key_ring(&self) -> bool {
        self.codes().iter().any(|code| ["AR-801", "AR-802", "AR-805"].contains(&code.as_str()))
    }

    /// It found everything as it was wanted.
    pub(super) fn was_needless(&self) -> bool {
        self.answer()["outcome"] == "unchanged" || self.codes().iter().any(|code| code == "AR-708")
    }

    fn answer(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    fn codes(&self) -> Vec<String> {
        let answer = self.answer();
        let findings = answer["findings"].as_array().into_iter().flatten();
        findings.filter_map(|finding| finding["code"].as_str().map(str::to_owned)).collect()
    }
}

impl Wanted {
    pub(super) fn name(&self) -> &'static str {
        match self {
            Self::Apply { name, .. } => name,
            Self::Repair => "repair",
            Self::Undo => "undo",
        }
    }

    fn needs_network(&self) -> bool {
        matches!(self, Self::Apply { .. })
    }

    fn words(&self, preset: &Path, home: &ManagedHome) -> Vec<String> {
        let mut words: Vec<String> = match self {
            Self::Apply { models, .. } => {
                let mut words = vec!["apply".to_owned(), "--preset".to_owned(), preset.to_string_lossy().into_owned()];
                words.extend(models.iter().flat_map(|id| ["--model".to_owned(), (*id).to_owned()]));
                words.extend(home.has_static_key().then(|| "--static-key".to_owned()));
                words.extend(["--key-stdin".to_owned(), "--write-only".to_owned()]);
                words
            }
            Self::Repair => vec!["repair".to_owned(), "--write-only".to_owned()],
            Self::Undo => vec!["undo".to_owned()],
        };
        words.extend(["--yes".to_owned(), "--json".to_owned()]);
        words
    }
}

impl Runs<'_> {
    /// How long a run takes here and now, told by looking only: what is wanted, as a dry run.
    pub(super) fn usual_time(&self, wanted: &Wanted) -> Result<Duration> {
        let few = &self.homes[..TIMED.min(self.homes.len())];
        let ended = self.parallel(few, wanted, "timed", |_| Fate::Shown)?;
        let all: Duration = ended.iter().map(|run| run.took).sum();
        // Writing takes longer than looking.
        Ok(all / u32::try_from(few.len().max(1))? * 2)
    }

    /// Everybody once; with `hurt`, some are killed within that time and some are cut off.
    pub(super) fn run(&self, wanted: &Wanted, hurt: Option<Duration>) -> Result<Vec<Ended>> {
        let fate = |home: &ManagedHome| {
            let Some(usual) = hurt else { return Fate::Lives };
            let salt = wanted.name();
            if home.number == self.homes.len() / 2 {
                return Fate::EndsKeyRing;
            }
            // Of every hundred in their scattered order.
            match scattered(home.number, salt) % 100 {
                place if place < KILLED => Fate::Killed(
                    usual.mul_f64(f64::from(u32::try_from(scattered(home.number, "when") % 100).unwrap_or(0)) / 100.0),
                ),
                place if place < KILLED + CUT_OFF && wanted.needs_network() => Fate::CutOff,
                _ => Fate::Lives,
            }
        };
        self.parallel(self.homes, wanted, if hurt.is_some() { "first" } else { "second" }, fate)
    }

    fn parallel(
        &self,
        homes: &[ManagedHome],
        wanted: &Wanted,
        round: &str,
        fate: impl Fn(&ManagedHome) -> Fate,
    ) -> Result<Vec<Ended>> {
        let folder = self.folder.join("runs").join(wanted.name()).join(round);
        std::fs::create_dir_all(&folder)?;
        let fates: Vec<Fate> = homes.iter().map(fate).collect();
        let mut list = String::new();
        for (home, fate) in homes.iter().zip(&fates) {
            let (script, key) =
                (folder.join(format!("{}.sh", home.number)), folder.join(format!("{}.key", home.number)));
            crate::home::keep_private(&key, &home.key())?;
            std::fs::write(&script, self.script(home, wanted, fate, &folder)?)?;
            writeln!(list, "{}", script.display())?;
        }
        let scripts = folder.join("scripts");
        std::fs::write(&scripts, list)?;
        let log = folder.join("log");
        Command::new("parallel")
            .args(["--will-cite", "--jobs", &format!("{JOBS_A_CORE}00%"), "--joblog"])
            .arg(&log)
            .arg("-a")
            .arg(&scripts)
            .args(["sh", "{}"])
            .status()
            .context("GNU parallel")?;
        let times = times(&std::fs::read_to_string(&log)?)?;
        homes.iter().zip(fates).map(|(home, fate)| ended(home, &fate, &folder, &times)).collect()
    }

    fn script(&self, home: &ManagedHome, wanted: &Wanted, fate: &Fate, folder: &Path) -> Result<String> {
        let preset = if matches!(fate, Fate::CutOff) { self.far } else { self.near };
        let mut command =
            vec!["env".to_owned(), "-i".to_owned(), "PATH=/usr/bin:/bin".to_owned(), "LANG=C.UTF-8".to_owned()];
        command.push(format!("HOME={}", home.path.display()));
        command.extend(home.variables().iter().map(|(name, path)| format!("{name}={}", path.display())));
        for name in ["DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"] {
            command.push(format!("{name}={}", std::env::var(name).context(name)?));
        }
        if let Fate::Killed(after) = fate {
            command.extend([
                "timeout".to_owned(),
                "-s".to_owned(),
                "KILL".to_owned(),
                format!("{:.3}", after.as_secs_f64().max(0.001)),
            ]);
        }
        let before = if matches!(fate, Fate::EndsKeyRing) { END_KEY_RING } else { "" };
        command.push(self.programs.join("airouter-setup-cli").display().to_string());
        command.extend(wanted.words(preset, home));
        command.extend(matches!(fate, Fate::Shown).then(|| "--dry-run".to_owned()));
        let quoted: Vec<String> = command.iter().map(|word| format!("'{}'", word.replace('\'', "'\\''"))).collect();
        let path = |ending: &str| folder.join(format!("{}.{ending}", home.number)).display().to_string();
        Ok(format!(
            "{before}{} <'{}' >'{}' 2>'{}'\necho $? >'{}'\n",
            quoted.join(" "),
            path("key"),
            path("out"),
            path("err"),
            path("exit")
        ))
    }
}

/// What happens to a run.
enum Fate {
    Lives,
    Killed(Duration),
    CutOff,
    /// It begins when the key ring's service has just ended under everybody.
    EndsKeyRing,
    /// It only shows what it would do.
    Shown,
}

fn ended(home: &ManagedHome, fate: &Fate, folder: &Path, times: &[(PathBuf, Duration)]) -> Result<Ended> {
    let path = |ending: &str| folder.join(format!("{}.{ending}", home.number));
    let script = path("sh");
    let took = times.iter().find(|(name, _)| *name == script).map(|(_, took)| *took).context("it was not run")?;
    let exit = std::fs::read_to_string(path("exit"))?.trim().parse().ok();
    let is_cut_off = matches!(fate, Fate::CutOff);
    // Whoever has no network says so and writes nothing.
    ensure!(!is_cut_off || exit == Some(3), "home {} without network ended with {exit:?}", home.number);
    Ok(Ended { number: home.number, exit, is_cut_off, took, text: std::fs::read_to_string(path("out"))? })
}

/// The run time of each script, from the log of GNU parallel: the fourth column, in seconds.
fn times(log: &str) -> Result<Vec<(PathBuf, Duration)>> {
    log.lines()
        .skip(1)
        .map(|line| {
            let columns: Vec<&str> = line.split('\t').collect();
            let seconds: f64 = columns.get(3).context("no time")?.trim().parse()?;
            let script = columns.last().and_then(|command| command.strip_prefix("sh ")).context("no script")?;
            Ok((PathBuf::from(script), Duration::from_secs_f64(seconds)))
        })
        .collect()
}
