//! The body of the root object.

use super::entry::{Entry, Stamp};
use super::op_codec::{OpReader, OpWriter};
use super::tail::{Tail, check_tail};
use super::time::Time;
use crate::codec::put_varint;
use crate::content::ChunkSize;
use crate::error::{Error, Result};
use crate::hamt::Trie;
use crate::seal::{Address, Link, PlannedPlaces, SectionReader, SectionWriter};

/// The key of the root object.
pub(crate) const ROOT_KEY: &str = "root";

/// The most bytes of a root object. The tail is kept far below; a reader refuses more.
pub(crate) const ROOT_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Set in the byte of the chunk size.
const RESERVE_SPENT: u8 = 0x80;

/// The state of a vault: where its top directory is, and what happened since. Which root it is of,
/// and who says so, is in the part of the body before it.
#[derive(Debug, Clone)]
pub(crate) struct Root {
    /// The count of the commit, which is above those of the stamps it came with.
    pub(crate) count: u64,
    /// When it was committed, by the clock of the writer's device.
    pub(crate) time: Time,
    pub(crate) chunk: ChunkSize,
    pub(crate) reserve: Reserve,
    /// The root node of the top directory, as of the last spill.
    pub(crate) top: Option<Link>,
    pub(crate) tail: Tail,
}

/// Whether a vault's reserve, room for removals in a full store, is there, as far as its root
/// knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reserve {
    /// It is, if the store was ever given one.
    Kept,
    /// A removal took its room.
    Spent,
}

impl Root {
    /// The root of a new, empty vault.
    pub(crate) fn first(chunk: ChunkSize, time: Time) -> Self {
        let (tail, reserve) = (Tail::default(), Reserve::Kept);
        Self { count: 0, time, chunk, reserve, top: None, tail }
    }

    /// ```text
    /// varint count, signed varint time,
    /// chunk size (1, log2; 128 more if the reserve is spent),
    /// 0 or 1 and the address of the top directory's root node; place, length
    /// varint commits, varint carried, varint count, operations
    /// ```
    /// in the two sections of a node, so that places share one table of packs.
    ///
    /// Fails where a reader would refuse the root, because another member has written the last
    /// count there is.
    pub(crate) fn encode(&self, planned: &PlannedPlaces) -> Result<Vec<u8>> {
        if !self.can_be_counted_on() {
            return Err(Error::Malformed { what: "root: its count is at the end" });
        }
        let mut out = SectionWriter::new(planned);
        let addressed = out.addressed();
        put_varint(addressed, self.count);
        self.time.encode(addressed);
        addressed.push(match self.reserve {
            Reserve::Kept => self.chunk.bits(),
            Reserve::Spent => self.chunk.bits() | RESERVE_SPENT,
        });
        addressed.push(self.top.is_some().into());
        if let Some(top) = &self.top {
            addressed.extend_from_slice(top.address.expose());
            out.put_place_and_length(&top.place);
        }
        let addressed = out.addressed();
        put_varint(addressed, self.tail.commits);
        put_varint(addressed, self.tail.carried);
        put_varint(addressed, self.tail.ops.len() as u64);
        let mut ops = OpWriter::new(&mut out);
        self.tail.ops.iter().try_for_each(|op| ops.put(op))?;
        Ok(out.finish())
    }

    pub(crate) fn decode(body: &[u8]) -> Result<Self> {
        Self::decode_body(body).map_err(|error| error.in_object(ROOT_KEY))
    }

    fn decode_body(body: &[u8]) -> Result<Self> {
        let mut input = SectionReader::new(body, "root")?;
        let addressed = input.addressed();
        let count = addressed.varint()?;
        let time = Time::decode(addressed)?;
        let byte = addressed.byte()?;
        let chunk =
            ChunkSize::from_bits(byte & !RESERVE_SPENT).ok_or_else(|| addressed.malformed())?;
        let reserve = if byte & RESERVE_SPENT == 0 { Reserve::Kept } else { Reserve::Spent };
        let top = match addressed.byte()? {
            0 => None,
            1 => {
                let address = Address(addressed.array()?);
                Some(Link { address, place: input.place_and_length()? })
            }
            _ => return Err(addressed.malformed()),
        };
        let addressed = input.addressed();
        let (commits, carried) = (addressed.varint()?, addressed.varint()?);
        let operations = addressed.count()?;
        check_tail(&mut input, operations)?;
        let mut reader = OpReader::new(&mut input);
        let ops = (0..operations).map(|_| reader.next()).collect::<Result<_>>()?;
        input.finish()?;
        let tail = Tail { ops, commits, carried };
        let root = Self { count, time, chunk, reserve, top, tail };
        if !root.can_be_counted_on() {
            return Err(Error::Malformed { what: "root" });
        }
        Ok(root)
    }

