//! What holds for any text and any reply, not only for those that somebody thought of. The same five
//! are fuzzed for longer in `fuzz`.

use proptest::prelude::*;

/// Few cases: this runs with every build; the fuzz targets are for long searches.
fn few() -> ProptestConfig {
    ProptestConfig { cases: 192, failure_persistence: None, ..ProptestConfig::default() }
}

mod paste {
    use super::*;
    use airouter_core::key::{KeyNote, read};

    /// What people paste, in pieces: keys, names, wrappings, Chinese, links, and anything.
    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            4 => "sk-[A-Za-z0-9]{0,60}",
            2 => "[A-Za-z0-9_-]{1,30}",
            2 => prop::sample::select(vec![
                "ANTHROPIC_AUTH_TOKEN=", "Authorization: Bearer ", "export ", "\"apiKey\": \"", "-H 'x-api-key: ", "密钥：", "，请保管",
                "https://gate.example/claude", "ccswitch://v1/import?apiKey=", "&endpoint=", "?", "%73", "…", "...", "****", "ｓｋ－",
                "\u{200b}", "\u{3000}", "\n", "\r\n   ", " ", "\t", "\"", "“", "}", "。",
            ]).prop_map(str::to_owned),
            1 => "\\PC{0,8}",
            1 => any::<String>(),
        ];
        prop::collection::vec(piece, 0..10).prop_map(|pieces| pieces.concat())
    }

    /// The plain form as it is agreed, written a second time: width and dashes.
    fn plain(text: &str) -> Vec<char> {
        let plain = |c: char| match c {
            '\u{ff01}'..='\u{ff5e}' => char::from_u32(c as u32 - 0xfee0).expect("within ASCII"),
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe58}' | '\u{fe63}' => '-',
            '“' | '”' | '„' | '‟' | '«' | '»' | '″' => '"',
            '‘' | '’' | '‚' | '‛' | '′' | '´' | '‹' | '›' => '\'',
            other => other,
        };
        text.chars().map(plain).collect()
    }

    proptest! {
        #![proptest_config(few())]
        #[test]
        fn a_key_is_plain_and_nothing_in_it_is_invented(text in text(), own_vendor_only in any::<bool>()) {
            let Ok(paste) = read(&text, own_vendor_only) else { return Ok(()) };
            let key = paste.key.reveal();
            prop_assert!(key.bytes().all(|byte| byte.is_ascii_graphic()), "{key:?}");
            let shortest = if own_vendor_only && paste.address.is_none() { 8 } else { 1 };
            prop_assert!((shortest..=2560).contains(&key.len()), "{} bytes", key.len());
            // Links are decoded; everything else stands in the text, in this order.
            if !paste.notes.contains(&KeyNote::TakenFromLink) {
                let plain = plain(&text);
                let mut rest = plain.iter();
                prop_assert!(key.chars().all(|wanted| rest.any(|c| *c == wanted)), "{key:?} of {text:?}");
            }
        }

        #[test]
        fn a_key_that_is_read_again_stays_as_it_is(text in text()) {
            let Ok(paste) = read(&text, false) else { return Ok(()) };
            let again = read(paste.key.reveal(), false);
            prop_assert_eq!(again.map(|again| again.key), Ok(paste.key));
        }

        #[test]
        fn a_key_broken_once_is_whole_or_refused(half in "[A-Za-z0-9]{48}", at in 1usize..50, gap in "( |\n|\r\n  |\u{a0}|\t){1,3}") {
            let key = format!("sk-{half}");
            let broken = format!("{}{gap}{}", &key[..at], &key[at..]);
            if let Ok(paste) = read(&broken, true) {
                prop_assert_eq!(paste.key.reveal(), key);
            }
        }
    }
}

mod address {
    use super::*;
    use airouter_core::address::{GatewayUrl, repair};
    use airouter_core::preset::Preset;

