//! Packages of the stand-in Claude, in two versions, signed by a certificate that this computer alone trusts.
//!
//! The manifest has what Claude's own has (PI): a full-trust program, and folders that are excluded from the
//! redirection of writes, which Windows honours from build 20348 on.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::step::{program, step};

/// The signer, in the manifest and in the certificate.
const PUBLISHER: &str = "CN=AIRouter Setup Tests";
/// The versions: the one that is installed first, and the one that replaces it.
const VERSIONS: [&str; 2] = ["2.26454.0.0", "2.31226.1.0"];
/// Folders that are not redirected (PI).
const EXCLUDED: [&str; 3] = ["Claude-3p", "Claude-Data", r"Claude\logs"];
/// Where the tools for packages lie, each version in a folder of its own.
const KITS: &str = r"C:\Program Files (x86)\Windows Kits\10\bin";
/// A picture of one pixel, which a package must have.
const PICTURE: &[u8] = include_bytes!("pixel.png");

/// Makes both packages in `folder` from the programs in `programs`, and has this computer trust their signer.
/// Gives the folder.
pub(super) fn make(programs: &Path, folder: &Path) -> Result<PathBuf> {
    std::fs::create_dir_all(folder)?;
    let certificate = folder.join("signer.pfx");
    step("a certificate", program("powershell.exe").args(["-NoProfile", "-Command", &trusted(&certificate)]))?;
    for version in VERSIONS {
        let content = folder.join(version);
        std::fs::create_dir_all(content.join("app"))?;
        std::fs::write(content.join("AppxManifest.xml"), manifest(version))?;
        std::fs::write(content.join("picture.png"), PICTURE)?;
        std::fs::copy(programs.join("practice-claude.exe"), content.join(r"app\claude.exe"))?;
        // It plays the person, too, who quits the app from its icon.
        std::fs::write(content.join(r"app\person"), "quits")?;
        let package = folder.join(format!("{version}.msix"));
        step("pack", program(tool("makeappx.exe")?).args(["pack", "/o", "/d"]).arg(&content).arg("/p").arg(&package))?;
        let mut sign = program(tool("signtool.exe")?);
        sign.args(["sign", "/fd", "SHA256", "/p", "tests", "/f"]).arg(&certificate).arg(&package);
        step("sign", &mut sign)?;
    }
    Ok(folder.to_owned())
}

/// The commands that make a certificate, store it with its key, and trust it for packages.
fn trusted(certificate: &Path) -> String {
    let path = certificate.display().to_string().replace('\'', "''");
    format!(
        "$ErrorActionPreference = 'Stop'
$made = New-SelfSignedCertificate -Type Custom -Subject '{PUBLISHER}' -KeyUsage DigitalSignature `
  -CertStoreLocation Cert:\\CurrentUser\\My `
  -TextExtension @('2.5.29.37={{text}}1.3.6.1.5.5.7.3.3', '2.5.29.19={{text}}')
$secret = ConvertTo-SecureString tests -AsPlainText -Force
Export-PfxCertificate -Cert $made -FilePath '{path}' -Password $secret | Out-Null
Import-PfxCertificate -FilePath '{path}' -CertStoreLocation Cert:\\LocalMachine\\TrustedPeople -Password $secret | Out-Null"
    )
}

/// The newest of a tool of the Windows SDK.
fn tool(name: &str) -> Result<PathBuf> {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(KITS).with_context(|| KITS.to_owned())? {
        found.push(entry?.path().join("x64").join(name));
    }
    found.retain(|path| path.is_file());
    found.sort();
    ensure!(!found.is_empty(), "{name} is in no folder of {KITS}");
    found.pop().context("the newest")
}

