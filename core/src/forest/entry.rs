//! Entries: what a directory maps names to.

use std::collections::BTreeMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use super::directory_id::DirectoryId;
use super::stamp::{Origin, Stamp};
use super::time::Time;
use crate::codec::{put_bytes, put_varint};
use crate::content::Content;
use crate::error::{Error, Result};
use crate::hamt::{Trie, Value};
use crate::path::EntryName;
use crate::seal::{Address, Link, SectionReader, SectionWriter};

/// What an app attaches to an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Attributes {
    pub(crate) content_type: Option<String>,
    pub(crate) metadata: BTreeMap<String, String>,
}

impl Attributes {
    /// The most bytes of a content type.
    const CONTENT_TYPE_BYTES_MAX: usize = 255;
    /// The most bytes of all metadata keys and values.
    const METADATA_BYTES_MAX: usize = 4096;

    pub(crate) fn check(&self) -> Result<()> {
        if self.content_type.as_ref().is_some_and(|it| it.len() > Self::CONTENT_TYPE_BYTES_MAX) {
            return Err(Error::InvalidArgument { what: "a content type has at most 255 bytes" });
        }
        let bytes: usize = self.metadata.iter().map(|(key, value)| key.len() + value.len()).sum();
        if bytes > Self::METADATA_BYTES_MAX {
            return Err(Error::InvalidArgument { what: "metadata has at most 4096 bytes" });
        }
        Ok(())
    }

    fn is_empty(&self) -> bool {
        self.content_type.is_none() && self.metadata.is_empty()
    }

    fn weight(&self) -> usize {
        let text = |text: &str| text.len() + 1;
        self.content_type.as_deref().map_or(1, |it| text(it) + 1)
            + 1
            + self.metadata.iter().map(|(key, value)| text(key) + text(value) + 1).sum::<usize>()
    }
}

/// A file or a directory in its parent directory.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) stamp: Stamp,
    pub(crate) modified: Time,
    pub(crate) attributes: Option<Arc<Attributes>>,
    pub(crate) body: Body,
}

/// What an entry holds.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    File(Content),
    Directory(Directory),
}

/// A directory: its id, and the trie of its entries. However deep the directories in it are, it is
/// dropped with few calls on the stack.
#[derive(Debug, Clone)]
pub(crate) struct Directory {
    pub(crate) id: DirectoryId,
    trie: Trie<Entry>,
}

impl Directory {
    fn empty(id: DirectoryId) -> Self {
        Self { id, trie: Trie::default() }
    }

    /// The same entries in a directory of its own.
    pub(super) fn copied(&self, id: DirectoryId) -> Self {
        Self { id, trie: self.trie.clone() }
    }
}

impl Deref for Directory {
    type Target = Trie<Entry>;

    fn deref(&self) -> &Trie<Entry> {
        &self.trie
    }
}

impl DerefMut for Directory {
    fn deref_mut(&mut self) -> &mut Trie<Entry> {
        &mut self.trie
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        std::mem::take(&mut self.trie).dismantle();
    }
}

impl Entry {
    /// A new directory, of which so many names of the operation's path come behind.
    pub(super) fn directory(origin: Origin, behind: usize) -> Self {
        let id = DirectoryId::made(origin.stamp, behind);
        Self {
            stamp: origin.stamp,
            modified: origin.time,
            attributes: None,
            body: Body::Directory(Directory::empty(id)),
        }
    }

    pub(crate) fn with_attributes(mut self, attributes: Attributes) -> Self {
        self.attributes = (!attributes.is_empty()).then(|| Arc::new(attributes));
        self
    }

    pub(crate) fn is_directory(&self) -> bool {
        matches!(self.body, Body::Directory(_))
    }

    pub(crate) fn as_directory(&self) -> Option<&Trie<Entry>> {
        match &self.body {
            Body::Directory(directory) => Some(directory),
            Body::File(_) => None,
        }
    }

    pub(crate) fn as_directory_mut(&mut self) -> Option<&mut Trie<Entry>> {
        match &mut self.body {
            Body::Directory(directory) => Some(directory),
            Body::File(_) => None,
        }
    }

    /// The id of a directory.
    pub(crate) fn directory_id(&self) -> Option<DirectoryId> {
        match &self.body {
            Body::Directory(directory) => Some(directory.id),
            Body::File(_) => None,
        }
    }

    pub(crate) fn content(&self) -> Option<&Content> {
        match &self.body {
            Body::File(content) => Some(content),
            Body::Directory(_) => None,
        }
    }
}

const DIRECTORY: u8 = 1;
const NOT_EMPTY: u8 = 2;
const ATTRIBUTES: u8 = 4;

impl Value for Entry {
    fn weight(&self) -> usize {
        let head = 1 + self.stamp.encoded_len() + self.modified.encoded_len();
        let attributes = self.attributes.as_ref().map_or(0, |attributes| attributes.weight());
        let body = match &self.body {
            Body::File(content) => content.weight(),
            // The same for empty and not: changes below must not change an entry's weight.
            Body::Directory(_) => DirectoryId::BYTES + 32,
        };
        head + attributes + body
    }

