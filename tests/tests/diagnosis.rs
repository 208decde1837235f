//! Five gateways that nobody here wrote, asked by the live check with keys in every state that they
//! have: each gives its finding, and lights the lamps that were earned.
#![allow(missing_docs, reason = "a test")]

use airouter_core::check::AuthScheme::{self, Bearer, XApiKey};
use airouter_practice::gateway::{AcceptedAuth, Fault, GatewayOptions, start};
use anyhow::Result;
use e2e::diagnosis::{ask, lamps};
use e2e::gateways::{CodeRouter, LiteLlm, claude_code_router, keyway, litellm, nginx, portkey};

/// What is expected of a gateway, asked one way after the other; all that differs is told at once.
struct Expected {
    base: String,
    wrong: Vec<String>,
}

impl Expected {
    fn of(base: &str) -> Self {
        Self { base: base.to_owned(), wrong: Vec::new() }
    }

    /// `says` is the lamps and the worst finding's name; nothing after the lamps if there is none.
    async fn check(&mut self, what: &str, key: &str, scheme: Option<AuthScheme>, model: Option<String>, says: &str) {
        let models: Vec<String> = model.into_iter().collect();
        let report = match ask(&self.base, key, scheme, &models).await {
            Ok(report) => report,
            Err(error) => return self.wrong.push(error.to_string()),
        };
        let code = report.findings.first().map_or("", |finding| finding.code.slug());
        let found = format!("{} {code}", lamps(&report));
        if found.trim() != says {
            self.wrong.push(format!("{what} {scheme:?}: {says:?} but {found:?}: {:?}", report.findings));
        }
    }

