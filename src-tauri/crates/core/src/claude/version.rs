//! Claude Desktop's version numbers, such as `1.46388.4`: three numbers, compared one by one.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A version of Claude Desktop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Version(pub u32, pub u32, pub u32);

impl Version {
    /// The first version with third-party inference (PI).
    pub const FIRST_WITH_GATEWAY: Self = Self(1, 2581, 0);
}

/// The text is not a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a version of the form 1.2.3")]
pub struct NotAVersion;

impl FromStr for Version {
    type Err = NotAVersion;

    /// Reads `1.46388.4`, also with an epoch before it (`1:`) or a package revision after it (`-1`).
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let text = text.trim();
        let text = text.split_once(':').map_or(text, |(_, rest)| rest);
        let text = text.split(['-', '+', '~']).next().unwrap_or(text);
        let mut parts = text.trim_start_matches('v').split('.');
        let mut part = || parts.next().and_then(|part| part.parse().ok());
        let major = part().ok_or(NotAVersion)?;
        let minor = part().ok_or(NotAVersion)?;
        Ok(Self(major, minor, part().unwrap_or(0)))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<Version>) {
        assert_eq!(text.parse().ok(), expected, "{text}");
    }

    #[test]
    fn versions_are_read_from_packages_too() {
        check("1.46388.4", Some(Version(1, 46388, 4)));
        check("2.26454.0-1", Some(Version(2, 26454, 0)));
        check("1:1.8555.0", Some(Version(1, 8555, 0)));
        check("1.8555", Some(Version(1, 8555, 0)));
        check("latest", None);
        check("", None);
    }

    #[test]
    fn numbers_are_compared_as_numbers() {
        assert!(Version(1, 9659, 0) < Version(1, 10628, 0));
        assert!(Version(1, 46388, 4) < Version(2, 0, 0));
    }
}
