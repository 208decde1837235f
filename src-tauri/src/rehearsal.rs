//! The window in a rehearsal: a program of its own beside the shipped ones.

use std::any::Any;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use airouter_core::finding::{Code, Finding};
use airouter_core::preset::Preset;
use airouter_core::view::Rehearsal;
use airouter_platform::places::Places;
use airouter_rehearsal::{Sandbox as Simulated, Scenario};
use clap::Parser;

use crate::sandbox::Sandbox;
use crate::{Session, arguments, no_window, show};

/// Rehearses AIRouter Setup: a practice gateway and a stand-in Claude, nothing real is touched.
#[derive(Parser)]
#[command(name = "airouter-rehearsal", version)]
struct Arguments {
    /// The folder of the rehearsal. Without it, one beside this program's own folder of the person.
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
}

/// Starts the rehearsal and shows its window. It goes on where the last one in the folder ended.
pub fn rehearse() -> ExitCode {
    show(|| {
        let Arguments { folder } = arguments::read()?;
        let session = folder.map_or_else(usual_folder, Ok).and_then(|folder| resume(&folder));
        session.map(Session::in_sandbox).map_err(|finding| no_window::complain(&finding))
    })
}

fn usual_folder() -> Result<PathBuf, Finding> {
    Ok(Places::here()?.state.with_file_name("airouter-rehearsal"))
}

fn resume(folder: &Path) -> Result<Arc<dyn Sandbox>, Finding> {
    Ok(Arc::new(Folder { path: folder.to_owned(), simulated: Simulated::resume(folder)? }))
}

/// A sandbox in a folder.
struct Folder {
    path: PathBuf,
    simulated: Simulated,
}

impl Sandbox for Folder {
    fn places(&self) -> &Places {
        self.simulated.places()
    }

    fn preset(&self) -> &Preset {
        self.simulated.preset()
    }

    fn proxy(&self) -> Option<&str> {
        self.simulated.proxy()
    }

    fn view(&self) -> Rehearsal {
        self.simulated.view()
    }

    fn begin(&self, scenario: &str) -> Result<Arc<dyn Sandbox>, Finding> {
        let not_set = || Finding::new(Code::RehearsalNotSet).with("reason", "no such scenario");
        let simulated = Simulated::create(&self.path, Scenario::named(scenario).ok_or_else(not_set)?)?;
        Ok(Arc::new(Self { path: self.path.clone(), simulated }))
    }

    fn while_writing(&self) -> Option<Box<dyn Any>> {
        self.simulated.disk().map(|disk| Box::new(disk) as Box<dyn Any>)
    }

    fn leave(&self) {
        self.simulated.leave();
    }
}
