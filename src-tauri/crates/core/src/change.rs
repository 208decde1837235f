//! One change of one value in one file: the unit of planning, writing, displaying and undoing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use ts_rs::TS;

use crate::claude::FileRole;
use crate::claude::keys;
use crate::json::{Document, Put};
use crate::patch::Patch;
use crate::secret::{ERASED, Secret, masked, shown_value};

/// Which value of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// A top-level value, by its key.
    Value(String),
    /// The element of `entries` with this id.
    Entry(String),
}

/// The content of a value. It never holds a key, so that plans, journals and diffs cannot hold one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// The value does not exist.
    Absent,
    /// The value, which is not secret.
    Plain(Value),
    /// The value is a key, which is not held here.
    Key,
}

/// One value before and after a change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Edit {
    /// Which value.
    pub target: Target,
    /// What it was.
    pub before: Content,
    /// What it becomes.
    pub after: Content,
}

/// A file with its changes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileChange {
    /// Which file it is.
    pub role: FileRole,
    /// Its path.
    pub path: String,
    /// True when the file existed before.
    pub existed: bool,
    /// Its values that change.
    pub edits: Vec<Edit>,
    /// The bytes that restoring the values alone does not restore; only a journal has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<Patch>,
    /// The path of the copy of the damaged file; only a journal has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kept_aside: Option<String>,
    /// The file mode before the change, as the system's number; only a journal has it, and only on systems
    /// that have such numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<u32>,
}

impl Target {
    /// The present content of this value.
    pub fn read(&self, document: &Document) -> Content {
        match self {
            Self::Value(key) => match document.get(key) {
                Some(_) if key == keys::API_KEY => Content::Key,
                Some(value) => Content::Plain(value.clone()),
                None => Content::Absent,
            },
            Self::Entry(id) => {
                document.element(keys::ENTRIES, id).map_or(Content::Absent, |value| Content::Plain(value.clone()))
            }
        }
    }

    /// The document with this value set to `content`. `key` replaces [`Content::Key`]; without one, the
    /// value does not change.
    pub fn write(&self, document: &Document, content: &Content, key: Option<&Secret>) -> Document {
        self.put(content, key).map_or_else(|| document.clone(), |put| document.with_all(&[put]))
    }

    /// The same as one step of several; `None` where the value does not change.
    pub(crate) fn put(&self, content: &Content, key: Option<&Secret>) -> Option<Put<'_>> {
        let value = match content {
            Content::Absent => None,
            Content::Plain(value) => Some(value.clone()),
            Content::Key => Some(Value::String(key?.reveal().to_owned())),
        };
        Some(match self {
            Self::Value(key) => Put::Value { key, value },
            Self::Entry(id) => Put::Element { list: keys::ENTRIES, id, value },
        })
    }

    /// The document `to` with this value copied from `from`, even if it is a key.
    pub fn copy(&self, from: &Document, to: &Document) -> Document {
        match self {
            Self::Value(key) => to.with(key, from.get(key)),
            Self::Entry(id) => to.with_element(keys::ENTRIES, id, from.element(keys::ENTRIES, id)),
        }
    }

    /// Its name for people.
    pub fn name(&self) -> &str {
        match self {
            Self::Value(key) => key,
            Self::Entry(_) => keys::ENTRIES,
        }
    }
}

impl Content {
    /// Its JSON text for people; `None` when it is absent.
    pub fn shown(&self) -> Option<String> {
        match self {
            Self::Absent => None,
            // An entry of a list has an id. Any other object is headers, of which only the names are shown.
            Self::Plain(Value::Object(fields)) if !fields.contains_key("id") => {
                let shown = fields.keys().map(|name| (masked(name), Value::from(ERASED)));
                Some(Value::Object(shown.collect()).to_string())
            }
            Self::Plain(value) => Some(shown_value(value)),
            Self::Key => Some("\"•••\"".to_owned()),
        }
    }
}

impl Edit {
    /// The form in which the change is shown to the person.
    pub fn view(&self) -> EditView {
        EditView { key: self.target.name().to_owned(), before: self.before.shown(), after: self.after.shown() }
    }
}

impl FileChange {
    /// A planned change, without what only a journal has.
    pub fn new(role: FileRole, path: &str, existed: bool, edits: Vec<Edit>) -> Self {
        Self { role, path: path.to_owned(), existed, edits, patch: None, kept_aside: None, mode: None }
    }

    /// The document with all changes made. `key` replaces [`Content::Key`].
    pub fn apply(&self, document: &Document, key: Option<&Secret>) -> Document {
        let puts: Vec<Put<'_>> = self.edits.iter().filter_map(|edit| edit.target.put(&edit.after, key)).collect();
        document.with_all(&puts)
    }

    /// The form in which the changes are shown to the person.
    pub fn view(&self) -> FileView {
        FileView {
            role: self.role,
            path: self.path.clone(),
            is_new: !self.existed,
            edits: self.edits.iter().map(Edit::view).collect(),
        }
    }
}

/// A changed file as it is shown.
#[derive(Debug, Clone, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct FileView {
    /// Which file it is.
    pub role: FileRole,
    /// Its path.
    pub path: String,
    /// True when the file does not exist yet.
    pub is_new: bool,
    /// Its changed values.
    pub edits: Vec<EditView>,
}

/// A changed value as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema, TS)]
#[ts(export)]
pub struct EditView {
    /// Its name.
    pub key: String,
    /// Its JSON text before; `None` when it was absent.
    pub before: Option<String>,
    /// Its JSON text after; `None` when it is removed. A secret shows as `"•••"`.
    pub after: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_key_is_never_shown() {
        let document = Document::parse(br#"{"inferenceGatewayApiKey":"sk-canary"}"#).unwrap();
        let content = Target::Value(keys::API_KEY.to_owned()).read(&document);
        assert_eq!(content, Content::Key);
        assert!(!serde_json::to_string(&content).unwrap().contains("canary"));
        assert!(!content.shown().unwrap().contains("canary"));
    }

    #[test]
    fn header_values_are_never_shown() {
        let shown = |value: Value| Content::Plain(value).shown().unwrap();
        assert_eq!(shown(json!("https://li:geheim@gate.example/x?key=geheim")), "\"https://•••@gate.example/x?•••\"");
        assert_eq!(shown(json!({"X-Team-Secret": "geheim"})), "{\"X-Team-Secret\":\"•••\"}");
        assert_eq!(shown(json!({"id": "1", "name": "Acme"})), "{\"id\":\"1\",\"name\":\"Acme\"}");
    }

    #[test]
    fn a_key_is_written_only_when_it_is_at_hand() {
        let target = Target::Value(keys::API_KEY.to_owned());
        let secret = Secret::new("sk-1234567890".to_owned());
        let written = target.write(&Document::empty(), &Content::Key, Some(&secret));
        assert_eq!(written.get(keys::API_KEY), Some(&json!("sk-1234567890")));
        assert!(target.write(&Document::empty(), &Content::Key, None).is_empty());
    }
}
