//! Which lamp a finding belongs to, what it says of the key, and why there is no reply.

use std::net::IpAddr;

use super::TimedReply;
use crate::address::GatewayUrl;
use crate::check::LampId;
use crate::check::reach::Reach;
use crate::finding::{Code, Finding};
use crate::gateway::{Asked, NetFault, Route, Verdict, classify, read_message};

/// True for refusals that only somebody gives who has looked at the key and knows it. Silence, a crash
/// or a bad request prove nothing about it; a refusal from behind the gateway (4xx) has passed it.
pub(super) fn knows_the_key(finding: &Finding) -> bool {
    let is_refused_behind = || finding.fact("status").is_some_and(|status| status.starts_with('4'));
    match finding.code {
        Code::NoChannel | Code::Overloaded => true,
        Code::UpstreamError => is_refused_behind(),
        code => code.number().starts_with("AR-5"),
    }
}

/// The lamp that a finding belongs to; what is about the model or the line belongs to the request.
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

/// Replies that say no more than that this route is not served here.
pub(super) fn is_about_the_route(code: Code) -> bool {
    matches!(code, Code::HtmlPage | Code::WrongBaseUrl | Code::OpenaiOnly | Code::NotAnthropic)
}

/// Of two troubles with the address, the one that says more.
pub(super) fn nearest(list: Finding, message: Finding) -> Finding {
    if is_about_the_route(message.code) && !is_about_the_route(list.code) { list } else { message }
}

pub(super) fn retitled(finding: Finding, code: Code) -> Finding {
    Finding { code, owner: code.owner(), severity: code.severity(), evidence: finding.evidence }
        .with("because", finding.code.number())
}

/// A key that cannot be sent and a reply that is too long: nothing that a walk could meet.
pub(super) fn is_no_fault_of_the_way(fault: &NetFault) -> bool {
    matches!(fault, NetFault::BadHeader | NetFault::TooLarge | NetFault::Encoding)
}

/// What the walk met, else what the client said.
pub(super) fn why_no_reply(fault: &NetFault, reach: Option<&Reach>) -> Finding {
    match reach.and_then(|reach| reach.trouble.as_ref()) {
        Some(trouble) if !is_no_fault_of_the_way(fault) => trouble.finding(),
        _ => fault.finding(false),
    }
}

/// Where an address lies that is not on the open network, if that changes what is to be done: on this
/// computer itself, or within a private network (RFC 1918, RFC 4193, RFC 6598, names without a dot and
/// those that no public server knows).
pub(super) fn whereabouts(base: &GatewayUrl, finding: &Finding) -> Option<&'static str> {
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

/// Judges one model's answer to a one-token message; nothing means that it answers. The key was
/// accepted before. `reach` is what a walk met after there was no answer.
pub fn judge_trial(told: &TimedReply, reach: &Reach, base_host: &str) -> Option<Finding> {
    let asked = Asked { route: Route::Messages, sent_key: true, models_accepted_key: true, base_host };
    match &told.reply {
        Err(fault) => Some(why_no_reply(fault, Some(reach))),
        Ok(reply) => match classify(reply, &asked) {
            Verdict::Ok => read_message(reply).err(),
            Verdict::Trouble(finding) => Some(finding),
        },
    }
}