    /// Whether the next writers can count on from here.
    fn can_be_counted_on(&self) -> bool {
        self.count < Stamp::COUNT_END
    }

    /// The top directory as of the last spill.
    pub(crate) fn base(&self) -> Trie<Entry> {
        Trie::at(self.top)
    }
}

/// The error of an operation of a root's tail that could not be applied. No writer puts one there
/// that the rules do not allow, so the root is at fault and not whoever reads it.
pub(crate) fn in_tail(error: Error) -> Error {
    let damage = Error::Malformed { what: "root: an operation that is not possible" };
    let damage = damage.in_object(ROOT_KEY);
    match &error {
        Error::NotFound { path }
        | Error::AlreadyExists { path }
        | Error::NotADirectory { path }
        | Error::IsADirectory { path }
        | Error::DirectoryNotEmpty { path }
        | Error::IntoItself { path } => damage.below(path),
        Error::InvalidPath(_) => damage,
        _ => error,
    }
}

/// Reads a body and writes it again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_root(body: &[u8]) -> Result<Vec<u8>> {
    Root::decode(body)?.encode(&PlannedPlaces::default())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::super::entry::Body;
    use super::super::op::Op;
    use super::*;
    use crate::content::Content;
    use crate::path::VaultPath;

    fn epoch() -> Time {
        Time::new(0).unwrap()
    }

    fn first(chunk: ChunkSize) -> Root {
        Root::first(chunk, epoch())
    }

    #[test]
    fn what_is_written_is_read_up_to_the_end_of_the_count() {
        let chunk = ChunkSize::from_bits(20).unwrap();
        let written = |count| {
            let root = Root { count, ..first(chunk) };
            root.encode(&PlannedPlaces::default()).map_err(|error| error.code())
        };
        for count in [0, Stamp::COUNT_END - 1] {
            assert_eq!(Root::decode(&written(count).unwrap()).unwrap().count, count);
        }
        for count in [Stamp::COUNT_END, u64::MAX] {
            assert_eq!(written(count), Err("malformed"), "{count}");
        }
    }

    #[test]
    fn a_root_whose_count_is_at_its_end_is_refused_when_it_is_read() {
        let chunk = ChunkSize::from_bits(20).unwrap();
        let root = Root { count: Stamp::COUNT_END - 1, ..first(chunk) };
        let mut late = root.encode(&PlannedPlaces::default()).unwrap();
        let code = |body: &[u8]| Root::decode(body).map(|_| "ok").unwrap_or_else(|e| e.code());
        assert_eq!(code(&late), "ok");
        // Nine bytes of seven bits; one more makes it 2^63.
        late.splice(1..10, [&[0x80; 9][..], &[1]].concat());
        late[0] += 1;
        assert_eq!(code(&late), "malformed");
    }

    #[test]
    fn a_tail_of_more_bytes_than_are_carried_is_refused() {
        let chunk = ChunkSize::from_bits(20).unwrap();
        let outcome = |files: usize| {
            let stamp = Stamp { count: 1 << 40, writer: 1 };
            let content = Content::Inline(vec![b'x'; 1024].into());
            let entry = |body| Entry { stamp, modified: epoch(), attributes: None, body };
            let put = |number: usize| Op::Put {
                claim: None,
                path: VaultPath::new(&number.to_string()).unwrap(),
                entry: entry(Body::File(content.clone())),
                time: epoch(),
            };
            let tail = Tail { ops: (0..files).map(put).collect(), commits: 1, carried: 0 };
            let root = Root { tail, ..first(chunk) };
            let body = root.encode(&PlannedPlaces::default()).unwrap();
            Root::decode(&body).map(|_| "ok").unwrap_or_else(|error| error.code())
        };
        assert_eq!(outcome(60), "ok");
        assert_eq!(outcome(65), "malformed");
    }
}
