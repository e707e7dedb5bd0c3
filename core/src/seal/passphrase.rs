//! Passphrases: the key slot of a root wraps the root secret under Argon2id (RFC 9106).

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::aead;
use super::argon2id::Argon2id;
use super::secret::RootSecret;
use crate::codec::Reader;
use crate::error::{Error, Result};
use crate::path::nfc;
use crate::platform::{self, BoxFuture, Environment};

/// A passphrase, in Unicode NFC so that it is the same on every keyboard.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Passphrase(String);

impl Passphrase {
    /// Takes 1 to 1,024 bytes of text.
    pub fn new(text: &str) -> Result<Self> {
        if text.is_empty() || text.len() > 1024 {
            return Err(Error::InvalidArgument { what: "a passphrase has 1 to 1024 bytes" });
        }
        Ok(Self(nfc(text)))
    }
}

impl fmt::Debug for Passphrase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Passphrase([redacted])")
    }
}

/// The cost of guessing a passphrase, stored with the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KdfParams {
    /// Memory in KiB: from [`MEMORY_KIB_MIN`](KdfParams::MEMORY_KIB_MIN) to 1,048,576 (1 GiB).
    pub memory_kib: u32,
    /// Passes over the memory: from [`PASSES_MIN`](KdfParams::PASSES_MIN) to 64.
    pub passes: u32,
    /// Lanes: 1 to 16.
    pub lanes: u32,
}

impl Default for KdfParams {
    /// 64 MiB, 3 passes, 1 lane: the second recommendation of RFC 9106, with one lane so that
    /// every target takes the same time.
    fn default() -> Self {
        Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
    }
}

impl KdfParams {
    /// The least memory a new vault's passphrase takes: 19 MiB, OWASP's least for two passes.
    pub const MEMORY_KIB_MIN: u32 = 19 * 1024;
    /// The fewest passes a new vault's passphrase takes.
    pub const PASSES_MIN: u32 = 2;

    /// What opening a vault may cost unless the app says otherwise: four times the memory and four
    /// times the work of the default.
    pub const CEILING: Self = Self { memory_kib: 4 * 64 * 1024, passes: 3, lanes: 16 };

    /// Refuses what is guessed too cheaply, for a new vault.
    fn check_floor(self) -> Result<()> {
        if self.memory_kib < Self::MEMORY_KIB_MIN || self.passes < Self::PASSES_MIN {
            return Err(Error::InvalidArgument {
                what: "a new passphrase takes at least 19456 KiB and 2 passes",
            });
        }
        Ok(())
    }

    /// Refuses what takes more memory than `ceiling`, or more work: the memory times the passes.
    /// Lanes share the memory and the work.
    fn check_ceiling(self, ceiling: Self) -> Result<()> {
        let work = |params: Self| u64::from(params.memory_kib) * u64::from(params.passes);
        if self.memory_kib > ceiling.memory_kib || work(self) > work(ceiling) {
            let Self { memory_kib, passes, .. } = self;
            return Err(Error::PassphraseTooCostly { memory_kib, passes });
        }
        Ok(())
    }

    fn argon2(self) -> Option<Argon2<'static>> {
        let bounded = (8..=1024 * 1024).contains(&self.memory_kib)
            && (1..=64).contains(&self.passes)
            && (1..=16).contains(&self.lanes);
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok();
        params
            .filter(|_| bounded)
            .map(|params| Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
    }
}

/// What a user opens a vault with.
#[derive(Debug, Clone)]
pub(crate) enum Unlock {
    Secret(RootSecret),
    Passphrase(Passphrase),
}

/// How the root secret is to be had from what the user knows; stored in the clear in the root.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum KeySlot {
    /// The user holds the root secret itself.
    Secret,
    /// The root secret, wrapped under a passphrase.
    Passphrase { params: KdfParams, salt: [u8; 16], wrapped: [u8; 48] },
}

const OUT_OF_RANGE: Error = Error::InvalidArgument { what: "passphrase parameters out of range" };

/// kind (1)
const KIND_SECRET: u8 = 0;
/// kind (1), memory (4), passes (4), lanes (4), salt (16), wrapped secret and tag (48)
const KIND_PASSPHRASE: u8 = 1;

impl KeySlot {
    /// Wraps `secret` under `passphrase` with a fresh salt. What would not be opened again under
    /// `ceiling` is refused.
    pub(crate) async fn wrap(
        secret: &RootSecret,
        passphrase: &Passphrase,
        params: KdfParams,
        ceiling: KdfParams,
        environment: &Environment,
    ) -> Result<Self> {
        // Out of range is out of range, whatever the ceiling.
        params.argon2().ok_or(OUT_OF_RANGE)?;
        params.check_floor()?;
        params.check_ceiling(ceiling)?;
        let salt = environment.random()?;
        let mut key = stretch(passphrase, params, salt).await?;
        let mut buffer = secret.expose().to_vec();
        let sealed = aead::seal(&key, &associated(params, &salt), &mut buffer, 0);
        key.zeroize();
        sealed?;
        let mut wrapped = [0; 48];
        wrapped.copy_from_slice(&buffer);
        Ok(KeySlot::Passphrase { params, salt, wrapped })
    }

