//! Bytes of steps of the engine and of hashes, as a text or a content, and how they are spelled in
//! what a step gives.

use serde_json::{Value, json};

use crate::content;

/// Rows as a step gives them, keys and values.
pub(crate) type Rows = Vec<(Vec<u8>, Vec<u8>)>;

/// The UTF-8 of a text, or the bytes of a content.
pub(crate) fn bytes(input: &Value) -> Result<Vec<u8>, String> {
    match input {
        Value::String(text) => Ok(text.as_bytes().to_vec()),
        input => content::bytes(input),
    }
}

/// An array of pairs.
pub(crate) fn rows(input: &Value) -> Result<Rows, String> {
    let wrong = || format!("not rows: {input}");
    let row = |row: &Value| match row.as_array().map(Vec::as_slice) {
        Some([key, value]) => Ok((bytes(key)?, bytes(value)?)),
        _ => Err(wrong()),
    };
    input.as_array().ok_or_else(wrong)?.iter().map(row).collect()
}

/// Text if it is UTF-8, else digits.
pub(crate) fn spell(bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => json!({"hex": hex::encode(bytes)}),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_spelled_is_read_as_it_was() {
        for given in [&b""[..], b"text", &[0xff, 0], "\u{e9}".as_bytes()] {
            assert_eq!(bytes(&spell(given)).unwrap(), given);
        }
        assert_eq!(spell(b"a"), json!("a"));
        assert_eq!(spell(&[0xff]), json!({"hex": "ff"}));
    }

    #[test]
    fn rows_are_pairs() {
        let row = (b"a".to_vec(), vec![0xff]);
        assert_eq!(rows(&json!([["a", {"hex": "ff"}]])).unwrap(), [row]);
        assert!(rows(&json!([["a"]])).is_err());
        assert!(rows(&json!({})).is_err());
    }
}
