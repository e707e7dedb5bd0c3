//! The secret of a slot and its 24-word spelling.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

#[cfg(feature = "phrase")]
use super::words;
use crate::error::Result;
use crate::platform::Environment;

/// 32 random bytes that open a slot of a vault, and so the vault, for as long as it has the slot.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct SlotSecret([u8; 32]);

impl SlotSecret {
    /// Draws a new secret.
    pub fn generate(environment: &Environment) -> Result<Self> {
        Ok(Self(environment.random()?))
    }

    /// Takes over an existing secret.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The secret itself. Wipe what you copy.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// The secret as 24 words.
    #[cfg(feature = "phrase")]
    pub fn recovery_phrase(&self) -> Result<RecoveryPhrase> {
        Ok(RecoveryPhrase(words::spelled(&self.0)))
    }
}

impl fmt::Debug for SlotSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SlotSecret([redacted])")
    }
}

/// The secret of a slot as 24 English words (BIP 39), for paper.
#[cfg(feature = "phrase")]
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryPhrase(String);

#[cfg(feature = "phrase")]
impl RecoveryPhrase {
    /// Draws new words.
    pub fn generate(environment: &Environment) -> Result<Self> {
        SlotSecret::generate(environment)?.recovery_phrase()
    }

    /// Reads 24 words, separated by white space, in any case.
    pub fn parse(words: &str) -> Result<Self> {
        let mut phrase = Self(words.split_whitespace().collect::<Vec<_>>().join(" "));
        phrase.0.make_ascii_lowercase();
        phrase.secret()?;
        Ok(phrase)
    }

    /// The words, separated by single spaces.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret the words stand for.
    pub fn secret(&self) -> Result<SlotSecret> {
        Ok(SlotSecret(*words::read(&self.0)?))
    }
}

#[cfg(feature = "phrase")]
impl fmt::Debug for RecoveryPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryPhrase([redacted])")
    }
}
