//! Keyrings, what opens them, and what changes them.
#![allow(clippy::unwrap_used)]

mod changes;
mod codec;
#[cfg(feature = "passphrase")]
mod passphrases;

use bytes::Bytes;
use futures_lite::future::block_on;

use super::*;
use crate::error::Result;
use crate::platform::Environment;
use crate::seal::{KdfParams, MemberSeed, SlotSecret};
use crate::trust::{Chain, Heads, Label, SigningKey};

const COST: Cost = Cost { params: CHEAPEST, ceiling: KdfParams::CEILING };
const CHEAPEST: KdfParams =
    KdfParams { memory_kib: KdfParams::MEMORY_KIB_MIN, passes: KdfParams::PASSES_MIN, lanes: 1 };

fn environment() -> Environment {
    Environment::default()
}

fn chain() -> Chain {
    Chain::found(&SigningKey::from_seed(&[9; 32]), [0; 16], Label::default()).unwrap()
}

fn secret(fill: u8) -> Opener {
    Opener::Secret(SlotSecret::from_bytes([fill; 32]))
}

fn drawn(opener: &Opener, kind: SlotKind, label: &str) -> Drawn {
    let seed = MemberSeed([9; 32]);
    block_on(NewSlot::draw(opener, kind, label, Some(&seed), COST, &environment())).unwrap()
}

/// A slot that 32 equal bytes open.
fn slot(fill: u8) -> NewSlot {
    drawn(&secret(fill), SlotKind::Secret, "").slot
}

fn keyring(fills: &[u8]) -> Keyring {
    let slots: Vec<_> = fills.iter().map(|fill| slot(*fill)).collect();
    Keyring::create(&slots, &chain(), &environment()).unwrap()
}

/// What a keyring says to who has nothing but its bytes and this.
fn opened(bytes: &Bytes, opener: &Opener) -> Result<(Keyring, Unlocked)> {
    let locked = Locked::decode(bytes.clone())?;
    let unlocked = block_on(locked.unlock(opener, KdfParams::CEILING))?;
    Ok((locked.open(&unlocked.key)?, unlocked))
}

fn code<T>(outcome: Result<T>) -> &'static str {
    outcome.map(|_| "ok").unwrap_or_else(|error| error.code())
}
