//! Nodes as bytes.
//!
//! A node's plaintext has [two sections](SectionWriter): what its address covers, then where its
//! links lead. The first:
//!
//! ```text
//! leaf:  0, varint count, entries ascending by key:
//!        varint bytes shared with the key before, varint length of the rest, rest, value
//! inner: 1, u32 le start bits, for each range: weight byte, address (32) unless the weight is 0
//! ```

use std::sync::Arc;

use super::child::{Child, Stored, Weight};
use super::hash::{KeyHash, SLOTS, Slots};
use super::leaf::{Item, LEAF_WEIGHT_MAX, Leaf, in_order, units};
use super::node::{Body, Inner, Node};
use super::plan::SealPlan;
use super::value::Value;
use crate::codec::{put_bytes, put_varint};
use crate::error::Result;
use crate::seal::{Address, Link, SectionReader, SectionWriter, addressed_of};

/// What errors call it.
const WHAT: &str = "node";

const KIND_LEAF: u8 = 0;
const KIND_INNER: u8 = 1;

/// The plaintext of `node`, whose dirty children are in `plan`.
pub(super) fn encode<V: Value>(node: &Node<V>, plan: &SealPlan) -> Result<Vec<u8>> {
    let mut out = SectionWriter::new(&plan.units);
    match &node.body {
        Body::Leaf(leaf) => encode_leaf(leaf, plan, &mut out)?,
        Body::Inner(inner) => {
            out.addressed().push(KIND_INNER);
            out.addressed().extend_from_slice(&inner.starts.to_le_bytes());
            for child in &inner.children {
                out.addressed().push(child.weight().0);
                if !matches!(child, Child::Empty) {
                    let stored = plan.stored(child)?;
                    out.addressed().extend_from_slice(stored.link.address.expose());
                    out.put_place_and_length(&stored.link.place);
                }
            }
        }
    }
    Ok(out.finish())
}

fn encode_leaf<V: Value>(
    leaf: &Leaf<V>,
    plan: &SealPlan,
    out: &mut SectionWriter<'_>,
) -> Result<()> {
    out.addressed().push(KIND_LEAF);
    put_varint(out.addressed(), leaf.items().len() as u64);
    let mut previous: &[u8] = &[];
    for item in in_order(leaf.items().iter().collect()) {
        let shared = previous.iter().zip(&*item.key).take_while(|(a, b)| a == b).count();
        put_varint(out.addressed(), shared as u64);
        put_bytes(out.addressed(), &item.key[shared..]);
        let nested = item.value.nested().map(|nested| plan.link(nested)).transpose()?;
        item.value.encode(nested.flatten(), out)?;
        previous = &item.key;
    }
    Ok(())
}

impl<V: Value> Node<V> {
    /// Reads a node's plaintext.
    pub fn decode(plaintext: &[u8]) -> Result<Self> {
        let mut input = SectionReader::new(plaintext, WHAT)?;
        let body = match input.addressed().byte()? {
            KIND_LEAF => Body::Leaf(decode_leaf(&mut input)?),
            KIND_INNER => Body::Inner(decode_inner(&mut input)?),
            _ => return Err(input.addressed().malformed()),
        };
        input.finish()?;
        Ok(Node::new(body))
    }

    /// The part of a node's plaintext its address covers.
    pub fn addressed(plaintext: &[u8]) -> Result<&[u8]> {
        addressed_of(plaintext, WHAT)
    }
}

fn decode_leaf<V: Value>(input: &mut SectionReader<'_>) -> Result<Leaf<V>> {
    let count = input.addressed().count()?;
    // Each entry weighs a unit at least.
    if count == 0 || count > LEAF_WEIGHT_MAX as usize {
        return Err(input.addressed().malformed());
    }
    let fits = |weight: u32| count == 1 || weight <= LEAF_WEIGHT_MAX;
    let mut items: Vec<Item<V>> = Vec::with_capacity(count);
    let mut weight = 0;
    for _ in 0..count {
        let shared = input.addressed().varint_u32()? as usize;
        let rest = input.addressed().bytes()?;
        let previous: &[u8] = items.last().map_or(&[], |item| &item.key);
        let start = previous.get(..shared).ok_or_else(|| input.addressed().malformed())?;
        // One spelling: all that is shared is left out.
        let ascending = items.is_empty() || rest.first() > previous.get(shared);
        // Weighed before it is copied: a few bytes that share a long name are cheap to write.
        if !ascending || !fits(weight + units(start.len() + rest.len())) {
            return Err(input.addressed().malformed());
        }
        let key = [start, rest].concat();
        if !V::admits_key(&key) {
            return Err(input.addressed().malformed());
        }
        let value = V::decode(input)?;
        let item = Item::new(&KeyHash::of(&key), &key, value);
        weight += item.units();
        if !fits(weight) {
            return Err(input.addressed().malformed());
        }
        items.push(item);
    }
    Ok(Leaf::new(items))
}

fn decode_inner<V: Value>(input: &mut SectionReader<'_>) -> Result<Inner<V>> {
    let starts = Slots::from_le_bytes(input.addressed().array()?);
    let mut inner = Inner { starts, children: Vec::with_capacity(starts.count_ones() as usize) };
    if starts & 1 == 0 {
        return Err(input.addressed().malformed());
    }
    for index in 0..starts.count_ones() as usize {
        let (start, size) = inner.range(index);
        let aligned = size.is_power_of_two() && start.is_multiple_of(size);
        let weight = Weight::from_byte(input.addressed().byte()?).filter(|_| aligned);
        let weight = weight.ok_or_else(|| input.addressed().malformed())?;
        // An inner node stands for one slot: a wider range would have been split further.
        if weight == Weight::INNER && size != 1 {
            return Err(input.addressed().malformed());
        }
        inner.children.push(if weight == Weight::EMPTY {
            Child::Empty
        } else {
            let address = Address(input.addressed().array()?);
            let place = input.place_and_length()?;
            Child::Stored(Arc::new(Stored { link: Link { address, place }, weight }))
        });
    }
    if starts == 1 && SLOTS > 1 || inner.has_halves_that_fit() {
        return Err(input.addressed().malformed());
    }
    Ok(inner)
}

/// Reads a node and writes it again, which must give the same bytes.
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) fn reencode_node<V: Value>(plaintext: &[u8]) -> Result<Vec<u8>> {
    encode(&Node::<V>::decode(plaintext)?, &SealPlan::default())
}
