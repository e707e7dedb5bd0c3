//! What a checkpoint knows besides the index, as the body of its catalog frame.
//!
//! Varints unless said otherwise, in this order: revision; segment and offset from which the log is
//! to be replayed; next number of a segment, a replay order, a frame file and a namespace; root of
//! the index (1 and a frame, or 0); the frame file that is appended to (1, number and length, or
//! 0); namespaces (count, then each: name, id, revision of its creation, threshold, keys, a bound
//! of the length of a key, whether it is tracked (0 no, 1 whole, 2 in buckets) and the revision
//! since which that is so); ids of namespaces being dropped (count, ids); segments (count, then
//! each: number, kind, replay order, last replay order, bytes, live bytes, dead bytes, notes, bytes
//! of notes, as-of revision); frame files (count, then each: number, bytes, dead bytes); renames
//! (count, then each: replay order, revision, namespace, from, to); hashes of namespaces (count,
//! then each: namespace, revision, frame). A frame is its file, offset and length, then its
//! checksum in 8 bytes, little endian. Lists ascend.

use std::collections::{BTreeMap, BTreeSet};

use super::frame::FrameRef;
use super::frame::{FrameFile, FrameFiles, FramePosition};
use super::number::NUMBER_MAX;
use super::renames::Rename;
use super::segments::{Segment, SegmentKind, Segments};
use super::tracking::{TrackedSince, Tracking};
use crate::codec::{Reader, put_bytes, put_varint};
use crate::error::Result;
use crate::namespace_id::NamespaceId;
use crate::revision::Revision;
use crate::segment_id::SegmentId;

/// A place in the log between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct LogPosition {
    /// The number of the segment.
    pub(crate) segment: SegmentId,
    /// The offset in it, in bytes.
    pub(crate) offset: u64,
}

/// What is known of a namespace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct NamespaceInfo {
    /// What its keys begin with in the index; never given twice.
    pub(crate) id: NamespaceId,
    /// The revision of its creation.
    pub(crate) created: Revision,
    /// From which size on its values have files of their own, in bytes.
    pub(crate) separated_bytes_min: u64,
    /// How many keys it has, expired ones that were not purged yet included.
    pub(crate) keys: u64,
    /// No key of it is longer, in bytes.
    pub(crate) key_bytes_max: u64,
    /// Whether it is tracked.
    pub(crate) tracked: TrackedSince,
}

/// Where the hash of a tracked namespace is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct StoredHash {
    /// The revision of its record. Of the namespace nothing has changed since.
    pub(crate) revision: Revision,
    pub(crate) frame: FrameRef,
}

impl NamespaceInfo {
    /// What is known of a namespace that was just made.
    pub(crate) fn new(id: NamespaceId, created: Revision, separated_bytes_min: u64) -> Self {
        let tracked = TrackedSince::default();
        Self { id, created, separated_bytes_min, keys: 0, key_bytes_max: 0, tracked }
    }
}

/// All of a checkpoint but the index itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Catalog {
    /// The last revision that the index includes.
    pub(crate) revision: Revision,
    /// Where the log goes on after it.
    pub(crate) log: LogPosition,
    /// The number of the next segment.
    pub(crate) next_segment: SegmentId,
    /// The replay order of the next segment that is not compaction's.
    pub(crate) next_replay_order: u64,
    /// The id of the next namespace.
    pub(crate) next_namespace: NamespaceId,
    /// The root of the index; none while it is empty and was never anything else.
    pub(crate) root: Option<FrameRef>,
    /// Where the next checkpoint writes.
    pub(crate) frames: FramePosition,
    /// The namespaces, by name.
    pub(crate) namespaces: BTreeMap<String, NamespaceInfo>,
    /// Namespaces whose keys are still being removed.
    pub(crate) dropping: BTreeSet<NamespaceId>,
    /// The segments, by number.
    pub(crate) segments: Segments,
    /// The frame files, by number.
    pub(crate) frame_files: FrameFiles,
    /// The renames that older segments do not know of.
    pub(crate) renames: Vec<Rename>,
    /// The hashes of tracked namespaces.
    pub(crate) hashes: BTreeMap<NamespaceId, StoredHash>,
}

