use super::*;
use crate::preset::Preset;
use AddressChange as Did;

#[track_caller]
fn check(typed: &str, expected: &str, changes: &[AddressChange]) {
    let preset = Preset::airouter();
    let (address, did) = repair(typed, Some(&preset.base)).unwrap_or_else(|finding| panic!("{typed}: {finding:?}"));
    assert_eq!((address.as_str(), did.as_slice()), (expected, changes), "{typed}");
    let (again, more) = repair(expected, Some(&preset.base)).expect("a repaired address is right");
    assert_eq!((again.as_str(), more.as_slice()), (expected, [].as_slice()), "not idempotent: {typed}");
}

const AIROUTER: &str = "https://aigc.aochengcloud.com/claude";

fn removed(path: &str) -> Did {
    Did::PathRemoved { path: path.to_owned() }
}
fn added() -> Did {
    Did::PathAdded { path: "/claude".to_owned() }
}

#[test]
fn the_wrong_addresses_of_the_guide_are_repaired() {
    check("https://aigc.aochengcloud.com/claude", AIROUTER, &[]);
    check("https://aigc.aochengcloud.com/claude/", AIROUTER, &[Did::SlashRemoved]);
    check("https://aigc.aochengcloud.com/claude/v1", AIROUTER, &[removed("/v1")]);
    check("https://aigc.aochengcloud.com/v1", AIROUTER, &[removed("/v1"), added()]);
    check("https://aigc.aochengcloud.com", AIROUTER, &[added()]);
    check("https://aigc.aochengcloud.com/console/token", AIROUTER, &[removed("/console/token"), added()]);
}

#[test]
fn typing_slips_are_repaired() {
    check("aigc.aochengcloud.com/claude", AIROUTER, &[Did::SchemeAdded]);
    check(" http://aigc.aochengcloud.com/claude", AIROUTER, &[Did::Cleaned, Did::MadeHttps]);
    check("https：//aigc.aochengcloud.com/claude", AIROUTER, &[Did::Cleaned]);
    check("https://aigc.aochengcloud.com/claude?x=1#y", AIROUTER, &[Did::QueryRemoved]);
    check("https://relay.example/v1/v1/messages", "https://relay.example", &[removed("/v1/messages"), removed("/v1")]);
    check("http://localhost:8900/claude", "http://127.0.0.1:8900/claude", &[Did::LocalhostNumbered]);
    check("http://192.168.1.5:8080/x", "https://192.168.1.5:8080/x", &[Did::MadeHttps]);
}

#[track_caller]
fn check_refused(typed: &str, reason: &str) {
    let finding = repair(typed, None).err().unwrap_or_else(|| panic!("{typed} was taken"));
    assert_eq!((finding.code, finding.evidence[0].value.as_str()), (Code::UrlInvalid, reason), "{typed}");
}

#[test]
fn what_cannot_be_repaired_safely_is_refused() {
    check_refused("  ", "empty");
    check_refused("https://user:pass@relay.example", "credentials");
    check_refused("ftp://relay.example", "scheme");
    check_refused("file:///etc/passwd", "scheme");
    check_refused("hello", "unreadable");
    check_refused("https://", "unreadable");
}

#[test]
fn look_alike_letters_show_in_the_host() {
    let (address, _) = repair("https://аigc.aochengcloud.com", None).expect("it is an address");
    assert!(address.host().starts_with("xn--"), "{}", address.host());
}

#[test]
fn loopback_is_recognised() {
    let is_loopback = |text: &str| GatewayUrl::parse(text).map(|address| address.is_loopback());
    assert_eq!(is_loopback("http://127.0.0.1:1/claude"), Ok(true));
    assert_eq!(is_loopback("https://aigc.aochengcloud.com/claude"), Ok(false));
}

