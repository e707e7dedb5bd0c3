//! Contents as scenarios spell them.

use serde_json::Value;

/// The bytes of `{"text"}`, `{"hex"}` or `{"seed", "size", "from"}`.
pub(crate) fn bytes(input: &Value) -> Result<Vec<u8>, String> {
    let wrong = || format!("not a content: {input}");
    let members = input.as_object().ok_or_else(wrong)?;
    let number = |name: &str| match members.get(name) {
        Some(value) => value.as_u64().map(Some).ok_or_else(wrong),
        None => Ok(None),
    };
    let known = |names: &[&str]| members.keys().all(|name| names.contains(&name.as_str()));
    let text = |name: &str| members.get(name).and_then(Value::as_str);
    if let (Some(text), true) = (text("text"), known(&["text"])) {
        return Ok(text.as_bytes().to_vec());
    }
    if let (Some(digits), true) = (text("hex"), known(&["hex"])) {
        return hex::decode(digits).map_err(|_| wrong());
    }
    match (number("seed")?, number("size")?, known(&["seed", "size", "from"])) {
        (Some(seed), Some(size), true) => {
            let from = number("from")?.unwrap_or(0);
            Ok((from..from + size).map(|index| byte(seed, index)).collect())
        }
        _ => Err(wrong()),
    }
}

fn byte(seed: u64, index: u64) -> u8 {
    (seed + 31 * index + index / 251) as u8
}

/// A content in a message: all of it if it is short.
pub(crate) fn shown(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) if text.len() <= 40 => format!("{text:?}"),
        _ if bytes.len() <= 32 => format!("the bytes {}", hex::encode(bytes)),
        _ => format!("{} bytes, {}...", bytes.len(), hex::encode(&bytes[..16])),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn a_seed_gives_the_same_bytes_from_any_place_on() {
        let whole = bytes(&json!({"seed": 7, "size": 1000})).unwrap();
        assert_eq!(&whole[..3], [7, 38, 69]);
        assert_eq!(whole[251], ((7 + 31 * 251 + 1) % 256) as u8);
        assert_eq!(bytes(&json!({"seed": 7, "size": 10, "from": 500})).unwrap(), whole[500..510]);
    }

    #[test]
    fn what_is_no_content_is_refused() {
        for input in [json!({"seed": 1}), json!({"text": "a", "hex": "00"}), json!("a"), json!({})]
        {
            assert!(bytes(&input).is_err(), "{input}");
        }
    }
}
