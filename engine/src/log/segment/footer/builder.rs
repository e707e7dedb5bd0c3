//! Collecting a footer while the records of its segment are written.

use super::*;
use crate::codec::{put_bytes, put_varint};
use crate::entry::{Body, Place};
use crate::log::record::Record;
use crate::log::step::{Step, What, revision_of};
use crate::namespace_id::NamespaceId;

/// The longest footer without its directory and its trailer, in bytes.
pub(super) const FIXED_BYTES_MAX: usize = 8 // magic
    + 1 // tag
    + 10 // highest revision
    + 10 // count of steps
    + 10; // length of the header

/// What is known of a segment's footer so far. It takes at most an eighth of the segment's
/// greatest length of memory: what will not fit is given up at once.
#[derive(Debug)]
pub(crate) struct FooterBuilder {
    segment: SegmentId,
    header_len: u64,
    inline_bytes_max: u32,
    /// The steps, while they may still be written.
    directory: Option<Vec<u8>>,
    directory_bytes_max: u64,
    revision_max: Revision,
    steps: u64,
    step_end: u64,
    step_revision: Revision,
}

impl FooterBuilder {
    /// For a new segment whose records begin at `header_len`.
    pub(crate) fn new(
        segment: SegmentId,
        header_len: u64,
        inline_bytes_max: u32,
        segment_bytes_max: u64,
    ) -> Self {
        Self {
            segment,
            header_len,
            inline_bytes_max,
            directory: Some(Vec::new()),
            directory_bytes_max: segment_bytes_max / DIRECTORY_PART,
            revision_max: Revision::ZERO,
            steps: 0,
            step_end: header_len,
            step_revision: Revision::ZERO,
        }
    }

    /// For a segment that already has records, up to `revision_max`, whose steps are not at hand:
    /// its footer will have no directory.
    pub(crate) fn without_directory(segment: SegmentId, revision_max: Revision) -> Self {
        Self { directory: None, revision_max, ..Self::new(segment, 0, 0, 0) }
    }

    /// Takes note of a record of the segment. Records come in order.
    pub(crate) fn add(&mut self, place: Place, record: &Record<'_>) {
        self.revision_max = self.revision_max.max(revision_of(record).unwrap_or_default());
        if let Some(step) = Step::of(place, record, self.inline_bytes_max) {
            self.add_step(&step);
        }
    }

    fn add_step(&mut self, step: &Step<'_>) {
        let Some(directory) = &mut self.directory else { return };
        self.steps += 1;
        put_step(directory, step, self.step_end, self.step_revision);
        self.step_end = step.place.offset + u64::from(step.place.len);
        self.step_revision = step.revision;
        if directory.len() as u64 > self.directory_bytes_max {
            self.directory = None;
        }
    }

    /// How many bytes of steps are held.
    #[cfg(test)]
    pub(super) fn collected(&self) -> usize {
        self.directory.as_ref().map_or(0, Vec::len)
    }

    /// The bytes with which the segment ends, if its records end at `records_end`.
    pub(crate) fn finish(self, records_end: u64) -> Vec<u8> {
        let directory = self.directory.filter(|it| it.len() as u64 <= records_end / DIRECTORY_PART);
        let mut out = FOOTER_MAGIC.to_vec();
        out.push(u8::from(directory.is_some()));
        self.revision_max.put(&mut out);
        if let Some(directory) = directory {
            put_varint(&mut out, self.steps);
            put_varint(&mut out, self.header_len);
            out.extend_from_slice(&directory);
        }
        seal(out, self.segment, records_end)
    }
}

/// Seals a footer of anything, reads it with all its steps and returns what it is encoded as.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode(body: &[u8]) -> Result<Vec<u8>> {
    const RECORDS_END: u64 = 1 << 62;
    const SEGMENT: SegmentId = SegmentId::new(3);
    let bytes = seal(body.to_vec(), SEGMENT, RECORDS_END);
    let malformed = Error::Malformed { what: "log footer" };
    let footer = Footer::decode(bytes, SEGMENT, RECORDS_END).ok_or(malformed)?;
    let mut builder = FooterBuilder::without_directory(SEGMENT, footer.revision_max);
    if let Some(mut directory) = footer.directory {
        let header_len = directory.header_len();
        builder = FooterBuilder::new(SEGMENT, header_len, 0, u64::MAX);
        builder.revision_max = footer.revision_max;
        while let Some(step) = directory.next()? {
            builder.add_step(&step);
        }
    }
    let again = builder.finish(RECORDS_END);
    Ok(again[..again.len() - TRAILER_BYTES].to_vec())
}

/// The footer with these fields and steps.
pub(super) fn seal(mut out: Vec<u8>, segment: SegmentId, records_end: u64) -> Vec<u8> {
    out.extend_from_slice(&(out.len() as u32).to_le_bytes());
    out.extend_from_slice(&checksum(&out, segment, records_end).to_le_bytes());
    out.extend_from_slice(SEAL_MAGIC);
    out
}

fn put_step(out: &mut Vec<u8>, step: &Step<'_>, step_end: u64, step_revision: Revision) {
    let mut head = |tag: u8, namespace: NamespaceId| {
        out.push(tag);
        put_varint(out, step.place.offset - step_end);
        put_varint(out, u64::from(step.place.len));
        step.revision.put_after(step_revision, out);
        namespace.put(out);
    };
    match step.what {
        What::Put { namespace, key, expires_at_ms, body } => {
            head(
                match body {
                    Body::Inline(_) => TAG_PUT_INLINE,
                    Body::Logged { .. } => TAG_PUT_LOGGED,
                    Body::Separated(_) => TAG_PUT_SEPARATED,
                },
                namespace,
            );
            put_varint(out, expires_at_ms);
            put_bytes(out, key);
            match body {
                Body::Inline(value) => put_bytes(out, value),
                Body::Logged { len } => put_varint(out, u64::from(len)),
                Body::Separated(value) => {
                    put_varint(out, value.len);
                    out.extend_from_slice(&value.hash);
                }
            }
        }
        What::Delete { namespace, key } => {
            head(TAG_DELETE, namespace);
            put_bytes(out, key);
        }
        What::Expire { namespace, key, expires_at_ms } => {
            head(TAG_EXPIRE, namespace);
            put_varint(out, expires_at_ms);
            put_bytes(out, key);
        }
        What::Rename { namespace, from, to } => {
            head(TAG_RENAME, namespace);
            put_bytes(out, from);
            put_bytes(out, to);
        }
        What::NamespaceCreate { namespace, name, threshold } => {
            head(TAG_NAMESPACE_CREATE, namespace);
            put_varint(out, threshold);
            put_bytes(out, name.as_bytes());
        }
        What::NamespaceDrop { namespace } => head(TAG_NAMESPACE_DROP, namespace),
        What::Track { namespace, tracking } => {
            head(TAG_TRACK, namespace);
            out.push(tracking.to_byte());
        }
    }
}