    /// ```text
    /// flags: 1 directory, 2 not empty, 4 attributes
    /// varint count, writer (4, le), signed varint: modified
    /// attributes: 0, or 1 and the content type; varint count, keys and values ascending by key
    /// file: its content
    /// directory: its id (16); the address (32) of its root node unless empty; place, length
    /// ```
    fn encode(&self, nested: Option<Link>, out: &mut SectionWriter<'_>) -> Result<()> {
        let flag = |bit: u8, is: bool| if is { bit } else { 0 };
        let flags = flag(DIRECTORY, self.content().is_none())
            | flag(NOT_EMPTY, nested.is_some())
            | flag(ATTRIBUTES, self.attributes.is_some());
        let addressed = out.addressed();
        addressed.push(flags);
        self.stamp.encode(addressed);
        self.modified.encode(addressed);
        if let Some(attributes) = &self.attributes {
            encode_attributes(attributes, addressed);
        }
        match &self.body {
            Body::File(content) => return content.encode(out),
            Body::Directory(directory) => directory.id.encode(addressed),
        }
        if let Some(link) = nested {
            addressed.extend_from_slice(link.address.expose());
            out.put_place_and_length(&link.place);
        }
        Ok(())
    }

    fn decode(input: &mut SectionReader<'_>) -> Result<Self> {
        let addressed = input.addressed();
        let flags = addressed.byte()?;
        if flags > DIRECTORY | NOT_EMPTY | ATTRIBUTES
            || flags & (DIRECTORY | NOT_EMPTY) == NOT_EMPTY
        {
            return Err(addressed.malformed());
        }
        let stamp = Stamp::decode(addressed)?;
        let modified = Time::decode(addressed)?;
        let attributes = match flags & ATTRIBUTES {
            0 => None,
            _ => {
                let attributes = decode_attributes(input)?;
                if attributes.is_empty() {
                    return Err(input.addressed().malformed());
                }
                Some(Arc::new(attributes))
            }
        };
        let body = if flags & NOT_EMPTY != 0 {
            let id = DirectoryId::decode(input.addressed())?;
            let address = Address(input.addressed().array()?);
            let place = input.place_and_length()?;
            Body::Directory(Directory { id, trie: Trie::at(Some(Link { address, place })) })
        } else if flags & DIRECTORY != 0 {
            Body::Directory(Directory::empty(DirectoryId::decode(input.addressed())?))
        } else {
            Body::File(Content::decode(input)?)
        };
        Ok(Self { stamp, modified, attributes, body })
    }

    fn is_placed(&self) -> bool {
        self.content().is_none_or(Content::is_placed)
    }

    fn admits_key(key: &[u8]) -> bool {
        EntryName::check_stored(key).is_ok()
    }

    fn memory(&self) -> usize {
        let attributes = self.attributes.as_ref().map_or(0, |attributes| attributes.weight() + 64);
        let inline = match self.content() {
            Some(Content::Inline(bytes)) => bytes.len(),
            Some(Content::Packed(..)) => 128,
            _ => 0,
        };
        attributes + inline
    }

    fn nested(&self) -> Option<&Trie<Self>> {
        self.as_directory()
    }

    fn nested_mut(&mut self) -> Option<&mut Trie<Self>> {
        self.as_directory_mut()
    }
}

pub(super) fn encode_attributes(attributes: &Attributes, out: &mut Vec<u8>) {
    match &attributes.content_type {
        None => out.push(0),
        Some(content_type) => {
            out.push(1);
            put_bytes(out, content_type.as_bytes());
        }
    }
    put_varint(out, attributes.metadata.len() as u64);
    for (key, value) in &attributes.metadata {
        put_bytes(out, key.as_bytes());
        put_bytes(out, value.as_bytes());
    }
}

pub(super) fn decode_attributes(input: &mut SectionReader<'_>) -> Result<Attributes> {
    let addressed = input.addressed();
    let content_type = match addressed.byte()? {
        0 => None,
        1 => Some(addressed.text()?),
        _ => return Err(addressed.malformed()),
    };
    if content_type.is_some_and(|text| text.len() > Attributes::CONTENT_TYPE_BYTES_MAX) {
        return Err(addressed.malformed());
    }
    let mut metadata: BTreeMap<String, String> = BTreeMap::new();
    let mut bytes = 0;
    for _ in 0..addressed.count()? {
        let (key, value) = (addressed.text()?, addressed.text()?);
        bytes += key.len() + value.len();
        let ascending = metadata.last_key_value().is_none_or(|(last, _)| last.as_str() < key);
        if !ascending || bytes > Attributes::METADATA_BYTES_MAX {
            return Err(addressed.malformed());
        }
        metadata.insert(key.to_owned(), value.to_owned());
    }
    Ok(Attributes { content_type: content_type.map(str::to_owned), metadata })
}

/// Reads a node of entries and writes it again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_node(plaintext: &[u8]) -> Result<Vec<u8>> {
    crate::hamt::reencode_node::<Entry>(plaintext)
}
