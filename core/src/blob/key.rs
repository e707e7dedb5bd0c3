//! Which keys and arguments a store is given.

use crate::error::{Error, Result};

/// The longest key, in bytes.
pub const KEY_BYTES_MAX: usize = 255;
/// The most objects one page of a listing holds.
pub const LIST_LIMIT_MAX: usize = 1000;

/// Refuses what is not a key: 1 to [`KEY_BYTES_MAX`] bytes of `[a-z0-9/_-]`, no segment empty.
pub fn check_key(key: &str) -> Result<()> {
    let is_key = !key.is_empty()
        && key.len() <= KEY_BYTES_MAX
        && key.bytes().all(is_key_byte)
        && !key.split('/').any(str::is_empty);
    if is_key {
        Ok(())
    } else {
        Err(Error::InvalidArgument { what: "key: 1 to 255 bytes of [a-z0-9/_-], no segment empty" })
    }
}

/// Refuses what no key starts with. The empty prefix is the start of every key.
pub fn check_prefix(prefix: &str) -> Result<()> {
    let segments = prefix.strip_suffix('/').unwrap_or(prefix);
    if prefix.is_empty() || (prefix.len() <= KEY_BYTES_MAX && check_key(segments).is_ok()) {
        Ok(())
    } else {
        Err(Error::InvalidArgument { what: "prefix: the start of a key" })
    }
}

/// Refuses a listing page of no object or of more than [`LIST_LIMIT_MAX`].
pub fn check_limit(limit: usize) -> Result<()> {
    if (1..=LIST_LIMIT_MAX).contains(&limit) {
        Ok(())
    } else {
        Err(Error::InvalidArgument { what: "limit: 1 to 1,000" })
    }
}

/// Refuses a range of no byte.
pub fn check_length(length: u64) -> Result<()> {
    if length > 0 { Ok(()) } else { Err(Error::InvalidArgument { what: "length: at least 1" }) }
}

/// Whether `byte` may stand in a key.
pub(super) fn is_key_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'/' | b'_' | b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_that_could_leave_the_store_are_refused() {
        for key in ["", "/a", "a/", "a//b", "..", "a/../b", "A", "a b", "a.b", "é", "a\0", "a\\b"]
        {
            assert!(check_key(key).is_err(), "{key:?}");
        }
        assert!(check_key(&"a".repeat(256)).is_err());
        for key in ["a", "0", "-", "_", "a/b", "packs/00ff_-z", &"a".repeat(255)] {
            assert!(check_key(key).is_ok(), "{key:?}");
        }
    }

    #[test]
    fn prefixes_may_end_in_a_slash_or_be_empty() {
        for prefix in ["", "a", "a/", "a/b", "a/b/"] {
            assert!(check_prefix(prefix).is_ok(), "{prefix:?}");
        }
        for prefix in ["/", "//", "/a", "a//", "..", "A"] {
            assert!(check_prefix(prefix).is_err(), "{prefix:?}");
        }
    }
}
