//! One state of a tree or of a directory in it, as readers hold it.

use std::sync::Arc;

use super::entry::Entry;
use super::walk::{DirectoryWalk, Position, TreeWalk};
use crate::error::{Error, Result};
use crate::hamt::{DeepWalk, NodeSource, Trie, Walk};
use crate::path::{PathRule, VaultPath};
use crate::seal::Link;

/// A directory as it was at one moment, with all below it, and where its nodes come from.
#[derive(Clone)]
pub(crate) struct View {
    top: Trie<Entry>,
    nodes: Arc<dyn NodeSource<Entry>>,
}

impl View {
    pub(crate) fn new(top: Trie<Entry>, nodes: Arc<dyn NodeSource<Entry>>) -> Self {
        Self { top, nodes }
    }

    /// The directory that `link` opens.
    pub(crate) fn at(link: Link, nodes: Arc<dyn NodeSource<Entry>>) -> Self {
        Self::new(Trie::at(Some(link)), nodes)
    }

    /// Whether something below was changed and not stored.
    pub(crate) fn is_dirty(&self) -> bool {
        self.top.is_dirty()
    }

    /// The link that opens the directory; `None` if it is empty or dirty.
    pub(crate) fn link(&self) -> Option<Link> {
        self.top.link()
    }

    /// Whether both are the same state; `false` decides nothing.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.top.is_same(&other.top)
    }

    /// The entry at `path`, which is not the top; `None` also where a parent is missing or a file.
    pub(crate) async fn entry(&self, path: &VaultPath) -> Result<Option<Entry>> {
        let mut trie = self.top.clone();
        let mut segments = path.segments().peekable();
        while let Some(segment) = segments.next() {
            let found = trie.get(segment.as_bytes(), &*self.nodes).await?;
            let Some(entry) = found else { return Ok(None) };
            if segments.peek().is_none() {
                return Ok(Some(entry));
            }
            match entry.as_directory() {
                Some(directory) => trie = directory.clone(),
                None => return Ok(None),
            }
        }
        Err(Error::InvalidPath(PathRule::Top))
    }

    /// The directory that an entry of this tree is, if it is one.
    pub(crate) fn directory(&self, entry: &Entry) -> Option<Self> {
        let top = entry.as_directory()?.clone();
        Some(Self::new(top, Arc::clone(&self.nodes)))
    }

    /// A walk over the entries from `after` on, or from the first, which reads ahead the farther
    /// the longer it goes on.
    pub(crate) fn walk(&self, after: Option<Position>) -> DirectoryWalk {
        DirectoryWalk::new(Walk::new(&self.top, after.map(Position::hash)), Arc::clone(&self.nodes))
    }

    /// A walk over all entries, which reads ahead at once.
    pub(crate) fn walk_whole(&self) -> DirectoryWalk {
        DirectoryWalk::new(Walk::whole(&self.top), Arc::clone(&self.nodes))
    }

    /// A walk over all that is below.
    pub(crate) fn walk_below(&self) -> TreeWalk {
        TreeWalk::new(DeepWalk::new(&self.top), Arc::clone(&self.nodes))
    }
}
