//! Each code has its layer, and no layer passes without evidence.

use super::super::route_probe::{ProbeFailure, ProbeStep, RouteProbe};
use super::super::{Lamp, LampId};
use super::*;
use crate::gateway::NetFault;

#[test]
fn every_blocking_code_of_the_check_has_its_layer() {
    use LayerId::{Account, Http, Key, Message, Models, Name, Proxy, Shape, Streaming, Tcp, Tls, Tools};
    let table: &[(LayerId, &[&str])] = &[
        (Name, &["AR-201", "AR-202", "AR-203", "AR-301"]),
        (Tcp, &["AR-204", "AR-205"]),
        (Proxy, &["AR-221", "AR-222", "AR-223", "AR-227"]),
        (Tls, &["AR-211", "AR-212", "AR-213", "AR-214", "AR-215", "AR-216"]),
        (Http, &["AR-206", "AR-207", "AR-224", "AR-225", "AR-303", "AR-304", "AR-601"]),
        (Shape, &["AR-305", "AR-306", "AR-307", "AR-308"]),
        (Key, &["AR-401", "AR-402", "AR-403", "AR-404", "AR-405", "AR-408"]),
        (Account, &["AR-501", "AR-502", "AR-503", "AR-504", "AR-508", "AR-509", "AR-510"]),
        (Models, &["AR-505", "AR-506", "AR-507"]),
        (Message, &["AR-602", "AR-603", "AR-604", "AR-609", "AR-611", "AR-612", "AR-613", "AR-614"]),
        (Streaming, &["AR-606"]),
        (Tools, &["AR-607"]),
    ];
    let expected = |code: Code| table.iter().find(|(_, codes)| codes.contains(&code.number())).map(|(id, _)| *id);
    for code in Code::ALL.iter().copied().filter(|code| ('2'..='6').contains(&hundreds(*code))) {
        if Finding::new(code).blocks() {
            assert_eq!(Some(layer_of(code)), expected(code), "{code}");
        }
    }
}

fn hundreds(code: Code) -> char {
    code.number().chars().nth(3).unwrap_or('0')
}

fn lamps(states: &str, finding: Option<Code>) -> Vec<Lamp> {
    let state = |letter| match letter {
        'o' => LampState::Ok,
        'w' => LampState::Warning,
        'F' => LampState::Failed,
        _ => LampState::NotTested,
    };
    LampId::ALL
        .into_iter()
        .zip(states.chars())
        .map(|(id, letter)| Lamp {
            state: state(letter),
            finding: finding.filter(|_| matches!(letter, 'F' | 'w')).map(Finding::new),
            ..Lamp::waiting(id)
        })
        .collect()
}

fn drawn(layers: &[Layer]) -> String {
    let letter = |layer: &Layer| match layer.state {
        LampState::Ok => 'o',
        LampState::Warning => 'w',
        LampState::Failed => 'F',
        LampState::NotTested => '-',
        LampState::Waiting | LampState::Running => '?',
    };
    layers.iter().map(letter).collect()
}

#[track_caller]
fn check(states: &str, code: Option<Code>, reach: Option<&RouteProbe>, replied: bool, expected: &str) {
    let lamps = lamps(states, code);
    let seen = Seen { lamps: &lamps, reach, first_reply: replied.then_some((200, 9)), proxy_note: None };
    let layers = seen.layers();
    assert_eq!(drawn(&layers), expected, "{layers:?}");
    assert_eq!(layers.iter().filter(|layer| layer.state == LampState::Failed).count(), usize::from(code.is_some()));
}

#[test]
fn the_lowest_failure_carries_the_finding_and_ends_the_row() {
    check("oooooo", None, None, true, "oooooooooooo");
    check("F-----", Some(Code::HtmlPage), None, true, "oooooF------");
    check("F-----", Some(Code::GatewayDown), None, true, "ooooF-------");
    check("oF----", Some(Code::KeyRejected), None, true, "ooooooF-----");
    check("oooF--", Some(Code::QuotaExhausted), None, true, "oooooooF----");
    // Nothing is known about the account when no upstream was free.
    check("oooF--", Some(Code::NoChannel), None, true, "ooooooo-oF--");
    check("ooooFo", Some(Code::StreamBroken), None, true, "ooooooooooF-");
    check("ooooFo", Some(Code::Reset), None, true, "ooooooooooF-");
    check("oooF--", Some(Code::ReadTimeout), None, true, "ooooooo-oF--");
    check("Foo---", Some(Code::Reset), None, true, "ooooooo-oF--");
    check("Foo---", Some(Code::OpenaiOnly), None, true, "oooooF------");
    check("oooooF", Some(Code::ToolsBroken), None, true, "oooooooooooF");
    check("------", None, None, false, "------------");
}

#[test]
fn the_walk_knows_better_than_the_code_where_it_ended() {
    let leg = |id| ProbeStep { id, facts: Vec::new(), millis: Some(3) };
    let reach = RouteProbe {
        steps: vec![leg(LayerId::Name), leg(LayerId::Tcp), leg(LayerId::Proxy)],
        failure: Some(ProbeFailure {
            layer: LayerId::Tls,
            fault: NetFault::Reset,
            clock_is_off: false,
            facts: Vec::new(),
            millis: Some(4),
        }),
    };
    check("F-----", Some(Code::Reset), Some(&reach), false, "oooF--------");
    // A reply came nevertheless: then the route probe does not decide.
    check("oooooo", None, Some(&reach), true, "oooooooooooo");
}

#[test]
fn a_warning_of_the_proxy_stands_on_its_layer() {
    let lamps = lamps("oooooo", None);
    let note = Finding::new(Code::ProxyScript);
    let seen = Seen { lamps: &lamps, reach: None, first_reply: Some((200, 1)), proxy_note: Some(&note) };
    assert_eq!(drawn(&seen.layers()), "oowooooooooo");
}
