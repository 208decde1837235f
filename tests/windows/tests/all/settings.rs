//! What a person has set in Windows itself: proxy and language.

use std::net::{Ipv4Addr, TcpListener};
use std::process::Stdio;

use airouter_practice::gateway::Fault;
use anyhow::Result;
use e2e_windows::account::Account;
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
