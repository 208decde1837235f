//! Any number of connections, one after the other, with any wishes, in any library, with writes of others
//! in between: after undo nothing of this program is left and everything of others is.

use super::*;

const ROOT: &str = "/home/li/.config/Claude-3p";

fn meta() -> String {
    format!("{ROOT}/configLibrary/_meta.json")
}

fn our_profile() -> String {
    format!("{ROOT}/configLibrary/11111111-1111-4111-8111-111111111111.json")
}

/// Any wishes, including the place of the key.
fn any_wishes() -> impl Strategy<Value = Wishes> {
    let base = prop::sample::select(vec!["https://aigc.aochengcloud.com/claude", "https://gate.example:8443"]);
    let models = prop::sample::subsequence(vec!["claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-5"], 1..=3);
    let names = prop::sample::select(vec!["AIRouter", "智能 \"网关\"", "Same"]);
    (base, models, names, any::<[bool; 3]>()).prop_map(|(base, models, name, [in_keychain, every_model, bearer])| {
        Wishes {
            name: name.to_owned(),
            base: GatewayUrl::parse(base).unwrap(),
            scheme: if bearer { AuthScheme::Bearer } else { AuthScheme::XApiKey },
            models: models.into_iter().map(str::to_owned).collect(),
            every_model,
            key_place: if in_keychain { KeyPlace::Keychain } else { KeyPlace::Profile },
            egress: None,
            carry_over: false,
            restart: true,
        }
    })
}

/// Connects once with each of the wishes.
fn apply_all(folder: &mut Folder, wishes: &[Wishes]) -> Journal {
    let mut journal = None;
    for wishes in wishes {
        journal = Some(apply(folder, wishes, journal));
    }
    journal.unwrap()
}

/// The later additions of others, by the letter of the file.
fn add(folder: &mut Folder, path: &str, value: &Value) {
    let Some(text) = folder.get(path) else { return };
    let document = Document::parse(text.as_bytes()).unwrap();
    let document = document.with("später 后来", Some(value));
    let entry = json!({ "id": "77777777-7777-4777-8777-777777777777", "name": "Same", "n": value });
    let is_list = document.get(keys::ENTRIES).is_some_and(Value::is_array);
    let document = if is_list {
        document.with_element(keys::ENTRIES, "77777777-7777-4777-8777-777777777777", Some(&entry))
    } else {
        document
    };
    folder.insert(path.to_owned(), document.text().to_owned());
}

/// The same files except our profile, which is gone or has lost its exact text where it held a key.
fn but_our_profile(folder: &Folder) -> Folder {
    folder.iter().filter(|(path, _)| **path != our_profile()).map(|(path, text)| (path.clone(), text.clone())).collect()
}

fn holds_a_key(folder: &Folder) -> bool {
    folder.values().any(|text| text.contains("sk-for-"))
}

