//! How Windows compares paths.
//!
//! One file has many spellings: in other letters, with `/`, with the prefix of long paths, with dots or spaces at the
//! end of a name. A comparison by bytes takes them for different files. Short names (8.3) cannot be recognised from
//! the text; platform asks the system for the long ones first. Everything else is decided here, on text.

/// True if both paths name the same place.
pub fn is_same(one: &str, other: &str) -> bool {
    parts(one) == parts(other)
}

/// True if a path lies below a folder, at any depth.
pub fn is_below(path: &str, folder: &str) -> bool {
    let (path, folder) = (parts(path), parts(folder));
    !folder.is_empty() && path.len() > folder.len() && path.iter().zip(&folder).all(|(one, other)| one == other)
}

/// True if a text that is not understood may name a file: its name stands in it in any spelling, or escapes and short
/// names could hide it.
pub fn may_be_named_in(text: &str, file_name: &str) -> bool {
    let has_escapes = text.contains("\\u") || text.contains("\\/") || text.contains('~');
    has_escapes
        || text.chars().map(upper).collect::<String>().contains(&file_name.chars().map(upper).collect::<String>())
}

/// The parts of a path in upper case. A path on another computer begins with two empty parts, so that it differs from
/// a relative one.
fn parts(path: &str) -> Vec<String> {
    let path: String = path.chars().map(|letter| if letter == '/' { '\\' } else { upper(letter) }).collect();
    let (is_remote, rest) = match path.strip_prefix(r"\\?\").or_else(|| path.strip_prefix(r"\??\")) {
        Some(long) => long.strip_prefix(r"UNC\").map_or((false, long), |share| (true, share)),
        None => path.strip_prefix(r"\\").map_or((false, path.as_str()), |share| (true, share)),
    };
    let names = rest.split('\\').filter(|name| !name.is_empty() && *name != ".");
    let names = names.map(|name| if name == ".." { name } else { name.trim_end_matches(['.', ' ']) });
    let start = if is_remote { &["", ""][..] } else { &[] };
    start.iter().copied().chain(names).map(str::to_owned).collect()
}

/// A letter in upper case, as Windows maps it where it compares names: one letter to one letter, and no letter outside
/// ASCII to one of ASCII (OD, "ordinal ignoring case"; the dotless i is not an i there).
fn upper(letter: char) -> char {
    let mut mapped = letter.to_uppercase();
    match (mapped.next(), mapped.next()) {
        (Some(one), None) if letter.is_ascii() || !one.is_ascii() => one,
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(one: &str, other: &str, expected: bool) {
        assert_eq!(is_same(one, other), expected, "{one} and {other}");
        assert_eq!(is_same(other, one), expected, "{other} and {one}");
    }

    #[test]
    fn spellings_of_one_place_are_the_same() {
        let path = r"C:\Users\Lí\AppData\Local\airouter-setup\airouter-credential.exe";
        check(path, path, true);
        check(path, r"c:\users\LÍ\appdata\LOCAL\AIRouter-Setup\AIRouter-Credential.EXE", true);
        check(path, "C:/Users/Lí/AppData/Local/airouter-setup/airouter-credential.exe", true);
        check(path, r"\\?\C:\Users\Lí\AppData\Local\airouter-setup\airouter-credential.exe", true);
        check(path, r"C:\Users\Lí\AppData\Local\airouter-setup\\airouter-credential.exe", true);
        check(path, r"C:\Users\Lí\AppData\Local\.\airouter-setup\airouter-credential.exe. ", true);
        check(r"D:\data\", r"D:\data", true);
        check(r"\\server\share\a", r"\\?\UNC\SERVER\share\A", true);
        check(r"C:\ПРОФИЛЬ\ß", r"C:\профиль\ß", true);
    }

    #[test]
    fn other_places_are_not() {
        check(r"C:\a\b", r"D:\a\b", false);
        check(r"C:\a\b", r"C:\a\bc", false);
        check(r"C:\a\b", r"C:\a", false);
        check(r"C:\a\..\b", r"C:\a\b", false);
        check(r"\\server\share", r"server\share", false);
        // Letters that a general mapping would take for the same.
        check(r"C:\Straße", r"C:\STRASSE", false);
        check("C:\\\u{131}", r"C:\I", false);
        check("C:\\\u{17f}", r"C:\S", false);
    }

    #[test]
    fn what_lies_below_a_folder_is_found_by_whole_names() {
        assert!(is_below(r"c:\program files\AIRouter\x.exe", r"C:\Program Files"));
        assert!(!is_below(r"C:\Program Files (x86)\x.exe", r"C:\Program Files"));
        assert!(!is_below(r"C:\Program Files", r"C:\Program Files\"));
        assert!(!is_below(r"C:\a", ""), "nothing lies below no folder");
    }

    #[test]
    fn a_text_may_name_a_file_in_any_spelling() {
        assert!(may_be_named_in(r#"{"a":"C:\\X\\Airouter-CREDENTIAL.exe"#, "airouter-credential.exe"));
        assert!(may_be_named_in(r#"{"a":"C:\\AIROUT~1.EXE"#, "airouter-credential.exe"), "a short name");
        assert!(may_be_named_in(r#"{"a":"\u0061"#, "airouter-credential.exe"));
        assert!(!may_be_named_in(r#"{"a":"C:\\other.exe"#, "airouter-credential.exe"));
    }
}
