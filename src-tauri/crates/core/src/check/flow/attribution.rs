//! Assigns findings: to a lamp, to the key or not, and why there is no reply.

use std::net::IpAddr;

use super::TimedReply;
use crate::address::GatewayUrl;
use crate::check::LampId;
use crate::check::route_probe::RouteProbe;
use crate::finding::{Code, Finding};
use crate::gateway::{Asked, NetFault, Route, Verdict, classify, read_message};

/// True for refusals that prove that the gateway looked the key up and accepted it. Silence, a crash or a
/// bad request prove nothing about the key; a refusal from the upstream (4xx) comes after that look-up.
pub(super) fn knows_the_key(finding: &Finding) -> bool {
    let is_refused_behind = || finding.fact("status").is_some_and(|status| status.starts_with('4'));
    match finding.code {
        Code::NoChannel | Code::Overloaded => true,
        Code::UpstreamError => is_refused_behind(),
        code => code.number().starts_with("AR-5"),
    }
}

/// The lamp that a finding belongs to; `asked` is the lamp of the request, for findings about the model
/// or the upstream.
pub(super) fn lamp_of(code: Code, asked: LampId) -> LampId {
    match code {
        Code::GatewayDown | Code::NotAnthropic => LampId::Address,
        Code::ReadTimeout if asked == LampId::Answer => LampId::Answer,
        code if code.number().starts_with("AR-2") || code.number().starts_with("AR-3") => LampId::Address,
        Code::AccountDisabled | Code::IpBlocked => LampId::Key,
        code if code.number().starts_with("AR-4") => LampId::Key,
        Code::ModelsEmpty | Code::NoClaudePermission => LampId::Models,
        _ => asked,
    }
}

/// True for replies that say no more than that this route is not served here.
pub(super) fn is_about_the_route(code: Code) -> bool {
    matches!(code, Code::HtmlPage | Code::WrongBaseUrl | Code::OpenaiOnly | Code::NotAnthropic)
}

/// Of the findings of both routes about the address, the more specific one.
pub(super) fn more_specific(list: Finding, message: Finding) -> Finding {
    if is_about_the_route(message.code) && !is_about_the_route(list.code) { list } else { message }
}

/// The same finding under another code; the evidence `because` holds the first one.
pub(super) fn with_code(finding: Finding, code: Code) -> Finding {
    Finding { code, owner: code.owner(), severity: code.severity(), evidence: finding.evidence }
        .with("because", finding.code.number())
}

/// True for faults that a route probe cannot meet: a key that cannot be sent, a reply that is too long, an
/// unknown encoding.
pub(super) fn is_not_a_route_fault(fault: &NetFault) -> bool {
    matches!(fault, NetFault::BadHeader | NetFault::TooLarge | NetFault::Encoding)
}

/// The finding for a missing reply: what the route probe met, else what the HTTP client reported.
pub(super) fn no_reply_finding(fault: &NetFault, reach: Option<&RouteProbe>) -> Finding {
    match reach.and_then(|reach| reach.failure.as_ref()) {
        Some(failure) if !is_not_a_route_fault(fault) => failure.finding(),
        _ => fault.finding(false),
    }
}

/// `here` or `private` for an address that is not on the public network, where that changes what has to be
/// done: loopback, or a private network (RFC 1918, RFC 4193, RFC 6598, names without a dot and those that
/// no public server knows). `None` for other addresses and for findings that are not about connecting.
pub(super) fn network_kind(base: &GatewayUrl, finding: &Finding) -> Option<&'static str> {
    if !matches!(finding.code, Code::Dns | Code::TcpRefused | Code::TcpTimeout | Code::Offline) {
        return None;
    }
    if base.is_loopback() {
        return Some("here");
    }
    let name = base.name().trim_matches(['[', ']']);
    let is_private = match name.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => {
            let [first, second, ..] = address.octets();
            address.is_private() || address.is_link_local() || (first == 100 && (64..128).contains(&second))
        }
        Ok(IpAddr::V6(address)) => address.is_unique_local() || address.is_unicast_link_local(),
        Err(_) => {
            const PRIVATE: &[&str] = &["local", "lan", "internal", "intranet", "corp", "home", "private", "arpa"];
            !name.contains('.') || name.rsplit('.').next().is_some_and(|last| PRIVATE.contains(&last))
        }
    };
    is_private.then_some("private")
}

/// Judges the answer of one model to a one-token message; `None` means that it answers. The key was
/// accepted before. `reach` is the result of a route probe made after there was no answer.
pub fn judge_trial(timed: &TimedReply, reach: &RouteProbe, base_host: &str) -> Option<Finding> {
    let asked = Asked { route: Route::Messages, sent_key: true, models_accepted_key: true, base_host };
    match &timed.reply {
        Err(fault) => Some(no_reply_finding(fault, Some(reach))),
        Ok(reply) => match classify(reply, &asked) {
            Verdict::Ok => read_message(reply).err(),
            Verdict::Failed(finding) => Some(finding),
        },
    }
}
