//! Claude's bundle on macOS: a folder that ends in `.app`, recognised by its `Info.plist` and its signature,
//! never by its name alone: other programs are called Claude too.

use super::version::Version;

/// The bundle's identifier (PI).
pub const IDENTIFIER: &str = "com.anthropic.claudefordesktop";

/// The team that signs it (PI: read from `codesign` on an installed copy).
pub const TEAM: &str = "Q6L2SF6YDW";

/// What `Contents/Info.plist` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BundleInfo {
    /// `CFBundleIdentifier`
    pub identifier: String,
    /// `CFBundleShortVersionString`
    pub version: Option<Version>,
    /// `CFBundleExecutable`: the program's name in `Contents/MacOS`.
    pub executable: String,
}

/// Reads `Info.plist`, as XML or in Apple's binary form. `None` when it is not that of an app, or when the
/// program's name would lead out of the bundle.
pub fn read_info(bytes: &[u8]) -> Option<BundleInfo> {
    let list = plist::Value::from_reader(std::io::Cursor::new(bytes)).ok()?.into_dictionary()?;
    let text = |name: &str| Some(list.get(name)?.as_string()?.to_owned());
    let executable = text("CFBundleExecutable").filter(|name| !name.is_empty() && !name.contains('/'))?;
    Some(BundleInfo {
        identifier: text("CFBundleIdentifier")?,
        version: text("CFBundleShortVersionString").and_then(|version| version.parse().ok()),
        executable,
    })
}

/// The team that signed a bundle, from what `codesign --display --verbose=2` writes to standard error.
/// `None` for a bundle that is not signed, or that was signed for this computer only.
pub fn team_of(text: &str) -> Option<&str> {
    let team = text.lines().find_map(|line| line.strip_prefix("TeamIdentifier="))?.trim();
    let is_team = team.len() == 10 && team.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    is_team.then_some(team)
}

/// True when a running program belongs to the app itself: it lies in the bundle, and not in another
/// bundle that Claude has for its agent. Upper and lower case differ here (PI).
pub fn is_in_bundle(program: &str, bundle: &str) -> bool {
    program.strip_prefix(bundle.trim_end_matches('/')).is_some_and(|rest| rest.starts_with("/Contents/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(identifier: &str, executable: &str) -> Vec<u8> {
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><plist version=\"1.0\"><dict>\
             <key>CFBundleIdentifier</key><string>{identifier}</string>\
             <key>CFBundleShortVersionString</key><string>2.26454.0</string>\
             <key>CFBundleExecutable</key><string>{executable}</string></dict></plist>"
        )
        .into_bytes()
    }

    #[test]
    fn a_bundle_says_what_it_is() {
        let expected = BundleInfo {
            identifier: IDENTIFIER.to_owned(),
            version: Some(Version(2, 26454, 0)),
            executable: "Claude".to_owned(),
        };
        assert_eq!(read_info(&info(IDENTIFIER, "Claude")), Some(expected));
        assert_eq!(read_info(&info(IDENTIFIER, "../../evil")), None);
        assert_eq!(read_info(b"<plist version=\"1.0\"><array/></plist>"), None);
        assert_eq!(read_info(b"nonsense"), None);
    }

    #[track_caller]
    fn check_team(text: &str, expected: Option<&str>) {
        assert_eq!(team_of(text), expected, "{text}");
    }

    #[test]
    fn the_team_is_read_from_what_codesign_says() {
        let signed = "Executable=/Applications/Claude.app/Contents/MacOS/Claude\nIdentifier=com.anthropic.claudefordesktop\nFormat=app bundle\nTeamIdentifier=Q6L2SF6YDW\nSealed Resources version=2\n";
        check_team(signed, Some(TEAM));
        check_team("Signature=adhoc\nTeamIdentifier=not set\n", None);
        check_team("/Applications/Claude.app: code object is not signed at all\n", None);
    }

    #[test]
    fn the_agents_of_claude_are_not_the_app() {
        let bundle = "/Applications/Claude.app";
        let is = |program: &str| is_in_bundle(program, bundle);
        assert!(is("/Applications/Claude.app/Contents/MacOS/Claude"));
        assert!(is("/Applications/Claude.app/Contents/Frameworks/Claude Helper.app/Contents/MacOS/Claude Helper"));
        assert!(!is(
            "/Users/li/Library/Application Support/Claude-3p/claude-code/2.1/claude.app/Contents/MacOS/claude"
        ));
        assert!(!is("/Users/li/Applications/Claude.app/Contents/MacOS/Claude"));
        assert!(!is("/Applications/Claude.app.old/Contents/MacOS/Claude"));
        assert!(!is("/usr/local/bin/claude"));
    }
}
