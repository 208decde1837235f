//! The report's page: what support asks for first, in the language of the person who reads it aloud. The
//! sentences of findings are the window's own; this module has only the text around them.

use std::fmt::Write;

use super::ReportFacts;
use crate::doctor::{DoctorState, DoctorStep};
use crate::finding::{Finding, Owner, Severity};
use crate::locale::Locale;
use crate::status::{StatusRow, ValueSource};

/// The most rows of the table of values.
const MOST_ROWS: usize = 40;

/// The words of the page in one language.
struct Words {
    title: &'static str,
    program: &'static str,
    system: &'static str,
    running: &'static str,
    closed: &'static str,
    missing: &'static str,
    address: &'static str,
    key: &'static str,
    no_key: &'static str,
    fingerprint: &'static str,
    characters: &'static str,
    found: &'static str,
    more: &'static str,
    nothing: &'static str,
    whose: &'static str,
    checks: &'static str,
    ok: &'static str,
    trouble: &'static str,
    untested: &'static str,
    values: &'static str,
    columns: &'static str,
    same: &'static str,
    differs: &'static str,
    absent: &'static str,
    /// The separator between a label and its value.
    colon: &'static str,
}

const ZH: Words = Words {
    title: "接入检查报告",
    program: "接入助手",
    system: "系统",
    running: "正在运行",
    closed: "没有运行",
    missing: "没有安装",
    address: "接口地址",
    key: "密钥",
    no_key: "没有找到已保存的密钥",
    fingerprint: "指纹",
    characters: "个字符",
    found: "需要处理",
    more: "值得知道",
    nothing: "没有发现问题。",
    whose: "问题出在",
    checks: "逐项检查",
    ok: "通过",
    trouble: "有问题",
    untested: "未检查",
    values: "应该是与现在是",
    columns: "| 配置项 | 应该是 | 现在是 | 来自 | 结果 |",
    same: "一致",
    differs: "不一致",
    absent: "（没有）",
    colon: "：",
};

const EN: Words = Words {
    title: "Connection report",
    program: "AIRouter Setup",
    system: "System",
    running: "running",
    closed: "closed",
    missing: "not installed",
    address: "Address",
    key: "Key",
    no_key: "no saved key was found",
    fingerprint: "fingerprint",
    characters: " characters",
    found: "To be mended",
    more: "Good to know",
    nothing: "Nothing was found.",
    whose: "It is up to",
    checks: "All checks",
    ok: "ok",
    trouble: "trouble",
    untested: "not tested",
    values: "Expected and actual",
    columns: "| Setting | Expected | Actual | From | Result |",
    same: "same",
    differs: "differs",
    absent: "(absent)",
    colon: ": ",
};

/// Writes the page. Everything in `facts` is reduced already.
pub(super) fn write(facts: &ReportFacts, say: &dyn Fn(&Finding) -> String) -> String {
    let words = match facts.locale {
        Locale::ZhCn => &ZH,
        Locale::En => &EN,
    };
    let mut page = String::new();
    // Writing to a text cannot fail.
    let _ = head(facts, words, &mut page)
        .and_then(|()| findings(facts, words, say, &mut page))
        .and_then(|()| checks(facts, words, &mut page))
        .and_then(|()| values(facts, words, &mut page));
    page
}

fn head(facts: &ReportFacts, words: &Words, page: &mut String) -> std::fmt::Result {
    let colon = words.colon;
    writeln!(page, "# {} · {}\n", facts.gateway, words.title)?;
    writeln!(page, "- {}{colon}{}", words.program, facts.version)?;
    writeln!(page, "- {}{colon}{}", words.system, facts.system)?;
    let claude = &facts.claude;
    let state = match (claude.installed, claude.running) {
        (false, _) => words.missing,
        (true, true) => words.running,
        (true, false) => words.closed,
    };
    writeln!(page, "- Claude Desktop{colon}{} {state}", claude.version.as_deref().unwrap_or("?"))?;
    writeln!(page, "- {}{colon}{}", words.address, facts.base)?;
    match &facts.key {
        // A short key has no fingerprint to compare.
        Some(key) if key.fingerprint.is_empty() => writeln!(page, "- {}{colon}••••\n", words.key),
        Some(key) => writeln!(
            page,
            "- {}{colon}•••• {} · {} {} · {}{}\n",
            words.key, key.last4, words.fingerprint, key.fingerprint, key.length, words.characters
        ),
        None => writeln!(page, "- {}{colon}{}\n", words.key, words.no_key),
    }
}