impl Catalog {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.revision.put(&mut out);
        self.log.segment.put(&mut out);
        put_varint(&mut out, self.log.offset);
        self.next_segment.put(&mut out);
        put_varint(&mut out, self.next_replay_order);
        put_varint(&mut out, self.frames.next_file);
        self.next_namespace.put(&mut out);
        put_varint(&mut out, u64::from(self.root.is_some()));
        if let Some(root) = &self.root {
            put_frame(&mut out, root);
        }
        put_varint(&mut out, u64::from(self.frames.current.is_some()));
        if let Some((number, len)) = self.frames.current {
            put_varint(&mut out, number);
            put_varint(&mut out, len);
        }
        put_varint(&mut out, self.namespaces.len() as u64);
        for (name, info) in &self.namespaces {
            put_bytes(&mut out, name.as_bytes());
            info.id.put(&mut out);
            info.created.put(&mut out);
            for number in [info.separated_bytes_min, info.keys, info.key_bytes_max] {
                put_varint(&mut out, number);
            }
            out.push(info.tracked.tracking.to_byte());
            info.tracked.since.put(&mut out);
        }
        put_varint(&mut out, self.dropping.len() as u64);
        for id in &self.dropping {
            id.put(&mut out);
        }
        put_varint(&mut out, self.segments.len() as u64);
        for (number, segment) in &self.segments {
            let kind = match segment.kind {
                SegmentKind::Original => 0,
                SegmentKind::Compacted => 1,
            };
            number.put(&mut out);
            put_varint(&mut out, kind);
            for number in [
                segment.replay_order,
                segment.through,
                segment.bytes,
                segment.live_bytes,
                segment.dead_bytes,
                segment.notes,
                segment.note_bytes,
            ] {
                put_varint(&mut out, number);
            }
            segment.as_of.put(&mut out);
        }
        put_varint(&mut out, self.frame_files.len() as u64);
        for (number, file) in &self.frame_files {
            for number in [*number, file.bytes, file.dead] {
                put_varint(&mut out, number);
            }
        }
        put_varint(&mut out, self.renames.len() as u64);
        for rename in &self.renames {
            put_varint(&mut out, rename.replay_order);
            rename.revision.put(&mut out);
            rename.namespace.put(&mut out);
            put_bytes(&mut out, &rename.from);
            put_bytes(&mut out, &rename.to);
        }
        put_varint(&mut out, self.hashes.len() as u64);
        for (id, StoredHash { revision, frame }) in &self.hashes {
            id.put(&mut out);
            revision.put(&mut out);
            put_frame(&mut out, frame);
        }
        out
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self> {
        let mut reader = Reader::new(bytes, "catalog");
        let mut catalog = Self {
            revision: Revision::read(&mut reader)?,
            log: LogPosition { segment: SegmentId::read(&mut reader)?, offset: reader.varint()? },
            next_segment: SegmentId::read(&mut reader)?,
            next_replay_order: reader.varint()?,
            ..Self::default()
        };
        catalog.frames.next_file = reader.varint()?;
        let counts = [
            catalog.revision.get(),
            catalog.next_segment.get(),
            catalog.next_replay_order,
            catalog.frames.next_file,
        ];
        if counts.iter().any(|count| *count > NUMBER_MAX) {
            return Err(reader.malformed());
        }
        catalog.next_namespace = NamespaceId::read(&mut reader)?;
        if flag(&mut reader)? {
            catalog.root = Some(frame(&mut reader)?);
        }
        if flag(&mut reader)? {
            catalog.frames.current = Some((reader.varint()?, reader.varint()?));
        }
        for _ in 0..reader.count()? {
            let name = reader.text()?.to_owned();
            let info = NamespaceInfo {
                id: NamespaceId::read(&mut reader)?,
                created: Revision::read(&mut reader)?,
                separated_bytes_min: reader.varint()?,
                keys: reader.varint()?,
                key_bytes_max: reader.varint()?,
                tracked: tracked(&mut reader)?,
            };
            if catalog.namespaces.last_key_value().is_some_and(|(last, _)| *last >= name) {
                return Err(reader.malformed());
            }
            catalog.namespaces.insert(name, info);
        }
        for _ in 0..reader.count()? {
            let id = NamespaceId::read(&mut reader)?;
            if catalog.dropping.last().is_some_and(|last| *last >= id) {
                return Err(reader.malformed());
            }
            catalog.dropping.insert(id);
        }
        for _ in 0..reader.count()? {
            let number = SegmentId::read(&mut reader)?;
            let kind = match reader.varint()? {
                0 => SegmentKind::Original,
                1 => SegmentKind::Compacted,
                _ => return Err(reader.malformed()),
            };
            if catalog.segments.last_key_value().is_some_and(|(last, _)| *last >= number) {
                return Err(reader.malformed());
            }
            let segment = Segment {
                kind,
                replay_order: reader.varint()?,
                through: reader.varint()?,
                bytes: reader.varint()?,
                live_bytes: reader.varint()?,
                dead_bytes: reader.varint()?,
                notes: reader.varint()?,
                note_bytes: reader.varint()?,
                as_of: Revision::read(&mut reader)?,
            };
            catalog.segments.insert(number, segment);
        }
        for _ in 0..reader.count()? {
            let number = reader.varint()?;
            let file = FrameFile { bytes: reader.varint()?, dead: reader.varint()? };
            if catalog.frame_files.last_key_value().is_some_and(|(last, _)| *last >= number) {
                return Err(reader.malformed());
            }
            catalog.frame_files.insert(number, file);
        }
        for _ in 0..reader.count()? {
            let rename = Rename {
                replay_order: reader.varint()?,
                revision: Revision::read(&mut reader)?,
                namespace: NamespaceId::read(&mut reader)?,
                from: reader.bytes()?.to_vec(),
                to: reader.bytes()?.to_vec(),
            };
            if catalog.renames.last().is_some_and(|last| last.revision >= rename.revision) {
                return Err(reader.malformed());
            }
            catalog.renames.push(rename);
        }
        for _ in 0..reader.count()? {
            let id = NamespaceId::read(&mut reader)?;
            let revision = Revision::read(&mut reader)?;
            if catalog.hashes.last_key_value().is_some_and(|(last, _)| *last >= id) {
                return Err(reader.malformed());
            }
            catalog.hashes.insert(id, StoredHash { revision, frame: frame(&mut reader)? });
        }
        reader.finish()?;
        Ok(catalog)
    }
}

