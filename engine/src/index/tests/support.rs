//! Frames in memory, owned entries, and keys of adversarial shapes.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use proptest::prelude::*;

use crate::entry::{Body, Entry, Place};
use crate::error::{Error, Result};
use crate::frame::{FrameKind, FrameRef, FrameSink, FrameSource};
use crate::index::inner::Inner;
use crate::index::node::Content;
use crate::index::{Cursor, NotResident, Snapshot, Tree};
use crate::revision::Revision;
use crate::segment_id::SegmentId;
use crate::value_ref::ValueRef;

/// An entry that owns its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owned {
    pub(super) revision: Revision,
    pub(super) expires_at_ms: u64,
    pub(super) place: Place,
    pub(super) body: OwnedBody,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OwnedBody {
    Inline(Vec<u8>),
    Logged(u32),
    Separated(ValueRef),
}

pub(super) type Model = BTreeMap<Vec<u8>, Owned>;

impl Owned {
    pub(super) fn of(entry: Entry<'_>) -> Self {
        let body = match entry.body {
            Body::Inline(value) => OwnedBody::Inline(value.to_vec()),
            Body::Logged { len } => OwnedBody::Logged(len),
            Body::Separated(value) => OwnedBody::Separated(value),
        };
        let Entry { revision, expires_at_ms, place, .. } = entry;
        Self { revision, expires_at_ms, place, body }
    }

    /// An inline value.
    pub(super) fn inline(revision: u64, value: &[u8]) -> Self {
        let place = Place { segment: SegmentId::FIRST, offset: revision * 150, len: 150 };
        let revision = Revision::new(revision);
        Self { revision, expires_at_ms: 0, place, body: OwnedBody::Inline(value.to_vec()) }
    }

    pub(super) fn entry(&self) -> Entry<'_> {
        let body = match &self.body {
            OwnedBody::Inline(value) => Body::Inline(value),
            OwnedBody::Logged(len) => Body::Logged { len: *len },
            OwnedBody::Separated(value) => Body::Separated(*value),
        };
        Entry {
            revision: self.revision,
            expires_at_ms: self.expires_at_ms,
            place: self.place,
            body,
        }
    }
}

pub(super) fn owned() -> impl Strategy<Value = Owned> {
    let body = prop_oneof![
        6 => proptest::collection::vec(any::<u8>(), 0..300).prop_map(OwnedBody::Inline),
        1 => any::<u32>().prop_map(OwnedBody::Logged),
        1 => (any::<[u8; 32]>(), any::<u64>())
            .prop_map(|(hash, len)| OwnedBody::Separated(ValueRef { hash, len })),
    ];
    let expiry = prop_oneof![4 => Just(0), 1 => 1..100u64, 1 => any::<u64>()];
    (any::<u32>(), expiry, 0..1000u64, any::<u32>(), any::<u32>(), body).prop_map(
        |(revision, expires_at_ms, segment, offset, len, body)| Owned {
            revision: Revision::new(u64::from(revision)),
            expires_at_ms,
            place: Place { segment: SegmentId::new(segment), offset: u64::from(offset), len },
            body,
        },
    )
}

/// Keys that share, nest, and hold any byte.
pub(super) fn key() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        3 => (0..4u8, 0..30u16).prop_map(|(folder, file)| {
            format!("photos/200{folder}/IMG_{file:05}.jpeg").into_bytes()
        }),
        2 => proptest::collection::vec(prop_oneof![Just(0u8), Just(b'a'), Just(255)], 0..6),
        1 => proptest::collection::vec(any::<u8>(), 0..5),
        2 => (0..400usize).prop_map(|len| vec![b'n'; len]),
        1 => (0..400usize, any::<u8>()).prop_map(|(len, last)| {
            let mut key = vec![b'n'; len];
            key.push(last);
            key
        }),
        1 => (0..5u8, 65_520..65_541usize).prop_map(|(first, len)| {
            let mut key = vec![b'k'; len];
            key[0] = first;
            key
        }),
        1 => (0..3u8, 0..40u8).prop_map(|(folder, last)| {
            let mut key = vec![b'l'; 5_000];
            key[2_500] = folder;
            key.push(last);
            key
        }),
    ]
}

