//! Operations as bytes, in the two sections of the root that carries them.

use super::edit::Edit;
use super::entry::{Entry, decode_attributes, encode_attributes};
use super::op::Op;
use super::seen::Seen;
use super::seen_codec::{SightReader, SightWriter};
use super::stamp::{Origin, Stamp};
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
    sights: SightWriter,
}

impl<'a, 'b> OpWriter<'a, 'b> {
    pub(super) fn new(out: &'a mut SectionWriter<'b>) -> Self {
        Self { out, previous: VaultPath::top(), sights: SightWriter::default() }
    }

    pub(super) fn put(&mut self, op: &Op) -> Result<()> {
        match &op.edit {
            Edit::Put { path, entry, time, .. } => {
                self.head(PUT, path);
                entry.encode(None, self.out)?;
                time.encode_from(entry.modified, self.out.addressed());
            }
            Edit::MakeDirectory { path, origin } => {
                self.head(MAKE_DIRECTORY, path);
                self.origin(origin);
            }
            Edit::Remove { path, stamp } => {
                self.head(REMOVE, path);
                stamp.encode(self.out.addressed());
            }
            Edit::RemoveAll { path, stamp } => {
                self.head(REMOVE_ALL, path);
                stamp.encode(self.out.addressed());
            }
            Edit::Rename { from, to, origin } => {
                self.head(RENAME, from);
                self.path(to);
                self.origin(origin);
            }
            Edit::Copy { from, to, origin } => {
                self.head(COPY, from);
                self.path(to);
                self.origin(origin);
            }
            Edit::Annotate { path, attributes, modified, stamp } => {
                self.head(ANNOTATE, path);
                encode_attributes(attributes, self.out.addressed());
                modified.encode(self.out.addressed());
                stamp.encode(self.out.addressed());
            }
        }
        let addressed = self.out.addressed();
        self.sights.put(&op.seen.path, addressed);
        if let Some(target) = &op.seen.target {
            self.sights.put(target, addressed);
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
    sights: SightReader,
}

impl<'a, 'b> OpReader<'a, 'b> {
    pub(super) fn new(input: &'a mut SectionReader<'b>) -> Self {
        Self { input, previous: VaultPath::top(), sights: SightReader::default() }
    }

    pub(super) fn next(&mut self) -> Result<Op> {
        let edit = self.edit()?;
        let addressed = self.input.addressed();
        let (path, target) = edit.paths();
        let path = self.sights.next(path, addressed)?;
        let target = target.map(|target| self.sights.next(target, addressed)).transpose()?;
        let seen = Seen { path, target };
        if edit.may_have_seen(&seen) { Ok(Op { edit, seen }) } else { Err(addressed.malformed()) }
    }

    fn edit(&mut self) -> Result<Edit> {
        let kind = self.input.addressed().byte()?;
        let path = self.path()?;
        Ok(match kind {
            PUT => {
                let entry = Entry::decode(self.input)?;
                if entry.content().is_none() {
                    return Err(self.input.addressed().malformed());
                }
                let time = Time::decode_from(entry.modified, self.input.addressed())?;
                Edit::Put { path, entry, time, claim: None }
            }
            MAKE_DIRECTORY => Edit::MakeDirectory { path, origin: self.origin()? },
            REMOVE => Edit::Remove { path, stamp: self.stamp()? },
            REMOVE_ALL => Edit::RemoveAll { path, stamp: self.stamp()? },
            RENAME => Edit::Rename { from: path, to: self.path()?, origin: self.origin()? },
            COPY => Edit::Copy { from: path, to: self.path()?, origin: self.origin()? },
            ANNOTATE => Edit::Annotate {
                path,
                attributes: decode_attributes(self.input)?,
                modified: Time::decode(self.input.addressed())?,
                stamp: self.stamp()?,
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
        Ok(Origin { stamp: self.stamp()?, time: Time::decode(self.input.addressed())? })
    }

    fn stamp(&mut self) -> Result<Stamp> {
        Stamp::decode(self.input.addressed())
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

    /// A stamp, and the sight of a file that has it.
    const STAMP: &[u8] = &[5, 9, 9, 9, 9];
    const FILE: &[u8] = &[1, 5, 9, 9, 9, 9];

    /// Removals of files in the top directory, each with its path as it is written.
    fn removals(paths: &[&[u8]]) -> &'static str {
        let ops = paths.iter().map(|path| [&[REMOVE], *path, STAMP, FILE].concat());
        reencoded(&ops.collect::<Vec<_>>().concat())
    }

    #[test]
    fn an_operation_has_one_spelling() {
        // Of "ab" and "ac": the second path with all that is shared, less, and more.
        assert_eq!(removals(&[b"\0\x02ab", b"\x01\x01c"]), "same");
        assert_eq!(removals(&[b"\0\x02ab", b"\0\x02ac"]), "malformed");
        assert_eq!(removals(&[b"\0\x02ab", b"\x03\x01c"]), "malformed");
        assert_eq!(removals(&[b"\0\x02ab", b"\x02\0"]), "same");
        assert_eq!(removals(&[b"\0\x02ab", b"\x01\0"]), "same");
        // The top directory, and a path that is not canonical.
        assert_eq!(removals(&[b"\0\0"]), "malformed");
        assert_eq!(removals(&[b"\0\x02a/"]), "malformed");
        assert_eq!(reencoded(&[b"\x07\0\x01a", STAMP, FILE].concat()), "malformed");
    }

    #[test]
    fn absent_attributes_have_one_spelling() {
        let put = |flags: u8, attributes: &[u8]| {
            let entry = [&[0, 0, 1, b'a', flags][..], &[0; 6], attributes, b"\0\x01x\0\0"];
            reencoded(&entry.concat())
        };
        assert_eq!(put(0, b""), "same");
        assert_eq!(put(4, b"\x01\x01t\0"), "same");
        assert_eq!(put(4, b"\0\x01\x01k\x01v"), "same");
        assert_eq!(put(4, b"\0\0"), "malformed");
        assert_eq!(put(4, b"\0\x02\x01k\x01v\x01k\x01v"), "malformed");
        // An entry in a tail is a file.
        let directory = [&[0, 0, 1, b'a', 1][..], &[0; 6], &[7; 16], b"\0\0"];
        assert_eq!(reencoded(&directory.concat()), "malformed");
    }

    /// An operation on `path`, which shares nothing with the one before, and what was seen.
    fn op(kind: u8, path: &[u8], seen: &[&[u8]]) -> Vec<u8> {
        let time: &[u8] = if [MAKE_DIRECTORY, RENAME, COPY].contains(&kind) { &[0] } else { &[] };
        [&[kind, 0][..], path, STAMP, time, &seen.concat()].concat()
    }

    #[test]
    fn a_directory_has_its_id_at_its_first_mention_and_its_number_after_that() {
        let (one, two) = (&[&[0][..], &[7; 16]].concat()[..], &[&[0][..], &[8; 16]].concat()[..]);
        let spelled = |sights: [&[&[u8]]; 2]| {
            let first = op(MAKE_DIRECTORY, b"\x03a/b", sights[0]);
            reencoded(&[first, op(MAKE_DIRECTORY, b"\x03c/d", sights[1])].concat())
        };
        assert_eq!(spelled([&[b"\0", one], &[b"\0", two]]), "same");
        assert_eq!(spelled([&[b"\0", one], &[b"\0\x01"]]), "same");
        // Once more, a number that none has, the top.
        assert_eq!(spelled([&[b"\0", one], &[b"\0", one]]), "malformed");
        assert_eq!(spelled([&[b"\0", one], &[b"\0\x02"]]), "malformed");
        assert_eq!(spelled([&[b"\0\x01"], &[b"\0", one]]), "malformed");
        assert_eq!(spelled([&[b"\0", &[0; 17]], &[b"\0", one]]), "malformed");
        // A directory has an id of its own, which may be any that was mentioned.
        assert_eq!(spelled([&[b"\x02", one, STAMP, two], &[b"\0\x02"]]), "same");
        assert_eq!(spelled([&[b"\x02", one, STAMP, b"\x01"], &[b"\0\x01"]]), "same");
        // Where one of the two directories is missing there is none but the top.
        assert_eq!(spelled([&[b"\x03"], &[b"\0", one]]), "same");
        assert_eq!(spelled([&[b"\x03"], &[b"\x03"]]), "same");
        assert_eq!(spelled([&[b"\x04"], &[b"\x03"]]), "malformed");
        assert_eq!(spelled([&[&[0xff; 9], &[1]], &[b"\x03"]]), "malformed");
    }

    #[test]
    fn an_operation_saw_what_makes_it_possible() {
        let directory = [&[DIRECTORY_SEEN], STAMP, &[0], &[7; 16]].concat();
        let (absent, file, directory) = (&[0][..], FILE, &directory[..]);
        let outcome = |kind, seen: &[&[u8]]| {
            let path: &[u8] = if seen.len() > 1 { b"\x01a\0\x01b" } else { b"\x01a" };
            reencoded(&op(kind, path, seen)) == "same"
        };
        for (kind, possible) in [
            (MAKE_DIRECTORY, [true, false, true]),
            (REMOVE, [false, true, true]),
            (REMOVE_ALL, [false, true, true]),
        ] {
            let found = [absent, file, directory].map(|seen| outcome(kind, &[seen]));
            assert_eq!(found, possible, "{kind}");
        }
        let again = [&[DIRECTORY_SEEN], STAMP, &[1]].concat();
        for kind in [RENAME, COPY] {
            assert_eq!([absent, file].map(|seen| outcome(kind, &[absent, seen])), [false; 2]);
            assert!(!outcome(kind, &[absent, directory]));
            assert_eq!([absent, file].map(|seen| outcome(kind, &[file, seen])), [true; 2]);
            assert!(!outcome(kind, &[file, directory]));
            assert!(outcome(kind, &[directory, absent]));
            assert!(!outcome(kind, &[directory, file]));
            assert!(outcome(kind, &[directory, &again]));
        }
        let put = |seen: &[u8]| {
            reencoded(&[&[0, 0, 1, b'a', 0][..], &[0; 6], b"\0\x01x\0", seen].concat()) == "same"
        };
        assert_eq!([absent, file, directory].map(put), [true, true, false]);
        let annotate =
            |seen: &[u8]| reencoded(&[b"\x06\0\x01a\0\0\0", STAMP, seen].concat()) == "same";
        assert_eq!([absent, file, directory].map(annotate), [false, true, true]);
    }

    const DIRECTORY_SEEN: u8 = 2;
}