    fn text() -> impl Strategy<Value = String> {
        let piece = prop_oneof![
            prop::sample::select(vec![
                "https://",
                "http://",
                "https：//",
                "https:/",
                "HTTP://",
                "htps://",
                "//",
                "/",
                "\\",
                ":",
                ":443",
                ":80",
                ".",
                "。",
                "@",
                "?",
                "#",
                "%2e",
                "aigc.aochengcloud.com",
                "gate.example",
                "localhost",
                "127.0.0.1",
                "[::1]",
                "/claude",
                "/v1",
                "/v1/messages",
                "地址：",
                "，",
                " ",
                "\n",
                "=",
                "xn--",
                "а",
                "１",
                "[",
                "]",
                "'",
            ])
            .prop_map(str::to_owned),
            "[a-z0-9.-]{1,12}",
            "\\PC{0,4}",
        ];
        prop::collection::vec(piece, 0..9).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #![proptest_config(few())]
        #[test]
        fn a_repaired_address_is_never_changed_again(text in text(), with_preset in any::<bool>()) {
            let airouter = Preset::airouter();
            let own = with_preset.then_some(&airouter.base);
            let Ok((address, _)) = repair(&text, own) else { return Ok(()) };
            prop_assert_eq!(repair(address.as_str(), own), Ok((address.clone(), Vec::new())), "{:?}", text);
            prop_assert_eq!(GatewayUrl::parse(address.as_str()), Ok(address.clone()));
            let is_plain = address.as_str().starts_with("http://");
            prop_assert!(!is_plain || address.is_loopback(), "{} goes in plain text", address.as_str());
            prop_assert!(!address.as_str().ends_with('/') && !address.as_str().contains(['?', '#', ' ']) && !address.host().contains('@'));
        }

        #[test]
        fn the_host_is_the_one_that_was_typed(
            host in "[a-z0-9]{1,9}(-[a-z0-9]{1,4})?(\\.[a-z]{2,9}){1,3}(:[1-9][0-9]{3})?",
            before in prop::sample::select(vec!["", "https://", "http://", "https:", "https//", "htps://", "https://https://", "地址：", " \"", "HTTPS://"]),
            path in prop::sample::select(vec!["", "/", "/claude", "/v1", "//claude\\v1/", "/a/../b", "/claude/claude", "?x=y", "#/z"]),
            after in prop::sample::select(vec!["", "。", "，密钥见下", " ", "\n再见", "\""]),
        ) {
            let airouter = Preset::airouter();
            if let Ok((address, _)) = repair(&format!("{before}{host}{path}{after}"), Some(&airouter.base)) {
                prop_assert_eq!(address.host().trim_end_matches(":443"), host.trim_end_matches(":443"));
            }
        }

        #[test]
        fn no_slip_in_the_presets_host_reaches_another(at in 0usize..21, letter in "[a-z0-9.-]") {
            let airouter = Preset::airouter();
            let mut host = "aigc.aochengcloud.com".to_owned();
            host.replace_range(at..=at, &letter);
            // Other names under the gateway's own domain are its owner's.
            if !host.ends_with(".aochengcloud.com") && let Ok((address, _)) = repair(&host, Some(&airouter.base)) {
                prop_assert!(false, "{host} became {}", address.as_str());
            }
        }
    }
}

mod replies {
    use super::*;
    use airouter_core::finding::Finding;
    use airouter_core::gateway::{Asked, ModelsReading, Reply, Route, Verdict, classify, read_message, read_models};
    use serde_json::{Value, json};

    const ASKED: Asked =
        Asked { route: Route::Messages, sent_key: true, models_accepted_key: false, base_host: "gate.example" };
    /// The most of one fact that a report may hold.
    const LONGEST_FACT: usize = 1024;

    /// Any JSON, with the names that replies use.
    fn json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            any::<f64>().prop_map(|n| json!(n)),
            "\\PC{0,12}".prop_map(Value::from),
            prop::sample::select(vec!["claude-a", "error", "令牌已过期", "{\"error\":{}}"]).prop_map(Value::from),
        ];
        let name = prop_oneof![
            4 => prop::sample::select(vec!["data", "models", "id", "name", "error", "message", "code", "type", "detail", "status", "created", "success"]).prop_map(str::to_owned),
            1 => "\\PC{0,6}",
        ];
        leaf.prop_recursive(5, 40, 8, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
                prop::collection::vec((name.clone(), inner), 0..8)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    fn facts_are_short(finding: &Finding) -> bool {
        finding.evidence.iter().all(|fact| fact.value.len() <= LONGEST_FACT)
    }

    #[track_caller]
    fn check(body: impl Into<Vec<u8>>) {
        let body = body.into();
        for status in [200, 401, 503] {
            let reply = Reply::new(status, [("content-type", "application/json")], body.clone());
            read_models(&reply);
            let _ = read_message(&reply);
            if let Verdict::Failed(finding) = classify(&reply, &ASKED) {
                assert!(facts_are_short(&finding), "{status}: {finding:?}");
            }
        }
    }

    #[test]
    fn depth_is_bounded() {
        const LEVELS: usize = 100_000;
        for (open, close) in [("[", "]"), ("{\"error\":", "}"), ("{\"data\":[", "]}"), ("{\"message\":\"", "\"}")] {
            check(format!("{}1{}", open.repeat(LEVELS), close.repeat(LEVELS)));
            check(open.repeat(LEVELS));
        }
    }

    #[test]
    fn size_is_bounded() {
        const TEN_MIB: usize = 10 * 1024 * 1024;
        for filling in ["{", "余额不足 key "] {
            let text = filling.repeat(TEN_MIB / filling.len());
            check(json!({ "error": { "message": text } }).to_string());
            check(text);
        }
    }

    proptest! {
        #![proptest_config(few())]
        #[test]
        fn any_json_is_a_list_of_models_or_none(value in json()) {
            for body in [json!({ "data": value.clone() }), value] {
                let reply = Reply::new(200, [("content-type", "application/json")], body.to_string());
                let ModelsReading::Listed { models } = read_models(&reply) else { continue };
                let ids: std::collections::HashSet<&str> = models.iter().map(|model| model.id.as_str()).collect();
                prop_assert!(!models.is_empty() && ids.len() == models.len());
                let is_id = |id: &str| !id.is_empty() && id.len() <= 256 && !id.contains(char::is_control);
                prop_assert!(ids.into_iter().all(is_id), "{body}");
            }
        }

        #[test]
        fn any_reply_has_a_meaning(
            status in any::<u16>(),
            headers in prop::collection::vec(("[a-z-]{1,14}|location|retry-after|content-type", "\\PC{0,40}"), 0..4),
            body in prop_oneof![json().prop_map(|value| value.to_string().into_bytes()), prop::collection::vec(any::<u8>(), 0..400)],
            truncated in any::<bool>(),
            route in prop::sample::select(vec![Route::Models, Route::Messages, Route::Other]),
        ) {
            let mut reply = Reply::new(status, headers, body);
            reply.truncated = truncated;
            read_models(&reply);
            if let Verdict::Failed(finding) = classify(&reply, &Asked { route, ..ASKED }) {
                prop_assert!(facts_are_short(&finding), "{finding:?}");
            }
        }
    }
}

