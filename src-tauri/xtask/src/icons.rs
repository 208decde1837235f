//! `cargo xtask icons`: all sizes of the icon from its one source.

use anyhow::Result;

use crate::machine::prepare_page;
use crate::step::{program, root, step};

/// Sizes for phones and shops, which this program has no use for.
const UNUSED: [&str; 3] = ["android", "ios", "StoreLogo.png"];

/// Makes them. They are committed: a build makes nothing.
pub(crate) fn icons() -> Result<()> {
    prepare_page()?;
    step("icons", program("ui/node_modules/.bin/tauri").args(["icon", "icons/icon.svg", "-o", "icons"]))?;
    for entry in std::fs::read_dir(root().join("icons"))? {
        let path = entry?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if UNUSED.contains(&name.as_str()) || name.starts_with("Square") {
            if path.is_dir() { std::fs::remove_dir_all(&path)? } else { std::fs::remove_file(&path)? }
        }
    }
    Ok(())
}
