//! A slot as it lies in a keyring, readable by everybody.
//!
//! ```text
//! 0    1   suite: 1
//! 1    1   0, or 1 for a passphrase
//! 2    12  memory in KiB, passes, lanes: zeros unless it is a passphrase
//! 14   16  salt
//! 30   32  the public key of the wrapping
//! 62   48  the epoch's key, wrapped
//! 110  48  the seed of a member, sealed; noise where there is none
//! ```

use crate::codec::Reader;
use crate::error::Result;
use crate::platform::Environment;
use crate::seal::{KdfParams, Wrapped};

/// HPKE in mode PSK: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
const SUITE: u8 = 1;

/// The bytes of a slot before what is wrapped for it.
pub(super) const HEAD_BYTES: usize = 1 + 1 + 12 + 16;
/// The bytes of a slot.
pub(super) const SLOT_BYTES: usize = HEAD_BYTES + 32 + 48 + 48;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) head: Head,
    pub(super) wrapped: Wrapped,
    pub(super) seed: [u8; 48],
}

/// What tells how a slot is opened. It is the same in every keyring that has the slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Head {
    /// The cost of the passphrase, where it is one.
    pub(super) stretch: Option<KdfParams>,
    pub(super) salt: [u8; 16],
}

impl Head {
    pub(super) fn encode(&self) -> [u8; HEAD_BYTES] {
        let mut bytes = [0; HEAD_BYTES];
        bytes[0] = SUITE;
        if let Some(KdfParams { memory_kib, passes, lanes }) = self.stretch {
            bytes[1] = 1;
            for (to, value) in bytes[2..14].chunks_exact_mut(4).zip([memory_kib, passes, lanes]) {
                to.copy_from_slice(&value.to_le_bytes());
            }
        }
        bytes[14..].copy_from_slice(&self.salt);
        bytes
    }

    fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let (suite, stretched) = (reader.byte()?, reader.byte()?);
        let params = KdfParams {
            memory_kib: u32::from_le_bytes(reader.array()?),
            passes: u32::from_le_bytes(reader.array()?),
            lanes: u32::from_le_bytes(reader.array()?),
        };
        let none = KdfParams { memory_kib: 0, passes: 0, lanes: 0 };
        let stretch = match stretched {
            0 if params == none => None,
            // Before any memory is taken: nothing is authenticated yet.
            1 if params.is_in_range() => Some(params),
            _ => return Err(reader.malformed()),
        };
        if suite != SUITE {
            return Err(reader.malformed());
        }
        Ok(Self { stretch, salt: reader.array()? })
    }
}

impl Slot {
    /// One that nobody can open. Its salt and seed stay as they are from keyring to keyring, as
    /// those of a slot that is used do.
    pub(super) fn decoy(environment: &Environment) -> Result<Self> {
        Ok(Self {
            head: Head { stretch: None, salt: environment.random()? },
            wrapped: Wrapped::decoy(environment)?,
            seed: environment.random()?,
        })
    }

    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.head.encode());
        out.extend_from_slice(&self.wrapped.enc);
        out.extend_from_slice(&self.wrapped.sealed);
        out.extend_from_slice(&self.seed);
    }

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        Ok(Self {
            head: Head::decode(reader)?,
            wrapped: Wrapped { enc: reader.array()?, sealed: reader.array()? },
            seed: reader.array()?,
        })
    }
}
