//! What operations carry of what their callers saw.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use futures_lite::future::block_on;

use super::{Credential, Durability, PutOptions, Vault};
use crate::blob::MemoryStore;
use crate::forest::{DirectoryId, Edit, Op, Seen, Sight, Stamp, Was};
use crate::seal::SlotSecret;

fn credential() -> Credential {
    Credential::Secret(SlotSecret::from_bytes([7; 32]))
}

async fn vault() -> (Arc<MemoryStore>, Vault) {
    let store = Arc::new(MemoryStore::new());
    (store.clone(), Vault::create(store, &credential()).await.unwrap())
}

async fn defer(vault: &Vault, path: &str) {
    let options = PutOptions::new().durability(Durability::Deferred);
    vault.put_with(path, "x", &options).await.unwrap();
}

/// The operations of the tail, of which none was spilled.
fn tail(vault: &Vault, count: usize) -> Vec<Op> {
    let ops = vault.inner.session.root().tail.ops;
    assert_eq!(ops.len(), count);
    ops
}

fn stamp(op: &Op) -> Stamp {
    match &op.edit {
        Edit::Put { entry, .. } => entry.stamp,
        Edit::MakeDirectory { origin, .. }
        | Edit::Rename { origin, .. }
        | Edit::Copy { origin, .. } => origin.stamp,
        Edit::Remove { stamp, .. }
        | Edit::RemoveAll { stamp, .. }
        | Edit::Annotate { stamp, .. } => *stamp,
    }
}

/// A directory that this operation made.
fn made(op: &Op, behind: usize) -> DirectoryId {
    DirectoryId::made(stamp(op), behind)
}

fn absent(within: DirectoryId, missing: usize) -> Sight {
    Sight { within, was: Was::Absent { missing } }
}

fn alone(path: Sight) -> Seen {
    Seen { path, target: None }
}

#[test]
fn what_joins_a_queue_has_seen_what_waits_there() {
    block_on(async {
        let (_, vault) = vault().await;
        defer(&vault, "a/b/f").await;
        defer(&vault, "a/b/f").await;
        defer(&vault, "a/c/d/f").await;
        let batch = vault.batch();
        batch.mkdir("e").unwrap();
        batch.put("e/f", "x").await.unwrap();
        batch.remove("e/f").unwrap();
        batch.rename("e", "a/c/e").unwrap();
        batch.copy("a/b/f", "a/b/g").unwrap();
        batch.remove_all("a").unwrap();
        batch.commit().await.unwrap();
        let ops = tail(&vault, 9);
        let top = DirectoryId::TOP;
        let (a, b, c, e) = (made(&ops[0], 2), made(&ops[0], 1), made(&ops[2], 2), made(&ops[3], 0));
        let file = |within, op: &Op| Sight { within, was: Was::File(stamp(op)) };
        let directory = |op: &Op, id| Sight { within: top, was: Was::Directory(stamp(op), id) };
        let expected = [
            alone(absent(top, 2)),
            alone(file(b, &ops[0])),
            alone(absent(a, 2)),
            alone(absent(top, 0)),
            alone(absent(e, 0)),
            alone(file(e, &ops[4])),
            Seen { path: directory(&ops[3], e), target: Some(absent(c, 0)) },
            Seen { path: file(b, &ops[1]), target: Some(absent(b, 0)) },
            alone(directory(&ops[0], a)),
        ];
        for (op, expected) in ops.iter().zip(expected) {
            assert_eq!(op.seen, expected, "{op:?}");
        }
    });
}

#[test]
fn what_was_seen_stays_where_the_operation_is_replayed() {
    block_on(async {
        let (store, ours) = vault().await;
        ours.put("d/f", "1").await.unwrap();
        let theirs = Vault::open(store.clone(), &credential()).await.unwrap();
        theirs.put("d/f", "2").await.unwrap();
        theirs.rename("d", "e").await.unwrap();
        theirs.put("d/g", "3").await.unwrap();
        defer(&ours, "d/f").await;
        defer(&ours, "d/g").await;
        // Another look at the root replays the queue.
        ours.refresh().await.unwrap();
        ours.put("d/f", "4").await.unwrap();
        let ops = tail(&ours, 7);
        let d = made(&ops[0], 1);
        let seen = alone(Sight { within: d, was: Was::File(stamp(&ops[0])) });
        assert_eq!(ops[4].seen, seen, "as it was before anything of theirs was known");
        assert_eq!(ops[5].seen, alone(absent(d, 0)));
        // What came later has seen their directory, and the deferred put that was replayed there.
        let theirs_d = made(&ops[3], 1);
        assert_eq!(ops[6].seen, alone(Sight { within: theirs_d, was: Was::File(stamp(&ops[4])) }));
        // A lost race is replayed as well.
        theirs.put("d/f", "5").await.unwrap();
        assert_eq!(theirs.stats().written.conflicts, 1);
        let seen = tail(&theirs, 8)[7].seen.clone();
        assert_eq!(seen, alone(absent(theirs_d, 0)));
    });
}
