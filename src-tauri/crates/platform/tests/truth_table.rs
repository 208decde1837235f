//! Compares the prediction of Claude's next start with what the stand-in Claude does with the same files, in every
//! state that this program finds, writes or leaves behind.
//!
//! The two share no code and no table, so a rule that is wrong in one of them shows here as a disagreement.
//!
//! `AIROUTER_TRUTH` takes one state of so many; a number that shares no factor with 864 meets each property.
#![cfg(unix)]
#![allow(clippy::disallowed_methods, clippy::unwrap_used, missing_docs, reason = "the test owns its scratch folders")]

#[path = "truth_table/computer.rs"]
mod computer;

use airouter_core::claude::prediction::{Inference, KeySource, Reason, Source, StartPrediction};
use airouter_practice::claude::{CredentialSource, Loaded, Mode, Refusal, Tier, load};
use computer::{Block, Case, Computer, OUR_HOST, Policy};

/// Versions on both sides of each version gate that matters here.
const VERSIONS: [(u32, u32, u32); 6] =
    [(1, 2_581, 0), (1, 8_555, 0), (1, 13_576, 0), (1, 25_927, 0), (1, 46_388, 4), (2, 26_454, 0)];
const MODES: [Option<&str>; 4] = [None, Some("1p"), Some("3p"), Some("2p")];
const BLOCKS: [Block; 3] = [Block::Absent, Block::Valid, Block::Unusable];
const CHOOSERS: [Option<bool>; 3] = [None, Some(false), Some(true)];
const POLICIES: [Policy; 4] = [Policy::None, Policy::AppOnly, Policy::Full, Policy::Rejected];

#[test]
fn the_stand_in_does_what_is_predicted_before_and_after_connecting_and_after_undoing() {
    let mut cases = Vec::new();
    for version in VERSIONS {
        for mode in MODES {
            for block in BLOCKS {
                for chooser_off in CHOOSERS {
                    for policy in POLICIES {
                        let number = cases.len();
                        cases.push(Case { number, version, mode, block, chooser_off, policy });
                    }
                }
            }
        }
    }
    assert_eq!(cases.len(), 864);
    let one_of = std::env::var("AIROUTER_TRUTH").map_or(1, |number| number.parse().unwrap());
    let cases: Vec<Case> = cases.into_iter().step_by(one_of).collect();
    // Two halves in parallel, because each case starts programs and waits for them.
    let (left, right): (Vec<&Case>, Vec<&Case>) = cases.iter().partition(|case| case.number % 2 == 0);
    std::thread::scope(|scope| {
        for half in [left, right] {
            scope.spawn(move || half.into_iter().for_each(check));
        }
    });
}

/// One case: before and after connecting, after edits of another program, after undoing.
#[track_caller]
fn check(case: &Case) {
    let computer = Computer::of(case);
    let before = both_say(&computer, case, "before");
    let written = computer.connect();
    let after = both_say(&computer, case, "after connecting");
    match case.policy {
        Policy::Full | Policy::Rejected => assert!(!written && after == before, "{case:?}: written against a policy"),
        // Any policy locks the library of such a Claude.
        Policy::AppOnly if case.version < (1, 15_200, 0) => {
            assert!(!written && after == before && after.gateway().is_none(), "{case:?}");
        }
        Policy::None | Policy::AppOnly => {
            let inference = after.gateway().unwrap_or_else(|| panic!("{case:?}: not connected: {after:?}"));
            assert_eq!((inference.source, inference.host.as_str()), (Source::Local, OUR_HOST), "{case:?}");
        }
    }
    if written {
        computer.while_others_edit(case, || both_say(&computer, case, "after somebody's edits"));
        computer.undo();
        assert_eq!(both_say(&computer, case, "after undoing"), before, "{case:?}");
    }
}

/// Checks that the prediction and the stand-in agree, and returns the prediction.
#[track_caller]
fn both_say(computer: &Computer, case: &Case, when: &str) -> StartPrediction {
    let (predicted, seen) = (computer.predict_start(), load(&computer.sources(case)));
    assert!(
        agree(&predicted, &seen),
        "{case:?} {when}: predicted {predicted:?}, seen {:?} {:?} {:?}",
        seen.mode,
        seen.refusal,
        seen.connection
    );
    predicted
}

