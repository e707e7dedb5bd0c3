//! What a checkpoint keeps of a tracked namespace: the body of a frame, which is the record of its
//! partition at the checkpoint's revision (`docs/LTHASH.md`, section 4).

use sealwood_lthash::{Detail, Record};

use super::tracked::{Tracked, domain};
use crate::codec::Reader;
use crate::error::Result;
use crate::revision::Revision;

/// The record of a namespace.
pub(crate) fn encode(tracked: &Tracked) -> Vec<u8> {
    let (partition, version) = (tracked.partition().clone(), tracked.revision().get());
    Record { version, partition }.encode()
}

/// The namespace of this name, hashed in this detail, that a checkpoint of this revision has kept.
///
/// # Errors
///
/// A record that is damaged, of another namespace, detail or revision, or that says of no rows what
/// they are.
pub(crate) fn decode(
    name: &str,
    detail: Detail,
    revision: Revision,
    bytes: &[u8],
) -> Result<Tracked> {
    let malformed = || Reader::new(bytes, "hash of a namespace").malformed();
    let record = Record::decode(domain(name)?, bytes).map_err(|_| malformed())?;
    let is_known = record.partition.statistics().is_some();
    if record.version != revision.get() || record.partition.detail() != detail || !is_known {
        return Err(malformed());
    }
    Ok(Tracked::restored(record.partition, revision))
}
