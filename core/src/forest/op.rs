//! Operations: what a session did and what its caller saw, as they are replayed and carried in a
//! root's tail.

use std::mem::discriminant;
use std::sync::Arc;

use super::edit::Edit;
use super::entry::Entry;
use super::seen::Seen;
use super::tree::Stop;
use crate::content::Unit;
use crate::hamt::Trie;
use crate::path::VaultPath;

/// Operations shared between a queue, a tail and a tree.
pub(crate) type Ops = Arc<[Op]>;

/// An edit, and what its caller saw. That stays, wherever it is replayed.
#[derive(Debug, Clone)]
pub(crate) struct Op {
    pub(crate) edit: Edit,
    pub(crate) seen: Seen,
}

impl Op {
    /// Applies the operation, wholly or not at all.
    pub(crate) fn apply(&self, top: &mut Trie<Entry>) -> Result<(), Stop> {
        self.edit.apply(top)
    }

    /// Whether the outcome may change what is at `path` or below it, or whether it exists.
    pub(crate) fn touches(&self, path: &VaultPath) -> bool {
        let touches = |own: &VaultPath| own.is_within(path) || path.is_within(own);
        let (own, target) = self.edit.paths();
        touches(own) || target.is_some_and(touches)
    }

    /// Whether this is the same operation as `other`, read back: its stamp decides, and what it is
    /// about. What its caller saw stays with it, and so does its content.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let (one, two) = (&self.edit, &other.edit);
        discriminant(one) == discriminant(two)
            && one.stamp() == two.stamp()
            && one.paths() == two.paths()
    }

    /// The unit of the operation's content that a flush may have to place.
    pub(crate) fn unit(&self) -> Option<&Unit> {
        match &self.edit {
            Edit::Put { entry, .. } => entry.content()?.unit(),
            _ => None,
        }
    }

    /// A root names what the operation put, or may do so.
    pub(crate) fn keep(&self) {
        if let Edit::Put { claim: Some(claim), .. } = &self.edit {
            claim.keep();
        }
    }

    /// Whether it takes something away, and adds nothing.
    pub(crate) fn removes(&self) -> bool {
        matches!(self.edit, Edit::Remove { .. } | Edit::RemoveAll { .. })
    }
}
