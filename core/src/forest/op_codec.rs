//! Operations as bytes, in the two sections of the root that carries them.

use super::entry::{Entry, Origin, Stamp, decode_attributes, encode_attributes};
use super::op::Op;
use super::time::Time;
use crate::codec::{put_bytes, put_varint};
use crate::error::Result;
use crate::hamt::Value;
use crate::path::{PATH_BYTES_MAX, VaultPath};
use crate::seal::{SectionReader, SectionWriter};

const PUT: u8 = 0;
const MAKE_DIRECTORY: u8 = 1;
const REMOVE: u8 = 2;
const REMOVE_ALL: u8 = 3;
const RENAME: u8 = 4;
const COPY: u8 = 5;
const ANNOTATE: u8 = 6;

/// Writes operations, each path as the bytes it shares with the path before and the rest.
pub(super) struct OpWriter<'a, 'b> {
    pub(super) out: &'a mut SectionWriter<'b>,
    previous: VaultPath,
}

impl<'a, 'b> OpWriter<'a, 'b> {
    pub(super) fn new(out: &'a mut SectionWriter<'b>) -> Self {
        Self { out, previous: VaultPath::top() }
    }

    pub(super) fn put(&mut self, op: &Op) -> Result<()> {
        match op {
            Op::Put { path, entry, time, .. } => {
                self.head(PUT, path);
                entry.encode(None, self.out)?;
                time.encode_from(entry.modified, self.out.addressed());
            }
            Op::MakeDirectory { path, origin } => {
                self.head(MAKE_DIRECTORY, path);
                self.origin(origin);
            }
            Op::Remove { path } => self.head(REMOVE, path),
            Op::RemoveAll { path } => self.head(REMOVE_ALL, path),
            Op::Rename { from, to, origin } => {
                self.head(RENAME, from);
                self.path(to);
                self.origin(origin);
            }
            Op::Copy { from, to, origin } => {
                self.head(COPY, from);
                self.path(to);
                self.origin(origin);
            }
            Op::Annotate { path, attributes, modified, stamp } => {
                self.head(ANNOTATE, path);
                encode_attributes(attributes, self.out.addressed());
                modified.encode(self.out.addressed());
                stamp.encode(self.out.addressed());
            }
        }
        Ok(())
    }

    fn head(&mut self, kind: u8, path: &VaultPath) {
        self.out.addressed().push(kind);
        self.path(path);
    }

    fn path(&mut self, path: &VaultPath) {
        let (old, new) = (self.previous.as_str().as_bytes(), path.as_str().as_bytes());
        let shared = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        put_varint(self.out.addressed(), shared as u64);
        put_bytes(self.out.addressed(), &new[shared..]);
        self.previous = path.clone();
    }

    fn origin(&mut self, origin: &Origin) {
        origin.stamp.encode(self.out.addressed());
        origin.time.encode(self.out.addressed());
    }
}

/// Reads what [`OpWriter`] wrote.
pub(super) struct OpReader<'a, 'b> {
    input: &'a mut SectionReader<'b>,
    previous: VaultPath,
}

impl<'a, 'b> OpReader<'a, 'b> {
    pub(super) fn new(input: &'a mut SectionReader<'b>) -> Self {
        Self { input, previous: VaultPath::top() }
    }

    pub(super) fn next(&mut self) -> Result<Op> {
        let kind = self.input.addressed().byte()?;
        let path = self.path()?;
        Ok(match kind {
            PUT => {
                let entry = Entry::decode(self.input)?;
                if entry.content().is_none() {
                    return Err(self.input.addressed().malformed());
                }
                let time = Time::decode_from(entry.modified, self.input.addressed())?;
                Op::Put { path, entry, time, claim: None }
            }
            MAKE_DIRECTORY => Op::MakeDirectory { path, origin: self.origin()? },
            REMOVE => Op::Remove { path },
            REMOVE_ALL => Op::RemoveAll { path },
            RENAME => Op::Rename { from: path, to: self.path()?, origin: self.origin()? },
            COPY => Op::Copy { from: path, to: self.path()?, origin: self.origin()? },
            ANNOTATE => Op::Annotate {
                path,
                attributes: decode_attributes(self.input)?,
                modified: Time::decode(self.input.addressed())?,
                stamp: Stamp::decode(self.input.addressed())?,
            },
            _ => return Err(self.input.addressed().malformed()),
        })
    }

