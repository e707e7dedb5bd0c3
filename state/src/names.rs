//! The names of partitions, and of the namespaces that a store has beside them.

use sealwood_engine::NAMESPACE_NAME_BYTES_MAX;

use crate::error::{Error, Result};

/// The log of versions.
pub(crate) const LOG: &str = "state-log";

/// What the name of a book begins with; the name of the partition follows.
const BOOK_PREFIX: &str = "state-";

/// The book of a partition.
pub(crate) fn book_of(partition: &str) -> String {
    format!("{BOOK_PREFIX}{partition}")
}

/// Refuses a name that no partition has: what is no namespace, or has no room for its book, and
/// what a store calls its own.
pub(crate) fn check_partition(name: &str) -> Result<()> {
    let refuse = |what| Err(Error::InvalidArgument { what });
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-';
    let bytes_max = NAMESPACE_NAME_BYTES_MAX - BOOK_PREFIX.len();
    if name.is_empty() || name.len() > bytes_max || !name.bytes().all(is_allowed) {
        return refuse("the name of a partition has 1 to 58 characters of [A-Za-z0-9_-]");
    }
    if name.starts_with(BOOK_PREFIX) || book_of(name) == LOG {
        return refuse("a partition is not called log, nor anything that begins with state-");
    }
    Ok(())
}
