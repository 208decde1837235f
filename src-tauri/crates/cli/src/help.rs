//! What the command line says of itself: its help and what is wrong with a call, in both languages. The
//! Chinese of the help stands in `help.zh-CN.json` by the English of [`Arguments`].

use std::collections::HashMap;
use std::ffi::OsString;
use std::sync::LazyLock;

use airouter_core::secret::masked;
use airouter_core::view::Locale;
use clap::error::{ContextKind, Error, ErrorKind};
use clap::{Command, CommandFactory, FromArgMatches, ValueEnum};

use crate::arguments::{Arguments, Lang};
use crate::output::{self, Answer};
use crate::people::term;

static CHINESE: LazyLock<HashMap<String, String>> =
    LazyLock::new(|| serde_json::from_str(include_str!("help.zh-CN.json")).unwrap_or_default());

/// What is said in the place of a command.
pub(crate) struct Instead {
    pub(crate) answer: Answer,
    pub(crate) locale: Locale,
    /// One JSON object was asked for, and whoever did waits for one.
    pub(crate) json: bool,
}

/// What was asked for, or what to say instead: help, or what is wrong with the call.
pub(crate) fn read(words: &[OsString]) -> Result<Arguments, Box<Instead>> {
    let locale = locale_of(words).unwrap_or_else(output::locale);
    let found = command(locale).try_get_matches_from(words);
    found.and_then(|found| Arguments::from_arg_matches(&found)).map_err(|error| {
        if error.use_stderr() {
            // Somebody may have put a key where it does not belong.
            let answer = Answer::misused(masked(told(&error, locale).trim_end()));
            Box::new(Instead { answer, locale, json: words.iter().any(|word| word == "--json") })
        } else {
            let answer = Answer::new(Vec::new()).reads(error.to_string().trim_end().to_owned());
            Box::new(Instead { answer, locale, json: false })
        }
    })
}

/// The language that is asked for, before anything else is understood.
fn locale_of(words: &[OsString]) -> Option<Locale> {
    let mut words = words.iter().filter_map(|word| word.to_str());
    let tag = words.find_map(|word| word.strip_prefix("--lang"))?;
    let tag = if tag.is_empty() { words.next()? } else { tag.strip_prefix('=')? };
    Lang::from_str(tag, false).ok().map(Locale::from)
}

/// The whole command line as it is told in a language.
fn command(locale: Locale) -> Command {
    let mut command = Arguments::command();
    command.build();
    match locale {
        Locale::ZhCn => in_chinese(command),
        Locale::En => command,
    }
}

fn in_chinese(command: Command) -> Command {
    let of = |text: Option<&clap::builder::StyledStr>| text.map(|text| chinese(&text.to_string())).unwrap_or_default();
    let about = of(command.get_about());
    command
        .about(about)
        .long_about(None)
        .help_template(format!("{{about-with-newline}}\n{}：{{usage}}\n\n{{all-args}}", chinese("Usage")))
        .subcommand_help_heading(chinese("Commands"))
        .mut_args(|arg| {
            let heading = if arg.is_positional() { "Arguments" } else { "Options" };
            let help = of(arg.get_help());
            arg.help(help)
                .long_help(None)
                .help_heading(chinese(heading))
                .hide_possible_values(true)
                .hide_default_value(true)
        })
        .mut_subcommands(in_chinese)
}

/// A test names whatever has none.
fn chinese(text: &str) -> &'static str {
    CHINESE.get(text).map_or("", String::as_str)
}

/// What is wrong with a call.
fn told(error: &Error, locale: Locale) -> String {
    let of = |kind| error.get(kind).map(ToString::to_string).unwrap_or_default();
    let word = |kind| ("{word}", of(kind));
    let (name, words) = match error.kind() {
        ErrorKind::InvalidSubcommand => ("noCommand", vec![word(ContextKind::InvalidSubcommand)]),
        ErrorKind::MissingSubcommand => ("missingCommand", Vec::new()),
        ErrorKind::UnknownArgument => ("noArgument", vec![word(ContextKind::InvalidArg)]),
        ErrorKind::MissingRequiredArgument => ("missingArgument", vec![word(ContextKind::InvalidArg)]),
        ErrorKind::ArgumentConflict => {
            ("conflict", vec![("{other}", of(ContextKind::PriorArg)), word(ContextKind::InvalidArg)])
        }
        ErrorKind::InvalidValue if of(ContextKind::InvalidValue).is_empty() => {
            ("missingValue", vec![word(ContextKind::InvalidArg)])
        }
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => {
            ("badValue", vec![word(ContextKind::InvalidArg), ("{value}", of(ContextKind::InvalidValue))])
        }
        _ => ("misused", Vec::new()),
    };
    let what = words.iter().fold(term(name, locale), |text, (hole, word)| text.replace(hole, word));
    format!("{what}\n{}", term("seeHelp", locale))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every text of a command and of what is below it.
    fn texts(command: &Command) -> Vec<String> {
        let of = |text: Option<&clap::builder::StyledStr>| text.map(ToString::to_string);
        let own = of(command.get_about());
        let arguments = command.get_arguments().filter_map(|arg| of(arg.get_help()));
        own.into_iter().chain(arguments).chain(command.get_subcommands().flat_map(texts)).collect()
    }

    #[test]
    fn everything_is_told_in_chinese_and_nothing_else() {
        let mut english = texts(&command(Locale::En));
        english.extend(["Usage", "Commands", "Arguments", "Options"].map(str::to_owned));
        english.sort();
        english.dedup();
        let missing: Vec<&String> = english.iter().filter(|text| !CHINESE.contains_key(*text)).collect();
        assert!(missing.is_empty(), "{missing:#?}");
        let mut known: Vec<&String> = CHINESE.keys().collect();
        known.sort();
        assert_eq!(known, english.iter().collect::<Vec<_>>());
    }

    fn said(line: &str) -> (String, bool) {
        let words: Vec<OsString> = line.split(' ').map(OsString::from).collect();
        let Err(instead) = read(&words) else { panic!("{line} is right") };
        (instead.answer.text().to_owned(), instead.json)
    }

    #[test]
    fn what_is_wrong_is_told_in_the_language_that_was_asked_for() {
        for (line, part) in [
            ("cli --lang zh-CN bogus", "没有“bogus”这个命令"),
            ("cli check --lang=zh-CN --bogus", "没有“--bogus”这个参数"),
            ("cli explain --lang zh-CN", "还缺少：<CODE>"),
            ("cli check --lang zh-CN --auth never", "不能是“never”"),
            ("cli check --lang zh-CN --address", "后面还缺少内容"),
            ("cli check --lang zh-CN --key-stdin --key-prompt", "不能和“--key-prompt”一起用"),
            ("cli --lang zh-CN", "还没有写命令"),
            ("cli check --lang zh-CN --help", "检查"),
            ("cli check --lang en --bogus", "There is no argument “--bogus”"),
            ("cli check --lang en --help", "Checks address, key and models"),
        ] {
            let (told, json) = said(line);
            assert!(told.contains(part) && !json, "{line}: {told}");
        }
        assert!(said("cli check --json --bogus").1, "who asked for JSON waits for it");
    }

    #[test]
    fn a_key_in_the_wrong_place_is_not_repeated() {
        for language in ["zh-CN", "en"] {
            let (told, _) = said(&format!("cli check --lang {language} sk-canary0123456789abcdef0123456789abcdef"));
            assert!(!told.contains("0123456789"), "{told}");
        }
    }
}
