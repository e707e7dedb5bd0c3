//! What people call a member or a device.

use super::refusal::{Reader, Refusal, RefusalResult};
use crate::codec::put_bytes;

/// The most bytes of a label.
pub const LABEL_BYTES_MAX: usize = 64;

/// Up to 64 bytes of text without control characters. It means nothing to the rules.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// Takes over a text.
    pub fn new(text: &str) -> RefusalResult<Self> {
        if text.len() > LABEL_BYTES_MAX || text.chars().any(char::is_control) {
            return Err(Refusal::Malformed { what: "label" });
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    pub(super) fn put(&self, out: &mut Vec<u8>) {
        put_bytes(out, self.0.as_bytes());
    }

    pub(super) fn read(input: &mut Reader<'_>) -> RefusalResult<Self> {
        Self::new(input.text()?)
    }
}