    #[track_caller]
    fn holds(self) {
        assert!(self.wrong.is_empty(), "{} differ:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }
}

/// An upstream for gateways that pass the person's header on beside their own.
fn takes_both_headers() -> GatewayOptions {
    GatewayOptions { accepted_auth: AcceptedAuth::XApiKeyWins, ..GatewayOptions::default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn keyway_router_knows_keys_in_every_state() -> Result<()> {
    let upstream = start(GatewayOptions::default()).await?;
    let gateway = keyway(&upstream.base_url()).await?;
    let mut it = Expected::of(&gateway.base);
    let good = gateway.good_key.as_str();
    it.check("good", good, None, None, "oooooo").await;
    it.check("good", good, Some(Bearer), None, "oooooo").await;
    it.check("good", good, Some(XApiKey), None, "oF---- key_missing").await;
    let unknown = "db_sk_0123456789abcdef0123456789abcdef";
    it.check("bad", unknown, None, None, "oF---- key_rejected").await;
    it.check("bad", unknown, Some(XApiKey), None, "oF---- key_missing").await;
    it.check("expired", &gateway.expired_key()?, None, None, "oF---- key_expired").await;
    it.check("disabled", &gateway.disabled_key()?, None, None, "oF---- key_rejected").await;
    it.check("deleted", &gateway.deleted_key()?, None, None, "oF---- key_rejected").await;
    it.check("exhausted", &gateway.exhausted_key()?, None, None, "oooF-- quota_exhausted").await;
    for (fault, says) in [
        (Fault::Rejected, "oooF-- upstream_error"),
        (Fault::Payment, "oooF-- upstream_error"),
        (Fault::RateLimited, "oooF-- rate_limited"),
        (Fault::Overloaded, "oooF-- upstream_error"),
        (Fault::Upstream, "oooF-- upstream_error"),
        (Fault::NoChannel, "oooF-- no_channel"),
    ] {
        it.check(fault.name(), &gateway.key_with_upstream(fault)?, None, None, says).await;
    }
    it.holds();
    // The minute may end between any two messages: one of the three is refused.
    let report = ask(&gateway.base, &gateway.slow_key()?, None, &[]).await?;
    assert_eq!(report.findings[0].code.slug(), "rate_limited", "{:?}", report.findings);
    assert!(!report.passed);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn lite_llm_reads_both_headers_and_wraps_its_upstream() -> Result<()> {
    let upstream = start(GatewayOptions::default()).await?;
    let gateway = litellm(&upstream.base_url()).await?;
    let mut it = Expected::of(&gateway.base);
    for scheme in [None, Some(Bearer), Some(XApiKey)] {
        it.check("good", &gateway.good_key, scheme, None, "oooooo").await;
        it.check("bad", "sk-test-wrong-0123456789", scheme, None, "oF---- key_rejected").await;
    }
    for (fault, says) in [
        (Fault::Rejected, "oooF-- upstream_error"),
        (Fault::Payment, "oooF-- upstream_error"),
        (Fault::RateLimited, "oooF-- rate_limited"),
        (Fault::Overloaded, "oooF-- overloaded"),
        (Fault::Upstream, "oooF-- upstream_error"),
        // The model that was named is the one that would be written: no other stands in for it.
        (Fault::NoChannel, "oooF-- no_channel"),
    ] {
        let model = LiteLlm::model_with_upstream(fault);
        it.check(fault.name(), &gateway.good_key, None, Some(model), says).await;
    }
    it.holds();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn claude_code_router_offers_no_list() -> Result<()> {
    let upstream = start(takes_both_headers()).await?;
    let gateway = claude_code_router(&upstream.base_url()).await?;
    let mut it = Expected::of(&gateway.base);
    for scheme in [None, Some(Bearer), Some(XApiKey)] {
        it.check("good", &gateway.good_key, scheme, None, "oowooo models_not_listed").await;
        it.check("bad", "test-ccr-wrong-0123456789", scheme, None, "oF---- key_rejected").await;
    }
    for (fault, says) in [
        (Fault::Rejected, "oowF-- upstream_error"),
        (Fault::Payment, "oowF-- upstream_error"),
        (Fault::RateLimited, "oowF-- rate_limited"),
        (Fault::Overloaded, "oowF-- overloaded"),
        (Fault::Upstream, "oowF-- upstream_error"),
        (Fault::NoChannel, "oowF-- no_channel"),
    ] {
        let model = CodeRouter::model_with_upstream(fault);
        it.check(fault.name(), &gateway.good_key, None, Some(model), says).await;
    }
    it.holds();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn portkey_passes_the_key_on() -> Result<()> {
    let upstream = start(takes_both_headers()).await?;
    let gateway = portkey(&upstream.base_url()).await?;
    let mut it = Expected::of(&gateway.base);
    for (fault, says) in [
        // On Node 20 it fails over whatever it passes on unread, the list and streams, with a 500; Claude asks
        // for no whole answer after that.
        (Fault::Ok, "o-F--- upstream_error"),
        (Fault::Rejected, "oF---- key_rejected"),
        (Fault::Expired, "oF---- key_expired"),
        (Fault::Disabled, "oF---- key_disabled"),
        (Fault::NoBalance, "oowF-- quota_exhausted"),
        (Fault::Payment, "oowF-- quota_exhausted"),
        (Fault::RateLimited, "oowF-- rate_limited"),
        (Fault::Overloaded, "oowF-- overloaded"),
    ] {
        for scheme in [None, Some(Bearer), Some(XApiKey)] {
            it.check(fault.name(), &fault.example_key(), scheme, None, says).await;
        }
    }
    it.holds();
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn nginx_in_front_adds_a_prefix_and_pages_of_its_own() -> Result<()> {
    let upstream = start(GatewayOptions::default()).await?;
    let gateway = keyway(&upstream.base_url()).await?;
    let front = nginx(&gateway.base, &upstream.base_url()).await?;
    let good = gateway.good_key.as_str();
    let (hanging, expired) = (Fault::Hang.example_key(), gateway.expired_key()?);
    let mut wrong = Vec::new();
    for (path, key, says) in [
        ("/claude", good, "oooooo"),
        ("/claude", "db_sk_0123456789abcdef0123456789abcdef", "oF---- key_rejected"),
        ("/claude", &expired, "oF---- key_expired"),
        ("", good, "F----- html_page"),
        ("/other", good, "F----- html_page"),
        ("/small", good, "oooF-- part_refused"),
        ("/late", &hanging, "F----- gateway_down"),
        ("/down", good, "F----- gateway_down"),
        ("/moved", good, "F----- redirect"),
        ("/dropped", good, "F----- reset"),
    ] {
        let mut it = Expected::of(&format!("{}{path}", front.root));
        it.check(path, key, None, None, says).await;
        wrong.append(&mut it.wrong);
    }
    Expected { base: front.root.clone(), wrong }.holds();
    Ok(())
}
