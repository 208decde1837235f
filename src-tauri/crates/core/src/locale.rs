//! The languages and the systems that the program knows.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The languages of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub enum Locale {
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
    /// English.
    #[serde(rename = "en")]
    En,
}

impl Locale {
    /// The language for a system locale such as `zh_CN.UTF-8`, `zh-Hans-CN` or `de_DE`. Any Chinese gives
    /// Chinese, and any other language English, which its speakers are likelier to read. Where no language is
    /// set (`C`, `POSIX`, nothing, as for cron, services and containers) it is Chinese, the language of most
    /// users and of their support; `--lang` selects another one.
    pub fn from_system(tag: Option<&str>) -> Self {
        match tag.map(str::to_ascii_lowercase) {
            Some(tag) if tag.starts_with("zh") => Self::ZhCn,
            Some(tag) if tag.is_empty() || tag == "c" || tag == "posix" || tag.starts_with("c.") => Self::ZhCn,
            Some(_) => Self::En,
            None => Self::ZhCn,
        }
    }

    /// The language of what a program prints, for a person who prefers this one. Where the output does not go to a
    /// terminal on Windows, its reader takes the bytes for those of the system's code page (PowerShell 5.1, Intune),
    /// and only English is the same in all of them.
    pub fn of_output(self, os: Os, is_terminal: bool) -> Self {
        if os == Os::Windows && !is_terminal { Self::En } else { self }
    }
}

/// The system, for words that differ between systems.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "lowercase")]
#[ts(export)]
pub enum Os {
    /// Linux.
    Linux,
    /// macOS.
    Macos,
    /// Windows.
    Windows,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(tag: Option<&str>, expected: Locale) {
        assert_eq!(Locale::from_system(tag), expected, "{tag:?}");
    }

    #[test]
    fn chinese_is_for_chinese_and_for_unknown_systems() {
        check(Some("zh_CN.UTF-8"), Locale::ZhCn);
        check(Some("zh-Hant-TW"), Locale::ZhCn);
        check(Some("en_US.UTF-8"), Locale::En);
        check(Some("de_DE"), Locale::En);
        check(Some("fr_FR.UTF-8"), Locale::En);
        for none in ["C", "C.UTF-8", "c.utf8", "POSIX", ""] {
            check(Some(none), Locale::ZhCn);
        }
        check(None, Locale::ZhCn);
    }

    #[test]
    fn a_pipe_of_windows_is_spoken_to_in_english() {
        for (preferred, os, is_terminal, expected) in [
            (Locale::ZhCn, Os::Windows, false, Locale::En),
            (Locale::ZhCn, Os::Windows, true, Locale::ZhCn),
            (Locale::ZhCn, Os::Linux, false, Locale::ZhCn),
            (Locale::ZhCn, Os::Macos, false, Locale::ZhCn),
            (Locale::En, Os::Windows, false, Locale::En),
        ] {
            assert_eq!(preferred.of_output(os, is_terminal), expected, "{preferred:?} {os:?} {is_terminal}");
        }
    }
}
