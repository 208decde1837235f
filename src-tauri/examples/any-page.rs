//! The program's window around another page: `any-page FOLDER`.
//!
//! It is the same toolkit with the same protocol and the same content policy, but nothing behind it.
//! An empty page is what the program's own start is measured against, and the page with its double
//! (`ui/tests/gallery`) shows in the real engine the states that the real program rarely meets.
#![allow(clippy::disallowed_methods, reason = "a tool for the people who build the program")]

use std::borrow::Cow;
use std::path::PathBuf;

use tauri::utils::assets::{AssetKey, AssetsIter, CspHash};
use tauri::{App, Assets, Context, Runtime, WebviewUrl, WebviewWindowBuilder};

/// The files of a folder as a page.
struct Folder(PathBuf);

impl<R: Runtime> Assets<R> for Folder {
    fn get(&self, key: &AssetKey) -> Option<Cow<'_, [u8]>> {
        std::fs::read(self.0.join(key.as_ref().trim_start_matches('/'))).ok().map(Cow::Owned)
    }

    fn iter(&self) -> Box<AssetsIter<'_>> {
        Box::new(std::iter::empty())
    }

    fn csp_hashes(&self, _html_path: &AssetKey) -> Box<dyn Iterator<Item = CspHash<'_>> + '_> {
        Box::new(std::iter::empty())
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).ok_or("usage: any-page FOLDER")?;
    let mut context: Context = tauri::generate_context!();
    context.set_assets(Box::new(Folder(folder.into())));
    tauri::Builder::default().setup(open_window).run(context)?;
    Ok(())
}

fn open_window(app: &mut App) -> Result<(), Box<dyn std::error::Error>> {
    // As the program opens it, but as small as one likes.
    WebviewWindowBuilder::new(app, "main", WebviewUrl::default())
        .title("")
        .inner_size(960.0, 720.0)
        .center()
        .build()?;
    Ok(())
}