fn agree(predicted: &StartPrediction, seen: &Loaded) -> bool {
    match predicted {
        StartPrediction::Gateway(inference) => seen.mode == Mode::ThirdParty && is_same(inference, seen),
        StartPrediction::SignIn(inference) => seen.mode == Mode::SignIn && is_same(inference, seen),
        StartPrediction::Degraded(..) => {
            seen.mode == Mode::Ordinary && seen.refusal.as_ref().is_some_and(is_about_the_block)
        }
        StartPrediction::OtherProvider(..) => seen.refusal == Some(Refusal::Provider),
        StartPrediction::FromServer(_) => false,
        StartPrediction::Ordinary(reason) => seen.mode == Mode::Ordinary && is_reason(*reason, seen),
    }
}

fn is_same(inference: &Inference, seen: &Loaded) -> bool {
    let Some(connection) = &seen.connection else { return false };
    let source = if inference.source == Source::Local { Tier::Local } else { Tier::Managed };
    let address = connection.base_url.split("://").nth(1).unwrap_or_default();
    let key = match &connection.credential {
        CredentialSource::Static(_) => KeySource::Written,
        CredentialSource::Program { path, .. } => KeySource::Program(path.display().to_string()),
    };
    let host = address.split('/').next().unwrap_or_default();
    (seen.tier, host, &connection.models.names) == (source, inference.host.as_str(), &inference.models)
        && (&key, connection.models.discovery) == (&inference.key, inference.asks_for_models)
}

fn is_about_the_block(refusal: &Refusal) -> bool {
    matches!(
        refusal,
        Refusal::WrongType(_)
            | Refusal::Address(_)
            | Refusal::NoCredential
            | Refusal::CredentialKind
            | Refusal::BadKey
            | Refusal::HelperNotAbsolute
            | Refusal::Models(_)
    )
}

/// The stand-in's reason is the predicted one, as far as it names reasons at all.
fn is_reason(reason: Reason, seen: &Loaded) -> bool {
    let refusal = seen.refusal.as_ref();
    match reason {
        Reason::PolicyRejected => matches!(
            refusal,
            Some(Refusal::ManagedUntrusted(_) | Refusal::ManagedUnreadable(_) | Refusal::ManagedUnknownKey(_))
        ),
        Reason::PolicyWithoutInference => (seen.tier, refusal) == (Tier::Managed, None),
        Reason::NoLibrary | Reason::NothingSelected => (seen.tier, refusal) == (Tier::None, None),
        Reason::NoInference => seen.tier == Tier::Local && refusal.is_none(),
        // Whether the block could be used no longer matters.
        Reason::ModeIsOrdinary => refusal.is_none_or(is_about_the_block),
        Reason::TooOld
        | Reason::LibraryUnreadable
        | Reason::PointedElsewhere
        | Reason::SelectionMalformed
        | Reason::SelectionNotListed
        | Reason::ProfileMissing
        | Reason::ProfileUnreadable => refusal.is_some(),
    }
}

#[test]
fn a_library_that_cannot_be_used_is_seen_alike() {
    let whole = format!(r#"{{"appliedId":"{0}","entries":[{{"id":"{0}","name":"A"}}]}}"#, computer::OTHER);
    let case = Case { mode: Some("3p"), block: Block::Valid, ..Case::plain() };
    let alike = |meta: &str, profile: Option<&str>, expected: Reason| {
        let computer = Computer::of(&case);
        computer.put_library(meta, profile);
        assert_eq!(both_say(&computer, &case, meta), StartPrediction::Ordinary(expected), "{meta} {profile:?}");
    };
    let upper = whole.replace(computer::OTHER, "AAAAAAAA-1111-4111-8111-111111111111");
    alike(&upper, Some("{}"), Reason::SelectionMalformed);
    alike(&whole.replacen('{', r#"{"hybridPointer":null,"#, 1), Some("{}"), Reason::PointedElsewhere);
    alike(&whole.replace(r#","name":"A""#, ""), Some("{}"), Reason::SelectionNotListed);
    alike(&format!("\u{feff}{whole}"), Some("{}"), Reason::LibraryUnreadable);
    alike(&whole.replacen(computer::OTHER, "", 1), Some("{}"), Reason::NothingSelected);
    alike(&whole, None, Reason::ProfileMissing);
    alike(&whole, Some("{} // note"), Reason::ProfileUnreadable);
    alike(&whole, Some("{}"), Reason::NoInference);
}

#[test]
fn a_profile_that_others_may_read_becomes_the_owners_alone() {
    let case = Case { mode: Some("3p"), ..Case::plain() };
    let computer = Computer::of(&case);
    assert!(computer.connect());
    computer.open_our_profile();
    assert!(computer.connect(), "repaired");
    assert!(both_say(&computer, &case, "after repairing").gateway().is_some());
}
