//! Administrators' systems accept the exported files: the stand-in Claude loads the Linux file as a managed source, and
//! Python's property list parser reads the profile for macOS.
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "a test works on files and processes")]
#![cfg(unix)]

use std::fs;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Command, Stdio};

use airouter_core::address::GatewayUrl;
use airouter_core::check::AuthScheme;
use airouter_core::claude::version::Version as Oldest;
use airouter_core::fleet::{Exported, Fleet, Helpers, Pilot};
use airouter_core::preset::Preset;
use airouter_core::view::Os;
use airouter_platform::export;
use airouter_practice::claude::{Mode, Sources, Tier, Version, load};
use serde_json::{Value, json};

const NAME: &str = "智关 \"Nimbus\" & <Co>";

fn fleet(oldest: Option<Oldest>) -> Fleet {
    let base = GatewayUrl::parse("https://gate.example/claude").unwrap();
    let preset = Preset {
        models: vec!["claude-sonnet-4-6".to_owned(), "claude-haiku-4-5-20251001".to_owned()],
        egress: Some(vec!["pypi.org".to_owned()]),
        ..Preset::of(NAME, base)
    };
    let pilot = Pilot {
        os: Os::Linux,
        claude: None,
        base: preset.base.as_str().to_owned(),
        scheme: AuthScheme::Bearer,
        values: Vec::new(),
        proof: None,
    };
    let organization = "22222222-2222-4222-8222-222222222222".to_owned();
    Fleet { preset, scheme: AuthScheme::XApiKey, organization, helpers: Helpers::default(), key: None, oldest, pilot }
}

fn bytes(files: &[Exported], path: &str) -> Vec<u8> {
    files.iter().find(|file| file.path == path).unwrap().bytes.clone()
}

#[track_caller]
fn check_managed(oldest: Option<Oldest>, version: Version) {
    let folder = tempfile::tempdir().unwrap();
    let system = folder.path().join("system");
    let place = system.join("etc/claude-desktop");
    fs::create_dir_all(&place).unwrap();
    fs::set_permissions(&place, fs::Permissions::from_mode(0o755)).unwrap();
    let file = place.join("managed-settings.json");
    fs::write(&file, bytes(&fleet(oldest).files().unwrap(), "linux/managed-settings.json")).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).unwrap();
    let root = folder.path().join("Claude-3p");
    fs::create_dir_all(&root).unwrap();
    fs::write(root.join("claude_desktop_config.json"), r#"{"deploymentMode":"3p"}"#).unwrap();
    let sources =
        Sources { ordinary_root: folder.path().join("Claude"), third_party_root: root, system_root: system, version };
    let loaded = load(&sources);
    assert_eq!(
        (loaded.mode, &loaded.refusal, loaded.tier),
        (Mode::ThirdParty, &None, Tier::Managed),
        "{:#?}",
        loaded.lines
    );
    assert!(
        loaded.lines.iter().any(|line| line.text.contains("apiHost=https://gate.example/claude")),
        "{:#?}",
        loaded.lines
    );
}

#[test]
fn claude_takes_the_linux_file_as_its_managed_source() {
    check_managed(None, Version::new(2, 26_454, 0));
    // One unknown key would make an older one discard the whole file.
    check_managed(Some(Oldest(1, 13_000, 0)), Version::new(1, 13_000, 0));
}

#[test]
fn the_profile_for_macos_is_a_property_list_for_others_too() {
    let profile = bytes(&fleet(None).files().unwrap(), "macos/claude.mobileconfig");
    let reader = "import json, plistlib, sys; print(json.dumps(plistlib.loads(sys.stdin.buffer.read())))";
    let mut python =
        Command::new("python3").args(["-c", reader]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    python.stdin.take().unwrap().write_all(&profile).unwrap();
    let output = python.wait_with_output().unwrap();
    let read: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&read["PayloadType"], &read["PayloadVersion"]), (&json!("Configuration"), &json!(1)));
    let payload = &read["PayloadContent"][0];
    assert_eq!(payload["PayloadType"], "com.anthropic.claudefordesktop");
    assert_eq!(payload["deploymentDisplayName"], NAME);
    assert_eq!(payload["chatTabEnabled"], "true", "every value is a text");
    assert_eq!(payload["inferenceModels"], r#"["claude-sonnet-4-6","claude-haiku-4-5-20251001"]"#);
    assert_ne!(read["PayloadUUID"], payload["PayloadUUID"]);
}

#[test]
fn an_export_goes_only_where_nothing_else_is() {
    let folder = tempfile::tempdir().unwrap();
    let (empty, full) = (folder.path().join("empty"), folder.path().join("full"));
    let files =
        Fleet { key: Some(airouter_core::secret::Secret::new("sk-canary-0123456789abcdef".to_owned())), ..fleet(None) }
            .files()
            .unwrap();
    export::write(&empty, &files).unwrap();
    for file in &files {
        let mode = fs::metadata(empty.join(file.path)).unwrap().permissions().mode() & 0o777;
        assert!(!file.holds_key || mode == 0o600, "{}: {mode:o}", file.path);
    }
    fs::create_dir(&full).unwrap();
    fs::write(full.join("mine"), "").unwrap();
    assert!(export::write(&full, &files).is_err());
    assert_eq!(fs::read_dir(&full).unwrap().count(), 1);
}

