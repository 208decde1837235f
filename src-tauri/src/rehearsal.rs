//! Setting the stage for a rehearsal: a scratch folder with a stand-in Claude Desktop, and a practice
//! gateway on this computer. Nothing real is touched.

use std::path::Path;

use airouter_core::finding::{Code, Finding};
use airouter_core::preset::Preset;
use airouter_core::view::{PracticeKey, Rehearsal};
use airouter_platform::places::Places;
use airouter_platform::stage;
use airouter_practice::gateway::{self, Fault, Gateway, GatewayOptions};

/// A set stage. The gateway serves as long as this lives.
pub(crate) struct Stage {
    places: Places,
    gateway: Gateway,
}

impl Stage {
    /// Sets the stage in a folder, which is made if it is missing.
    pub(crate) fn set(folder: &Path) -> Result<Self, Finding> {
        let failed = |reason: String| Finding::new(Code::CannotWrite).with("reason", reason);
        let places = Places::in_scratch(folder).ok_or_else(|| failed("no folder".to_owned()))?;
        stage::install_claude(&places, &airouter_practice::claude::NEWEST.to_string())?;
        let gateway = tauri::async_runtime::block_on(gateway::start(GatewayOptions::default()))
            .map_err(|error| failed(error.to_string()))?;
        Ok(Self { places, gateway })
    }

    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    pub(crate) fn preset(&self) -> Result<Preset, Finding> {
        Preset::from_json(&gateway::preset_json(&self.gateway))
    }

    /// What the page may know: the keys that make the practice gateway answer in a certain way.
    pub(crate) fn view(&self) -> Rehearsal {
        let keys =
            Fault::all().map(|fault| PracticeKey { scenario: fault.name().to_owned(), key: fault.example_key() });
        Rehearsal { keys: keys.collect() }
    }
}
