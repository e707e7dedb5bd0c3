//! Rows of writers, in one order and with one spelling.

use std::collections::BTreeMap;

use super::members::{DEVICES_MAX, MEMBERS_MAX};
use super::refusal::{Reader, RefusalResult};
use super::relation::Relation;
use super::row::Row;
use super::shared_row::SharedRow;
use crate::codec::put_varint;

/// Whose row it is: members first, then devices, each in the order of their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RowId {
    /// The sessions of this member that keep no state.
    Member(u32),
    /// This device.
    Device(u32),
}

impl RowId {
    pub(super) fn read_member(input: &mut Reader<'_>) -> RefusalResult<u32> {
        number_below(input, MEMBERS_MAX)
    }

    pub(super) fn read_device(input: &mut Reader<'_>) -> RefusalResult<u32> {
        number_below(input, DEVICES_MAX)
    }
}

/// The next number, which is less than `end`.
pub(super) fn number_below(input: &mut Reader<'_>, end: usize) -> RefusalResult<u32> {
    let number = input.varint_u32()?;
    if number as usize >= end { Err(input.malformed()) } else { Ok(number) }
}

/// Some rows, at most one of each member and device.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    pub(super) members: BTreeMap<u32, SharedRow>,
    pub(super) devices: BTreeMap<u32, Row>,
}

impl Rows {
    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty() && self.devices.is_empty()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.members.len() + self.devices.len()
    }

    /// Whose rows there are.
    pub fn ids(&self) -> impl Iterator<Item = RowId> {
        let members = self.members.keys().copied().map(RowId::Member);
        members.chain(self.devices.keys().copied().map(RowId::Device))
    }

    /// The last commit of a writer.
    pub fn last(&self, id: RowId) -> Option<&Row> {
        match id {
            RowId::Member(number) => self.members.get(&number).map(|row| &row.last),
            RowId::Device(number) => self.devices.get(&number),
        }
    }

    /// The last commits of all.
    pub(super) fn all(&self) -> impl Iterator<Item = &Row> {
        self.members.values().map(|row| &row.last).chain(self.devices.values())
    }

    /// What the row of `id` here is to the one of `other`; a row that is missing has no commits.
    pub fn row_relation(&self, other: &Self, id: RowId) -> Relation {
        fn of<T>(a: Option<&T>, b: Option<&T>, relation: impl Fn(&T, &T) -> Relation) -> Relation {
            match (a, b) {
                (None, None) => Relation::Equal,
                (None, Some(_)) => Relation::Before,
                (Some(_), None) => Relation::After,
                (Some(a), Some(b)) => relation(a, b),
            }
        }
        match id {
            RowId::Member(number) => {
                of(self.members.get(&number), other.members.get(&number), SharedRow::relation)
            }
            RowId::Device(number) => {
                of(self.devices.get(&number), other.devices.get(&number), Row::relation)
            }
        }
    }

    /// What these rows are to `other`.
    pub fn relation(&self, other: &Self) -> Relation {
        self.relations(other).map(|(_, relation)| relation).fold(Relation::Equal, Relation::and)
    }

    /// The relations of all rows that either has.
    pub(super) fn relations(&self, other: &Self) -> impl Iterator<Item = (RowId, Relation)> {
        let others = other.ids().filter(|id| self.last(*id).is_none());
        self.ids().chain(others).map(|id| (id, self.row_relation(other, id)))
    }

    /// These and `others`, each of which takes the place of the one here.
    pub(super) fn overridden_by(&self, others: Self) -> Self {
        let mut rows = self.clone();
        rows.members.extend(others.members);
        rows.devices.extend(others.devices);
        rows
    }

    /// Those that `keep` keeps.
    pub(super) fn filtered(&self, keep: impl Fn(RowId) -> bool) -> Self {
        let mut rows = self.clone();
        rows.members.retain(|number, _| keep(RowId::Member(*number)));
        rows.devices.retain(|number, _| keep(RowId::Device(*number)));
        rows
    }

    /// ```text
    /// varint how many members' rows, at most 256, each:
    ///     varint: its number, less the next one after the row before it (0 for the first);
    ///     shared row
    /// varint how many devices' rows, at most 1,024, each:
    ///     varint, as above; row
    /// ```
    pub fn put(&self, out: &mut Vec<u8>) {
        put_rows(out, &self.members, SharedRow::put);
        put_rows(out, &self.devices, Row::put);
    }

    /// Reads what [`put`](Rows::put) wrote.
    pub(super) fn read(input: &mut Reader<'_>) -> RefusalResult<Self> {
        let members = read_rows(input, MEMBERS_MAX, SharedRow::read)?;
        Ok(Self { members, devices: read_rows(input, DEVICES_MAX, Row::read)? })
    }

    /// Reads rows and nothing else.
    pub fn decode(bytes: &[u8]) -> RefusalResult<Self> {
        let mut input = Reader::new(bytes, "heads");
        let rows = Self::read(&mut input)?;
        input.finish()?;
        Ok(rows)
    }
}

fn put_rows<T>(out: &mut Vec<u8>, rows: &BTreeMap<u32, T>, put: impl Fn(&T, &mut Vec<u8>)) {
    put_varint(out, rows.len() as u64);
    let mut next = 0;
    for (number, row) in rows {
        put_varint(out, u64::from(number - next));
        put(row, out);
        next = number + 1;
    }
}

fn read_rows<T>(
    input: &mut Reader<'_>,
    end: usize,
    read: impl Fn(&mut Reader<'_>) -> RefusalResult<T>,
) -> RefusalResult<BTreeMap<u32, T>> {
    let count = input.count()?;
    let (mut rows, mut next) = (BTreeMap::new(), 0u32);
    for _ in 0..count {
        let number = next.checked_add(input.varint_u32()?);
        let number = number.filter(|number| (*number as usize) < end);
        let number = number.ok_or_else(|| input.malformed())?;
        rows.insert(number, read(input)?);
        next = number + 1;
    }
    Ok(rows)
}

/// Reads rows and writes them again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_rows(bytes: &[u8]) -> RefusalResult<Vec<u8>> {
    let mut out = Vec::new();
    Rows::decode(bytes)?.put(&mut out);
    Ok(out)
}
