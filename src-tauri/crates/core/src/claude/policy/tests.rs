//! Which policies are in force, by example.

use super::*;

const OLD: Option<Version> = Some(Version(1, 19366, 9));
const NEW: Option<Version> = Some(NO_LONGER_MERGED);

fn text(name: &str) -> PolicyValue {
    PolicyValue { name: name.to_owned(), data: Data::Text("x".to_owned()) }
}

fn value(name: &str, data: Data) -> PolicyValue {
    PolicyValue { name: name.to_owned(), data }
}

#[track_caller]
fn check(
    machine: &[PolicyValue],
    user: &[PolicyValue],
    version: Option<Version>,
    expected: Option<(&str, &[&str], &[&str])>,
) {
    let hives = Hives { machine: machine.to_vec(), user: user.to_vec() };
    let found = match of_registry(&hives, version) {
        Policy::InForce { place, keys, unreadable } => Some((place, keys, unreadable)),
        Policy::None => None,
        broken @ Policy::Broken { .. } => panic!("{broken:?}"),
    };
    let owned = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
    let expected = expected.map(|(place, keys, unreadable)| (place.to_owned(), owned(keys), owned(unreadable)));
    assert_eq!(found, expected, "{hives:?} for {version:?}");
}

#[test]
fn either_hive_alone_is_in_force() {
    check(&[], &[], NEW, None);
    check(&[text("inferenceProvider")], &[], NEW, Some((MACHINE, &["inferenceProvider"], &[])));
    check(&[], &[text("inferenceProvider")], NEW, Some((USER, &["inferenceProvider"], &[])));
}

#[test]
fn from_1_19367_on_the_hives_are_not_merged() {
    let user = [text("inferenceProvider")];
    let hidden: Option<(&str, &[&str], &[&str])> = Some((MACHINE, &["disableAutoUpdates"], &[]));
    check(&[text("disableAutoUpdates")], &user, NEW, hidden);
    check(&[text("disableAutoUpdates")], &user, None, hidden);
    let both = r"HKLM\SOFTWARE\Policies\Claude, HKCU\SOFTWARE\Policies\Claude";
    check(&[text("disableAutoUpdates")], &user, OLD, Some((both, &["disableAutoUpdates", "inferenceProvider"], &[])));
}

#[test]
fn any_value_of_the_machine_hides_the_persons() {
    let user = [text("inferenceProvider")];
    check(&[text("")], &user, NEW, Some((MACHINE, &["(Default)"], &[])));
    check(&[text("inferenceProvidr")], &user, NEW, Some((MACHINE, &["inferenceProvidr"], &[])));
    check(&[value("x", Data::Number(0))], &user, NEW, Some((MACHINE, &["x"], &[])));
    check(&[value("x", Data::Expandable)], &user, NEW, Some((MACHINE, &[], &["x"])));
}

#[test]
fn an_invisible_value_hides_nothing() {
    let machine = [value("inferenceProvider", Data::Invisible)];
    check(&machine, &[], NEW, None);
    check(&machine, &[text("b"), text("a")], NEW, Some((USER, &["a", "b"], &[])));
    check(&[value("x", Data::Invisible), text("y")], &[], NEW, Some((MACHINE, &["y"], &[])));
}

fn list(path: &str, body: &str) -> Option<List> {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!DOCTYPE plist PUBLIC \"-//Apple//DTD PLIST 1.0//EN\" \
         \"http://www.apple.com/DTDs/PropertyList-1.0.dtd\">\n<plist version=\"1.0\">{body}</plist>\n"
    );
    Some(List { path: path.to_owned(), bytes: text.into_bytes() })
}

#[track_caller]
fn check_lists(user: Option<List>, machine: Option<List>, expected: Option<(&str, &[&str])>) {
    let expected = match expected {
        None => Policy::None,
        Some((place, keys)) => Policy::InForce {
            place: place.to_owned(),
            keys: keys.iter().map(|&key| key.to_owned()).collect(),
            unreadable: Vec::new(),
        },
    };
    assert_eq!(of_plists(&Lists { user, machine }), expected);
}

#[test]
fn the_lists_of_macos_are_merged_by_name() {
    let user = || list("/u", "<dict><key>inferenceProvider</key><string>gateway</string></dict>");
    let machine = || {
        let body = "<dict><key>disableAutoUpdates</key><true/><key>inferenceProvider</key><string>x</string></dict>";
        list("/m", body)
    };
    check_lists(None, None, None);
    check_lists(user(), None, Some(("/u", &["inferenceProvider"])));
    check_lists(user(), machine(), Some(("/u, /m", &["disableAutoUpdates", "inferenceProvider"])));
    check_lists(list("/u", "<dict/>"), machine(), Some(("/m", &["disableAutoUpdates", "inferenceProvider"])));
}

#[test]
fn the_persons_list_wins_key_by_key() {
    let list = |path: &str, text: &str| Some(List { path: path.to_owned(), bytes: text.as_bytes().to_vec() });
    let lists = Lists {
        user: list("/u", include_str!("lists/person.plist")),
        machine: list("/m", include_str!("lists/machine.plist")),
    };
    let (values, places) = merged(&lists).unwrap();
    let text = |name: &str| values.get(name).and_then(plist::Value::as_string);
    assert_eq!(places, ["/u", "/m"]);
    assert_eq!(text("inferenceGatewayBaseUrl"), Some("https://gateway.example/person"));
    assert_eq!(text("inferenceProvider"), Some("gateway"), "what only the machine's has is in force too");
    assert_eq!(values.get("disableAutoUpdates").and_then(plist::Value::as_boolean), Some(true));
    let names: Vec<&str> = values.keys().map(String::as_str).collect();
    let keys =
        ["chatTabEnabled", "disableAutoUpdates", "inferenceGatewayBaseUrl", "inferenceModels", "inferenceProvider"];
    assert_eq!(names.len(), keys.len(), "{names:?}");
    assert_eq!(
        of_plists(&lists),
        Policy::InForce { place: "/u, /m".to_owned(), keys: keys.map(str::to_owned).to_vec(), unreadable: Vec::new() }
    );
}

#[test]
fn the_profiles_own_keys_are_no_policy() {
    let body = "<dict><key>PayloadUUID</key><string>x</string><key>PayloadVersion</key><integer>1</integer></dict>";
    check_lists(list("/u", body), None, None);
}

#[test]
fn the_binary_form_is_read_too() {
    let mut dictionary = plist::Dictionary::new();
    dictionary.insert("bootstrapUrl".to_owned(), "https://x.example".into());
    let mut bytes = Vec::new();
    plist::Value::Dictionary(dictionary).to_writer_binary(&mut bytes).unwrap();
    check_lists(Some(List { path: "/u".to_owned(), bytes }), None, Some(("/u", &["bootstrapUrl"])));
}

#[test]
fn a_list_that_cannot_be_read_is_not_taken_for_none() {
    for (body, why) in [("<dict><key>", "not a property list"), ("<array/>", "not a dictionary")] {
        let lists = Lists { user: None, machine: list("/m", body) };
        assert_eq!(of_plists(&lists), Policy::Broken { place: "/m".to_owned(), why: why.to_owned() });
    }
}