#[test]
fn slips_in_the_scheme_are_repaired() {
    let rest = "aigc.aochengcloud.com/claude";
    for slip in [
        "https:/",
        "https//",
        "htps://",
        "https:",
        "https;//",
        "https:///",
        "htttps://",
        "ttps://",
        "hhtps://",
        "https ://",
    ] {
        check(&format!("{slip}{rest}"), AIROUTER, &[Did::SchemeRepaired]);
    }
    check(&format!("https；//{rest}"), AIROUTER, &[Did::Cleaned, Did::SchemeRepaired]);
    check(&format!("HTTPS://{}", rest.to_uppercase().replace("CLAUDE", "claude")), AIROUTER, &[Did::LowerCased]);
    check(&format!("http:/{rest}"), AIROUTER, &[Did::SchemeRepaired, Did::MadeHttps]);
    check(&format!("https://https://{rest}"), AIROUTER, &[Did::DoubledRemoved]);
    check(&format!("https://http://{rest}"), AIROUTER, &[Did::DoubledRemoved, Did::MadeHttps]);
    check(&format!("https://{rest}https://{rest}"), AIROUTER, &[Did::DoubledRemoved]);
}

#[test]
fn slips_in_the_path_are_repaired() {
    let on = |path: &str| format!("https://relay.example{path}");
    let path = |typed: &str, changes: &[AddressChange]| check(&on(typed), &on("/claude"), changes);
    for added in [
        "/v1",
        "/v1/messages",
        "/v1/chat/completions",
        "/chat/completions",
        "/v1/models",
        "/v1/messages/count_tokens",
        "/V1",
    ] {
        path(&format!("/claude{added}"), &[removed(added)]);
        check(&format!("{AIROUTER}{added}"), AIROUTER, &[removed(added)]);
    }
    path("/claude///", &[Did::SlashRemoved]);
    path("//claude", &[Did::SlashesMerged]);
    path("/claude/claude", &[removed("/claude")]);
    path("/claude/v1/claude", &[removed("/v1/claude")]);
    path("/claude/v1/claude/v1/messages", &[removed("/v1/messages"), removed("/v1/claude")]);
    check("https:\\\\relay.example\\claude\\", &on("/claude"), &[Did::Cleaned, Did::SlashRemoved]);
    check("https://relay.example:443/claude", &on("/claude"), &[Did::PortRemoved]);
    check("http://relay.example:80/claude", &on("/claude"), &[Did::MadeHttps, Did::PortRemoved]);
    check("https://aigc.aochengcloud.com/claude/claude", AIROUTER, &[removed("/claude")]);
    check("https://aigc.aochengcloud.com/", AIROUTER, &[added()]);
    check("https://aigc.aochengcloud.com/#/token", AIROUTER, &[Did::QueryRemoved, added()]);
}

#[test]
fn an_address_is_found_in_a_sentence() {
    for text in [
        "地址：https://aigc.aochengcloud.com/claude",
        "接口地址是 https://aigc.aochengcloud.com/claude。请复制",
        "ANTHROPIC_BASE_URL=\"https://aigc.aochengcloud.com/claude\"",
        "打开https://aigc.aochengcloud.com/claude，再粘贴密钥",
    ] {
        check(text, AIROUTER, &[Did::TakenFromText]);
    }
    check("地址：aigc.aochengcloud.com/claude", AIROUTER, &[Did::TakenFromText, Did::SchemeAdded]);
    check("https://aigc.aochengcloud.com/claude。", AIROUTER, &[Did::Cleaned]);
    check("（https://aigc.aochengcloud.com/claude）", AIROUTER, &[Did::Cleaned]);
    check("https：／／aigc。aochengcloud。com／claude", AIROUTER, &[Did::Cleaned]);
    check(
        "控制台https://aigc.aochengcloud.com，地址https://aigc.aochengcloud.com/claude",
        AIROUTER,
        &[Did::TakenFromText],
    );
    check_refused("https://a.example/claude 或 https://b.example/claude", "several");
    check_refused("https://a.example/https:/./b.example", "several");
}

#[test]
fn a_host_is_never_made_of_half_a_host() {
    for text in [
        "https://aigc.aocheng cloud.com/claude",
        "https://aigc.aocheng\ncloud.com/claude",
        "https://r.exa,mple.com",
        "https://api例子.example",
        "https://a.b例子.example",
        "https://1",
        "https://%61igc.example",
        "https://a..example",
        "https://relay.c!/claude",
    ] {
        check_refused(text, "unreadable");
    }
    check_refused("https://gateway/claude", "host-without-dot");
    check_refused("https://relay.example@evil.example", "credentials");
}

#[track_caller]
fn check_pretender(host: &str, reason: &str) {
    let finding = repair(&format!("https://{host}/claude"), Some(&Preset::airouter().base))
        .err()
        .unwrap_or_else(|| panic!("{host} was taken"));
    assert_eq!(finding.evidence[0].value, reason, "{host}");
}

