//! Operations: what a session did, as it is replayed and carried in a root's tail.

use std::sync::Arc;

use super::entry::{Attributes, Body, Entry, Origin, Stamp, decode_attributes, encode_attributes};
use super::root::ROOT_KEY;
use super::spill::{TAIL_BYTES_MAX, TAIL_OPS_MAX};
use super::time::Time;
use super::tree::{Stop, change_directory, change_parent, find};
use crate::codec::{put_bytes, put_varint};
use crate::content::{Claim, Unit};
use crate::error::{Error, Result};
use crate::hamt::{NodeReader, NodeWriter, Trie, Value};
use crate::path::{PATH_BYTES_MAX, PathRule, VaultPath};

/// One change of the tree. Parents that are missing are made.
#[derive(Debug, Clone)]
pub(crate) enum Op {
    /// Creates or replaces the file at `path`; `time` is when, by the clock of the device. The
    /// claim is on the chunks of its content, where this session has put them.
    Put { path: VaultPath, entry: Entry, time: Time, claim: Option<Arc<Claim>> },
    /// Makes the directory at `path` unless it exists.
    MakeDirectory { path: VaultPath, origin: Origin },
    /// Removes the file or empty directory at `path`.
    Remove { path: VaultPath },
    /// Removes what is at `path` with all below it.
    RemoveAll { path: VaultPath },
    /// Moves a file or directory.
    Rename { from: VaultPath, to: VaultPath, origin: Origin },
    /// Copies a file or directory; contents are shared.
    Copy { from: VaultPath, to: VaultPath, origin: Origin },
    /// Replaces the attributes and modification time of an entry.
    Annotate { path: VaultPath, attributes: Attributes, modified: Time, stamp: Stamp },
}

impl Op {
    /// The path it is about, and its target if it has one.
    fn paths(&self) -> impl Iterator<Item = &VaultPath> {
        let (path, target) = match self {
            Op::Put { path, .. }
            | Op::MakeDirectory { path, .. }
            | Op::Remove { path }
            | Op::RemoveAll { path }
            | Op::Annotate { path, .. } => (path, None),
            Op::Rename { from, to, .. } | Op::Copy { from, to, .. } => (from, Some(to)),
        };
        std::iter::once(path).chain(target)
    }

    /// Whether the outcome may change what is at `path` or below it, or whether it exists.
    pub(super) fn touches(&self, path: &VaultPath) -> bool {
        self.paths().any(|own| own.is_within(path) || path.is_within(own))
    }

    /// Whether this is the same operation as `other`, read back: of two that carry a stamp, that
    /// one decides; removals of one path are alike whoever made them.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Op::Put { path: a, entry: one, .. }, Op::Put { path: b, entry: two, .. }) => {
                a == b && one.stamp == two.stamp
            }
            (
                Op::MakeDirectory { path: a, origin: one },
                Op::MakeDirectory { path: b, origin: two },
            ) => a == b && one.stamp == two.stamp,
            (
                Op::Annotate { path: a, stamp: one, .. },
                Op::Annotate { path: b, stamp: two, .. },
            ) => a == b && one == two,
            (Op::Remove { path: a }, Op::Remove { path: b })
            | (Op::RemoveAll { path: a }, Op::RemoveAll { path: b }) => a == b,
            (
                Op::Rename { from: a, to: c, origin: one },
                Op::Rename { from: b, to: d, origin: two },
            )
            | (
                Op::Copy { from: a, to: c, origin: one },
                Op::Copy { from: b, to: d, origin: two },
            ) => a == b && c == d && one.stamp == two.stamp,
            _ => false,
        }
    }

    /// The unit of the operation's content that a flush may have to place.
    pub(super) fn unit(&self) -> Option<&Unit> {
        match self {
            Op::Put { entry, .. } => entry.content()?.unit(),
            _ => None,
        }
    }

    /// A root names what the operation put, or may do so.
    pub(super) fn keep(&self) {
        if let Op::Put { claim: Some(claim), .. } = self {
            claim.keep();
        }
    }

    /// Applies the operation, wholly or not at all.
    pub(super) fn apply(&self, top: &mut Trie<Entry>) -> Result<(), Stop> {
        let mut changed = top.clone();
        self.change(&mut changed)?;
        *top = changed;
        Ok(())
    }

    fn change(&self, top: &mut Trie<Entry>) -> Result<(), Stop> {
        match self {
            Op::Put { path, entry, time, .. } => {
                if find(top, path)?.is_some_and(|old| old.content().is_none()) {
                    return Err(Error::IsADirectory { path: path.clone() }.into());
                }
                insert(top, path, entry.clone(), *time)
            }
            Op::MakeDirectory { path, origin } => change_directory(top, path, *origin, |_| Ok(())),
            Op::Remove { path } => {
                let entry = existing(top, path)?;
                if entry.as_directory().is_some_and(|directory| !directory.is_empty()) {
                    return Err(Error::DirectoryNotEmpty { path: path.clone() }.into());
                }
                remove(top, path, &entry)
            }
            Op::RemoveAll { path } => {
                let entry = existing(top, path)?;
                remove(top, path, &entry)
            }
            Op::Rename { from, to, origin } => {
                let entry = existing(top, from)?;
                if from == to {
                    return Ok(());
                }
                check_target(top, &entry, from, to)?;
                remove(top, from, &entry)?;
                insert(top, to, Entry { stamp: origin.stamp, ..entry }, origin.time)
            }
            Op::Copy { from, to, origin } => {
                let entry = existing(top, from)?;
                if from == to {
                    return Ok(());
                }
                check_target(top, &entry, from, to)?;
                insert(top, to, Entry { stamp: origin.stamp, ..entry }, origin.time)
            }
            Op::Annotate { path, attributes, modified, stamp } => {
                let entry = existing(top, path)?;
                let entry = Entry { stamp: *stamp, modified: *modified, ..entry };
                insert(top, path, entry.with_attributes(attributes.clone()), *modified)
            }
        }
    }
}

