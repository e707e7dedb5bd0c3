//! How a vault is opened: by its root secret, or by a passphrase under which the root wraps it.
//!
//! A build without passphrases reads the slot of every vault, and opens it with the secret.

#[cfg(feature = "passphrase")]
use zeroize::Zeroize;

#[cfg(feature = "passphrase")]
use super::aead;
#[cfg(feature = "passphrase")]
use super::passphrase::{Passphrase, stretch};
use super::secret::RootSecret;
use crate::codec::Reader;
#[cfg(feature = "passphrase")]
use crate::error::Error;
use crate::error::Result;
#[cfg(feature = "passphrase")]
use crate::platform::Environment;

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
    #[cfg(feature = "passphrase")]
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
    #[cfg(feature = "passphrase")]
    fn check_ceiling(self, ceiling: Self) -> Result<()> {
        let work = |params: Self| u64::from(params.memory_kib) * u64::from(params.passes);
        if self.memory_kib > ceiling.memory_kib || work(self) > work(ceiling) {
            let Self { memory_kib, passes, .. } = self;
            return Err(Error::PassphraseTooCostly { memory_kib, passes });
        }
        Ok(())
    }

    /// Whether Argon2id takes them, and in memory that any device may have.
    pub(super) fn is_in_range(self) -> bool {
        (8..=1024 * 1024).contains(&self.memory_kib)
            && (1..=64).contains(&self.passes)
            && (1..=16).contains(&self.lanes)
            && self.memory_kib >= 8 * self.lanes
    }
}

/// What a user opens a vault with.
#[derive(Debug, Clone)]
pub(crate) enum Unlock {
    Secret(RootSecret),
    #[cfg(feature = "passphrase")]
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

#[cfg(feature = "passphrase")]
pub(super) const OUT_OF_RANGE: Error =
    Error::InvalidArgument { what: "passphrase parameters out of range" };

/// kind (1)
const KIND_SECRET: u8 = 0;
/// kind (1), memory (4), passes (4), lanes (4), salt (16), wrapped secret and tag (48)
const KIND_PASSPHRASE: u8 = 1;

impl KeySlot {
    /// Wraps `secret` under `passphrase` with a fresh salt. What would not be opened again under
    /// `ceiling` is refused.
    #[cfg(feature = "passphrase")]
    pub(crate) async fn wrap(
        secret: &RootSecret,
        passphrase: &Passphrase,
        params: KdfParams,
        ceiling: KdfParams,
        environment: &Environment,
    ) -> Result<Self> {
        // Out of range is out of range, whatever the ceiling.
        if !params.is_in_range() {
            return Err(OUT_OF_RANGE);
        }
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
    #[cfg_attr(not(feature = "passphrase"), expect(unused_variables))]
    pub(crate) async fn unlock(&self, with: &Unlock, ceiling: KdfParams) -> Result<RootSecret> {
        match with {
            Unlock::Secret(secret) => Ok(secret.clone()),
            #[cfg(feature = "passphrase")]
            Unlock::Passphrase(passphrase) => self.unwrap(passphrase, ceiling).await,
        }
    }

    #[cfg(feature = "passphrase")]
    async fn unwrap(&self, passphrase: &Passphrase, ceiling: KdfParams) -> Result<RootSecret> {
        let KeySlot::Passphrase { params, salt, wrapped } = self else {
            return Err(Error::WrongPassphrase);
        };
        params.check_ceiling(ceiling)?;
        let mut key = stretch(passphrase, *params, *salt).await?;
        let opened = aead::open(&key, &associated(*params, salt), wrapped);
        key.zeroize();
        let mut opened = opened.map_err(|_| Error::WrongPassphrase)?;
        let secret = <[u8; 32]>::try_from(&opened[..]).map_err(|_| Error::WrongPassphrase);
        opened.zeroize();
        secret.map(RootSecret::from_bytes)
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
                if !params.is_in_range() {
                    return Err(reader.malformed());
                }
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
