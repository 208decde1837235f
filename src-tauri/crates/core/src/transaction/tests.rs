use super::*;
use crate::change::{Content, Edit, FileChange, Target};
use crate::check::AuthScheme;
use crate::claude::FileRole;
use crate::finding::Code;
use crate::secret::Secret;
use crate::undo::{Pending, Purpose, SCHEMA};

fn masked(text: &str) -> MaskedKey {
    Secret::new(format!("sk-{text}-0123456789abcdef0123456789")).masked()
}

fn journal(key_place: KeyPlace) -> Journal {
    Journal {
        schema: SCHEMA,
        pending: None,
        undoing: false,
        purpose: Purpose::Connected,
        claude: None,
        profile_id: "11111111-1111-4111-8111-111111111111".to_owned(),
        name: "AIRouter".to_owned(),
        base: "https://new.example/claude".to_owned(),
        scheme: AuthScheme::Bearer,
        models: Vec::new(),
        every_model: true,
        key_place,
        key: Some(masked("new")),
        egress: None,
        files: Vec::new(),
        made_folders: Vec::new(),
        stray_key: false,
    }
}

fn one_file() -> Vec<FileChange> {
    let mode = Edit {
        target: Target::Value("deploymentMode".to_owned()),
        before: Content::Absent,
        after: Content::Plain("3p".into()),
    };
    vec![FileChange::new(FileRole::Mode, "/mode", true, vec![mode])]
}

fn changing(key_place: KeyPlace, earlier: bool, key_before: KeyBefore, files: Vec<FileChange>) -> Journal {
    let earlier = earlier.then(|| Box::new(Journal { key: Some(masked("old")), ..journal(KeyPlace::Keychain) }));
    Journal { pending: Some(Pending { earlier, files, key_before }), ..journal(key_place) }
}

fn locked() -> Answer<MaskedKey> {
    Answer::Unknown(Finding::new(Code::KeychainLocked))
}

/// Every row of the table: the recorded answer of the keychain, its present answer, the decision.
#[test]
fn what_the_keychain_answers_decides() {
    use Decision::{Complete, RollBack, Wait};
    let back = RollBack { remove_key: false };
    let and_remove = RollBack { remove_key: true };
    let wait = Wait(Finding::new(Code::KeychainLocked));
    let differs = Wait(another_key());
    let old = || KeyBefore::Key(masked("old"));
    for (earlier, before, now, expected) in [
        (true, old(), Answer::Key(masked("new")), &Complete),
        (true, old(), Answer::Key(masked("old")), &back),
        (true, old(), Answer::Key(masked("third")), &differs),
        (true, KeyBefore::Key(masked("third")), Answer::Key(masked("third")), &differs),
        (true, old(), Answer::None, &back),
        (true, old(), locked(), &wait),
        // The previous journal was lost, and a key was stored nevertheless.
        (false, old(), Answer::Key(masked("new")), &Complete),
        (false, old(), locked(), &wait),
        (false, KeyBefore::None, Answer::Key(masked("new")), &and_remove),
        (false, KeyBefore::None, Answer::Key(masked("third")), &back),
        (false, KeyBefore::None, Answer::None, &back),
        (false, KeyBefore::None, locked(), &wait),
        // The same key again.
        (true, KeyBefore::Key(masked("new")), Answer::Key(masked("new")), &back),
        // A journal of an earlier version.
        (true, KeyBefore::NotNoted, Answer::Key(masked("new")), &Complete),
        (true, KeyBefore::NotNoted, Answer::Key(masked("old")), &back),
        (false, KeyBefore::NotNoted, Answer::Key(masked("new")), &and_remove),
        (true, KeyBefore::NotNoted, locked(), &wait),
    ] {
        let printed = format!("{earlier} {before:?} {now:?}");
        let journal = changing(KeyPlace::Keychain, earlier, before, one_file());
        assert_eq!(decide(&journal, Progress::Open, || now), *expected, "{printed}");
    }
}

#[test]
fn where_only_the_key_changed_only_the_keychain_knows() {
    let journal = changing(KeyPlace::Keychain, true, KeyBefore::Key(masked("old")), Vec::new());
    let decide = |now| decide(&journal, Progress::Written, || now);
    assert_eq!(decide(Answer::Key(masked("old"))), Decision::RollBack { remove_key: false });
    assert_eq!(decide(Answer::Key(masked("new"))), Decision::Complete);
    assert!(matches!(decide(locked()), Decision::Wait(_)));
}

#[test]
fn the_keychain_is_not_asked_where_it_has_no_say() {
    let nobody = || -> Answer<MaskedKey> { panic!("the keychain was asked") };
    let decide = |journal: &Journal, files| decide(journal, files, nobody);
    let in_keychain = changing(KeyPlace::Keychain, true, KeyBefore::Key(masked("old")), one_file());
    let in_profile = changing(KeyPlace::Profile, true, KeyBefore::NotNoted, one_file());
    let leaving = Journal { purpose: Purpose::Left, ..in_keychain.clone() };
    let undoing = Journal { undoing: true, ..in_keychain.clone() };
    let back = Decision::RollBack { remove_key: false };
    assert_eq!(decide(&journal(KeyPlace::Keychain), Progress::Open), Decision::Nothing);
    assert_eq!(decide(&in_keychain, Progress::Written), Decision::Complete);
    assert_eq!(decide(&in_keychain, Progress::KeyReplaced), Decision::Complete);
    assert_eq!(decide(&changing(KeyPlace::Keychain, true, KeyBefore::NotAsked, one_file()), Progress::Open), back);
    assert_eq!(decide(&in_profile, Progress::Open), back);
    assert_eq!(decide(&in_profile, Progress::KeyReplaced), Decision::Complete);
    assert_eq!(decide(&leaving, Progress::Open), back);
    assert_eq!(decide(&undoing, Progress::Open), Decision::Undo);
}

#[test]
fn stages_are_read_off_the_journal() {
    let connected = journal(KeyPlace::Keychain);
    let changing = changing(KeyPlace::Keychain, false, KeyBefore::None, Vec::new());
    assert_eq!(Stage::of(None), Stage::Nothing);
    assert_eq!(Stage::of(Some(&connected)), Stage::Connected);
    assert_eq!(Stage::of(Some(&Journal { purpose: Purpose::Left, ..connected.clone() })), Stage::Left);
    assert_eq!(Stage::of(Some(&changing)), Stage::Changing);
    assert_eq!(Stage::of(Some(&connected.remainder(Vec::new(), true))), Stage::Undoing);
}