mod stream {
    use super::*;
    use airouter_core::gateway::{SseEvent, SseReader, StreamState, StreamWatch};

    fn stream() -> impl Strategy<Value = Vec<u8>> {
        let piece = prop_oneof![
            prop::sample::select(vec![
                "event: message_start\n",
                "data: {\"type\":\"message_start\",\"message\":{}}\n\n",
                "data: {\"type\":\"message_stop\"}\r\n\r\n",
                "data: {\"type\":\"content_block_start\",\"index\":0,\"content_block\":{\"type\":\"text\"}}\n\n",
                "data: {\"type\":\"content_block_delta\",\"index\":0,\"delta\":{\"text\":\"余额\"}}\r\r",
                ": ping\n",
                "event: error\ndata: 忙\n\n",
                "data: 1\r\n",
                "data: 2\r\n",
                "\r",
                "\n",
                "\u{feff}",
                "data:",
            ])
            .prop_map(|piece| piece.as_bytes().to_vec()),
            prop::collection::vec(any::<u8>(), 0..12),
        ];
        prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
    }

    fn read<'a>(pieces: impl Iterator<Item = &'a [u8]>) -> (Vec<SseEvent>, StreamState) {
        let mut reader = SseReader::new();
        let mut events: Vec<SseEvent> = pieces.flat_map(|piece| reader.push(piece)).collect();
        events.extend(reader.finish());
        let mut watch = StreamWatch::new();
        events.iter().for_each(|event| drop(watch.push(event)));
        (events, watch.finish(false))
    }

    #[test]
    fn endless_lines_and_events_stay_within_bounds() {
        let piece = vec![b'x'; 1024 * 1024];
        let mut reader = SseReader::new();
        reader.push(b"data: ");
        (0..64).for_each(|_| drop(reader.push(&piece)));
        let kept =
            |events: Vec<SseEvent>| events.iter().map(|event| event.data.len() + event.name.len()).sum::<usize>();
        assert!(kept(reader.push(b"\n\n")) <= 5 * 1024 * 1024);

        // Many lines of one event, and a name without end.
        let mut reader = SseReader::new();
        let line = [b"data: ", piece.as_slice(), b"\n"].concat();
        (0..64).for_each(|_| drop(reader.push(&line)));
        reader.push(&[b"event: ", piece.as_slice(), b"\n"].concat());
        assert!(kept(reader.push(b"\n")) <= 9 * 1024 * 1024);
    }

    proptest! {
        #![proptest_config(few())]
        #[test]
        fn a_stream_says_the_same_however_it_is_cut(stream in stream(), cuts in prop::collection::vec(0usize..40, 0..12)) {
            let mut pieces = Vec::new();
            let mut rest = stream.as_slice();
            for cut in cuts {
                let (piece, tail) = rest.split_at(cut.min(rest.len()));
                pieces.push(piece);
                rest = tail;
            }
            pieces.push(rest);
            let whole = read(std::iter::once(stream.as_slice()));
            prop_assert_eq!(&read(pieces.into_iter()), &whole);
            prop_assert_eq!(&read(stream.chunks(1)), &whole);
        }
    }
}
