//! Any address is repaired once and for all, or refused.
#![no_main]

use airouter_core::address::{GatewayUrl, repair};
use airouter_core::preset::Preset;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let airouter = Preset::airouter().base;
    for own in [None, Some(&airouter)] {
        if let Ok((address, _)) = repair(text, own) {
            let again = repair(address.as_str(), own);
            assert_eq!(again, Ok((address.clone(), Vec::new())), "repaired twice");
            assert_eq!(GatewayUrl::parse(address.as_str()), Ok(address));
        }
    }
});
