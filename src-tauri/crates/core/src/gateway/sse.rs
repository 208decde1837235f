//! Reads server-sent events from pieces of a stream.
//!
//! Follows the WHATWG specification: lines end in CR, LF or CRLF (also when the pair is split between two
//! pieces), a leading byte order mark is dropped, lines that start with `:` are comments, `data` lines are
//! joined by newlines, an empty line ends an event. It differs in one point, as Anthropic's client does: an
//! event that has a name but no data is an event, with empty data. A line is decoded only when it is
//! complete, so that no character is split. Memory is bounded: what exceeds the limit is dropped.

/// A longer line, or longer data of one event, is cut: real ones are a few kilobytes. In bytes.
const LONGEST: usize = 4 * 1024 * 1024;

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SseEvent {
    /// Its name; empty if it has none.
    pub name: String,
    /// Its data lines, joined by newlines.
    pub data: String,
}

/// An incremental reader of events.
#[derive(Debug, Default)]
pub struct SseReader {
    line: Vec<u8>,
    name: String,
    data: String,
    has_data: bool,
    after_cr: bool,
    past_first_line: bool,
}

impl SseReader {
    /// A reader at the start of a stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes the next bytes and returns the events that they complete. The result does not depend on how the
    /// stream was split into pieces.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<SseEvent> {
        let mut events = Vec::new();
        for &byte in bytes {
            let second_of_pair = std::mem::take(&mut self.after_cr) && byte == b'\n';
            match byte {
                _ if second_of_pair => {}
                b'\r' | b'\n' => {
                    self.after_cr = byte == b'\r';
                    events.extend(self.end_line());
                }
                _ if self.line.len() < LONGEST => self.line.push(byte),
                // The rest of a line that is too long.
                _ => {}
            }
        }
        events
    }

    /// The event that lacks only its empty line at the end of the stream. The specification drops it; gateways
    /// often omit the last newline, and an error must not be lost with it.
    pub fn finish(&mut self) -> Option<SseEvent> {
        if !self.line.is_empty() {
            // A line that ends with the stream is complete.
            let ended = self.end_line();
            if ended.is_some() {
                return ended;
            }
        }
        self.dispatch()
    }

    /// True when these bytes hold a named event.
    pub(super) fn sees_names(bytes: &[u8]) -> bool {
        let mut reader = Self::new();
        reader.push(bytes).iter().chain(reader.finish().iter()).any(|event| !event.name.is_empty())
    }

    fn end_line(&mut self) -> Option<SseEvent> {
        let mut bytes = std::mem::take(&mut self.line);
        if !std::mem::replace(&mut self.past_first_line, true) && bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        if bytes.is_empty() {
            return self.dispatch();
        }
        let line = String::from_utf8_lossy(&bytes);
        let (field, value) = line.split_once(':').unwrap_or((line.as_ref(), ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.name = value.to_owned(),
            "data" if self.data.len() + value.len() < LONGEST => {
                if self.has_data {
                    self.data.push('\n');
                }
                self.has_data = true;
                self.data.push_str(value);
            }
            // A comment (its field name is empty), `id`, `retry` or an unknown field.
            _ => {}
        }
        None
    }

    fn dispatch(&mut self) -> Option<SseEvent> {
        let name = std::mem::take(&mut self.name);
        let data = std::mem::take(&mut self.data);
        (std::mem::take(&mut self.has_data) || !name.is_empty()).then_some(SseEvent { name, data })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(bytes: &[u8]) -> Vec<(String, String)> {
        SseReader::new().push(bytes).into_iter().map(|event| (event.name, event.data)).collect()
    }

    #[track_caller]
    fn check(stream: &str, expected: &[(&str, &str)]) {
        let expected: Vec<_> = expected.iter().map(|(name, data)| ((*name).to_owned(), (*data).to_owned())).collect();
        assert_eq!(read(stream.as_bytes()), expected, "{stream:?}");
    }

    #[test]
    fn every_line_ending_counts() {
        for end in ["\n", "\r", "\r\n"] {
            check(&format!("event: ping{end}data: 1{end}{end}data: 2{end}{end}"), &[("ping", "1"), ("", "2")]);
        }
    }

    #[test]
    fn data_lines_join_and_one_space_is_dropped() {
        check("data: a\ndata:b\ndata:  c\n\n", &[("", "a\nb\n c")]);
        check("data\ndata\n\n", &[("", "\n")]);
    }

    #[test]
    fn comments_and_unknown_fields_are_nothing_and_a_name_alone_is_an_event() {
        check(": heartbeat\n\nevent: x\n\nid: 7\nretry: 1\n\ndata: y\n\n", &[("x", ""), ("", "y")]);
    }

    #[test]
    fn a_byte_order_mark_is_dropped_at_the_start_only() {
        check("\u{feff}data: a\n\ndata: \u{feff}b\n\n", &[("", "a"), ("", "\u{feff}b")]);
    }

    #[test]
    fn an_unfinished_event_is_kept_for_the_end() {
        let mut reader = SseReader::new();
        assert!(reader.push(b"event: error\ndata: {}").is_empty());
        assert_eq!(reader.finish(), Some(SseEvent { name: "error".to_owned(), data: "{}".to_owned() }));
        assert_eq!(reader.finish(), None);
    }

    #[test]
    fn memory_is_bounded() {
        let mut reader = SseReader::new();
        for _ in 0..10 {
            reader.push(&vec![b'x'; 1024 * 1024]);
        }
        assert_eq!(reader.line.len(), LONGEST);
    }

    proptest! {
        #[test]
        fn cutting_the_stream_changes_nothing(
            pieces in prop::collection::vec(prop_oneof![
                Just("data: 余额".to_owned()), Just("event: e".to_owned()), Just("\r".to_owned()), Just("\n".to_owned()),
                Just("\r\n\r\n".to_owned()), Just(":".to_owned()), Just("\u{feff}".to_owned()), ".{0,6}",
            ], 0..30),
            cuts in prop::collection::vec(1usize..9, 0..60),
        ) {
            let stream = pieces.concat().into_bytes();
            let mut reader = SseReader::new();
            let mut events = Vec::new();
            let mut rest = stream.as_slice();
            for cut in cuts {
                let (piece, tail) = rest.split_at(cut.min(rest.len()));
                events.extend(reader.push(piece));
                rest = tail;
            }
            events.extend(reader.push(rest));
            let events: Vec<_> = events.into_iter().map(|event| (event.name, event.data)).collect();
            prop_assert_eq!(events, read(&stream));
        }

        #[test]
        fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let mut reader = SseReader::new();
            reader.push(&bytes);
            reader.finish();
        }
    }
}