/// Only a few cases, since this runs with every build.
fn few() -> ProptestConfig {
    ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(few())]
    #[test]
    fn any_way_of_connecting_is_undone_to_the_first_state(
        before in libraries(),
        wishes in prop::collection::vec(any_wishes(), 1..5),
    ) {
        let mut folder = before.clone();
        let journal = apply_all(&mut folder, &wishes);
        let plan = undo(&mut folder, &journal);
        prop_assert!(plan.left.is_empty(), "{:?}", plan.left);
        prop_assert!(!holds_a_key(&folder), "{folder:?}");
        prop_assert_eq!(but_our_profile(&folder), but_our_profile(&before), "every byte");
        prop_assert_eq!(values(&folder), values(&before));
        if wishes.iter().all(|wishes| wishes.key_place == KeyPlace::Keychain) {
            prop_assert_eq!(folder, before, "every byte, also of a profile that was there");
        }
    }

    #[test]
    fn the_last_wishes_are_what_counts(before in libraries(), wishes in prop::collection::vec(any_wishes(), 2..4)) {
        let mut folder = before.clone();
        apply_all(&mut folder, &wishes);
        let mut once = before;
        apply(&mut once, wishes.last().unwrap(), None);
        let ours = |folder: &Folder| {
            let mut profile = values(folder)[&our_profile()].clone();
            // An existing name belongs to the person.
            profile.as_object_mut().unwrap().remove(keys::DISPLAY_NAME);
            profile.as_object().unwrap().iter().map(|(key, value)| (key.clone(), value.clone())).collect::<BTreeMap<_, _>>()
        };
        prop_assert_eq!(ours(&folder), ours(&once));
    }

    #[test]
    fn connecting_again_with_the_same_wishes_changes_nothing(before in libraries(), wishes in any_wishes()) {
        let mut folder = before;
        let journal = apply(&mut folder, &wishes, None);
        let once = folder.clone();
        let again = apply(&mut folder, &wishes, Some(journal));
        prop_assert_eq!(&folder, &once);
        undo(&mut folder, &again);
        undo(&mut folder, &again);
        prop_assert!(!holds_a_key(&folder));
    }

    #[test]
    fn what_others_add_meanwhile_stays(
        before in libraries(),
        wishes in prop::collection::vec(any_wishes(), 1..4),
        added in prop::sample::select(vec![json!(12_345_678_901_234_567_890_u64), json!("密"), json!([1.5, null, {"a": {}}])]),
    ) {
        let mut folder = before.clone();
        let mut journal = None;
        let mut expected = before;
        for (round, wishes) in wishes.iter().enumerate() {
            journal = Some(apply(&mut folder, wishes, journal));
            if round == 0 {
                // Files that existed before: additions of others to them must be preserved.
                for path in expected.keys().cloned().collect::<Vec<_>>() {
                    add(&mut folder, &path, &added);
                    add(&mut expected, &path, &added);
                }
            }
        }
        undo(&mut folder, &journal.unwrap());
        let mut left = values(&folder);
        // Entries are added to a list of this program, too; a library without a list has none to add to.
        for (path, value) in values(&expected) {
            let found = left.remove(&path).unwrap_or_default();
            for (key, value) in value.as_object().unwrap() {
                prop_assert_eq!(found.get(key), Some(value), "{} in {}", key, path);
            }
        }
    }

    #[test]
    fn taking_back_the_last_connection_leaves_the_one_before(before in libraries(), first in any_wishes(), second in any_wishes()) {
        // A key that was in the profile is not in any journal; the platform holds it in memory instead.
        prop_assume!(first.key_place == KeyPlace::Keychain);
        let mut folder = before;
        let journal = apply(&mut folder, &first, None);
        let connected = folder.clone();
        let journal = apply(&mut folder, &second, Some(journal));
        let plan = plan_rollback(&journal, journal.pending.as_ref().unwrap(), |path| fact(&folder, path));
        carry_out(&mut folder, &plan);
        prop_assert_eq!(values(&folder), values(&connected));
        prop_assert_eq!(but_our_profile(&folder), but_our_profile(&connected), "every byte");
    }
}

#[test]
fn a_thousand_profiles_of_others_stay_byte_by_byte() {
    let entries: Vec<String> = (0..1000)
        .map(|n| format!("{{\"id\":\"00000000-0000-4000-8000-{n:012}\",\n  \"name\" : \"同名\", \"n\":{n}.0e0, \"note\":{{\"a\":[{n}]}}}}"))
        .collect();
    let list = format!("{{\n\t\"entries\":[{}],\r\n\"x\":123456789012345678901234567890}}\n", entries.join(",\n\n "));
    let mut before: Folder = [(meta(), list)].into();
    for n in 0..1000 {
        before
            .insert(format!("{ROOT}/configLibrary/00000000-0000-4000-8000-{n:012}.json"), format!("{{\"n\":{n}.50}}"));
    }
    let mut folder = before.clone();
    let in_profile = Wishes { key_place: KeyPlace::Profile, ..wishes() };
    let journal = apply_all(&mut folder, &[wishes(), in_profile, wishes()]);
    for entry in &entries {
        assert!(folder[&meta()].contains(entry), "{entry} was touched");
    }
    undo(&mut folder, &journal);
    assert_eq!(folder, before);
}
