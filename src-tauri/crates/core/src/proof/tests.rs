use super::*;

const ACTIVE: &str = "2026-11-23 10:00:00 [info] [custom-3p] 3P mode active { provider: 'gateway' }\n";
const HOST: &str = "2026-11-23 10:00:00 [info] [custom-3p] inference apiHost=https://aigc.aochengcloud.com/claude\n";
const MODELS: &str =
    "[info] [custom-3p] Model discovery: skipped (inferenceModels obviates discovery); picker = 3 (inferenceModels)\n";
const HEALTHY: &str = "[info] ConfigHealth recomputed { state: 'healthy', provider: 'gateway' }\n";

fn reading(lines: &[&str]) -> Reading {
    let base = GatewayUrl::parse("https://aigc.aochengcloud.com/claude").unwrap();
    read(&lines.concat(), "/log", &base)
}

#[track_caller]
fn check_failed(lines: &[&str], code: Code) {
    match reading(lines) {
        Reading::Failed(finding) => assert_eq!(finding.code, code),
        other => panic!("expected {code}, got {other:?}"),
    }
}

#[test]
fn mode_and_host_together_prove_it() {
    assert_eq!(reading(&[]), Reading::Pending);
    assert_eq!(reading(&[ACTIVE]), Reading::Started, "the host is not known yet");
    assert_eq!(reading(&[HOST]), Reading::Pending, "the mode is not known yet");
    let Reading::Proved(proof) = reading(&[ACTIVE, HOST]) else { panic!("proved") };
    assert!(!proof.is_whole());
    let Reading::Proved(proof) = reading(&[ACTIVE, HOST, MODELS, HEALTHY]) else { panic!("proved") };
    assert_eq!((proof.models, proof.healthy, proof.host.as_str()), (Some(3), Some(true), "aigc.aochengcloud.com"));
    assert!(proof.is_whole());
}

#[test]
fn what_claude_says_against_it_is_named() {
    check_failed(&[ACTIVE, "[custom-3p] inference apiHost=https://other.example/claude\n"], Code::ProofOtherHost);
    check_failed(&[ACTIVE, "[custom-3p] inference apiHost=http://custom-3p-unused.invalid\n"], Code::ProofRefused);
    check_failed(&["[custom-3p] helper spawn failed: spawn /x ENOENT\n"], Code::ProofHelper);
    check_failed(&["[custom-3p] helper timed out after 60s\n"], Code::ProofHelper);
    check_failed(&["Invalid custom3p enterprise config: [custom-3p] …\n"], Code::ProofRefused);
    check_failed(
        &[ACTIVE, HOST, "[custom-3p] Model discovery: 0 found in 3ms; picker = 0 (empty)\n"],
        Code::ProofNoModels,
    );
    check_failed(&["Managed MDM config detected\n"], Code::ManagedByPolicy);
}

#[test]
fn an_unhealthy_connection_is_reported() {
    let Reading::Proved(proof) = reading(&[ACTIVE, HOST, MODELS, "ConfigHealth recomputed { state: 'unhealthy' }\n"])
    else {
        panic!("proved")
    };
    assert_eq!(proof.healthy, Some(false));
}

#[test]
fn a_key_in_the_log_is_masked() {
    let leak = "[custom-3p] Credentials loaded { key: 'sk-canary0123456789' }\n";
    let Reading::Proved(proof) = reading(&[leak, ACTIVE, HOST]) else { panic!("proved") };
    assert!(!proof.lines.concat().contains("canary"), "{:?}", proof.lines);
}

#[test]
fn the_mode_alone_is_a_start_and_no_failure() {
    assert_eq!(reading(&[ACTIVE]), Reading::Started);
    assert_eq!(reading(&["[info] Starting app { appVersion: '2.2553.0' }\n"]), Reading::Pending);
    assert_eq!(reading(&["[info] 3P mode active { provider: 'gateway' }\n", HOST]), Reading::Pending, "nobody's word");
}

#[test]
fn the_last_start_counts() {
    let start = "2026-11-24 10:00:00 [info] Starting app { appVersion: '2.2553.0' }\n";
    let failed = "[error] [custom-3p] helper spawn failed: spawn /old/tool ENOENT\n";
    let Reading::Proved(_) = reading(&[start, ACTIVE, failed, start, ACTIVE, HOST, HEALTHY]) else { panic!("proved") };
    check_failed(&[start, ACTIVE, HOST, HEALTHY, start, ACTIVE, failed], Code::ProofHelper);
    assert_eq!(reading(&[start, ACTIVE, HOST, HEALTHY, start]), Reading::Pending, "the last start says nothing");
    let Reading::Proved(_) = reading(&[ACTIVE, failed, ACTIVE, HOST]) else { panic!("without a start, the last mode") };
}

