//! The app and its image for macOS.
//!
//! The keychain knows a program by its signing identifier and its team, and `codesign` takes the
//! identifier from the file's name unless it is told. Window, command line and helper get one, so that
//! what one of them stored, the others may read without a question; Tauri's bundler cannot be told, so
//! the app is signed here, after it is bundled.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::floor::PROGRAMS;
use crate::step::{program, root, step};

/// One identifier for all: the app's own.
const IDENTIFIER: &str = "com.aochengcloud.airouter-setup";

/// Signs the bundled app if it is to be signed, and makes the image; a signed one is notarised.
pub(super) fn image(programs: &Path, signed: bool) -> Result<Vec<PathBuf>> {
    let folder = programs.join("bundle/macos");
    let app = folder.join("AIRouter Setup.app");
    let image = folder.join(format!("AIRouter-Setup_{}_{}.dmg", env!("CARGO_PKG_VERSION"), std::env::consts::ARCH));
    if signed {
        let identity = std::env::var("APPLE_SIGNING_IDENTITY").context("APPLE_SIGNING_IDENTITY is not set")?;
        for words in signing(&app, &identity) {
            step("sign", program("codesign").args(words))?;
        }
    }
    let stage = folder.join("image");
    if stage.exists() {
        std::fs::remove_dir_all(&stage)?;
    }
    std::fs::create_dir_all(&stage)?;
    step("copy the app", program("ditto").arg(&app).arg(stage.join("AIRouter Setup.app")))?;
    step("a way to the programs", program("ln").args(["-s", "/Applications"]).arg(stage.join("Applications")))?;
    let mut make = program("hdiutil");
    make.args(["create", "-ov", "-format", "UDZO", "-volname", "AIRouter Setup", "-srcfolder"]);
    step("the image", make.arg(&stage).arg(&image))?;
    if signed {
        let key = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
        let mut submit = program("xcrun");
        submit.args(["notarytool", "submit", "--wait", "--key", &key("APPLE_API_KEY_PATH")?]);
        submit.args(["--key-id", &key("APPLE_API_KEY")?, "--issuer", &key("APPLE_API_ISSUER")?]);
        step("notarise", submit.arg(&image))?;
        step("staple", program("xcrun").args(["stapler", "staple"]).arg(&image))?;
        let mut judge = program("spctl");
        judge.args(["--assess", "--type", "open", "--context", "context:primary-signature"]);
        step("as a Mac will judge it", judge.arg(&image))?;
    }
    Ok(vec![image])
}

/// What `codesign` is told, the inner programs first.
fn signing(app: &Path, identity: &str) -> Vec<Vec<String>> {
    let inner = PROGRAMS.iter().map(|name| app.join("Contents/MacOS").join(name));
    let entitlements = root().join("src-tauri/Entitlements.plist");
    inner
        .chain([app.to_owned()])
        .map(|path| {
            let words = ["--force", "--timestamp", "--options", "runtime", "--identifier", IDENTIFIER];
            let mut words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
            words.extend(["--entitlements".to_owned(), entitlements.to_string_lossy().into_owned()]);
            words.extend(["--sign".to_owned(), identity.to_owned(), path.to_string_lossy().into_owned()]);
            words
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_program_is_signed_under_one_identifier_and_the_app_last() {
        let all = signing(Path::new("/x/AIRouter Setup.app"), "Developer ID Application: AIRouter");
        assert_eq!(all.len(), PROGRAMS.len() + 1);
        for words in &all {
            let at = words.iter().position(|word| word == "--identifier").unwrap();
            assert_eq!(words[at + 1], IDENTIFIER);
        }
        assert!(all.last().unwrap().last().unwrap().ends_with(".app"));
        let configuration = std::fs::read_to_string(root().join("src-tauri/tauri.conf.json")).unwrap();
        assert!(configuration.contains(&format!(r#""identifier": "{IDENTIFIER}""#)), "the app has another identifier");
        assert!(root().join("src-tauri/Entitlements.plist").exists());
    }
}
