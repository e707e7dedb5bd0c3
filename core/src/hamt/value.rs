//! What a trie maps keys to.

use super::trie::Trie;
use crate::codec::put_bytes;
use crate::error::Result;
use crate::platform::{MaybeSend, MaybeSync};
use crate::seal::{Link, SectionReader, SectionWriter};

/// What a trie maps keys to.
pub trait Value: Clone + MaybeSend + MaybeSync + 'static {
    /// The encoded size in bytes, near enough to decide when a leaf splits. It must depend on
    /// nothing but what [`encode`](Value::encode) covers by the address.
    fn weight(&self) -> usize;

    /// Writes the value. `nested` is the link of the trie [inside](Value::nested) it, `None` if
    /// there is none or it is empty.
    fn encode(&self, nested: Option<Link>, out: &mut SectionWriter<'_>) -> Result<()>;

    /// Reads what `encode` wrote.
    fn decode(input: &mut SectionReader<'_>) -> Result<Self>;

    /// Whether a stored key follows the rules of keys. A node with one that does not is refused.
    fn admits_key(_key: &[u8]) -> bool {
        true
    }

    /// Whether all that the value's bytes name outside the trie is stored. The node of one that is
    /// not would name what is not there.
    fn is_placed(&self) -> bool {
        true
    }

    /// The bytes of memory the value takes, near enough for a budget.
    fn memory(&self) -> usize {
        self.weight() + size_of::<Self>()
    }

    /// The trie inside the value, if it has one. It is stored before the node that holds it.
    fn nested(&self) -> Option<&Trie<Self>> {
        None
    }

    /// The same, to change. A change of it must not change [`weight`](Value::weight).
    fn nested_mut(&mut self) -> Option<&mut Trie<Self>> {
        None
    }
}

impl Value for Vec<u8> {
    fn weight(&self) -> usize {
        self.len() + 1
    }

    fn encode(&self, _nested: Option<Link>, out: &mut SectionWriter<'_>) -> Result<()> {
        put_bytes(out.addressed(), self);
        Ok(())
    }

    fn decode(input: &mut SectionReader<'_>) -> Result<Self> {
        Ok(input.addressed().bytes()?.to_vec())
    }
}
