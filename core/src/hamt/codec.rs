//! Nodes as bytes.
//!
//! A node's plaintext has two sections: what its address covers, then where its links lead.
//!
//! ```text
//! varint  length of the first section
//!         first section
//!             leaf:  0, varint count, entries ascending by key:
//!                    varint bytes shared with the key before, varint length of the rest, rest,
//!                    value
//!             inner: 1, u32 le start bits, for each range: weight byte, address (32) unless
//!                    the weight is 0
//!         second section: for each link of the first, in order, its place
//! ```
//!
//! A place is a varint `2 * pack + gap`: pack 0 is new and followed by its 16 bytes, pack `n` is
//! the `n`-th seen in this node; without the gap bit the unit starts where the last one seen in
//! that pack ended (at 0 in a new one), with it a signed varint says how far from there; then a
//! varint length, left out where the first section tells it.

use std::collections::HashSet;
use std::sync::Arc;

use super::hash::{KeyHash, SLOTS, Slots};
use super::leaf::{Item, Leaf, in_order, units};
use super::node::{Body, Child, Inner, LEAF_WEIGHT_MAX, Node, Stored, Trie, Value, Weight};
use super::store::SealPlan;
use crate::codec::{Reader, put_bytes, put_signed, put_varint};
use crate::error::{Error, Result};
use crate::seal::{Address, Link, PackId, Place, TAG_BYTES};

const KIND_LEAF: u8 = 0;
const KIND_INNER: u8 = 1;

/// Writes the two sections of a node.
#[derive(Debug)]
pub struct NodeWriter<'a> {
    plan: &'a SealPlan,
    canon: Vec<u8>,
    places: PlaceWriter,
}

impl<'a> NodeWriter<'a> {
    pub(crate) fn new(plan: &'a SealPlan) -> Self {
        Self { plan, canon: Vec::new(), places: PlaceWriter::default() }
    }

    /// Both sections, the first behind its length.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut plaintext = Vec::with_capacity(self.canon.len() + self.places.bytes.len() + 3);
        put_bytes(&mut plaintext, &self.canon);
        plaintext.extend_from_slice(&self.places.bytes);
        plaintext
    }

    /// The section the address covers, to append to.
    pub fn canon(&mut self) -> &mut Vec<u8> {
        &mut self.canon
    }

    /// Writes a place whose length the reader knows from the first section.
    pub fn put_place(&mut self, place: &Place) {
        self.places.put(place);
    }

    /// Writes a place and its length.
    pub fn put_place_and_length(&mut self, place: &Place) {
        self.places.put(place);
        put_varint(&mut self.places.bytes, place.length.into());
    }

    /// The link of the root of a nested trie, which is stored or part of the same plan.
    pub fn nested_link<V: Value>(&self, nested: &Trie<V>) -> Result<Option<Link>> {
        match &nested.root {
            Child::Empty => Ok(None),
            child => self.plan.stored(child).map(|stored| Some(stored.link)),
        }
    }

    /// Where the plan has put a content that had no place before.
    pub fn placed_content(&self, address: &Address) -> Option<Place> {
        self.plan.contents.get(address).copied()
    }
}

/// Reads the two sections of a node.
pub struct NodeReader<'a> {
    canon: Reader<'a>,
    places: PlaceReader<'a>,
}

impl<'a> NodeReader<'a> {
    /// A reader of both sections.
    pub(crate) fn new(plaintext: &'a [u8], what: &'static str) -> Result<Self> {
        let (canon, places) = split(plaintext)?;
        Ok(Self {
            canon: Reader::new(canon, what),
            places: PlaceReader::new(Reader::new(places, what)),
        })
    }

    /// Fails unless both sections were read to their ends.
    pub(crate) fn finish(self) -> Result<()> {
        self.canon.finish()?;
        self.places.reader.finish()
    }

    /// The section the address covers.
    pub(crate) fn canon(&mut self) -> &mut Reader<'a> {
        &mut self.canon
    }

    /// Reads a place of a unit of `length` sealed bytes.
    pub fn place(&mut self, length: u32) -> Result<Place> {
        let (pack, offset) = self.places.start()?;
        self.places.end(pack, offset, length)
    }

    /// Reads a place and its length.
    pub fn place_and_length(&mut self) -> Result<Place> {
        self.places.place_and_length()
    }

    /// How many bytes of both sections are left.
    pub(crate) fn remaining(&self) -> usize {
        self.canon.remaining() + self.places.reader.remaining()
    }
}

/// A node ready to be addressed and sealed.
pub(super) struct EncodedNode {
    pub(super) plaintext: Vec<u8>,
    canon_len: usize,
}

impl EncodedNode {
    /// The section the address covers.
    pub(super) fn canon(&self) -> &[u8] {
        canon_of(&self.plaintext, self.canon_len)
    }
}

