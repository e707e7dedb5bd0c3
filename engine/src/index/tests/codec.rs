//! Frame bodies: what is written is read back, and damaged ones are refused.

use proptest::prelude::*;

use super::support::*;
use crate::frame::{FrameKind, FrameSource};
use crate::index::Tree;
use crate::index::bucket::Bucket;
use crate::index::codec::{decode_node, encode_bucket, encode_node};
use crate::index::node::Content;

/// The bodies of a whole index.
fn bodies(entries: Vec<(Vec<u8>, Owned)>) -> Vec<(FrameKind, Vec<u8>)> {
    let frames = Frames::new();
    let mut tree = Tree::new();
    for (key, owned) in &entries {
        tree.insert(key, &owned.entry()).unwrap();
    }
    let mut sink = Sink::new(&frames);
    tree.capture().write(&mut sink).unwrap();
    let kinds = [FrameKind::Bucket, FrameKind::Inner];
    let found = sink.written.iter().filter_map(|frame| {
        kinds.iter().find_map(|kind| Some((*kind, frames.read(frame, *kind).ok()?.to_vec())))
    });
    found.collect()
}

fn encode(content: &Content) -> Vec<u8> {
    let mut body = Vec::new();
    encode_node(&mut body, content);
    body
}

/// A bucket of several entries has at most 16 KiB, so no entry but the first begins that far.
#[test]
fn buckets_with_entries_beyond_64_kib_are_refused() {
    let body_of = |len: usize| {
        let mut bucket = Bucket::new(b"k");
        for key in [b"a", b"b"] {
            bucket.put(key, &Owned::inline(1, &vec![7; len]).entry());
        }
        let mut body = Vec::new();
        encode_bucket(&mut body, &bucket);
        body
    };
    assert!(decode_node(FrameKind::Bucket, &body_of(65_500)).is_ok());
    assert!(decode_node(FrameKind::Bucket, &body_of(65_600)).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    #[test]
    fn bodies_have_one_spelling(entries in proptest::collection::vec((key(), owned()), 0..200)) {
        for (kind, body) in bodies(entries) {
            let content = decode_node(kind, &body).unwrap();
            prop_assert!(encode(&content) == body);
        }
    }

    /// Whatever is read is written the same again, so damage is either refused or another body.
    #[test]
    fn damaged_bodies_are_refused_or_mean_what_they_say(
        entries in proptest::collection::vec((key(), owned()), 1..60),
        damage in proptest::collection::vec((any::<u32>(), any::<u8>(), 0..4u8), 1..4),
    ) {
        for (kind, mut body) in bodies(entries) {
            for (at, byte, how) in &damage {
                let at = *at as usize % body.len();
                match how {
                    0 => body[at] = *byte,
                    1 => body[at] ^= 1 << (byte % 8),
                    2 => body.insert(at, *byte),
                    _ if body.len() > 1 => body.truncate(at.max(1)),
                    _ => {}
                }
            }
            if let Ok(content) = decode_node(kind, &body) {
                prop_assert!(encode(&content) == body);
            }
        }
    }

    #[test]
    fn any_bytes_are_no_panic(body in proptest::collection::vec(any::<u8>(), 0..200)) {
        for kind in [FrameKind::Bucket, FrameKind::Inner, FrameKind::Catalog] {
            if let Ok(content) = decode_node(kind, &body) {
                prop_assert!(encode(&content) == body);
            }
        }
    }
}
