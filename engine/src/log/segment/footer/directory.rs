//! Reading the steps of a footer.

use super::*;
use crate::entry::{Body, Place};
use crate::log::record::{is_namespace_name, read_key, read_tracking};
use crate::log::step::{Step, What};
use crate::namespace_id::NamespaceId;
use crate::value_ref::ValueRef;

/// The steps of a footer, given one after another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Directory {
    bytes: Vec<u8>,
    next: usize,
    segment: SegmentId,
    records_end: u64,
    left: u64,
    step_end: u64,
    step_revision: Revision,
    /// Steps of earlier records are passed over.
    from: u64,
}

impl Directory {
    pub(super) fn new(
        bytes: Vec<u8>,
        next: usize,
        segment: SegmentId,
        records_end: u64,
        list: List,
    ) -> Self {
        let List { steps, header_len: step_end } = list;
        let step_revision = Revision::ZERO;
        Self { bytes, next, segment, records_end, left: steps, step_end, step_revision, from: 0 }
    }

    /// Where the first record begins, if no step was given yet.
    #[cfg(feature = "fuzzing")]
    pub(super) fn header_len(&self) -> u64 {
        self.step_end
    }

    /// Passes over the steps of records before the offset `from`.
    pub(crate) fn skip_to(&mut self, from: u64) {
        self.from = from;
    }

    /// The next step; none after the last. [`Error::StoreCorrupt`] if there is something else.
    pub(crate) fn next(&mut self) -> Result<Option<Step<'_>>> {
        loop {
            let rest = &self.bytes[self.next..];
            if rest.is_empty() && self.left == 0 {
                return Ok(None);
            }
            let mut reader = Reader::new(rest, "log footer");
            let step = read_step(&mut reader, self.segment, self.step_end, self.step_revision);
            let (Ok(step), Some(left)) = (step, self.left.checked_sub(1)) else {
                return Err(self.corrupt());
            };
            let end = step.place.offset + u64::from(step.place.len);
            if end > self.records_end {
                return Err(self.corrupt());
            }
            self.next = self.bytes.len() - reader.remaining();
            self.left = left;
            self.step_end = end;
            self.step_revision = step.revision;
            if step.place.offset >= self.from {
                return Ok(Some(step));
            }
        }
    }

    fn corrupt(&self) -> Error {
        corrupt(self.segment, self.records_end + self.next as u64)
    }
}

fn read_step<'a>(
    reader: &mut Reader<'a>,
    segment: SegmentId,
    step_end: u64,
    step_revision: Revision,
) -> Result<Step<'a>> {
    let tag = reader.byte()?;
    let gap = reader.varint()?;
    let len = reader.varint_u32()?;
    let offset = step_end.checked_add(gap).ok_or_else(|| reader.malformed())?;
    offset.checked_add(u64::from(len)).ok_or_else(|| reader.malformed())?;
    let revision = Revision::read_after(step_revision, reader)?;
    let namespace = NamespaceId::read(reader)?;
    let what = match tag {
        TAG_PUT_INLINE | TAG_PUT_LOGGED | TAG_PUT_SEPARATED => {
            let expires_at_ms = reader.varint()?;
            let key = read_key(reader)?;
            let body = match tag {
                TAG_PUT_INLINE => Body::Inline(reader.bytes()?),
                TAG_PUT_LOGGED => Body::Logged { len: reader.varint_u32()? },
                _ => {
                    let len = reader.varint()?;
                    Body::Separated(ValueRef { hash: reader.array()?, len })
                }
            };
            What::Put { namespace, key, expires_at_ms, body }
        }
        TAG_DELETE => What::Delete { namespace, key: read_key(reader)? },
        TAG_EXPIRE => {
            let expires_at_ms = reader.varint()?;
            What::Expire { namespace, key: read_key(reader)?, expires_at_ms }
        }
        TAG_RENAME => {
            let from = read_key(reader)?;
            What::Rename { namespace, from, to: read_key(reader)? }
        }
        TAG_NAMESPACE_CREATE => {
            let threshold = reader.varint()?;
            let name = reader.text()?;
            if !is_namespace_name(name) {
                return Err(reader.malformed());
            }
            What::NamespaceCreate { namespace, name, threshold }
        }
        TAG_NAMESPACE_DROP => What::NamespaceDrop { namespace },
        TAG_TRACK => What::Track { namespace, tracking: read_tracking(reader)? },
        _ => return Err(reader.malformed()),
    };
    Ok(Step { place: Place { segment, offset, len }, revision, what })
}