/// Frames in memory.
#[derive(Debug, Default)]
pub(super) struct Frames {
    stored: Mutex<Vec<Option<(FrameKind, Bytes)>>>,
}

impl Frames {
    pub(super) fn new() -> Arc<Self> {
        Arc::default()
    }

    /// The frames that are stored.
    pub(super) fn all(&self) -> Vec<FrameRef> {
        let stored = self.stored.lock().unwrap();
        (0..stored.len()).filter_map(|at| Some(reference(at, &stored[at].as_ref()?.1))).collect()
    }

    /// Deletes a frame, which must be there.
    pub(super) fn delete(&self, frame: FrameRef) {
        let slot = &mut self.stored.lock().unwrap()[frame.offset as usize];
        assert!(slot.take().is_some(), "a frame died twice");
    }
}

fn reference(at: usize, body: &Bytes) -> FrameRef {
    let checksum = xxhash_rust::xxh3::xxh3_64(body);
    FrameRef { file: at as u64 % 7, offset: at as u64, len: body.len() as u32, checksum }
}

impl FrameSource for Frames {
    fn read(&self, frame: &FrameRef, kind: FrameKind) -> Result<Bytes> {
        let stored = self.stored.lock().unwrap();
        match &stored[frame.offset as usize] {
            Some((found, body)) if *found == kind => Ok(body.clone()),
            _ => Err(Error::StoreCorrupt { what: "frame", file: String::new(), offset: 0 }),
        }
    }
}

/// A sink that fails after some frames.
pub(super) struct Sink {
    pub(super) frames: Arc<Frames>,
    pub(super) written: Vec<FrameRef>,
    pub(super) fails_after: usize,
}

impl Sink {
    pub(super) fn new(frames: &Arc<Frames>) -> Self {
        Self { frames: frames.clone(), written: Vec::new(), fails_after: usize::MAX }
    }
}

impl FrameSink for Sink {
    fn write(&mut self, kind: FrameKind, body: &[u8]) -> Result<FrameRef> {
        if self.written.len() == self.fails_after {
            return Err(Error::StoreFull);
        }
        let mut stored = self.frames.stored.lock().unwrap();
        let body = Bytes::copy_from_slice(body);
        let frame = reference(stored.len(), &body);
        stored.push(Some((kind, body)));
        self.written.push(frame);
        Ok(frame)
    }
}

/// Repeats an operation until all it needs is loaded.
pub(super) fn loading<T>(
    frames: &Frames,
    mut operation: impl FnMut() -> Result<T, NotResident>,
) -> T {
    loop {
        match operation() {
            Ok(result) => return result,
            Err(ticket) => ticket.load(frames).unwrap(),
        }
    }
}

pub(super) fn owned_at(cursor: &Cursor) -> Option<(Vec<u8>, Owned)> {
    Some((cursor.key()?.to_vec(), Owned::of(cursor.entry()?)))
}

/// Asserts that parents bound what is below them as tightly as can be, as far as that is in memory:
/// else what looks for expired keys or for values reads parts of the index for nothing.
pub(super) fn assert_bounds(tree: &Tree) {
    let mut pending: Vec<_> = tree.root.node().into_iter().collect();
    while let Some(node) = pending.pop() {
        for child in node.inner().map_or(&[][..], Inner::children) {
            let Some(below) = child.node() else { continue };
            let own = match below.content() {
                Content::Bucket(bucket) => bucket.summary(),
                Content::Inner(inner) => inner.summary(),
            };
            assert_eq!(child.summary, own);
            pending.push(below);
        }
    }
}

/// Asserts that a snapshot holds exactly what the model does, forwards and backwards.
pub(super) fn assert_same(snapshot: &Snapshot, frames: &Arc<Frames>, model: &Model) {
    let mut cursor = snapshot.cursor(frames.clone());
    cursor.seek(b"").unwrap();
    for (key, value) in model {
        let (found, entry) = owned_at(&cursor).expect("a key is missing");
        assert!(found == *key, "another key");
        assert_eq!(entry, *value);
        cursor.next().unwrap();
    }
    assert!(cursor.key().is_none(), "a key too many");
    cursor.last().unwrap();
    for key in model.keys().rev() {
        assert!(cursor.key() == Some(key), "another key backwards");
        cursor.previous().unwrap();
    }
    assert!(cursor.key().is_none());
}
