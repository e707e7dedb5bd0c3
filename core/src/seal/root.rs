//! The envelope of the root object.
//!
//! ```text
//! 0   4  "SWRT"
//! 4   2  format version, little endian
//! 6  32  hash of the keyring
//! 38 24  salt, random for each root
//! 62  8  key check
//! 70     sealed body, to the end; everything before it is associated data
//! ```

use zeroize::Zeroizing;

use super::aead;
use super::keys::Keys;
use crate::codec::Reader;
use crate::error::{Error, Result};

const MAGIC: &[u8; 4] = b"SWRT";
const VERSION: u16 = 2;

/// Where the bytes of a root begin that no other root of the vault shares.
pub(crate) const SALT_OFFSET: usize = MAGIC.len() + size_of::<u16>() + 32;

/// The readable part of a root, and where its sealed body starts.
pub(crate) struct RootHeader {
    /// The BLAKE3 hash of the keyring that tells how the vault is opened.
    pub(crate) keyring: [u8; 32],
    salt: [u8; 24],
    key_check: [u8; 8],
    length: usize,
}

impl RootHeader {
    /// Reads the part that needs no key.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes, "root header");
        if bytes.len() < MAGIC.len() + 2 {
            return Err(Error::ObjectTruncated);
        }
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(reader.malformed());
        }
        let version = u16::from_le_bytes(reader.array()?);
        if version != VERSION {
            return Err(Error::UnsupportedVersion { found: version });
        }
        let keyring = reader.array().map_err(|_| Error::ObjectTruncated)?;
        let salt = reader.array().map_err(|_| Error::ObjectTruncated)?;
        let key_check = reader.array().map_err(|_| Error::ObjectTruncated)?;
        Ok(Self { keyring, salt, key_check, length: bytes.len() - reader.remaining() })
    }

    /// Opens the body of the root this header was read from, with the newest keys of its keyring.
    pub(crate) fn open_body(&self, keys: &Keys, bytes: &[u8]) -> Result<Vec<u8>> {
        if key_check(keys, &self.salt) != self.key_check {
            return Err(Error::ObjectCorrupt);
        }
        let (header, body) = bytes.split_at(self.length.min(bytes.len()));
        aead::open(&body_key(keys, &self.salt), header, body)
    }
}

/// Seals `body` as a root object. `salt` must be fresh random bytes.
pub(crate) fn seal_root(
    keys: &Keys,
    keyring: &[u8; 32],
    salt: [u8; 24],
    body: &[u8],
) -> Result<Vec<u8>> {
    let header = encode_header(keyring, &salt, &key_check(keys, &salt));
    let mut out = [header.as_slice(), body].concat();
    aead::seal(&body_key(keys, &salt), &header, &mut out, header.len())?;
    Ok(out)
}

fn encode_header(keyring: &[u8; 32], salt: &[u8; 24], key_check: &[u8; 8]) -> Vec<u8> {
    [MAGIC, &VERSION.to_le_bytes()[..], keyring, salt, key_check].concat()
}

/// Reads the header of a root and writes it again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_header(bytes: &[u8]) -> Result<Vec<u8>> {
    let header = RootHeader::decode(bytes)?;
    Ok(encode_header(&header.keyring, &header.salt, &header.key_check))
}

/// 24 random bytes under one key collide after about 2^96 roots, so each body key is used once.
fn body_key(keys: &Keys, salt: &[u8; 24]) -> Zeroizing<[u8; 32]> {
    subkey(keys, b"body", salt)
}

/// Commits the root to its key. Salted, so that it links no two roots.
fn key_check(keys: &Keys, salt: &[u8; 24]) -> [u8; 8] {
    let mut check = [0; 8];
    check.copy_from_slice(&subkey(keys, b"chck", salt)[..8]);
    check
}

fn subkey(keys: &Keys, purpose: &[u8; 4], salt: &[u8; 24]) -> Zeroizing<[u8; 32]> {
    let mut material = [0; 28];
    material[..4].copy_from_slice(purpose);
    material[4..].copy_from_slice(salt);
    Zeroizing::new(*blake3::keyed_hash(&keys.root, &material).as_bytes())
}
