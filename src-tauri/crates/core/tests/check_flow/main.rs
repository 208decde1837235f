//! The order of the check and whom it blames, with replies from a script instead of a network.

mod script;
mod talk;

use airouter_core::check::{AuthScheme, LampId, LampState, Step};
use airouter_core::finding::Code;
use script::*;

#[test]
fn a_healthy_gateway_passes_with_bearer_at_once() {
    let (report, asked) = walk(None, healthy);
    assert!(report.passed, "{report:?}");
    assert_eq!(report.scheme, AuthScheme::Bearer);
    assert_eq!(asked.len(), 4, "{asked:?}");
}

#[test]
fn the_header_that_is_read_tells_about_the_key() {
    // keyway-router reads `Authorization` only.
    let (report, asked) = walk(None, |step| match by_scheme(step) {
        Some(AuthScheme::Bearer) => json(401, r#"{"detail":"Invalid or disabled API key."}"#),
        _ => json(401, r#"{"detail":"Missing or invalid Authorization header. Use 'Bearer db_sk_...'."}"#),
    });
    assert_eq!(failed(&report), (LampId::Key, Code::KeyRejected));
    assert_eq!(report.scheme, AuthScheme::Bearer, "the scheme that the gateway understands");
    assert_eq!(asked.len(), 3, "the list in both ways, and one message: {asked:?}");

    // Anthropic's own way: only `x-api-key` is read, and the key has a cause of its own.
    let (report, _) = walk(None, |step| match by_scheme(step) {
        Some(AuthScheme::XApiKey) => json(401, r#"{"detail":"API key expired."}"#),
        _ => json(
            401,
            r#"{"type":"error","error":{"type":"authentication_error","message":"x-api-key header is required"}}"#,
        ),
    });
    assert_eq!(failed(&report), (LampId::Key, Code::KeyExpired));
    assert_eq!(report.scheme, AuthScheme::XApiKey);
}

#[test]
fn x_api_key_is_found_by_trying() {
    let (report, asked) = walk(None, |step| match by_scheme(step) {
        Some(AuthScheme::Bearer) => json(401, r#"{"error":{"message":"Invalid token"}}"#),
        _ => healthy(step),
    });
    assert!(report.passed, "{report:?}");
    assert_eq!(report.scheme, AuthScheme::XApiKey);
    assert!(report.findings.iter().any(|finding| finding.code == Code::AuthScheme));
    assert_eq!(asked.iter().filter(|step| by_scheme(step) == Some(AuthScheme::Bearer)).count(), 1);
}

#[test]
fn a_pinned_scheme_is_kept_and_its_failure_blocks() {
    let (report, asked) = walk(Some(AuthScheme::XApiKey), |_| {
        json(401, r#"{"detail":"Missing or invalid Authorization header. Use 'Bearer db_sk_...'."}"#)
    });
    let (lamp, code) = failed(&report);
    assert_eq!((lamp, code), (LampId::Key, Code::KeyMissing));
    assert!(report.findings[0].blocks());
    assert!(asked.iter().all(|step| by_scheme(step) == Some(AuthScheme::XApiKey)) && asked.len() == 2, "{asked:?}");
}

#[test]
fn an_accepted_key_is_not_blamed_for_what_the_message_met() {
    // The first way was refused, the second let the list through: the key is good.
    let (report, _) = walk(None, |step| match (by_scheme(step), step) {
        (Some(AuthScheme::Bearer), _) | (None, _) => json(401, r#"{"error":{"message":"Invalid token"}}"#),
        (_, Step::Models(_)) => json(200, MODELS),
        _ => json(503, r#"{"error":{"message":"Service Unavailable"}}"#),
    });
    let (lamp, code) = failed(&report);
    assert_eq!(lamp, LampId::Answer, "{code}");
    assert!(!code.number().starts_with("AR-4"), "{code}");
}

#[test]
fn only_who_knows_the_key_lights_its_lamp() {
    let key_lamp = |status: u16, body: &str| {
        let (report, _) = walk(None, |step| match step {
            Step::Ask(_) => json(status, body),
            _ => json(404, r#"{"error":{"message":"not found"}}"#),
        });
        report.lamps.iter().find(|lamp| lamp.id == LampId::Key).expect("its lamp").state
    };
    let crash = r#"{"error":{"message":"internal error","type":"api_error"}}"#;
    assert_eq!(key_lamp(500, crash), LampState::NotTested, "a crash proves nothing");
    let poor = r#"{"error":{"message":"insufficient balance","code":"insufficient_user_quota"}}"#;
    assert_eq!(key_lamp(402, poor), LampState::Ok, "who knows the balance knows the key");
}

#[test]
fn a_list_without_a_small_model_is_a_warning() {
    let small = |models: &str| {
        let list = format!(r#"{{"object":"list","data":[{models}]}}"#);
        let (report, _) = walk(None, |step| match step {
            Step::Models(_) => json(200, &list),
            _ => healthy(step),
        });
        assert!(report.passed, "{report:?}");
        report.findings.iter().any(|finding| finding.code == Code::NoSmallModel && !finding.blocks())
    };
    assert!(small(r#"{"id":"claude-sonnet-4-6","object":"model"}"#));
    assert!(!small(
        r#"{"id":"claude-sonnet-4-6","object":"model"},{"id":"claude-haiku-4-5-20251001","object":"model"}"#
    ));
}
