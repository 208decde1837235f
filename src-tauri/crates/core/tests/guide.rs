//! The manual guide that this program replaces: each row of its troubleshooting tables has a finding.
#![allow(clippy::disallowed_methods, reason = "a test reads its fixtures")]

use std::collections::BTreeMap;

use airouter_core::finding::Code;
use serde_json::Value;

const MAP: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/fixtures/guide-codes.json");

/// The guide's parts and how many rows each has.
const PARTS: [(&str, usize); 7] = [
    ("地址不要写错", 3),
    ("启动后还是走 Claude 官方", 5),
    ("认证失败", 5),
    ("模型列表为空", 4),
    ("请求超时", 5),
    ("提示配置没有读取", 1),
    ("推荐排查顺序", 5),
];

#[test]
fn every_row_of_the_guide_has_a_finding() {
    let rows: Vec<Value> = serde_json::from_str(&std::fs::read_to_string(MAP).expect("the map")).expect("a list");
    let mut counted: BTreeMap<&str, usize> = BTreeMap::new();
    for row in &rows {
        *counted.entry(row["part"].as_str().expect("a part")).or_default() += 1;
        let codes = row["codes"].as_array().expect("a list of codes");
        assert!(!codes.is_empty(), "{row} has no finding");
        for code in codes {
            let is_known = Code::ALL.iter().any(|known| Some(known.number()) == code.as_str());
            assert!(is_known, "{code} of {row} is in no catalogue");
        }
    }
    assert_eq!(counted, BTreeMap::from(PARTS), "a part or a row is missing");
}