    fn path(&mut self) -> Result<VaultPath> {
        let addressed = self.input.addressed();
        let shared = addressed.varint_u32()? as usize;
        let rest = addressed.bytes()?;
        if shared.saturating_add(rest.len()) > PATH_BYTES_MAX {
            return Err(addressed.malformed());
        }
        let (old, apart) = self
            .previous
            .as_str()
            .as_bytes()
            .split_at_checked(shared)
            .ok_or_else(|| addressed.malformed())?;
        // One spelling: all that is shared is left out.
        if apart.first().is_some_and(|next| rest.first() == Some(next)) {
            return Err(addressed.malformed());
        }
        let path =
            VaultPath::from_stored(&[old, rest].concat()).map_err(|_| addressed.malformed())?;
        if path.is_top() {
            return Err(addressed.malformed());
        }
        self.previous = path.clone();
        Ok(path)
    }

    fn origin(&mut self) -> Result<Origin> {
        let stamp = Stamp::decode(self.input.addressed())?;
        Ok(Origin { stamp, time: Time::decode(self.input.addressed())? })
    }
}

/// Reads operations to the end and writes them again, which must give the same bytes.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn reencode_ops(plaintext: &[u8]) -> Result<Vec<u8>> {
    use super::tail::check_tail;

    let mut input = SectionReader::new(plaintext, "operations")?;
    let plan = crate::seal::PlannedPlaces::default();
    let mut out = SectionWriter::new(&plan);
    let (mut reader, mut writer) = (OpReader::new(&mut input), OpWriter::new(&mut out));
    for count in 0.. {
        if reader.input.addressed().remaining() == 0 {
            break;
        }
        check_tail(reader.input, count + 1)?;
        writer.put(&reader.next()?)?;
    }
    input.finish()?;
    Ok(out.finish())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::codec::put_bytes;

    /// What becomes of operations that are read and written again.
    fn reencoded(addressed: &[u8]) -> &'static str {
        let mut plaintext = Vec::new();
        put_bytes(&mut plaintext, addressed);
        match reencode_ops(&plaintext) {
            Ok(again) if again == plaintext => "same",
            Ok(_) => "different",
            Err(error) => error.code(),
        }
    }

    #[test]
    fn an_operation_has_one_spelling() {
        // Removals of "ab" and "ac": the second path with all that is shared, less, and more.
        assert_eq!(reencoded(b"\x02\0\x02ab\x02\x01\x01c"), "same");
        assert_eq!(reencoded(b"\x02\0\x02ab\x02\0\x02ac"), "malformed");
        assert_eq!(reencoded(b"\x02\0\x02ab\x02\x03\x01c"), "malformed");
        assert_eq!(reencoded(b"\x02\0\x02ab\x02\x02\0"), "same");
        assert_eq!(reencoded(b"\x02\0\x02ab\x02\x01\0"), "same");
        // The top directory, and a path that is not canonical.
        assert_eq!(reencoded(b"\x02\0\0"), "malformed");
        assert_eq!(reencoded(b"\x02\0\x02a/"), "malformed");
        assert_eq!(reencoded(b"\x07\0\x01a"), "malformed");
    }

    #[test]
    fn absent_attributes_have_one_spelling() {
        let put = |flags: u8, attributes: &[u8]| {
            let entry = [&[0, 0, 1, b'a', flags][..], &[0; 6], attributes, b"\0\x01x\0"];
            reencoded(&entry.concat())
        };
        assert_eq!(put(0, b""), "same");
        assert_eq!(put(4, b"\x01\x01t\0"), "same");
        assert_eq!(put(4, b"\0\x01\x01k\x01v"), "same");
        assert_eq!(put(4, b"\0\0"), "malformed");
        assert_eq!(put(4, b"\0\x02\x01k\x01v\x01k\x01v"), "malformed");
        // An entry in a tail is a file.
        assert_eq!(reencoded(&[&[0, 0, 1, b'a', 1][..], &[0; 7]].concat()), "malformed");
    }
}
