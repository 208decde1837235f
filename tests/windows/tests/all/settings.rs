//! What a person has set in Windows itself: proxy and language.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;

use airouter_practice::gateway::Fault;
use anyhow::Result;
use e2e_windows::account::{Account, VERSION};
use e2e_windows::programs;

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
fn the_language_of_windows_is_spoken() -> Result<()> {
    let account = Account::new()?;
    for (tag, words) in [("zh-Hans-CN", "还没有安装Claude Desktop"), ("en-GB", "Claude Desktop is not installed yet")]
    {
        account.set_language(tag)?;
        let mut status = account.command(&programs().join("airouter-setup-cli.exe"));
        let output = status.arg("status").stderr(Stdio::piped()).output()?;
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(said.contains(words), "{tag}: {said}");
    }
    Ok(())
}
