//! AES-256-GCM under single-use keys (`docs/decisions/0001-aead.md`).

use aes_gcm::aead::{AeadInOut, KeyInit};
use aes_gcm::{Aes256Gcm, Nonce, Tag};

use crate::error::{Error, Result};

/// The bytes a sealed message is longer than its plaintext.
pub(crate) const TAG_BYTES: usize = 16;

/// Every key seals one message, so the nonce need not vary.
const NONCE: [u8; 12] = [0; 12];

/// Seals `buffer[from..]` in place and appends the tag.
pub(super) fn seal(
    key: &[u8; 32],
    associated: &[u8],
    buffer: &mut Vec<u8>,
    from: usize,
) -> Result<()> {
    let tag = Aes256Gcm::new(key.into())
        .encrypt_inout_detached(&Nonce::from(NONCE), associated, (&mut buffer[from..]).into())
        .map_err(|_| Error::InvalidArgument { what: "a message over the cipher's limit" })?;
    buffer.extend_from_slice(&tag);
    Ok(())
}

/// Opens `sealed`, which ends with its tag.
pub(super) fn open(key: &[u8; 32], associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    let body = sealed.len().checked_sub(TAG_BYTES).ok_or(Error::ObjectTruncated)?;
    let (body, tag) = sealed.split_at(body);
    let tag = Tag::try_from(tag).map_err(|_| Error::ObjectTruncated)?;
    let mut plaintext = body.to_vec();
    Aes256Gcm::new(key.into())
        .decrypt_inout_detached(
            &Nonce::from(NONCE),
            associated,
            plaintext.as_mut_slice().into(),
            &tag,
        )
        .map_err(|_| Error::ObjectCorrupt)?;
    Ok(plaintext)
}
