//! Passphrases, and the keys that Argon2id (RFC 9106) makes of them.

use std::fmt;

use argon2::{Algorithm, Argon2, Params, Version};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::argon2id::Argon2id;
use super::kdf_params::{KdfParams, OUT_OF_RANGE};
use crate::error::{Error, Result};
use crate::path::nfc;
use crate::platform::{self, BoxFuture};

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

/// Blocks of one KiB between two looks at the host's other work, where there are no threads: two
/// or three milliseconds on a desktop, and less than fifty where all takes 16 times as long.
const STEP_BLOCKS: usize = 1024;

const OUT_OF_MEMORY: Error = Error::Platform { what: "memory for the passphrase" };

/// The key that `passphrase` and `salt` make at the cost of `params`.
pub(super) async fn stretch(
    passphrase: &Passphrase,
    params: KdfParams,
    salt: [u8; 16],
) -> Result<[u8; 32]> {
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
    let params = Params::new(params.memory_kib, params.passes, params.lanes, Some(32));
    let params = params.map_err(|_| OUT_OF_RANGE)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
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
