//! One reply of a gateway, unchanged.
//!
//! Gateways label JSON as text, text as JSON and web pages as success, so the body is kept as bytes here and each
//! reader decides what it is.

use serde_json::Value;

/// A reply with its head and as much of its body as was fetched.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// The header fields in order, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body, as far as it was read.
    pub body: Vec<u8>,
    /// True when the body was longer than what was read.
    pub truncated: bool,
    /// True when the connection was lost within the body, which then holds what came before.
    pub cut: bool,
}

impl std::fmt::Debug for Reply {
    /// A gateway may echo the key in a field or in the body, so only names and a length are printed.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names: Vec<&str> = self.headers.iter().map(|(name, _)| name.as_str()).collect();
        write!(f, "Reply({}, {names:?}, {} bytes)", self.status, self.body.len())
    }
}

impl Reply {
    /// A complete reply. The names of `headers` are converted to lower case.
    pub fn new<N, V>(status: u16, headers: impl IntoIterator<Item = (N, V)>, body: impl Into<Vec<u8>>) -> Self
    where
        N: AsRef<str>,
        V: Into<String>,
    {
        let headers = headers.into_iter().map(|(name, value)| (name.as_ref().to_ascii_lowercase(), value.into()));
        Self { status, headers: headers.collect(), body: body.into(), truncated: false, cut: false }
    }

    /// The first value of a header field; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text, with U+FFFD for what is not UTF-8 and without a byte order mark.
    pub fn text(&self) -> String {
        let text = String::from_utf8_lossy(&self.body);
        text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned()
    }

    /// The body as JSON whatever the content type says, or `None` if it is not JSON. One gateway sends its
    /// JSON errors as `text/plain` (one-hub, model not allowed).
    pub fn json(&self) -> Option<Value> {
        let body = self.body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.body);
        serde_json::from_slice(body).ok()
    }

    /// True for a 2xx status. It says nothing about the body.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// True when the content type is `media_type`, ignoring parameters.
    pub fn is_type(&self, media_type: &str) -> bool {
        let given = self.header("content-type").unwrap_or_default();
        given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(media_type)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_lower_case_and_found() {
        let reply = Reply::new(401, [("X-Request-ID", "r1")], "");
        assert_eq!(reply.header("x-request-id"), Some("r1"));
        assert_eq!(reply.header("request-id"), None);
    }

    #[test]
    fn json_is_read_whatever_the_label() {
        let reply = Reply::new(404, [("content-type", "text/plain; charset=utf-8")], "\u{feff}{\"a\":1}");
        assert!(reply.json().is_some());
        assert!(reply.is_type("text/plain"));
        assert_eq!(reply.text(), "{\"a\":1}");
    }

    #[test]
    fn bytes_that_are_not_text_are_no_json() {
        assert_eq!(Reply::new(200, [("a", "b")], vec![0xff, 0xfe, 0x00]).json(), None);
    }
}
