//! What a person has set in Windows itself, proxy and language, and what is missing in it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;

use airouter_practice::gateway::Fault;
use anyhow::Result;
use e2e_windows::account::{Account, VERSION};
use e2e_windows::programs;
use serde_json::Value;

use crate::codes;

#[test]
fn the_proxy_of_the_registry_is_the_way() -> Result<()> {
    let account = Account::new()?;
    // A port where nobody listens: a proxy program that was closed while its setting stayed.
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    account.set_proxy(&format!("http=127.0.0.1:1;https=127.0.0.1:{port}"))?;
    let preset = account.preset("https://gateway.example/claude")?;
    let words = ["check", "--preset", &preset, "--key-stdin", "--json"];
    let (exit, answer) = account.cli(&words, &Fault::Ok.example_key())?;
    assert_eq!((exit, codes(&answer).first()), (1, Some(&"AR-222")), "{answer}");
    assert!(answer["findings"][0].to_string().contains(&format!("127.0.0.1:{port}")), "the one for https: {answer}");
    Ok(())
}

/// Who reads a pipe on Windows takes it for the system's code page, so it is English unless another language is asked
/// for, and JSON is ASCII.
#[test]
fn the_proxy_that_a_script_chooses_is_the_way() -> Result<()> {
    let account = Account::new()?;
    let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
    let script = format!("function FindProxyForURL(url, host) {{ return 'PROXY 127.0.0.1:{port}'; }}");
    let server = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    account.set_proxy_script(&format!("http://{}/proxy.pac", server.local_addr()?))?;
    std::thread::spawn(move || {
        for mut connection in server.incoming().flatten() {
            let _ = connection.read(&mut [0; 4096]);
            let kind = "application/x-ns-proxy-autoconfig";
            let head = format!("HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n", script.len());
            let _ = connection.write_all(format!("{head}Connection: close\r\n\r\n{script}").as_bytes());
        }
    });
    let preset = account.preset("https://gateway.example/claude")?;
    let words = ["check", "--preset", &preset, "--key-stdin", "--json"];
    let (exit, answer) = account.cli(&words, &Fault::Ok.example_key())?;
    assert_eq!((exit, codes(&answer).first()), (1, Some(&"AR-222")), "{answer}");
    assert!(answer["findings"][0].to_string().contains(&format!("127.0.0.1:{port}")), "{answer}");
    assert!(!codes(&answer).contains(&"AR-226"), "the script was run: {answer}");
    Ok(())
}

#[test]
fn what_was_set_after_this_program_was_started_counts() -> Result<()> {
    let account = Account::new()?;
    account.install_by_squirrel(VERSION)?;
    let elsewhere = account.home().join("Claude elsewhere");
    account.set_variable("CLAUDE_USER_DATA_DIR", &elsewhere.to_string_lossy())?;
    account.set_variable("ANTHROPIC_AUTH_TOKEN", "sk-ant-of-another-service-0123456789")?;
    account.put(&account.home().join(r"Documents\PowerShell\profile.ps1"), "$env:ANTHROPIC_BASE_URL = 'x'\r\n")?;
    let (_, answer) = account.cli(&["status", "--json"], "")?;
    assert!(answer.to_string().contains("Claude elsewhere"), "{answer}");
    let (_, answer) = account.cli(&["doctor", "--local", "--json"], "")?;
    let text = answer.to_string();
    assert!(text.contains("AR-132") && text.contains(r"HKCU\\Environment"), "{answer}");
    assert!(!text.contains("of-another-service"), "only names are told: {answer}");
    Ok(())
}

#[test]
fn a_pipe_gets_what_every_code_page_reads() -> Result<()> {
    let account = Account::new()?;
    account.set_language("zh-Hans-CN")?;
    let said = |words: &[&str]| -> Result<(String, String)> {
        let mut status = account.command(&programs().join("airouter-setup-cli.exe"));
        let output = status.args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).output()?;
        Ok((String::from_utf8(output.stdout)?, String::from_utf8(output.stderr)?))
    };
    let (_, told) = said(&["status"])?;
    assert!(told.contains("Claude Desktop is not installed yet"), "{told}");
    let (_, told) = said(&["status", "--lang", "zh-CN"])?;
    assert!(told.contains("还没有安装Claude Desktop"), "{told}");

    let preset = account.home().join("没有.airouter");
    let (json, told) = said(&["check", "--preset", &preset.to_string_lossy(), "--json"])?;
    assert!(json.is_ascii() && told.is_ascii(), "{json} {told}");
    let answer: Value = serde_json::from_str(&json)?;
    assert!(answer["findings"].to_string().contains("李 雷"), "the folder of this person: {answer}");
    Ok(())
}

/// A file is read by whoever opens it, so it has the language that Windows has.
#[test]
fn the_language_of_windows_is_written() -> Result<()> {
    let account = Account::new()?;
    let archive = account.home().join("report.zip").to_string_lossy().into_owned();
    for (tag, words) in [("zh-Hans-CN", "接入检查报告"), ("en-GB", "Connection report")] {
        account.set_language(tag)?;
        let (exit, answer) = account.cli(&["report", "--local", "--out", &archive, "--json"], "")?;
        assert_eq!(exit, 0, "{answer}");
        assert!(answer["page"].as_str().is_some_and(|page| page.contains(words)), "{tag}: {answer}");
    }
    Ok(())
}

/// Wine has no Edge WebView2, so the window's program can do nothing but say why.
#[test]
fn without_the_engine_the_window_says_so_and_ends() -> Result<()> {
    let account = Account::new()?;
    let ended = |words: &[&str]| -> Result<(Option<i32>, String)> {
        let mut window = account.command(&programs().join("airouter-setup.exe"));
        // A file: services of Windows that it wakes would keep a pipe open.
        let said = account.home().join("said.txt");
        let status = window.args(words).stderr(std::fs::File::create(&said)?).status()?;
        Ok((status.code(), std::fs::read_to_string(said)?))
    };
    let (code, told) = ended(&[])?;
    assert!(code == Some(1) && told.starts_with("AR-140"), "{code:?} {told}");
    assert!(
        told.contains("WebView2") && told.contains("下载并安装") && told.contains("download and install"),
        "{told}"
    );
    let (code, told) = ended(&["--bogus"])?;
    assert!(code == Some(2) && told.contains("没有打开") && told.contains("--bogus"), "{code:?} {told}");
    Ok(())
}
