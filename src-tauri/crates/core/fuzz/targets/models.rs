//! Any body as a list of models: ids are bounded, unlike and readable.
#![no_main]

use std::collections::HashSet;

use airouter_core::gateway::{ModelsReading, Reply, read_models};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| {
    let reply = Reply::new(200, [("content-type", "application/json")], body);
    if let ModelsReading::Listed { models, .. } = read_models(&reply) {
        assert!(!models.is_empty() && models.len() <= 50_000);
        let ids: HashSet<&str> = models.iter().map(|model| model.id.as_str()).collect();
        assert_eq!(ids.len(), models.len(), "an id came twice");
        for model in &models {
            assert!(!model.id.is_empty() && model.id.len() <= 256 && !model.id.contains(char::is_control));
            model.is_claude();
        }
    }
});
