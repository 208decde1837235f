//! What the person is told when the program ends before it has a window: in both languages, because it is not certain
//! yet which one they read. Where it is shown is platform's part.

use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};

use airouter_core::finding::{Code, Finding};
use airouter_core::preset::Preset;
use airouter_core::secret::masked;
use airouter_core::text::plain;
use airouter_core::view::Locale;
use airouter_core::words;
use airouter_platform::notice;

const TITLE: &str = "AIRouter 接入助手 · AIRouter Setup";

/// True once there is a window, which tells everything from then on.
static IS_OPEN: AtomicBool = AtomicBool::new(false);

/// The window is there.
pub(crate) fn is_open() {
    IS_OPEN.store(true, Ordering::Relaxed);
}

/// Says why the program cannot go on, and gives its exit code.
pub(crate) fn complain(finding: &Finding) -> ExitCode {
    notice::say(TITLE, &told(finding));
    ExitCode::from(1)
}

/// Says that the program was started with wrong arguments, and gives its exit code.
pub(crate) fn complain_of_arguments(error: &clap::Error) -> ExitCode {
    notice::say(TITLE, &told_of_arguments(error));
    ExitCode::from(2)
}

/// Says that a part of the program failed, if that ends it before there is a window.
pub(crate) fn complain_of_panic(place: &str) {
    let is_the_end = std::thread::current().name() == Some("main");
    if is_the_end && !IS_OPEN.load(Ordering::Relaxed) {
        complain(&Finding::new(Code::Crashed).with("place", place));
    }
}

fn told(finding: &Finding) -> String {
    let preset = Preset::airouter();
    let said = [Locale::ZhCn, Locale::En].into_iter().filter_map(|locale| words::of(finding, locale, &preset));
    let said = said.map(|words| format!("{}\n{}\n{}\n\n", words.title, words.meaning, words.action));
    let facts = finding.evidence.iter().map(|fact| format!("  {}: {}\n", fact.name, fact.value));
    plain(&format!("{}\n{}{}", finding.code.number(), said.collect::<String>(), facts.collect::<String>()))
        .trim_end()
        .to_owned()
}

/// Somebody may have put a key where it does not belong.
fn told_of_arguments(error: &clap::Error) -> String {
    let what = "启动时带了这个程序不认识的内容，所以没有打开。\n请直接点它的图标打开。\n\n\
                It was started with words that it does not know, so it did not open.\nOpen it by its icon.\n\n";
    plain(&format!("{what}{}", masked(error.to_string().trim_end())))
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::arguments::Arguments;

    #[test]
    fn a_finding_is_told_in_both_languages_with_its_code_and_what_to_do() {
        let told = told(&Finding::new(Code::WindowEngineTooOld).with("version", "86.0.616.0"));
        assert!(told.starts_with("AR-141\n显示窗口的组件太旧"), "{told}");
        for part in ["The part that draws the window is too old", "86.0.616.0", "下载并安装", "download and install"]
        {
            assert!(told.contains(part), "{part}: {told}");
        }
        for code in [Code::WindowEngineMissing, Code::WindowNotOpened, Code::Crashed] {
            let told = super::told(&Finding::new(code));
            assert!(told.starts_with(code.number()) && told.lines().count() > 6, "{told}");
        }
    }

    #[test]
    fn wrong_arguments_are_told_in_both_languages_and_without_a_key() {
        let key = "sk-canary0123456789abcdef0123456789abcdef";
        let Err(error) = Arguments::try_parse_from(["airouter-setup", "--key", key]) else { panic!("it has no key") };
        let told = told_of_arguments(&error);
        assert!(told.contains("没有打开") && told.contains("did not open") && told.contains("--key"), "{told}");
        let Err(error) = Arguments::try_parse_from(["airouter-setup", "one", key]) else { panic!("it takes one") };
        assert!(!told_of_arguments(&error).contains("0123456789"), "{told}");
    }
}