/// Reads a catalog; returns the bytes it is written with.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode(body: &[u8]) -> Result<Vec<u8>> {
    Ok(Catalog::decode(body)?.encode())
}

fn put_frame(out: &mut Vec<u8>, frame: &FrameRef) {
    for number in [frame.file, frame.offset, u64::from(frame.len)] {
        put_varint(out, number);
    }
    out.extend_from_slice(&frame.checksum.to_le_bytes());
}

fn frame(reader: &mut Reader<'_>) -> Result<FrameRef> {
    Ok(FrameRef {
        file: reader.varint()?,
        offset: reader.varint()?,
        len: reader.varint_u32()?,
        checksum: u64::from_le_bytes(reader.array()?),
    })
}

fn tracked(reader: &mut Reader<'_>) -> Result<TrackedSince> {
    let byte = reader.byte()?;
    let tracking = Tracking::from_byte(byte).ok_or_else(|| reader.malformed())?;
    Ok(TrackedSince { tracking, since: Revision::read(reader)? })
}

fn flag(reader: &mut Reader<'_>) -> Result<bool> {
    match reader.varint()? {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(reader.malformed()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn full() -> Catalog {
        let frame = FrameRef { file: 3, offset: 4096, len: 77, checksum: u64::MAX - 5 };
        let info = NamespaceInfo {
            id: NamespaceId::new(9),
            created: Revision::new(4),
            separated_bytes_min: 4096,
            keys: 12,
            key_bytes_max: 7,
            tracked: TrackedSince { tracking: Tracking::Buckets, since: Revision::new(31) },
        };
        let segment = Segment {
            replay_order: 2,
            through: 4,
            bytes: 5000,
            live_bytes: 400,
            dead_bytes: 90,
            notes: 3,
            note_bytes: 70,
            as_of: Revision::new(280),
            kind: SegmentKind::Compacted,
        };
        Catalog {
            revision: Revision::new(300),
            log: LogPosition { segment: SegmentId::new(5), offset: 1000 },
            next_segment: SegmentId::new(7),
            next_replay_order: 6,
            next_namespace: NamespaceId::new(11),
            root: Some(frame),
            frames: FramePosition { current: Some((3, 4173)), next_file: 4 },
            namespaces: [("a".to_owned(), info), ("b".to_owned(), info)].into(),
            dropping: [4, 10].map(NamespaceId::new).into(),
            segments: [(SegmentId::new(5), segment), (SegmentId::new(6), Segment::default())]
                .into(),
            frame_files: [(3, FrameFile { bytes: 4173, dead: 80 })].into(),
            renames: vec![Rename {
                replay_order: 2,
                revision: Revision::new(40),
                namespace: NamespaceId::new(9),
                from: b"a/".to_vec(),
                to: b"b/".to_vec(),
            }],
            hashes: [(info.id, StoredHash { revision: Revision::new(299), frame })].into(),
        }
    }

    #[test]
    fn a_catalog_comes_back() {
        for catalog in [full(), Catalog::default()] {
            assert_eq!(Catalog::decode(&catalog.encode()).unwrap(), catalog);
        }
    }

    #[test]
    fn counts_that_have_no_next_are_refused() {
        let refuses = |change: fn(&mut Catalog, u64)| {
            let decoded = [NUMBER_MAX, NUMBER_MAX + 1].map(|count| {
                let mut catalog = full();
                change(&mut catalog, count);
                Catalog::decode(&catalog.encode()).is_ok()
            });
            assert_eq!(decoded, [true, false]);
        };
        refuses(|catalog, count| catalog.revision = Revision::new(count));
        refuses(|catalog, count| catalog.next_segment = SegmentId::new(count));
        refuses(|catalog, count| catalog.next_replay_order = count);
        refuses(|catalog, count| catalog.frames.next_file = count);
    }

    #[test]
    fn every_cut_is_noticed() {
        let bytes = full().encode();
        for len in 0..bytes.len() {
            assert!(Catalog::decode(&bytes[..len]).is_err(), "{len} bytes");
        }
    }
}