#[test]
fn the_scripts_can_be_read_by_who_runs_them() {
    let files = fleet(None).files().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let script = folder.path().join("jamf.sh");
    fs::write(&script, bytes(&files, "macos/jamf.sh")).unwrap();
    assert!(Command::new("sh").arg("-n").arg(&script).status().unwrap().success());
    let intune = String::from_utf8(bytes(&files, "windows/intune.ps1")).unwrap();
    assert!(intune.is_ascii(), "PowerShell 5.1 reads anything else as it likes");
    assert!(intune.lines().count() > 20 && intune.matches("\r\n").count() == intune.lines().count());
    let preset: Value = serde_json::from_slice(&bytes(&files, "gateway.airouter")).unwrap();
    let within = intune.lines().find_map(|line| line.strip_prefix("$preset = '")?.strip_suffix('\'')).unwrap();
    assert_eq!(serde_json::from_str::<Value>(within).unwrap(), preset, "{within}");
    assert!(!within.contains('\''), "a quotation mark ends a text of PowerShell");
    for path in ["macos/jamf.sh", "linux/playbook.yml"] {
        let text = String::from_utf8(bytes(&files, path)).unwrap();
        assert!(!text.contains("@PRESET@") && text.contains(&preset_as_text(&files)), "{path}");
    }
}

fn preset_as_text(files: &[Exported]) -> String {
    use base64::Engine;
    base64::prelude::BASE64_STANDARD.encode(bytes(files, "gateway.airouter"))
}

/// Where the installer for Windows puts the programs: for one person, and for everybody.
fn installed_on_windows() -> [String; 2] {
    let script = include_str!("../../../installer/windows/airouter-setup.nsi");
    let after = |start: &str| {
        let line = script.lines().find_map(|line| line.trim().strip_prefix(start)).unwrap();
        line.trim_matches('"').to_owned()
    };
    [after("InstallDir "), after("StrCpy $INSTDIR ")]
}

/// Templates and documents name the folders that the installer uses.
#[test]
fn whatever_names_a_folder_on_windows_names_the_one_of_the_installer() {
    let [mine, everybodys] = installed_on_windows();
    let (mine, everybodys) = (
        mine.strip_prefix(r"$LOCALAPPDATA\").expect("in the person's own folder"),
        everybodys.strip_prefix(r"$PROGRAMFILES64\").expect("in Program Files"),
    );
    assert_eq!(Helpers::default().windows, format!(r"C:\Program Files\{everybodys}\airouter-credential.exe"));
    let files = fleet(None).files().unwrap();
    let text = |path: &str| String::from_utf8(bytes(&files, path)).unwrap();
    let intune = text("windows/intune.ps1");
    for place in [
        format!("Join-Path $programs '{everybodys}'"),
        format!("Join-Path $env:LOCALAPPDATA '{mine}'"),
        "$places += $PSScriptRoot".to_owned(),
    ] {
        assert!(intune.contains(&place), "{place}");
    }
    let guides = [include_str!("../../../../docs/it.zh-CN.md"), include_str!("../../../../docs/it.en.md")];
    for guide in guides {
        for path in [
            format!(r"$env:ProgramFiles\{everybodys}\airouter-setup-cli.exe"),
            format!(r"$env:LOCALAPPDATA\{mine}\airouter-setup-cli.exe"),
        ] {
            assert!(guide.contains(&path), "{path}");
        }
        let block = guide.split("```powershell\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        assert!(!block.contains('<') && block.contains("| & $cli apply --key-stdin"), "PowerShell reads no files by <");
    }
    for readme in [text("README.zh-CN.md"), text("README.en.md")] {
        assert!(readme.contains("/S /ALLUSERS") && readme.contains("claude-remove.reg") && readme.contains("Ctrl+Z"));
    }
}

/// A name that is made by `GetTempFileName` is also a file, which nobody would remove.
#[test]
fn the_script_for_windows_leaves_no_file_behind() {
    let intune = include_str!("../../core/src/fleet/templates/intune.ps1");
    assert!(intune.contains(r#"Join-Path $env:TEMP "$(New-Guid)"#) && !intune.contains("GetTempFileName"));
    let (_, after) = intune.split_once("} finally {").unwrap();
    assert!(after.trim_start().starts_with("Remove-Item -LiteralPath $file"), "{after}");
    let code = || intune.lines().filter(|line| !line.trim_start().starts_with('#'));
    assert!(code().all(|line| !line.contains("]::")), "a restricted PowerShell calls no methods of .NET");
}

#[test]
fn where_the_programs_are_named_they_are_named_the_same_everywhere() {
    let helpers = Helpers::default();
    for (path, name) in [
        (&helpers.windows, "airouter-credential.exe"),
        (&helpers.macos, "airouter-credential"),
        (&helpers.linux, "airouter-credential"),
    ] {
        let last = path.rsplit(['/', '\\']).next();
        assert_eq!(last, Some(name));
        assert!(Path::new(path).is_absolute() || path.starts_with(r"C:\"), "{path}");
    }
}
