//! What the lock and the free bytes do.

use std::io::ErrorKind;

use sealwood_base::conformance::{Outcome, fails, ok};

use super::fixture::Fixture;
use crate::disk::LockMode::{Exclusive, Shared};

pub(super) fn locks(fixture: &Fixture<'_>) -> Outcome {
    let (disk, blocked) = (fixture.disk, ErrorKind::WouldBlock);
    let alone = ok("the lock", disk.lock(Exclusive))?;
    for mode in [Exclusive, Shared] {
        fails("a second lock beside an exclusive one", disk.lock(mode), blocked)?;
    }
    drop(alone);
    let first = ok("a shared lock after an exclusive one", disk.lock(Shared))?;
    let second = ok("a second shared lock", disk.lock(Shared))?;
    drop(first);
    fails("an exclusive lock beside a shared one", disk.lock(Exclusive), blocked)?;
    drop(second);
    ok("an exclusive lock after shared ones", disk.lock(Exclusive)).map(drop)
}

pub(super) fn tells_free_bytes(fixture: &Fixture<'_>) -> Outcome {
    ok("the free bytes", fixture.disk.free_bytes()).map(drop)
}
