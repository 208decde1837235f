//! Settings of other programs in any encoding, and each value in them as an administrator may have written it.
#![no_main]

use airouter_core::claude::schema;
use airouter_core::lenient;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some(object) = lenient::object_of(bytes) else { return };
    for (name, value) in &object {
        let is_known = schema::key_named(name).is_some();
        assert_eq!(is_known, schema::judge_unknown(name).is_none(), "{name}");
        for (key, _) in schema::keys() {
            // What is meant by a value is a value that is meant.
            if let Some(meant) = key.kind.read(value) {
                assert!(key.kind.accepts(&meant), "{}: {value} means {meant}", key.name);
            }
        }
    }
});