/// The manifest of the package `Claude` in a version.
fn manifest(version: &str) -> String {
    let excluded = EXCLUDED.map(|folder| {
        format!("        <virtualization:ExcludedDirectory>$(KnownFolder:LocalAppData)\\{folder}</virtualization:ExcludedDirectory>\n")
    });
    format!(
        r#"<?xml version="1.0" encoding="utf-8"?>
<Package xmlns="http://schemas.microsoft.com/appx/manifest/foundation/windows10"
  xmlns:uap="http://schemas.microsoft.com/appx/manifest/uap/windows10"
  xmlns:rescap="http://schemas.microsoft.com/appx/manifest/foundation/windows10/restrictedcapabilities"
  xmlns:virtualization="http://schemas.microsoft.com/appx/manifest/virtualization/windows10"
  IgnorableNamespaces="uap rescap virtualization">
  <Identity Name="Claude" Publisher="{PUBLISHER}" Version="{version}" ProcessorArchitecture="x64" />
  <Properties>
    <DisplayName>Claude (stand-in)</DisplayName>
    <PublisherDisplayName>AIRouter Setup Tests</PublisherDisplayName>
    <Logo>picture.png</Logo>
    <virtualization:FileSystemWriteVirtualization>
      <virtualization:ExcludedDirectories>
{}      </virtualization:ExcludedDirectories>
    </virtualization:FileSystemWriteVirtualization>
  </Properties>
  <Dependencies>
    <TargetDeviceFamily Name="Windows.Desktop" MinVersion="10.0.17763.0" MaxVersionTested="10.0.26100.0" />
  </Dependencies>
  <Resources>
    <Resource Language="en-us" />
  </Resources>
  <Applications>
    <Application Id="Claude" Executable="app\claude.exe" EntryPoint="Windows.FullTrustApplication">
      <uap:VisualElements DisplayName="Claude (stand-in)" Description="Claude (stand-in)" BackgroundColor="transparent"
        Square150x150Logo="picture.png" Square44x44Logo="picture.png" />
    </Application>
  </Applications>
  <Capabilities>
    <rescap:Capability Name="runFullTrust" />
    <rescap:Capability Name="unvirtualizedResources" />
  </Capabilities>
</Package>
"#,
        excluded.concat()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The names of the elements that are open at the end of a text, and all that were closed in order.
    fn elements(text: &str) -> Option<Vec<String>> {
        let (mut open, mut all): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
        for part in text.split('<').skip(1) {
            let (tag, content) = part.split_once('>')?;
            let is_plain = !content.contains('>') && tag.matches('"').count() % 2 == 0;
            let name = tag.trim_start_matches('/').split_whitespace().next()?.to_owned();
            match tag.as_bytes() {
                [b'?', ..] => {}
                [b'/', ..] if open.pop().as_ref() != Some(&name) => return None,
                [b'/', ..] => {}
                [.., b'/'] => all.push(name),
                _ => {
                    all.push(name.clone());
                    open.push(name);
                }
            }
            if !is_plain {
                return None;
            }
        }
        open.is_empty().then_some(all)
    }

    #[test]
    fn the_manifest_is_well_formed_and_excludes_what_claudes_own_does() {
        for version in VERSIONS {
            let text = manifest(version);
            let found = elements(&text).expect("every element is closed");
            assert_eq!(found.iter().filter(|name| *name == "virtualization:ExcludedDirectory").count(), EXCLUDED.len());
            for folder in ["Claude-3p", "Claude-Data", r"Claude\logs"] {
                assert!(text.contains(&format!(">$(KnownFolder:LocalAppData)\\{folder}<")), "{folder}");
            }
            assert!(text.contains(&format!("Version=\"{version}\"")), "{text}");
            // Every prefix that is used is bound.
            for prefix in found.iter().filter_map(|name| name.split_once(':')).map(|(prefix, _)| prefix) {
                assert!(text.contains(&format!("xmlns:{prefix}=")), "{prefix}");
            }
        }
        assert_eq!(elements("<a><b></a></b>"), None);
        assert_eq!(elements("<a><b c=\"d/></a>"), None);
    }

    #[test]
    fn the_signer_is_the_publisher() {
        let commands = trusted(Path::new(r"C:\it's\signer.pfx"));
        assert!(commands.contains(&format!("-Subject '{PUBLISHER}'")), "{commands}");
        assert!(commands.contains(r"-FilePath 'C:\it''s\signer.pfx'"), "{commands}");
        assert!(manifest(VERSIONS[0]).contains(&format!("Publisher=\"{PUBLISHER}\"")));
    }
}
