//! Two namespaces compared row by row, where a hash is missing.
//!
//! Both are scanned side by side. In memory are a row and a piece of a value of each.

use std::cmp::Ordering;
use std::ops::ControlFlow;

use sealwood::engine::{
    Compared, Error, Namespace, OwnedScanEntry, OwnedScanItem, Result, RowDifference, ScanIter,
};

/// How much of a value is in memory at once, in bytes.
const PIECE_BYTES: u64 = 1 << 20;

/// Tells `each` in which rows two namespaces differ, in the order of their keys. Keys that have
/// expired are none.
pub(super) fn compare(
    first: &Namespace,
    second: &Namespace,
    each: &mut dyn FnMut(RowDifference) -> ControlFlow<()>,
) -> Result<Compared> {
    let mut compared = Compared::default();
    let mut sides = [Rows::new(first)?, Rows::new(second)?];
    loop {
        let order = match [&sides[0].next, &sides[1].next] {
            [None, None] => return Ok(compared),
            [Some(_), None] => Ordering::Less,
            [None, Some(_)] => Ordering::Greater,
            [Some(one), Some(other)] => one.key().cmp(other.key()),
        };
        let one = if order.is_le() { sides[0].take()? } else { None };
        let other = if order.is_ge() { sides[1].take()? } else { None };
        compared.rows_read += u64::from(one.is_some()) + u64::from(other.is_some());
        let difference = match (one, other) {
            (Some(one), Some(other)) => match is_same([(first, &one), (second, &other)])? {
                true => None,
                false => Some(RowDifference::Value(one.into_key())),
            },
            (Some(one), None) => Some(RowDifference::OnlyFirst(one.into_key())),
            (None, other) => other.map(|it| RowDifference::OnlySecond(it.into_key())),
        };
        if let Some(difference) = difference {
            compared.differences += 1;
            if each(difference).is_break() {
                return Err(Error::Cancelled);
            }
        }
    }
}

/// The rows of one side.
struct Rows {
    scan: ScanIter,
    next: Option<OwnedScanEntry>,
}

impl Rows {
    fn new(namespace: &Namespace) -> Result<Self> {
        let mut rows = Self { scan: namespace.scan()?.iter()?, next: None };
        rows.take()?;
        Ok(rows)
    }

    /// Takes the next row, and looks at the one after it.
    fn take(&mut self) -> Result<Option<OwnedScanEntry>> {
        let after = match self.scan.next().transpose()? {
            Some(OwnedScanItem::Key(entry)) => Some(entry),
            Some(OwnedScanItem::Damaged(finding)) => return Err(finding.error),
            // Asked for without a delimiter, so there are none.
            Some(OwnedScanItem::CommonPrefix(_)) | None => None,
        };
        Ok(std::mem::replace(&mut self.next, after))
    }
}

/// Whether two rows of one key have one value. Engines that are open to read do not change.
fn is_same(rows: [(&Namespace, &OwnedScanEntry); 2]) -> Result<bool> {
    let [(_, one), (_, other)] = rows;
    let len = one.info().len;
    if len != other.info().len {
        return Ok(false);
    }
    if len <= PIECE_BYTES {
        return Ok(one.value()? == other.value()?);
    }
    let mut at = 0;
    while at < len {
        let [ours, theirs] = rows.map(|(namespace, row)| {
            let piece = namespace.get_range(row.key(), at, PIECE_BYTES);
            piece.map(|found| found.map(|value| value.bytes))
        });
        if ours? != theirs? {
            return Ok(false);
        }
        at += PIECE_BYTES;
    }
    Ok(true)
}
