//! Any paste gives a key that stood in it, or a reason.
#![no_main]

use airouter_core::key;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    for own_vendor_only in [true, false] {
        if let Ok(paste) = key::read(text, own_vendor_only) {
            let key = paste.key.reveal();
            assert!(key.bytes().all(|byte| byte.is_ascii_graphic()), "not plain: {key}");
            // Gateways of one's own have short keys.
            let shortest = if own_vendor_only && paste.address.is_none() { 8 } else { 1 };
            assert!((shortest..=2560).contains(&key.len()), "length {}", key.len());
        }
    }
});