/// Encodes `node`, whose dirty children are in `plan`.
pub(super) fn encode<V: Value>(node: &Node<V>, plan: &SealPlan) -> Result<EncodedNode> {
    let mut out = NodeWriter::new(plan);
    match &node.body {
        Body::Leaf(leaf) => encode_leaf(leaf, &mut out)?,
        Body::Inner(inner) => {
            out.canon.push(KIND_INNER);
            out.canon.extend_from_slice(&inner.starts.to_le_bytes());
            for child in &inner.children {
                out.canon.push(child.weight().0);
                if !matches!(child, Child::Empty) {
                    let stored = plan.stored(child)?;
                    out.canon.extend_from_slice(stored.link.address.expose());
                    out.put_place_and_length(&stored.link.place);
                }
            }
        }
    }
    let canon_len = out.canon.len();
    Ok(EncodedNode { plaintext: out.finish(), canon_len })
}

fn encode_leaf<V: Value>(leaf: &Leaf<V>, out: &mut NodeWriter<'_>) -> Result<()> {
    out.canon.push(KIND_LEAF);
    put_varint(&mut out.canon, leaf.items().len() as u64);
    let mut previous: &[u8] = &[];
    for item in in_order(leaf.items().iter().collect()) {
        let shared = previous.iter().zip(&*item.key).take_while(|(a, b)| a == b).count();
        put_varint(&mut out.canon, shared as u64);
        put_bytes(&mut out.canon, &item.key[shared..]);
        item.value.encode(out)?;
        previous = &item.key;
    }
    Ok(())
}

impl<V: Value> Node<V> {
    /// Reads a node's plaintext.
    pub fn decode(plaintext: &[u8]) -> Result<Self> {
        let mut input = NodeReader::new(plaintext, "node")?;
        let body = match input.canon.byte()? {
            KIND_LEAF => Body::Leaf(decode_leaf(&mut input)?),
            KIND_INNER => Body::Inner(decode_inner(&mut input)?),
            _ => return Err(input.canon.malformed()),
        };
        input.finish()?;
        Ok(Node::new(body))
    }

    /// The part of a node's plaintext its address covers.
    pub fn canon(plaintext: &[u8]) -> Result<&[u8]> {
        Ok(split(plaintext)?.0)
    }
}

fn decode_leaf<V: Value>(input: &mut NodeReader<'_>) -> Result<Leaf<V>> {
    let count = input.canon.count()?;
    // Each entry weighs a unit at least.
    if count == 0 || count > LEAF_WEIGHT_MAX as usize {
        return Err(input.canon.malformed());
    }
    let fits = |weight: u32| count == 1 || weight <= LEAF_WEIGHT_MAX;
    let mut items: Vec<Item<V>> = Vec::with_capacity(count);
    let mut weight = 0;
    for _ in 0..count {
        let shared = input.canon.varint_u32()? as usize;
        let rest = input.canon.bytes()?;
        let previous: &[u8] = items.last().map_or(&[], |item| &item.key);
        let start = previous.get(..shared).ok_or_else(|| input.canon.malformed())?;
        // One spelling: all that is shared is left out.
        let ascending = items.is_empty() || rest.first() > previous.get(shared);
        // Weighed before it is copied: a few bytes that share a long name are cheap to write.
        if !ascending || !fits(weight + units(start.len() + rest.len())) {
            return Err(input.canon.malformed());
        }
        let key = [start, rest].concat();
        if !V::admits_key(&key) {
            return Err(input.canon.malformed());
        }
        let value = V::decode(input)?;
        let item = Item::new(&KeyHash::of(&key), &key, value);
        weight += item.units();
        if !fits(weight) {
            return Err(input.canon.malformed());
        }
        items.push(item);
    }
    Ok(Leaf::new(items))
}

fn decode_inner<V: Value>(input: &mut NodeReader<'_>) -> Result<Inner<V>> {
    let starts = Slots::from_le_bytes(input.canon.array()?);
    let mut inner = Inner { starts, children: Vec::with_capacity(starts.count_ones() as usize) };
    if starts & 1 == 0 {
        return Err(input.canon.malformed());
    }
    for index in 0..starts.count_ones() as usize {
        let (start, size) = inner.range(index);
        let aligned = size.is_power_of_two() && start.is_multiple_of(size);
        let weight = Weight::from_byte(input.canon.byte()?).filter(|_| aligned);
        let weight = weight.ok_or_else(|| input.canon.malformed())?;
        // An inner node stands for one slot: a wider range would have been split further.
        if weight == Weight::INNER && size != 1 {
            return Err(input.canon.malformed());
        }
        inner.children.push(if weight == Weight::EMPTY {
            Child::Empty
        } else {
            let address = Address(input.canon.array()?);
            let place = input.place_and_length()?;
            Child::Stored(Arc::new(Stored { link: Link { address, place }, weight }))
        });
    }
    if starts == 1 && SLOTS > 1 || inner.has_halves_that_fit() {
        return Err(input.canon.malformed());
    }
    Ok(inner)
}

