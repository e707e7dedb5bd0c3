//! Secrets as bytes of a host: checked, and wiped once they are no longer needed.

use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::platform::Environment;
use crate::seal::{RecoveryPhrase, SlotSecret};

/// The secret of a slot in `bytes`, which are wiped. [`Error::InvalidArgument`] unless there are 32.
pub fn slot_secret(bytes: Vec<u8>) -> Result<SlotSecret> {
    let bytes = Zeroizing::new(bytes);
    let array = <&[u8; 32]>::try_from(bytes.as_slice())
        .map_err(|_| Error::InvalidArgument { what: "a secret has 32 bytes" })?;
    Ok(SlotSecret::from_bytes(*array))
}

/// A new secret of a slot: 32 random bytes.
pub fn generate_secret() -> Result<Zeroizing<Vec<u8>>> {
    let secret = SlotSecret::generate(&Environment::default())?;
    Ok(Zeroizing::new(secret.expose().to_vec()))
}

/// The 24 words of a secret of 32 bytes.
pub fn phrase_of_secret(bytes: Vec<u8>) -> Result<RecoveryPhrase> {
    slot_secret(bytes)?.recovery_phrase()
}

/// The 32 bytes behind 24 words.
pub fn secret_of_phrase(words: &str) -> Result<Zeroizing<Vec<u8>>> {
    let secret = RecoveryPhrase::parse(words)?.secret()?;
    Ok(Zeroizing::new(secret.expose().to_vec()))
}