#[test]
fn hosts_that_only_look_like_the_presets_are_refused() {
    for host in [
        "аigc.aochengcloud.com",
        "aigc.aοchengcloud.com",
        "aigc.aochengc1oud.com",
        "www.aochengc1oud.com",
        "aigc.aochengcl0ud.com",
        "aigc.aochengcloud.corn",
        "a1gc.аochengcloud.com",
    ] {
        check_pretender(host, "look-alike");
    }
    for host in
        ["aigc.aochengcloud.com.evil.example", "aigc-aochengcloud.com", "aochengcloud.cn", "aochengcloud-login.example"]
    {
        check_pretender(host, "borrowed-name");
    }
    for host in ["aigc.aochengcloub.com", "aigc.aochencloud.com", "aigc.aochegncloud.com"] {
        check_pretender(host, "misspelt-host");
    }
}

#[test]
fn hosts_of_others_are_left_alone() {
    for host in [
        "api.aochengcloud.com",
        "www.aigc.aochengcloud.com",
        "relay.example",
        "api.deepseek.com",
        "xn--fiqs8s.example",
        "cloud.example",
        "1.2.3.4",
        "192.168.1.5:8080",
    ] {
        check(&format!("https://{host}/claude"), &format!("https://{host}/claude"), &[]);
    }
}

#[test]
fn what_is_far_too_long_is_no_address() {
    check_refused(&format!("https://relay.example{}", "/v1".repeat(20_000)), "unreadable");
    check_refused(&"https://".repeat(8_000), "unreadable");
    check_refused(&"a.".repeat(40_000), "unreadable");
    check_refused(&format!("https://relay.example/{}", "é".repeat(900)), "unreadable");
    check_refused(&format!("https://{}example", "aé.".repeat(60)), "unreadable");
    check_refused(&format!("https://{}.example", "a".repeat(64)), "unreadable");
}

#[test]
fn slashes_without_end_and_letters_of_many_bytes_are_read() {
    let (address, _) = repair("https://////////////Édith.example", None).expect("it is an address");
    assert_eq!(address.as_str(), "https://xn--dith-9oa.example");
}

#[test]
fn name_and_port() {
    let of = |text: &str| GatewayUrl::parse(text).map(|address| (address.name().to_owned(), address.port()));
    assert_eq!(of("https://gate.example/x"), Ok(("gate.example".to_owned(), 443)));
    assert_eq!(of("https://gate.example:8443"), Ok(("gate.example".to_owned(), 8443)));
    assert_eq!(of("https://[2001:db8::1]/x"), Ok(("2001:db8::1".to_owned(), 443)));
    assert_eq!(of("http://[::1]:81/x"), Ok(("::1".to_owned(), 81)));
}

#[test]
fn an_address_on_this_computer_without_a_scheme_is_plain_http() {
    for (typed, base) in [
        ("127.0.0.1:3456/claude", "http://127.0.0.1:3456/claude"),
        ("localhost:3456/claude", "http://127.0.0.1:3456/claude"),
        ("LOCALHOST:3456", "http://127.0.0.1:3456"),
        ("[::1]:8080", "http://[::1]:8080"),
        ("127.0.0.1", "http://127.0.0.1"),
    ] {
        let (address, changes) = repair(typed, None).unwrap_or_else(|finding| panic!("{typed}: {finding:?}"));
        assert_eq!(address.as_str(), base, "{typed}");
        assert!(changes.contains(&Did::HttpAdded), "{typed}: {changes:?}");
    }
    for typed in ["127.0.0.2:3456/claude", "localhost.example:3456"] {
        let (address, _) = repair(typed, None).unwrap();
        assert!(address.is_encrypted(), "{typed}: Claude takes plain http on this computer only");
    }
}

#[test]
fn a_login_with_a_backslash_is_a_login() {
    for typed in [r"https://OFFICE\li:pass@gate.example/claude", "https://li@office.example:pass@gate.example"] {
        let finding = repair(typed, None).unwrap_err();
        assert_eq!(finding.fact("reason"), Some("credentials"), "{typed}");
    }
    assert!(repair(r"https:\\gate.example\claude", None).is_ok(), "slashes that lean the wrong way");
}