fn split(plaintext: &[u8]) -> Result<(&[u8], &[u8])> {
    let mut reader = Reader::new(plaintext, "node");
    let canon = reader.bytes()?;
    let places = reader.take(reader.remaining())?;
    Ok((canon, places))
}

fn canon_of(plaintext: &[u8], canon_len: usize) -> &[u8] {
    let from = crate::codec::varint_len(canon_len as u64);
    &plaintext[from..from + canon_len]
}

/// The packs seen so far, each with where the last unit in it ended.
#[derive(Debug, Default)]
pub(crate) struct PlaceWriter {
    pub(crate) bytes: Vec<u8>,
    packs: Vec<(PackId, u32)>,
}

impl PlaceWriter {
    pub(crate) fn put(&mut self, place: &Place) {
        let seen = self.packs.iter().position(|(id, _)| *id == place.pack);
        let (index, end) = match seen {
            Some(index) => (index as u64 + 1, self.packs[index].1),
            None => (0, 0),
        };
        let gap = i64::from(place.offset) - i64::from(end);
        put_varint(&mut self.bytes, index << 1 | u64::from(gap != 0));
        if index == 0 {
            self.bytes.extend_from_slice(&place.pack.0);
        }
        if gap != 0 {
            put_signed(&mut self.bytes, gap);
        }
        let end = place.offset.saturating_add(place.length);
        match seen {
            Some(index) => self.packs[index].1 = end,
            None => self.packs.push((place.pack, end)),
        }
    }
}

pub(crate) struct PlaceReader<'a> {
    pub(crate) reader: Reader<'a>,
    packs: Vec<(PackId, u32)>,
    seen: HashSet<PackId>,
}

impl<'a> PlaceReader<'a> {
    pub(crate) fn new(reader: Reader<'a>) -> Self {
        Self { reader, packs: Vec::new(), seen: HashSet::new() }
    }

    /// The index of the pack and the offset in it.
    fn start(&mut self) -> Result<(usize, u32)> {
        let head = self.reader.varint()?;
        let index = match usize::try_from(head >> 1) {
            Ok(0) => {
                let id = PackId(self.reader.array()?);
                if !self.seen.insert(id) {
                    return Err(self.reader.malformed());
                }
                self.packs.push((id, 0));
                self.packs.len() - 1
            }
            Ok(seen) if seen <= self.packs.len() => seen - 1,
            _ => return Err(self.reader.malformed()),
        };
        let has_gap = head & 1 == 1;
        let gap = if has_gap { self.reader.signed()? } else { 0 };
        if has_gap != (gap != 0) {
            return Err(self.reader.malformed());
        }
        let offset = i64::from(self.packs[index].1).checked_add(gap);
        let offset = offset.and_then(|offset| u32::try_from(offset).ok());
        Ok((index, offset.ok_or_else(|| self.reader.malformed())?))
    }

    fn end(&mut self, index: usize, offset: u32, length: u32) -> Result<Place> {
        let end = offset.checked_add(length).ok_or_else(|| self.reader.malformed())?;
        self.packs[index].1 = end;
        Ok(Place { pack: self.packs[index].0, offset, length })
    }

    pub(crate) fn place_and_length(&mut self) -> Result<Place> {
        let (index, offset) = self.start()?;
        let length = self.reader.varint_u32()?;
        // A unit is a plaintext and its tag.
        if length as usize <= TAG_BYTES {
            return Err(self.reader.malformed());
        }
        self.end(index, offset, length)
    }
}

impl Value for Vec<u8> {
    fn weight(&self) -> usize {
        self.len() + 1
    }

    fn encode(&self, out: &mut NodeWriter<'_>) -> Result<()> {
        put_bytes(out.canon(), self);
        Ok(())
    }

    fn decode(input: &mut NodeReader<'_>) -> Result<Self> {
        Ok(input.canon().bytes()?.to_vec())
    }
}

impl std::fmt::Debug for NodeReader<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("NodeReader")
    }
}

/// Reads a node and writes it again, which must give the same bytes.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn reencode_node<V: Value>(plaintext: &[u8]) -> Result<Vec<u8>> {
    Ok(encode(&Node::<V>::decode(plaintext)?, &SealPlan::default())?.plaintext)
}

/// The error of a plan that does not hold what a node refers to.
pub(super) fn unplanned() -> Error {
    Error::Malformed { what: "store plan: a child was not stored before its parent" }
}
