//! One copy of the program: a process that carries out orders from standard input, one per line.

use std::io::{BufRead, BufReader, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use airouter_core::address::GatewayUrl;
use airouter_core::check::AuthScheme;
use airouter_core::finding::{Code, Finding};
use airouter_core::plan::Wishes;
use airouter_core::secret::Secret;
use airouter_core::view::{KeyPlace, Outcome, UndoGoal};
use airouter_platform::places::Places;
use airouter_platform::{apply, fault_injection, undo};
use serde::{Deserialize, Serialize};

/// An order for a copy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) folder: PathBuf,
    /// The letter that marks its steps in the common step file.
    pub(crate) mark: char,
    /// The host to connect to; `None` to undo.
    pub(crate) host: Option<String>,
    pub(crate) static_key: bool,
    /// If another copy holds the lock, try again until it is free.
    pub(crate) patient: bool,
}

/// A running copy.
pub(crate) struct Copy {
    child: Child,
    orders: ChildStdin,
    ends: BufReader<ChildStdout>,
    mark: char,
}

impl Copy {
    pub(crate) fn start(mark: char) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env("RACES_COPY", "yes").stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (orders, ends) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
        Self { child, orders, ends, mark }
    }

    /// Sends an order; does not wait.
    pub(crate) fn begin(&mut self, order: &Order) {
        let line = serde_json::to_string(&Order { mark: self.mark, ..order.clone() }).unwrap();
        writeln!(self.orders, "{line}").unwrap();
    }

    /// Waits for the result of the order.
    pub(crate) fn end(&mut self) -> String {
        let mut line = String::new();
        self.ends.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Copy {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The copy's own side.
pub(crate) fn serve() {
    for line in std::io::stdin().lines() {
        let order: Order = serde_json::from_str(&line.unwrap()).unwrap();
        let mut steps = std::fs::OpenOptions::new().append(true).create(true).open(order.folder.join("steps")).unwrap();
        let mark = [order.mark as u8];
        fault_injection::set(Some(Box::new(move |step| {
            // The folders for the lock file are created before the lock is taken.
            if step != "make folder" { steps.write_all(&mark) } else { Ok(()) }
        })));
        let mut end = carry_out(&order);
        while order.patient && end.ends_with(Code::AnotherCopy.number()) {
            std::thread::yield_now();
            end = carry_out(&order);
        }
        println!("{end}");
    }
}

fn carry_out(order: &Order) -> String {
    let places = places(&order.folder);
    let named = |word: &str, findings: &[Finding]| match findings.first() {
        Some(finding) if finding.blocks() => format!("{word} {}", finding.code.number()),
        _ => word.to_owned(),
    };
    match &order.host {
        Some(host) => {
            let (outcome, findings) = connect(&places, host, order.static_key);
            match outcome {
                Outcome::Written => "written".to_owned(),
                Outcome::Refused => named("refused", &findings),
                Outcome::RolledBack => named("taken back", &findings),
                Outcome::Interrupted => named("interrupted", &findings),
                other => panic!("{other:?}"),
            }
        }
        None => {
            let report = undo::undo(&places, UndoGoal::Before, false, &mut |_| {});
            if report.undone { "undone".to_owned() } else { named("not undone", &report.findings) }
        }
    }
}

/// Connects to a host with the host's own key.
pub(crate) fn connect(places: &Places, host: &str, static_key: bool) -> (Outcome, Vec<Finding>) {
    let wishes = Wishes {
        name: "AIRouter".to_owned(),
        base: GatewayUrl::parse(&format!("https://{host}/claude")).unwrap(),
        scheme: AuthScheme::Bearer,
        models: vec!["claude-sonnet-4-6".to_owned()],
        every_model: false,
        key_place: if static_key { KeyPlace::Profile } else { KeyPlace::Keychain },
        egress: None,
        carry_over: false,
        restart: false,
    };
    let report = apply::apply(places, &wishes, &Secret::new(key_for(host)), None, &mut |_| {});
    (report.outcome, report.findings)
}

/// The key of a host, different for each, so that a mix-up is noticed.
pub(crate) fn key_for(host: &str) -> String {
    format!("sk-{}-0123456789abcdef0123456789", host.split('.').next().unwrap())
}

pub(crate) fn places(folder: &Path) -> Places {
    Places { bundled_helper: folder.join("came-with-it"), account: None, ..Places::in_scratch(folder).unwrap() }
}

/// A helper program that follows the contract, with a file as a keychain.
pub(crate) fn put_helper(folder: &Path) {
    let (chain, path) = (folder.join("keychain"), folder.join("came-with-it"));
    let chain = chain.display();
    let script = format!(
        "#!/bin/sh\ncase \"$1\" in\nstore) cat > {chain}.new && mv {chain}.new {chain} ;;\nforget) test -f {chain} || exit 3; rm {chain} ;;\ncheck) test -f {chain} || exit 3 ;;\nversion) printf 0.1.0 ;;\n*) test -f {chain} || exit 3; cat {chain} ;;\nesac\n"
    );
    std::fs::write(&path, script).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
}