#[test]
fn other_subsystems_prove_and_refuse_nothing() {
    for line in [
        "[info] [custom3p-mcp-headers] running helper { helperPath: '/opt/tools/mcp-headers', args: [] }\n",
        "[warn] [custom3p-mcp-headers] helper exited code=1 (elapsed=3ms stdoutBytes=0) stderr=\"x\"\n",
        "[warn] [custom3p-mcp-headers] notes: server rejected helper credential — re-running headers helper now { failCount: 1 }\n",
        "[error] [notes] stderr: [custom-3p] helper spawn failed: spawn /x ENOENT\n",
        "[error] [notes] Invalid custom3p enterprise config: x\n",
        "[info] [chat] picker = 0 apiHost=https://other.example\n",
        "[info] [custom-3p] running helper { helperPath: '/opt/airouter-credential', args: [] }\n",
        "[info] [custom-3p] helper exited code=0 (elapsed=30ms stdoutBytes=51)\n",
        "[info] [custom-3p] helper stderr: the error was forgiven\n",
    ] {
        let Reading::Proved(proof) = reading(&[ACTIVE, HOST, MODELS, line, HEALTHY]) else { panic!("{line}") };
        assert_eq!((proof.healthy, proof.models), (Some(true), Some(3)), "{line}");
        let Reading::Proved(_) = reading(&[ACTIVE, HOST, MODELS, HEALTHY, line]) else { panic!("after: {line}") };
    }
}

#[test]
fn what_the_lines_of_newer_builds_say_is_known() {
    check_failed(&["[error] [custom-3p] configError: inferenceModels: expected array\n"], Code::ProofRefused);
    let helper = "[error] [custom-3p] helper exited code=1 (elapsed=1008ms stdoutBytes=0) stderr=\"no entry\"\n";
    check_failed(&[ACTIVE, HOST, helper], Code::ProofHelper);
    check_failed(&["[error] [custom-3p] credential helper failed\n"], Code::ProofHelper);
    let managed =
        "[error] Failed to parse managed config /etc/claude-desktop/managed-settings.json: Unexpected token\n";
    check_failed(&[managed], Code::ManagedRejected);
    check_failed(&["[info] [custom-3p] 3P mode active { provider: 'vertex' }\n", HOST], Code::ProviderNotGateway);
    let wide = "[info] [custom-3p] ConfigHealth recomputed {\n  state: 'auth_failed',\n  provider: 'gateway'\n}\n";
    let Reading::Proved(proof) = reading(&[ACTIVE, HOST, wide]) else { panic!("proved") };
    assert_eq!(proof.unhealthy().unwrap().fact("state"), Some("auth_failed"));
}

#[test]
fn of_several_states_of_health_the_last_counts() {
    let health = |state: &str| {
        format!("[info] [custom-3p] ConfigHealth recomputed {{ state: '{state}', provider: 'gateway' }}\n")
    };
    let (error, healthy) = (health("provider_error"), health("healthy"));
    let helper = "[error] [custom-3p] helper exited code=1 (elapsed=1ms stdoutBytes=0) stderr=\"\"\n";
    let Reading::Proved(proof) = reading(&[ACTIVE, HOST, helper, &error, &healthy]) else { panic!("healthy at last") };
    assert_eq!((proof.healthy, proof.unhealthy()), (Some(true), None));
    let Reading::Proved(proof) = reading(&[ACTIVE, HOST, &healthy, &error]) else { panic!("proved") };
    assert_eq!((proof.healthy, proof.trouble.as_deref()), (Some(false), Some("provider_error")));
    let Reading::Proved(proof) = reading(&[ACTIVE, HOST, &health("not_testable")]) else { panic!("proved") };
    assert_eq!(proof.healthy, None, "neither good nor bad");
    let Reading::Proved(proof) = reading(&[ACTIVE, HOST, &health("a_state_of_tomorrow")]) else { panic!("proved") };
    assert_eq!(proof.healthy, None, "an unknown word says nothing");
}
