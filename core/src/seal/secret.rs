//! The root secret and its 24-word spelling.

use std::fmt;

use bip39::Mnemonic;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::{Error, Result};
use crate::platform::Environment;

/// The 32 random bytes a whole vault rests on. Whoever has them has the vault.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RootSecret([u8; 32]);

impl RootSecret {
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
    pub fn recovery_phrase(&self) -> Result<RecoveryPhrase> {
        let words = Mnemonic::from_entropy(&self.0)
            .map_err(|_| Error::InvalidPhrase { reason: "the entropy has no words" })?;
        Ok(RecoveryPhrase(words.to_string()))
    }
}

impl fmt::Debug for RootSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootSecret([redacted])")
    }
}

/// A root secret as 24 English words (BIP 39), for paper.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct RecoveryPhrase(String);

impl RecoveryPhrase {
    /// Reads 24 words, separated by white space, in any case.
    pub fn parse(words: &str) -> Result<Self> {
        let phrase = Self(words.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase());
        phrase.root_secret()?;
        Ok(phrase)
    }

    /// The words, separated by single spaces.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The secret the words stand for.
    pub fn root_secret(&self) -> Result<RootSecret> {
        let words = Mnemonic::parse_normalized(&self.0).map_err(|error| Error::InvalidPhrase {
            reason: match error {
                bip39::Error::BadWordCount(_) => "not 24 words",
                bip39::Error::UnknownWord(_) => "a word is not in the list",
                bip39::Error::InvalidChecksum => "the checksum does not match",
                _ => "not a phrase",
            },
        })?;
        let (mut entropy, len) = words.to_entropy_array();
        let secret = <[u8; 32]>::try_from(&entropy[..len])
            .map_err(|_| Error::InvalidPhrase { reason: "not 24 words" });
        entropy.zeroize();
        secret.map(RootSecret)
    }
}

impl fmt::Debug for RecoveryPhrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryPhrase([redacted])")
    }
}
