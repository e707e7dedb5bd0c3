//! What a rename has moved stays where it is, however the log is rewritten and read.

use sealwood_engine::RecoveryMode;
use sealwood_engine::disk::MemoryDisk;

use crate::common::{all, assert_no_strays, assert_whole, open, pattern, small};

#[test]
fn an_old_delete_of_a_name_does_not_reach_what_was_renamed_to_it() {
    let disk = MemoryDisk::new();
    let engine = open(&disk, small());
    let one = engine.namespace("one").unwrap();
    // Segments that stay, the first of them with the key that is deleted later.
    one.put(b"new/x", "old").unwrap();
    for key in *b"abcdefgh" {
        one.put(&[key], pattern(900, key.into())).unwrap();
    }
    // The moved key was put before the delete of the name that it gets.
    one.put(b"old/x", "moved").unwrap();
    one.delete(b"new/x").unwrap();
    assert!(one.rename_prefix(b"old/", b"new/").unwrap());
    // What makes the segments of these worth rewriting.
    for seed in 0..8 {
        one.put(b"replaced", pattern(900, seed)).unwrap();
    }
    let before = all(&one);
    assert!(engine.compact().unwrap() > 0);
    assert!(all(&one) == before);
    engine.close().unwrap();
    for recovery in [RecoveryMode::Checkpoint, RecoveryMode::Rebuild] {
        let engine = open(&disk, small().recovery(recovery));
        assert!(all(&engine.namespace("one").unwrap()) == before, "{recovery:?}");
        assert_whole(&engine);
        assert_no_strays(&engine);
        engine.close().unwrap();
    }
}
