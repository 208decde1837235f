//! The environment variables that Claude gets when the person starts it from the Start menu.
//!
//! Windows keeps them in the registry, for the person and for the machine (OD), and the shell reads them again when
//! they change. A terminal that was opened before has the older ones, and so has this program when it is started
//! there.

/// A variable as Windows keeps it.
#[derive(Clone, PartialEq, Eq)]
pub struct Variable {
    /// Its text.
    pub text: String,
    /// True if names of other variables in it, such as `%USERPROFILE%`, stand for their values.
    pub is_expandable: bool,
}

/// The value that is in force: the person's, else the machine's, else the one of this process, which may be one that
/// was removed since or one that a script has set on purpose. Empty values do not count. `process` gives a variable
/// of this process by its name.
pub fn in_force(
    name: &str,
    person: Option<&Variable>,
    machine: Option<&Variable>,
    process: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let kept = |variable: &Variable| {
        if variable.is_expandable { expanded(&variable.text, &process) } else { variable.text.clone() }
    };
    let is_set = |value: &String| !value.trim().is_empty();
    let kept = [person, machine].into_iter().flatten().map(kept).find(is_set);
    kept.or_else(|| process(name).filter(is_set))
}

/// A text with `%NAME%` replaced by the value of that variable; what is not a variable stays as it is (OD:
/// `ExpandEnvironmentStrings`).
pub fn expanded(text: &str, variable: impl Fn(&str) -> Option<String>) -> String {
    let mut done = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        done.push_str(before);
        let known = after.split_once('%').and_then(|(name, more)| Some((variable(name)?, more)));
        match known {
            Some((value, more)) => {
                done.push_str(&value);
                rest = more;
            }
            None => {
                done.push('%');
                rest = after;
            }
        }
    }
    done + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str) -> Variable {
        Variable { text: text.to_owned(), is_expandable: false }
    }

    fn process(name: &str) -> Option<String> {
        let known = [("USERPROFILE", r"C:\Users\李 雷"), ("HERE", "old"), ("EMPTY", " ")];
        known.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn the_persons_value_then_the_machines_then_the_process() {
        let (person, machine, empty, name) = (plain("new"), plain("of all"), plain(""), plain("%HERE%"));
        let expandable = Variable { text: r"%USERPROFILE%\claude".to_owned(), is_expandable: true };
        let of = |name, person, machine| in_force(name, person, machine, process);
        assert_eq!(of("HERE", Some(&person), Some(&machine)).as_deref(), Some("new"));
        assert_eq!(of("HERE", None, Some(&machine)).as_deref(), Some("of all"));
        assert_eq!(of("HERE", Some(&empty), Some(&machine)).as_deref(), Some("of all"));
        assert_eq!(of("HERE", None, None).as_deref(), Some("old"));
        assert_eq!(of("EMPTY", None, None), None);
        assert_eq!(of("NOWHERE", None, None), None);
        assert_eq!(of("X", Some(&expandable), None).as_deref(), Some(r"C:\Users\李 雷\claude"));
        assert_eq!(of("X", Some(&name), None).as_deref(), Some("%HERE%"), "not of the expandable kind");
    }

    #[test]
    fn only_names_of_variables_are_replaced() {
        for (text, expected) in [
            ("", ""),
            ("plain", "plain"),
            ("%HERE%", "old"),
            ("a%HERE%b%HERE%", "aoldbold"),
            ("100%", "100%"),
            ("%NOWHERE%x", "%NOWHERE%x"),
            ("%NOWHERE%HERE%", "%NOWHEREold"),
            ("%%", "%%"),
        ] {
            assert_eq!(expanded(text, process), expected, "{text}");
        }
    }
}
