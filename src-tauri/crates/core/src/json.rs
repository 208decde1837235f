//! Reads Claude's files strictly and changes them in place.
//!
//! Claude accepts strict JSON only, so a file with a byte-order mark, comments, a trailing comma or a
//! doubled key is one that Claude ignores or reads in its own way (PI, G). Such a file is refused and not
//! changed. A valid one is edited value by value in its own text, so that order, spacing, big numbers and
//! unknown fields are preserved.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstNode, CstObject, CstRootNode};
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

/// The largest file that is read, in bytes; Claude's own are a few kilobytes.
pub const LARGEST_FILE: usize = 8 * 1024 * 1024;

/// Why a file is not edited.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotEditable {
    /// It begins with a byte-order mark.
    #[error("it begins with a byte-order mark")]
    ByteOrderMark,
    /// It is not UTF-8 text.
    #[error("it is not UTF-8 text")]
    NotText,
    /// It is not strict JSON.
    #[error("it is not strict JSON (line {line})")]
    NotJson {
        /// Where reading stopped.
        line: usize,
    },
    /// It is JSON, but not an object.
    #[error("it is not a JSON object")]
    NotAnObject,
    /// An object holds a key twice.
    #[error("a key stands in it twice (line {line})")]
    DoubledKey {
        /// The line of the second one.
        line: usize,
    },
    /// It is larger than any real one.
    #[error("it is too large")]
    TooLarge,
}

/// A JSON object with its text.
#[derive(Clone, PartialEq)]
pub struct Document {
    text: String,
    values: Map<String, Value>,
}

impl std::fmt::Debug for Document {
    /// A profile may hold a key, so only the length is printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} bytes)", self.text.len())
    }
}

impl Document {
    /// A new, empty object.
    pub fn empty() -> Self {
        Self { text: "{}".to_owned(), values: Map::new() }
    }

    /// Reads a file strictly.
    ///
    /// # Errors
    /// [`NotEditable`] with the reason.
    pub fn parse(bytes: &[u8]) -> Result<Self, NotEditable> {
        if bytes.len() > LARGEST_FILE {
            return Err(NotEditable::TooLarge);
        }
        if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
            return Err(NotEditable::ByteOrderMark);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| NotEditable::NotText)?;
        let value: Strict = serde_json::from_str(text).map_err(|error| {
            if error.to_string().starts_with(DOUBLED) {
                NotEditable::DoubledKey { line: error.line() }
            } else {
                NotEditable::NotJson { line: error.line() }
            }
        })?;
        match value.0 {
            Value::Object(values) => Ok(Self { text: text.to_owned(), values }),
            _ => Err(NotEditable::NotAnObject),
        }
    }

    /// A top-level value.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.values.get(key)
    }

    /// A top-level value with its key, as they are written.
    pub fn raw(&self, key: &str) -> Option<String> {
        let root = CstRootNode::parse(&self.text, &strict()).ok()?;
        Some(root.object_value()?.get(key)?.to_string())
    }

    /// The top-level values.
    pub fn values(&self) -> &Map<String, Value> {
        &self.values
    }

    /// The text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// True when the object has no members.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// The same document with one value set, or removed when `value` is `None`. Everything else
    /// keeps its text.
    #[must_use]
    pub fn with(&self, key: &str, value: Option<&Value>) -> Self {
        self.with_all(&[Put::Value { key, value: value.cloned() }])
    }

    /// The same document with the element of the array `list` whose `id` is given replaced, added at
    /// the end, or removed when `value` is `None`.
    #[must_use]
    pub fn with_element(&self, list: &str, id: &str, value: Option<&Value>) -> Self {
        self.with_all(&[Put::Element { list, id, value: value.cloned() }])
    }

    /// The same document with several values set, each another one. The text is parsed once for all of them,
    /// since parsing takes most of the time.
    #[must_use]
    pub fn with_all(&self, puts: &[Put<'_>]) -> Self {
        let is_new = |put: &&Put<'_>| match put {
            Put::Value { key, value } => self.get(key) != value.as_ref(),
            Put::Element { list, id, value } => self.element(list, id) != value.as_ref(),
        };
        let puts: Vec<&Put<'_>> = puts.iter().filter(is_new).collect();
        if puts.is_empty() {
            return self.clone();
        }
        self.edited(|root| {
            for put in puts {
                match put {
                    Put::Value { key, value } => set_value(root, key, value.as_ref()),
                    Put::Element { list, id, value } => set_element(root, list, id, value.as_ref()),
                }
            }
        })
    }

    /// The element of the array `list` with this `id`.
    pub fn element(&self, list: &str, id: &str) -> Option<&Value> {
        self.elements(list).iter().find(|element| has_id(element, id))
    }

    /// The elements of the array `list`, none if there is no such array.
    pub fn elements(&self, list: &str) -> &[Value] {
        self.get(list).and_then(Value::as_array).map_or(&[], Vec::as_slice)
    }

    /// Edits the text and parses it again, so that text and values always agree.
    fn edited(&self, edit: impl FnOnce(&CstRootNode)) -> Self {
        let edited = CstRootNode::parse(&self.text, &strict()).ok().map(|root| {
            edit(&root);
            root.to_string()
        });
        let document = edited.and_then(|text| Self::parse(text.as_bytes()).ok());
        // The text was parsed strictly before, so neither step can fail; if one did, the caller would find the
        // unchanged document when it reads the file back.
        document.unwrap_or_else(|| self.clone())
    }
}

/// A value to be set in a document; `None` removes it.
#[derive(Clone)]
pub enum Put<'a> {
    /// A top-level value.
    Value {
        /// Its key.
        key: &'a str,
        /// The new value.
        value: Option<Value>,
    },
    /// An element of a list, by its id.
    Element {
        /// The key of the list.
        list: &'a str,
        /// The element's `id`.
        id: &'a str,
        /// The new element.
        value: Option<Value>,
    },
}