    /// The root secret of a vault with this slot. Nothing has been verified yet, so no more memory
    /// or work is spent on it than `ceiling` allows.
    pub(crate) async fn unlock(&self, with: &Unlock, ceiling: KdfParams) -> Result<RootSecret> {
        match (self, with) {
            (_, Unlock::Secret(secret)) => Ok(secret.clone()),
            (KeySlot::Secret, Unlock::Passphrase(_)) => Err(Error::WrongPassphrase),
            (KeySlot::Passphrase { params, salt, wrapped }, Unlock::Passphrase(passphrase)) => {
                params.check_ceiling(ceiling)?;
                let mut key = stretch(passphrase, *params, *salt).await?;
                let opened = aead::open(&key, &associated(*params, salt), wrapped);
                key.zeroize();
                let mut opened = opened.map_err(|_| Error::WrongPassphrase)?;
                let secret = <[u8; 32]>::try_from(&opened[..]).map_err(|_| Error::WrongPassphrase);
                opened.zeroize();
                secret.map(RootSecret::from_bytes)
            }
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        match self {
            KeySlot::Secret => vec![KIND_SECRET],
            KeySlot::Passphrase { params, salt, wrapped } => {
                let mut out = vec![KIND_PASSPHRASE];
                out.extend_from_slice(&associated(*params, salt));
                out.extend_from_slice(wrapped);
                out
            }
        }
    }

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        match reader.byte()? {
            KIND_SECRET => Ok(KeySlot::Secret),
            KIND_PASSPHRASE => {
                let params = KdfParams {
                    memory_kib: u32::from_le_bytes(reader.array()?),
                    passes: u32::from_le_bytes(reader.array()?),
                    lanes: u32::from_le_bytes(reader.array()?),
                };
                // Checked before any memory is taken: the slot is not authenticated yet.
                params.argon2().ok_or_else(|| reader.malformed())?;
                Ok(KeySlot::Passphrase { params, salt: reader.array()?, wrapped: reader.array()? })
            }
            _ => Err(reader.malformed()),
        }
    }
}

/// Reads a key slot and writes it again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_slot(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut reader = Reader::new(bytes, "key slot");
    let slot = KeySlot::decode(&mut reader)?;
    reader.finish()?;
    Ok(slot.encode())
}

/// Binds the wrapped secret to the parameters, so that a store cannot weaken them.
fn associated(params: KdfParams, salt: &[u8; 16]) -> Vec<u8> {
    let mut out = Vec::with_capacity(28);
    for value in [params.memory_kib, params.passes, params.lanes] {
        out.extend_from_slice(&value.to_le_bytes());
    }
    out.extend_from_slice(salt);
    out
}

/// Blocks of one KiB between two looks at the host's other work, where there are no threads: two
/// or three milliseconds on a desktop, and less than fifty where all takes 16 times as long.
const STEP_BLOCKS: usize = 1024;

const OUT_OF_MEMORY: Error = Error::Platform { what: "memory for the passphrase" };

async fn stretch(passphrase: &Passphrase, params: KdfParams, salt: [u8; 16]) -> Result<[u8; 32]> {
    // In boxes, so that a build for one has nothing of the other in it.
    let work: BoxFuture<'_, Result<[u8; 32]>> = match platform::HAS_THREADS {
        true => Box::pin(stretch_beside(passphrase.clone(), params, salt)),
        false => Box::pin(stretch_in_steps(passphrase, params, salt)),
    };
    work.await
}

/// On a thread of its own.
async fn stretch_beside(
    passphrase: Passphrase,
    params: KdfParams,
    salt: [u8; 16],
) -> Result<[u8; 32]> {
    let argon2 = params.argon2().ok_or(OUT_OF_RANGE)?;
    platform::run_blocking(move || {
        let mut key = [0; 32];
        argon2
            .hash_password_into(passphrase.0.as_bytes(), &salt, &mut key)
            .map_err(|_| OUT_OF_MEMORY)?;
        Ok(key)
    })
    .await
}

/// On the caller's thread, which does the host's other work between the steps.
async fn stretch_in_steps(
    passphrase: &Passphrase,
    params: KdfParams,
    salt: [u8; 16],
) -> Result<[u8; 32]> {
    params.argon2().ok_or(OUT_OF_RANGE)?;
    let work = Argon2id::new(passphrase.0.as_bytes(), &salt, params);
    let mut work = work.ok_or(OUT_OF_MEMORY)?;
    loop {
        if let Some(key) = work.step(STEP_BLOCKS) {
            return Ok(key);
        }
        platform::let_others_work().await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use futures_lite::future::block_on;

    use super::*;

    #[test]
    fn both_ways_give_the_same_key() {
        let passphrase = Passphrase::new("caf\u{e9}").unwrap();
        // More than a step, and not a whole number of them.
        let params = KdfParams { memory_kib: 2500, passes: 2, lanes: 1 };
        let in_steps = block_on(stretch_in_steps(&passphrase, params, [7; 16])).unwrap();
        assert_eq!(block_on(stretch_beside(passphrase, params, [7; 16])).unwrap(), in_steps);
    }
}
