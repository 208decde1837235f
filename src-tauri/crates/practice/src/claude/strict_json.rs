//! JSON as the configuration files must be written: an object, no byte-order mark, no key twice.
//!
//! Comments and trailing commas are refused by the parser itself. A doubled key is legal JSON of which
//! readers take the first or the last value; a file that can be read in two ways is refused.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// Why a text is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonFault {
    /// It starts with a byte-order mark.
    ByteOrderMark,
    /// It is not JSON, or names a key twice.
    Unreadable {
        /// Line of the fault, from 1.
        line: usize,
    },
    /// It is JSON but not an object.
    NotAnObject,
}

/// Reads an object.
pub(super) fn object(text: &[u8]) -> Result<Map<String, Value>, JsonFault> {
    if text.starts_with(b"\xEF\xBB\xBF") {
        return Err(JsonFault::ByteOrderMark);
    }
    match serde_json::from_slice(text) {
        Ok(Strict(Value::Object(object))) => Ok(object),
        Ok(_) => Err(JsonFault::NotAnObject),
        Err(error) => Err(JsonFault::Unreadable { line: error.line() }),
    }
}

impl fmt::Display for JsonFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ByteOrderMark => f.write_str("unexpected byte-order mark"),
            Self::Unreadable { line } => write!(f, "not valid JSON at line {line}"),
            Self::NotAnObject => f.write_str("expected an object"),
        }
    }
}

/// A value in which no object names a key twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue).map(Self)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("number out of range"))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(list.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((key, Strict(value))) = entries.next_entry::<String, Strict>()? {
            if object.insert(key, value).is_some() {
                return Err(A::Error::custom("duplicate key"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Result<(), JsonFault>) {
        assert_eq!(object(text.as_bytes()).map(drop), expected, "{text}");
    }

    #[test]
    fn an_object_is_taken_with_or_without_a_last_newline() {
        check(r#"{"a":[1,-1,1.5,"x",null,true,{"b":{}}]}"#, Ok(()));
        check("{}\n", Ok(()));
    }

    #[test]
    fn anything_that_can_be_read_in_two_ways_is_refused() {
        check("\u{feff}{}", Err(JsonFault::ByteOrderMark));
        check(r#"{"a":1,"a":2}"#, Err(JsonFault::Unreadable { line: 1 }));
        check(r#"{"a":{"b":1,"b":1}}"#, Err(JsonFault::Unreadable { line: 1 }));
        check("{\n\"a\":1,\n}", Err(JsonFault::Unreadable { line: 3 }));
        check("{} // note", Err(JsonFault::Unreadable { line: 1 }));
        check("", Err(JsonFault::Unreadable { line: 1 }));
        check("[]", Err(JsonFault::NotAnObject));
    }
}
