//! The secret of a device, and what it seals.
//!
//! ```text
//! 0   4  "SWDR"
//! 4   2  format version, little endian
//! 6  24  salt, random for each record
//! 30     sealed record, to the end; everything before it is associated data
//! ```

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use super::aead;
use crate::codec::Reader;
use crate::error::{Error, Result};
use crate::platform::Environment;

const MAGIC: &[u8; 4] = b"SWDR";
const VERSION: u16 = 1;
const HEADER_BYTES: usize = MAGIC.len() + size_of::<u16>() + SALT_BYTES;
const SALT_BYTES: usize = 24;

/// How many bytes a sealed record has more than the record.
pub(crate) const RECORD_SEAL_BYTES: usize = HEADER_BYTES + aead::TAG_BYTES;

/// The 32 random bytes of a device, which the app keeps in the keychain of its system. What the
/// device remembers of vaults is sealed under them, and they open its slots and sign what it
/// writes: whoever has them, and the store, is this device.
///
/// What is derived for one vault tells nothing of what is derived for another, so two vaults do
/// not show that a device is in both.
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct DeviceSecret([u8; 32]);

impl DeviceSecret {
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

    /// The secret of this device's slot in the vault of this id.
    pub fn slot_secret(&self, vault: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        self.derive("sealwood v2 device slot", vault)
    }

    /// The seed of the Ed25519 key with which this device signs what it writes to the vault of this
    /// id.
    pub fn signing_seed(&self, vault: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        self.derive("sealwood v2 device signing", vault)
    }

    /// The key of the object that holds what this device remembers of the vault of this id. It
    /// tells nothing of either.
    pub fn record_name(&self, vault: &[u8; 32]) -> String {
        let name = self.derive("sealwood v2 device record name", vault);
        format!("device/{}", hex::encode(&name[..20]))
    }

    /// Seals what this device remembers of the vault of this id. `salt` must be fresh random bytes.
    pub fn seal_record(&self, vault: &[u8; 32], salt: [u8; 24], record: &[u8]) -> Result<Vec<u8>> {
        let header = [MAGIC, &VERSION.to_le_bytes()[..], &salt].concat();
        let mut out = Vec::with_capacity(record.len() + RECORD_SEAL_BYTES);
        out.extend_from_slice(&header);
        out.extend_from_slice(record);
        aead::seal(&self.record_key(vault, &salt), &header, &mut out, header.len())?;
        Ok(out)
    }

    /// Opens what [`seal_record`](Self::seal_record) sealed for the same vault.
    pub fn open_record(&self, vault: &[u8; 32], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>> {
        let mut reader = Reader::new(sealed, "device record");
        let (header, body) = sealed.split_at_checked(HEADER_BYTES).ok_or(Error::ObjectTruncated)?;
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(reader.malformed());
        }
        let version = u16::from_le_bytes(reader.array()?);
        if version != VERSION {
            return Err(Error::UnsupportedVersion { found: version });
        }
        let key = self.record_key(vault, &reader.array()?);
        Ok(Zeroizing::new(aead::open(&key, header, body)?))
    }

    /// 24 random bytes for each record, so each key is used once.
    fn record_key(&self, vault: &[u8; 32], salt: &[u8; SALT_BYTES]) -> Zeroizing<[u8; 32]> {
        let key = self.derive("sealwood v2 device record", vault);
        Zeroizing::new(*blake3::keyed_hash(&key, salt).as_bytes())
    }

    fn derive(&self, purpose: &str, vault: &[u8; 32]) -> Zeroizing<[u8; 32]> {
        let key = Zeroizing::new(blake3::derive_key(purpose, &self.0));
        Zeroizing::new(*blake3::keyed_hash(&key, vault).as_bytes())
    }
}

impl fmt::Debug for DeviceSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceSecret([redacted])")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_derived_differs_by_purpose_vault_and_device() {
        let mut all = Vec::new();
        for device in [[1; 32], [2; 32]].map(DeviceSecret::from_bytes) {
            for vault in [[3; 32], [4; 32]] {
                all.push(hex::encode(*device.slot_secret(&vault)));
                all.push(hex::encode(*device.signing_seed(&vault)));
                all.push(hex::encode(*device.record_key(&vault, &[0; 24])));
                all.push(hex::encode(*device.record_key(&vault, &[1; 24])));
                all.push(device.record_name(&vault));
            }
        }
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
        assert_eq!(format!("{:?}", DeviceSecret::from_bytes([7; 32])), "DeviceSecret([redacted])");
    }

    #[test]
    fn a_record_opens_for_its_device_and_vault_alone() {
        let (device, vault) = (DeviceSecret::from_bytes([1; 32]), [2; 32]);
        let sealed = device.seal_record(&vault, [3; 24], b"record").unwrap();
        assert_eq!(sealed.len(), 6 + RECORD_SEAL_BYTES);
        assert_eq!(**device.open_record(&vault, &sealed).unwrap(), *b"record");
        let other = DeviceSecret::from_bytes([9; 32]);
        assert!(matches!(other.open_record(&vault, &sealed), Err(Error::ObjectCorrupt)));
        assert!(matches!(device.open_record(&[9; 32], &sealed), Err(Error::ObjectCorrupt)));
        for at in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[at] ^= 1;
            let error = device.open_record(&vault, &altered).unwrap_err();
            let expected = match at {
                0..4 => "malformed",
                4..6 => "unsupported-version",
                _ => "object-corrupt",
            };
            assert_eq!(error.code(), expected, "{at}");
            assert!(device.open_record(&vault, &sealed[..at]).is_err());
        }
    }
}
