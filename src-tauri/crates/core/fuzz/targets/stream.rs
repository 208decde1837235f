//! A stream means the same however it was cut into pieces. The first byte says how it is cut.
#![no_main]

use airouter_core::gateway::{SseEvent, SseReader, StreamState, StreamWatch};
use libfuzzer_sys::fuzz_target;

fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<SseEvent>, StreamState) {
    let mut reader = SseReader::new();
    let mut events: Vec<SseEvent> = pieces.flat_map(|piece| reader.push(piece)).collect();
    events.extend(reader.finish());
    let mut watch = StreamWatch::new();
    for event in &events {
        watch.push(event);
    }
    (events, watch.finish(false))
}

fuzz_target!(|data: &[u8]| {
    let [cut, body @ ..] = data else { return };
    let whole = read(std::iter::once(body));
    let torn = read(body.chunks(usize::from(*cut % 13) + 1));
    assert_eq!(whole, torn, "cutting it changed what it says");
});