fn existing(top: &Trie<Entry>, path: &VaultPath) -> Result<Entry, Stop> {
    if path.is_top() {
        return Err(Error::InvalidPath(PathRule::Top).into());
    }
    let entry = find(top, path)?.cloned();
    entry.ok_or_else(|| Error::NotFound { path: path.clone() }.into())
}

/// Puts an entry at `path`. Directories that are missing on the way get its stamp, and `time`.
fn insert(top: &mut Trie<Entry>, path: &VaultPath, entry: Entry, time: Time) -> Result<(), Stop> {
    let origin = Origin { stamp: entry.stamp, time };
    change_parent(top, path, origin, |parent, name| parent.insert(name, entry).map(|_| ()))
}

/// Takes the entry at `path` away. It was found there, so no directory is made.
fn remove(top: &mut Trie<Entry>, path: &VaultPath, found: &Entry) -> Result<(), Stop> {
    let origin = Origin { stamp: found.stamp, time: found.modified };
    change_parent(top, path, origin, |parent, name| parent.remove(name).map(|_| ()))
}

/// A target may be free, a file to replace by a file, or an empty directory to replace by one.
fn check_target(
    top: &Trie<Entry>,
    entry: &Entry,
    from: &VaultPath,
    to: &VaultPath,
) -> Result<(), Stop> {
    if to.is_top() {
        return Err(Error::InvalidPath(PathRule::Top).into());
    }
    if to.is_within(from) {
        return Err(match entry.body {
            Body::Directory(_) => Error::IntoItself { path: to.clone() },
            // A parent of the target would be the file itself.
            Body::File(_) => Error::NotADirectory { path: from.clone() },
        }
        .into());
    }
    let path = to.clone();
    let error = match (&entry.body, find(top, to)?.map(|target| &target.body)) {
        (_, None) | (Body::File(_), Some(Body::File(_))) => return Ok(()),
        (Body::File(_), Some(Body::Directory(_))) => Error::IsADirectory { path },
        (Body::Directory(_), Some(Body::File(_))) => Error::NotADirectory { path },
        (Body::Directory(_), Some(Body::Directory(target))) if target.is_empty() => return Ok(()),
        (Body::Directory(_), Some(Body::Directory(_))) => Error::DirectoryNotEmpty { path },
    };
    Err(error.into())
}

const PUT: u8 = 0;
const MAKE_DIRECTORY: u8 = 1;
const REMOVE: u8 = 2;
const REMOVE_ALL: u8 = 3;
const RENAME: u8 = 4;
const COPY: u8 = 5;
const ANNOTATE: u8 = 6;

/// Writes operations, each path as the bytes it shares with the path before and the rest.
pub(super) struct OpWriter<'a, 'b> {
    pub(super) out: &'a mut NodeWriter<'b>,
    previous: VaultPath,
}

impl<'a, 'b> OpWriter<'a, 'b> {
    pub(super) fn new(out: &'a mut NodeWriter<'b>) -> Self {
        Self { out, previous: VaultPath::top() }
    }

