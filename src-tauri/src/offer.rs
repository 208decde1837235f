//! Presets that somebody opens, by a double click or a link, before the window or while it is open.
//! They wait here until the person has seen them and said yes or no.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use airouter_core::finding::Finding;
use airouter_core::preset::{Preset, link};
use airouter_core::view::Offer;
use tauri::ipc::Channel;

/// What waits, and whom to tell of the next one; cheap to clone, all clones are one.
#[derive(Clone, Default)]
pub(crate) struct Offers {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Default)]
struct Inner {
    waiting: Option<Result<Preset, Finding>>,
    page: Option<Channel<Offer>>,
}

impl Offers {
    /// Reads a preset that was opened; a later one takes the place of an earlier one.
    pub(crate) fn open(&self, source: &Path) {
        let opened = airouter_platform::preset::load(Some(source), None);
        let mut inner = self.inner();
        inner.waiting = Some(opened);
        if let (Some(page), Some(offer)) = (&inner.page, view(inner.waiting.as_ref())) {
            let _ = page.send(offer);
        }
    }

    /// Whom to tell of presets from now on.
    pub(crate) fn tell(&self, page: Channel<Offer>) {
        self.inner().page = Some(page);
    }

    /// What the page may know of the one that waits.
    pub(crate) fn view(&self) -> Option<Offer> {
        view(self.inner().waiting.as_ref())
    }

    /// The one that waits, if it has the address that is to be used. It waits no more then, and neither
    /// does one of which nothing is to be used.
    pub(crate) fn take(&self, used: Option<&str>) -> Option<Preset> {
        let mut inner = self.inner();
        let is_other =
            |opened: &Result<Preset, Finding>| opened.as_ref().is_ok_and(|preset| Some(preset.base.as_str()) != used);
        if used.is_some() && inner.waiting.as_ref().is_some_and(is_other) {
            return None;
        }
        inner.waiting.take()?.ok().filter(|_| used.is_some())
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn view(waiting: Option<&Result<Preset, Finding>>) -> Option<Offer> {
    Some(match waiting? {
        Ok(preset) => Offer { preset: Some(preset.view()), findings: preset.findings() },
        Err(finding) => Offer { preset: None, findings: vec![finding.clone()] },
    })
}

/// Where a preset is that the system names: a link as it is; a file by its path, seen from `folder`, or by
/// its address, as desktops do.
pub(crate) fn source(named: &Path, folder: &Path) -> PathBuf {
    let Some(text) = named.to_str() else { return folder.join(named) };
    if link::is_link(text) {
        return named.to_owned();
    }
    let by_address = text.starts_with("file:").then(|| tauri::Url::parse(text).ok()?.to_file_path().ok()).flatten();
    by_address.unwrap_or_else(|| folder.join(named))
}

#[cfg(test)]
mod tests {
    use super::*;
    use airouter_core::finding::Code;

    #[test]
    fn only_links_and_paths_are_opened_and_the_last_one_counts() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.airouter");
        let offers = Offers::default();
        assert_eq!(offers.view(), None);
        offers.open(&source(Path::new("missing.airouter"), folder.path()));
        let refused = offers.view().unwrap();
        assert_eq!((refused.preset, refused.findings[0].code), (None, Code::PresetInvalid));
        fs_err::write(&path, r#"{"schema":1,"name":"x","base":"https://x.example"}"#).unwrap();
        offers.open(&source(Path::new("x.airouter"), folder.path()));
        assert_eq!(offers.view().unwrap().preset.unwrap().host, "x.example");
        assert_eq!(offers.take(Some("https://y.example")), None, "the person saw another one");
        assert_eq!(offers.take(Some("https://x.example")).unwrap().base.host(), "x.example");
        assert_eq!((offers.take(Some("https://x.example")), offers.view()), (None, None));
        offers.open(&source(Path::new(&format!("file://{}", path.display())), Path::new("")));
        assert!(offers.view().is_some_and(|offer| offer.preset.is_some()), "desktops name files so");
        assert_eq!((offers.take(None), offers.view()), (None, None), "nothing is to be used");
    }
}
