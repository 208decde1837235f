//! Loads the preset: the built-in one, a file, or a link.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use airouter_core::finding::{Code, Finding};
use airouter_core::preset::{Day, Preset, link, signer};

/// Largest preset file that is read, in bytes.
const LARGEST: u64 = 64 * 1024;

/// Reads a preset file or link, or returns the built-in preset if `source` is `None`. The signature of a file is
/// beside it, as `minisign` writes it. `signed_by` is the public key that must have signed it, or the path of a
/// file with that key.
///
/// # Errors
/// `PresetInvalid`, `PresetHoldsKey`, `PresetSignature` or `PresetExpired`, with the reason.
pub fn load(source: Option<&Path>, signed_by: Option<&str>) -> Result<Preset, Finding> {
    let Some(source) = source else { return Ok(Preset::airouter()) };
    let (text, signature) = match source.to_str().filter(|text| link::is_link(text)) {
        Some(text) => {
            let carried = link::read(text)?;
            (carried.preset, carried.signature)
        }
        None => (read(source)?, beside(source)?),
    };
    let key = signed_by.map(named_key).transpose()?;
    let signer = signer(&text, signature.as_deref(), key.as_deref())?;
    Preset { signer, ..Preset::from_json(&text)? }.on(today())
}

fn today() -> Day {
    Day::of(SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()))
}

/// The key itself, or the content of the file that `given` names.
fn named_key(given: &str) -> Result<String, Finding> {
    let path = Path::new(given);
    if path.is_file() { read(path) } else { Ok(given.to_owned()) }
}

fn beside(path: &Path) -> Result<Option<String>, Finding> {
    let mut name = path.as_os_str().to_owned();
    name.push(".minisig");
    let signature = PathBuf::from(name);
    if signature.exists() { read(&signature).map(Some) } else { Ok(None) }
}

fn read(path: &Path) -> Result<String, Finding> {
    let invalid =
        |reason: String| Finding::new(Code::PresetInvalid).with("path", path.display()).with("reason", reason);
    let meta = fs_err::metadata(path).map_err(|error| invalid(error.to_string()))?;
    if !meta.is_file() {
        return Err(invalid("not a file".to_owned()));
    }
    if meta.len() > LARGEST {
        return Err(invalid("too large".to_owned()));
    }
    fs_err::read_to_string(path).map_err(|error| invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use airouter_core::preset::Signer;
    use airouter_core::preset::link::Carried;

    const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/fixtures/preset");

    fn fixture(name: &str) -> PathBuf {
        Path::new(FIXTURES).join(name)
    }

    #[test]
    fn a_signature_beside_the_file_counts() {
        let (file, key) = (fixture("signed.airouter"), fixture("signer.pub"));
        let other = fixture("other.pub");
        assert!(matches!(load(Some(&file), None).unwrap().signer, Signer::Unknown { .. }));
        assert!(matches!(load(Some(&file), key.to_str()).unwrap().signer, Signer::Known { .. }));
        assert_eq!(load(Some(&file), other.to_str()).unwrap_err().code, Code::PresetSignature);

        let folder = tempfile::tempdir().unwrap();
        let copy = folder.path().join("changed.airouter");
        fs_err::write(&copy, fs_err::read_to_string(&file).unwrap().replace("gate.example", "gat3.example")).unwrap();
        assert_eq!(load(Some(&copy), None).unwrap().signer, Signer::None);
        fs_err::copy(fixture("signed.airouter.minisig"), folder.path().join("changed.airouter.minisig")).unwrap();
        assert_eq!(load(Some(&copy), key.to_str()).unwrap_err().code, Code::PresetSignature);
    }

    #[test]
    fn a_link_is_as_good_as_a_file() {
        let read = |name: &str| fs_err::read_to_string(fixture(name)).unwrap();
        let (preset, signature) = (read("signed.airouter"), Some(read("signed.airouter.minisig")));
        let link = link::write(&Carried { preset, signature });
        let preset = load(Some(Path::new(&link)), fixture("signer.pub").to_str()).unwrap();
        assert_eq!(preset.base.host(), "gate.example");
        assert!(matches!(preset.signer, Signer::Known { .. }));
    }

    #[test]
    fn an_old_preset_counts_no_longer() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("old.airouter");
        let text = r#"{"schema":1,"name":"x","base":"https://x.example","expires":"2020-01-01"}"#;
        fs_err::write(&file, text).unwrap();
        assert_eq!(load(Some(&file), None).unwrap_err().code, Code::PresetExpired);
        fs_err::write(&file, text.replace("2020", "9999")).unwrap();
        assert!(load(Some(&file), None).is_ok());
    }
}
