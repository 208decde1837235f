//! Any reply has a meaning, and what is told of it is short. The first bytes choose the status, the
//! route and the content type; the rest is the body.
#![no_main]

use airouter_core::gateway::{Asked, Reply, Route, Verdict, classify, read_message};
use libfuzzer_sys::fuzz_target;

const STATUSES: [u16; 16] = [200, 400, 401, 402, 403, 404, 405, 407, 429, 500, 502, 503, 504, 529, 302, 0];
const TYPES: [&str; 4] = ["application/json", "text/html", "text/plain", "text/event-stream"];

fuzz_target!(|data: &[u8]| {
    let [first, second, body @ ..] = data else { return };
    let headers = [
        ("content-type", TYPES[usize::from(second & 3)].to_owned()),
        // A piece of the body as headers, too: they are a stranger's words as well.
        ("location", String::from_utf8_lossy(&body[..body.len().min(80)]).into_owned()),
        ("retry-after", String::from_utf8_lossy(&body[..body.len().min(8)]).into_owned()),
    ];
    let mut reply = Reply::new(STATUSES[usize::from(first & 15)], headers, body);
    reply.truncated = second & 4 != 0;
    let asked = Asked {
        route: [Route::Models, Route::Messages, Route::Other][usize::from(first >> 4) % 3],
        sent_key: second & 8 == 0,
        models_accepted_key: second & 16 != 0,
        base_host: "gate.example",
    };
    if let Verdict::Failed(finding) = classify(&reply, &asked) {
        for fact in &finding.evidence {
            assert!(fact.value.len() <= 1024, "{} is {} bytes long", fact.name, fact.value.len());
        }
    }
    let _ = read_message(&reply);
});
