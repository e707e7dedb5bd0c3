//! Keys and values as they are shown: as text where they are, or as hexadecimal digits.

use std::fmt;

use sealwood::engine::{Error, Finding};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::failure::Failure;
use crate::printable::printable;

/// How bytes are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// As text; bytes that are none as `\xff` for people, and all of them as digits in JSON.
    Text,
    /// As hexadecimal digits.
    Hex,
}

/// A key or a value, to be shown.
#[derive(Debug, Clone)]
pub(super) struct Shown<B> {
    field: Field,
    form: Form,
    bytes: B,
}

/// What bytes are, as a field of JSON: `key` if they are written as text, `key_hex` if not.
#[derive(Debug, Clone, Copy)]
enum Field {
    Key,
    Prefix,
    Value,
    Cursor,
}

impl Form {
    pub(super) fn key<B>(self, bytes: B) -> Shown<B> {
        Shown { field: Field::Key, form: self, bytes }
    }

    /// What several keys begin with.
    pub(super) fn prefix<B>(self, bytes: B) -> Shown<B> {
        Shown { field: Field::Prefix, form: self, bytes }
    }

    pub(super) fn value<B>(self, bytes: B) -> Shown<B> {
        Shown { field: Field::Value, form: self, bytes }
    }

    /// The key up to which rows are counted.
    pub(super) fn cursor<B>(self, bytes: B) -> Shown<B> {
        Shown { field: Field::Cursor, form: self, bytes }
    }

    /// The failure of a call about a key.
    pub(super) fn failed(self, namespace: &str, key: &[u8], error: Error) -> Failure {
        Failure::Engine { error, path: Some(self.path(namespace, key)) }
    }

    /// The failure where there is no such key.
    pub(super) fn absent(self, namespace: &str, key: &[u8]) -> Failure {
        let path = self.path(namespace, key);
        Failure::Absent { code: "key-not-found", reason: "no such key".into(), path }
    }

    /// What was found to be wrong, as the failure that it is.
    pub(super) fn found(self, finding: Finding) -> Failure {
        let Finding { namespace, key, error, .. } = finding;
        let path = match (namespace, key) {
            (namespace, Some(key)) => {
                Some(self.path(namespace.as_deref().unwrap_or("(unnamed)"), &key))
            }
            (namespace, None) => namespace,
        };
        Failure::Engine { error, path }
    }

    fn path(self, namespace: &str, key: &[u8]) -> String {
        format!("{namespace}/{}", self.key(key))
    }
}

impl Field {
    fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Key => ("key", "key_hex"),
            Self::Prefix => ("prefix", "prefix_hex"),
            Self::Value => ("value", "value_hex"),
            Self::Cursor => ("cursor", "cursor_hex"),
        }
    }
}

impl<B: AsRef<[u8]>> fmt::Display for Shown<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let bytes = self.bytes.as_ref();
        if self.form == Form::Hex {
            return f.write_str(&hex::encode(bytes));
        }
        for chunk in bytes.utf8_chunks() {
            f.write_str(&printable(chunk.valid()))?;
            chunk.invalid().iter().try_for_each(|byte| write!(f, "\\x{byte:02x}"))?;
        }
        Ok(())
    }
}

impl<B: AsRef<[u8]>> Serialize for Shown<B> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let bytes = self.bytes.as_ref();
        let (as_text, as_digits) = self.field.names();
        let mut fields = serializer.serialize_map(Some(1))?;
        match std::str::from_utf8(bytes) {
            Ok(text) if self.form == Form::Text => fields.serialize_entry(as_text, text)?,
            _ => fields.serialize_entry(as_digits, &hex::encode(bytes))?,
        }
        fields.end()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn shown(form: Form, bytes: &[u8]) -> (String, String) {
        let shown = form.key(bytes);
        (shown.to_string(), serde_json::to_string(&shown).unwrap())
    }

    #[test]
    fn bytes_are_shown_as_text_where_they_are_and_never_as_other_bytes() {
        let text = |text: &str, json: &str| (text.to_owned(), json.to_owned());
        assert_eq!(shown(Form::Text, b""), text("", r#"{"key":""}"#));
        assert_eq!(shown(Form::Text, "é".as_bytes()), text("é", r#"{"key":"é"}"#));
        assert_eq!(shown(Form::Text, b"a\n"), text("a\\n", r#"{"key":"a\n"}"#));
        assert_eq!(shown(Form::Text, b"a\xff\0"), text("a\\xff\\u{0}", r#"{"key_hex":"61ff00"}"#));
        assert_eq!(shown(Form::Hex, b"a"), text("61", r#"{"key_hex":"61"}"#));
    }
}