fn findings(
    facts: &ReportFacts,
    words: &Words,
    say: &dyn Fn(&Finding) -> String,
    page: &mut String,
) -> std::fmt::Result {
    let (bad, more): (Vec<&Finding>, Vec<&Finding>) =
        facts.doctor.findings.iter().partition(|finding| finding.severity == Severity::Blocking);
    writeln!(page, "## {}\n", words.found)?;
    if bad.is_empty() {
        writeln!(page, "{}", words.nothing)?;
    }
    for finding in bad {
        let owner = owner(finding.owner, facts.locale);
        writeln!(page, "- {} ({}{}{owner})", say(finding), words.whose, words.colon)?;
        for fact in &finding.evidence {
            writeln!(page, "  - {} = {}", fact.name, fact.value)?;
        }
    }
    if !more.is_empty() {
        writeln!(page, "\n## {}\n", words.more)?;
        for finding in more {
            writeln!(page, "- {}", say(finding))?;
        }
    }
    writeln!(page)
}

fn checks(facts: &ReportFacts, words: &Words, page: &mut String) -> std::fmt::Result {
    writeln!(page, "## {}\n", words.checks)?;
    let steps = [
        DoctorStep::Key,
        DoctorStep::Address,
        DoctorStep::Ending,
        DoctorStep::Applied,
        DoctorStep::Reached,
        DoctorStep::Environment,
    ];
    for (index, step) in steps.into_iter().enumerate() {
        let of = |state: DoctorState| -> String {
            let checks = facts.doctor.checks.iter().filter(|check| check.step == step && check.state == state);
            let codes: Vec<&str> = checks.map(|check| check.code.number()).collect();
            codes.join(" ")
        };
        let parts: Vec<String> = [
            (DoctorState::Trouble, words.trouble),
            (DoctorState::Ok, words.ok),
            (DoctorState::NotTested, words.untested),
        ]
        .into_iter()
        .map(|(state, word)| (of(state), word))
        .filter(|(codes, _)| !codes.is_empty())
        .map(|(codes, word)| format!("{word}{}{codes}", words.colon))
        .collect();
        writeln!(page, "{}. {}", index + 1, step_name(step, facts.locale))?;
        for part in parts {
            writeln!(page, "   - {part}")?;
        }
    }
    writeln!(page)
}

fn values(facts: &ReportFacts, words: &Words, page: &mut String) -> std::fmt::Result {
    writeln!(page, "## {}\n\n{}\n|---|---|---|---|---|", words.values, words.columns)?;
    let mut rows: Vec<&StatusRow> = facts.doctor.values.iter().collect();
    rows.sort_by_key(|row| row.ok);
    for row in rows.into_iter().take(MOST_ROWS) {
        let cell = |text: &Option<String>| text.as_deref().unwrap_or(words.absent).replace('|', "\\|");
        let verdict = if row.ok { words.same } else { words.differs };
        let source = source(row.source, facts.locale);
        writeln!(page, "| {} | {} | {} | {source} | {verdict} |", row.name, cell(&row.expected), cell(&row.actual))?;
    }
    Ok(())
}

fn owner(owner: Owner, locale: Locale) -> &'static str {
    let (zh, en) = match owner {
        Owner::Key => ("密钥", "the key"),
        Owner::Account => ("账号", "the account"),
        Owner::Network => ("网络", "the network"),
        Owner::Gateway => ("服务商", "the service"),
        Owner::Claude => ("Claude", "Claude"),
        Owner::ThisComputer => ("这台电脑", "this computer"),
        Owner::CompanyPolicy => ("公司的管理设置", "your company's policy"),
        Owner::AirouterSetup => ("接入助手", "this program"),
    };
    if locale == Locale::ZhCn { zh } else { en }
}

fn step_name(step: DoctorStep, locale: Locale) -> &'static str {
    let (zh, en) = match step {
        DoctorStep::Key => ("密钥可用，Claude拿得到它", "The key is good, and Claude gets it"),
        DoctorStep::Address => ("接口地址正确，能连上", "The address is right and can be reached"),
        DoctorStep::Ending => ("地址没有多写/v1或斜杠", "The address has no /v1 and no slash behind it"),
        DoctorStep::Applied => {
            ("配置已应用，Claude重新启动过", "The settings are applied, and Claude was started anew")
        }
        DoctorStep::Reached => ("请求到达服务器并有回答", "Requests reach the gateway and are answered"),
        DoctorStep::Environment => ("其他", "What else there is"),
    };
    if locale == Locale::ZhCn { zh } else { en }
}

fn source(source: ValueSource, locale: Locale) -> &'static str {
    let (zh, en) = match source {
        ValueSource::Local => ("本机", "this computer"),
        ValueSource::Default => ("默认", "default"),
        ValueSource::Policy => ("公司", "company"),
        ValueSource::ThisProgram => ("本程序", "this program"),
    };
    if locale == Locale::ZhCn { zh } else { en }
}