    pub(super) fn put(&mut self, op: &Op) -> Result<()> {
        match op {
            Op::Put { path, entry, time, .. } => {
                self.head(PUT, path);
                entry.encode(self.out)?;
                time.encode_from(entry.modified, self.out.canon());
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
                encode_attributes(attributes, self.out.canon());
                modified.encode(self.out.canon());
                stamp.encode(self.out.canon());
            }
        }
        Ok(())
    }

    fn head(&mut self, kind: u8, path: &VaultPath) {
        self.out.canon().push(kind);
        self.path(path);
    }

    fn path(&mut self, path: &VaultPath) {
        let (old, new) = (self.previous.as_str().as_bytes(), path.as_str().as_bytes());
        let shared = old.iter().zip(new).take_while(|(a, b)| a == b).count();
        put_varint(self.out.canon(), shared as u64);
        put_bytes(self.out.canon(), &new[shared..]);
        self.previous = path.clone();
    }

    fn origin(&mut self, origin: &Origin) {
        origin.stamp.encode(self.out.canon());
        origin.time.encode(self.out.canon());
    }
}

/// Reads what [`OpWriter`] wrote.
pub(super) struct OpReader<'a, 'b> {
    input: &'a mut NodeReader<'b>,
    previous: VaultPath,
}

impl<'a, 'b> OpReader<'a, 'b> {
    pub(super) fn new(input: &'a mut NodeReader<'b>) -> Self {
        Self { input, previous: VaultPath::top() }
    }

    pub(super) fn next(&mut self) -> Result<Op> {
        let kind = self.input.canon().byte()?;
        let path = self.path()?;
        Ok(match kind {
            PUT => {
                let entry = Entry::decode(self.input)?;
                if entry.content().is_none() {
                    return Err(self.input.canon().malformed());
                }
                let time = Time::decode_from(entry.modified, self.input.canon())?;
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
                modified: Time::decode(self.input.canon())?,
                stamp: Stamp::decode(self.input.canon())?,
            },
            _ => return Err(self.input.canon().malformed()),
        })
    }

    fn path(&mut self) -> Result<VaultPath> {
        let canon = self.input.canon();
        let shared = canon.varint_u32()? as usize;
        let rest = canon.bytes()?;
        if shared.saturating_add(rest.len()) > PATH_BYTES_MAX {
            return Err(canon.malformed());
        }
        let (old, apart) = self
            .previous
            .as_str()
            .as_bytes()
            .split_at_checked(shared)
            .ok_or_else(|| canon.malformed())?;
        // One spelling: all that is shared is left out.
        if apart.first().is_some_and(|next| rest.first() == Some(next)) {
            return Err(canon.malformed());
        }
        let path = VaultPath::from_stored(&[old, rest].concat()).map_err(|_| canon.malformed())?;
        if path.is_top() {
            return Err(canon.malformed());
        }
        self.previous = path.clone();
        Ok(path)
    }

    fn origin(&mut self) -> Result<Origin> {
        let stamp = Stamp::decode(self.input.canon())?;
        Ok(Origin { stamp, time: Time::decode(self.input.canon())? })
    }
}

/// Refuses a tail of more operations or bytes than are ever carried, before it is read.
pub(super) fn check_tail(input: &mut NodeReader<'_>, count: usize) -> Result<()> {
    let bytes = input.remaining() as u64;
    if count > TAIL_OPS_MAX || bytes > TAIL_BYTES_MAX {
        return Err(input.canon().malformed());
    }
    Ok(())
}

/// The error of an operation of a root's tail that could not be applied. No writer puts one there
/// that the rules do not allow, so the root is at fault and not whoever reads it.
pub(super) fn in_tail(error: Error) -> Error {
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

/// Reads operations to the end and writes them again, which must give the same bytes.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn reencode_ops(plaintext: &[u8]) -> Result<Vec<u8>> {
    let mut input = NodeReader::new(plaintext, "operations")?;
    let plan = crate::hamt::SealPlan::default();
    let mut out = NodeWriter::new(&plan);
    let (mut reader, mut writer) = (OpReader::new(&mut input), OpWriter::new(&mut out));
    for count in 0.. {
        if reader.input.canon().remaining() == 0 {
            break;
        }
        check_tail(reader.input, count + 1)?;
        writer.put(&reader.next()?)?;
    }
    input.finish()?;
    Ok(out.finish())
}

/// Operations shared between the queue, the tail and the tree.
pub(super) type Ops = Arc<[Op]>;

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::codec::put_bytes;

    /// What becomes of operations that are read and written again.
    fn reencoded(canon: &[u8]) -> &'static str {
        let mut plaintext = Vec::new();
        put_bytes(&mut plaintext, canon);
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
