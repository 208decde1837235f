//! The scenarios that can be rehearsed, and the key that asks for each.
//!
//! A key carries its scenario in its name, so that a person can rehearse a fault by pasting one thing and
//! a single gateway can serve many tests at once. The tail makes it as long as a real key: a shortened
//! paste must not pass.

/// What the gateway plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// No fault.
    Ok,
    /// 401, the key is unknown.
    Rejected,
    /// 401, the key has expired.
    Expired,
    /// 401, the key is switched off.
    Disabled,
    /// 403 on messages, the balance is used up (new-api).
    NoBalance,
    /// 429 on messages with words about a saturated upstream; the balance is used up (one-hub).
    NoBalance429,
    /// 402 on messages, the balance is used up (done-hub).
    Payment,
    /// 403, the account is banned.
    Banned,
    /// 403, this address is not on the key's list.
    Ip,
    /// 403, the key's group may not use Claude.
    Group,
    /// 403 on messages, the key may not use this model.
    Model,
    /// 503 on messages, no channel serves this model.
    NoChannel,
    /// 529 on messages.
    Overloaded,
    /// 429 on messages with `retry-after`.
    RateLimited,
    /// 401 on messages that is about the gateway's own key upstream.
    Upstream,
    /// The model list is `{"data":null}`.
    Empty,
    /// 404 on the model list.
    NoList,
    /// The list mixes Claude ids with those of other makers.
    Mixed,
    /// The list has ten thousand ids in one reply.
    Many,
    /// The list comes in pages of at most twenty.
    Paged,
    /// Each reply is late.
    Slow,
    /// No reply ever.
    Hang,
    /// A stream breaks off in the middle.
    Cut,
    /// A stream that ends well but for its last events.
    NoEnd,
    /// Plain JSON although a stream was asked for.
    NoStream,
    /// Tools are ignored.
    NoTools,
    /// 200 with the home page on every path.
    Html,
    /// 302 to another host.
    Redirect,
    /// 302 to the sign-in portal of the network.
    Captive,
    /// 200 with JSON of another shape.
    BadlyShaped,
    /// Only `x-api-key` is accepted.
    XApiKey,
    /// Only `Authorization: Bearer` is accepted.
    Bearer,
}

/// Every scenario with the name used in keys and on the command line.
const NAMES: &[(Fault, &str)] = &[
    (Fault::Ok, "ok"),
    (Fault::Rejected, "rejected"),
    (Fault::Expired, "expired"),
    (Fault::Disabled, "disabled"),
    (Fault::NoBalance, "nobalance"),
    (Fault::NoBalance429, "nobalance429"),
    (Fault::Payment, "payment"),
    (Fault::Banned, "banned"),
    (Fault::Ip, "ip"),
    (Fault::Group, "group"),
    (Fault::Model, "model"),
    (Fault::NoChannel, "nochannel"),
    (Fault::Overloaded, "overloaded"),
    (Fault::RateLimited, "ratelimited"),
    (Fault::Upstream, "upstream"),
    (Fault::Empty, "empty"),
    (Fault::NoList, "nolist"),
    (Fault::Mixed, "mixed"),
    (Fault::Many, "many"),
    (Fault::Paged, "paged"),
    (Fault::Slow, "slow"),
    (Fault::Hang, "hang"),
    (Fault::Cut, "cut"),
    (Fault::NoEnd, "noend"),
    (Fault::NoStream, "nostream"),
    (Fault::NoTools, "notools"),
    (Fault::Html, "html"),
    (Fault::Redirect, "redirect"),
    (Fault::Captive, "captive"),
    (Fault::BadlyShaped, "badlyshaped"),
    (Fault::XApiKey, "xapikey"),
    (Fault::Bearer, "bearer"),
];

const PREFIX: &str = "sk-practice-";
const SHORTEST_TAIL: usize = 20;

impl Fault {
    /// Every scenario.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(fault, _)| *fault)
    }

    /// The name used in keys and on the command line.
    pub fn name(self) -> &'static str {
        NAMES.iter().find(|(fault, _)| *fault == self).map_or("ok", |(_, name)| name)
    }

    /// The scenario of this name.
    pub fn named(name: &str) -> Option<Self> {
        NAMES.iter().find(|(_, known)| *known == name).map(|(fault, _)| *fault)
    }

    /// The scenario that a key asks for; `None` for a key that no practice gateway knows.
    pub fn of_key(key: &str) -> Option<Self> {
        let (name, tail) = key.strip_prefix(PREFIX)?.split_once('-')?;
        let whole = tail.len() >= SHORTEST_TAIL && tail.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if whole { Self::named(name) } else { None }
    }

    /// A key that asks for this scenario.
    pub fn example_key(self) -> String {
        format!("{PREFIX}{}-{}", self.name(), "0".repeat(28))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(key: &str, expected: Option<Fault>) {
        assert_eq!(Fault::of_key(key), expected, "{key}");
    }

    #[test]
    fn a_whole_practice_key_names_its_scenario() {
        for fault in Fault::all() {
            check(&fault.example_key(), Some(fault));
        }
        check("sk-practice-nobalance429-A1b2C3d4E5f6G7h8I9j0", Some(Fault::NoBalance429));
    }

    #[test]
    fn anything_else_is_unknown() {
        check("sk-practice-ok-000", None);
        check("sk-practice-ok", None);
        check("sk-practice-nonsense-0000000000000000000000000000", None);
        check(" sk-practice-ok-0000000000000000000000000000", None);
        check("sk-practice-ok-0000000000000000000000000000 ", None);
        check("sk-ant-api03-0000000000000000000000000000", None);
        check("", None);
    }

    #[test]
    fn every_name_is_used_once() {
        let mut names: Vec<_> = NAMES.iter().map(|(_, name)| name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), NAMES.len());
    }
}
