//! What a vault is opened with. Secrets come in as borrowed bytes, so that the only copy on this
//! side is one that is wiped.

use std::sync::Arc;

use sealwood::Error;
use sealwood::bridge::{CredentialInput, generate_secret, phrase_of_secret, secret_of_phrase};
use sealwood::vault::Credential;

use crate::error::CoreError;

/// A secret, words or a passphrase, wiped when it is released.
#[derive(uniffi::Object)]
pub struct CoreCredential {
    pub(crate) credential: Credential,
}

#[uniffi::export]
impl CoreCredential {
    /// The 32 bytes of a secret.
    #[uniffi::constructor]
    pub fn secret(bytes: &[u8]) -> Result<Arc<Self>, CoreError> {
        Self::new(CredentialInput::Secret(bytes.to_vec()))
    }

    /// 24 recovery words, in UTF-8.
    #[uniffi::constructor]
    pub fn phrase(words: &[u8]) -> Result<Arc<Self>, CoreError> {
        Self::new(CredentialInput::Phrase(text(words)?))
    }

    /// A passphrase, in UTF-8.
    #[uniffi::constructor]
    pub fn passphrase(passphrase: &[u8]) -> Result<Arc<Self>, CoreError> {
        Self::new(CredentialInput::Passphrase(text(passphrase)?))
    }
}

impl CoreCredential {
    fn new(input: CredentialInput) -> Result<Arc<Self>, CoreError> {
        Ok(Arc::new(Self { credential: input.credential()? }))
    }
}

/// A new secret: 32 random bytes.
#[uniffi::export]
pub fn core_generate_secret() -> Result<Vec<u8>, CoreError> {
    Ok(generate_secret()?.to_vec())
}

/// The 24 words of a secret.
#[uniffi::export]
pub fn core_phrase_of_secret(secret: &[u8]) -> Result<String, CoreError> {
    Ok(phrase_of_secret(secret.to_vec())?.expose().to_owned())
}

/// The secret behind 24 words, in UTF-8.
#[uniffi::export]
pub fn core_secret_of_phrase(words: &[u8]) -> Result<Vec<u8>, CoreError> {
    let words = std::str::from_utf8(words).map_err(|_| not_text())?;
    Ok(secret_of_phrase(words)?.to_vec())
}

fn text(utf8: &[u8]) -> Result<String, CoreError> {
    Ok(std::str::from_utf8(utf8).map_err(|_| not_text())?.to_owned())
}

fn not_text() -> Error {
    Error::InvalidArgument { what: "text is in UTF-8" }
}