fn set_value(root: &CstRootNode, key: &str, value: Option<&Value>) {
    let object = root.object_value_or_set();
    match (object.get(key), value) {
        (Some(property), Some(value)) => property.set_value(input(value)),
        (Some(property), None) => property.remove(),
        (None, Some(value)) => {
            if object.properties().is_empty() {
                object.ensure_multiline();
            }
            object.append(key, input(value));
        }
        (None, None) => {}
    }
}

fn set_element(root: &CstRootNode, list: &str, id: &str, value: Option<&Value>) {
    let array = root.object_value_or_set().array_value_or_set(list);
    let elements = array.elements();
    let is_it = |element: &CstNode| element.as_object().is_some_and(|object| object_id(&object).as_deref() == Some(id));
    let index = elements.iter().position(is_it);
    match (index.and_then(|index| elements.into_iter().nth(index)), value) {
        (Some(element), Some(value)) => {
            element.remove();
            array.insert(index.unwrap_or_default(), input(value));
        }
        (Some(element), None) => element.remove(),
        (None, Some(value)) => {
            array.append(input(value));
        }
        (None, None) => {}
    }
}

fn object_id(object: &CstObject) -> Option<String> {
    object.get("id")?.value()?.as_string_lit()?.decoded_value().ok()
}

fn has_id(element: &Value, id: &str) -> bool {
    element.get("id").and_then(Value::as_str) == Some(id)
}

/// JSON as its standard has it, without any of the parser's liberties.
pub(crate) fn strict() -> ParseOptions {
    ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    }
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(value) => CstInputValue::Number(value.to_string()),
        Value::String(value) => CstInputValue::String(value.clone()),
        Value::Array(values) => CstInputValue::Array(values.iter().map(input).collect()),
        Value::Object(values) => {
            CstInputValue::Object(values.iter().map(|(key, value)| (key.clone(), input(value))).collect())
        }
    }
}

const DOUBLED: &str = "doubled key";

/// A value in which no object holds a key twice.
struct Strict(Value);

impl<'de> serde::Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a JSON value")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = sequence.next_element()? {
            values.push(value);
        }
        Ok(Value::Array(values))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some((key, Strict(value))) = map.next_entry::<String, Strict>()? {
            if values.insert(key, value).is_some() {
                return Err(de::Error::custom(DOUBLED));
            }
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[track_caller]
    fn check(before: &str, edit: impl FnOnce(&Document) -> Document, after: &str) {
        let document = Document::parse(before.as_bytes()).unwrap();
        assert_eq!(edit(&document).text(), after, "from {before}");
    }

    #[test]
    fn other_values_keep_their_text() {
        check(
            "{\"b\":  1e5,\n\t\"big\": 123456789012345678901234567890,\"a\": [1,2 ]\n}",
            |document| document.with("mode", Some(&json!("3p"))).with("mode", None),
            "{\"b\":  1e5,\n\t\"big\": 123456789012345678901234567890,\"a\": [1,2 ]\n}",
        );
        check(
            "{\"mode\": \"1p\",  \"x\":0}",
            |document| document.with("mode", Some(&json!("3p"))),
            "{\"mode\": \"3p\",  \"x\":0}",
        );
    }

    #[test]
    fn a_new_document_is_readable_and_ends_without_a_newline() {
        let document = Document::empty().with("a", Some(&json!(true))).with("b", Some(&json!(["x"])));
        assert_eq!(document.text(), "{\n  \"a\": true,\n  \"b\": [\"x\"]\n}");
    }

    #[test]
    fn elements_are_put_and_dropped_by_id() {
        let entry = json!({"id": "n", "name": "New"});
        check(
            r#"{"entries":[{"id":"o","x":1}]}"#,
            |document| document.with_element("entries", "n", Some(&entry)).with_element("entries", "n", None),
            "{\"entries\":[{\"id\":\"o\",\"x\":1}\n]}",
        );
        let document = Document::empty().with_element("entries", "n", Some(&entry));
        assert_eq!(document.element("entries", "n"), Some(&entry));
    }

    #[test]
    fn nothing_changes_when_the_value_is_there_already() {
        check("{ \"a\" :1 }", |document| document.with("a", Some(&json!(1))), "{ \"a\" :1 }");
    }

    #[track_caller]
    fn check_refused(bytes: &[u8], reason: NotEditable) {
        assert_eq!(Document::parse(bytes), Err(reason));
    }

    #[test]
    fn what_claude_would_not_read_is_refused() {
        check_refused(b"\xef\xbb\xbf{}", NotEditable::ByteOrderMark);
        check_refused(b"{\"a\":\"\xff\"}", NotEditable::NotText);
        check_refused(b"{\"a\":1,}", NotEditable::NotJson { line: 1 });
        check_refused(b"// x\n{}", NotEditable::NotJson { line: 1 });
        check_refused(b"[]", NotEditable::NotAnObject);
        check_refused(b"", NotEditable::NotJson { line: 1 });
        check_refused(b"{\"a\":{\"b\":1,\n\"b\":2}}", NotEditable::DoubledKey { line: 2 });
    }

    /// Claude reads these. They are refused nevertheless, because they could not be written back in the same
    /// form; the person is told where the problem is.
    #[test]
    fn what_cannot_be_kept_as_it_is_names_its_line() {
        for odd in [r#""\ud800""#, "1e400", &format!("{}{}", "[".repeat(128), "]".repeat(128))] {
            check_refused(format!("{{\n\"a\":\n{odd}}}").as_bytes(), NotEditable::NotJson { line: 3 });
        }
    }
}
