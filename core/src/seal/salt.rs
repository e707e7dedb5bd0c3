//! What sets one content apart from all others.

use std::fmt;

use crate::error::Result;
use crate::platform::Environment;

/// 16 random bytes of one content, by which nothing of it is equal to anything of another. In the
/// entry of a content that has one; two that agree by chance would be stored as one where they are
/// equal, and nothing else.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Salt(pub(crate) [u8; Salt::BYTES]);

impl Salt {
    /// The length of a salt.
    pub(crate) const BYTES: usize = 16;

    /// A fresh one.
    pub(crate) fn draw(environment: &Environment) -> Result<Self> {
        Ok(Self(environment.random()?))
    }
}

impl fmt::Debug for Salt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Salt([redacted])")
    }
}
