//! The tree of directories: entries, operations on them, and the root that holds both.
//!
//! This room is pure. A directory is a trie of entries, one inside the entry of the other; an
//! operation changes the tree that is in memory, wholly or not at all, and where it meets a node
//! that is not, it [stops](Stop) and says which. Who loads nodes is not known here: readers of a
//! [`View`] give it a source.
//!
//! | file | what it has |
//! |---|---|
//! | `entry`, `time` | what a directory maps names to, as bytes too |
//! | `stamp`, `directory_id` | which operation wrote an entry; what a directory keeps for life |
//! | `edit`, `seen`, `op` | what an operation does, and what its caller saw |
//! | `op_codec`, `seen_codec` | operations as bytes |
//! | `tree`, `apply` | finding and changing by path; applying an edit |
//! | `root`, `tail` | the body of the root object, and the operations it carries |
//! | `view`, `walk` | one state of a tree, as readers hold it |

mod apply;
mod directory_id;
mod edit;
mod entry;
mod op;
mod op_codec;
mod root;
mod seen;
mod seen_codec;
mod stamp;
mod tail;
mod time;
mod tree;
mod view;
mod walk;

pub use directory_id::DirectoryId;
pub use time::TIME_MS_MAX;

pub(crate) use edit::Edit;
pub(crate) use entry::{Attributes, Body, Entry};
pub(crate) use op::{Op, Ops};
pub(crate) use root::{ROOT_BYTES_MAX, ROOT_KEY, Reserve, Root, in_tail};
pub(crate) use seen::Seen;
#[cfg(test)]
pub(crate) use seen::{Sight, Was};
pub(crate) use stamp::{Origin, Stamp};
pub(crate) use tail::{TAIL_BYTES_MAX, TAIL_OPS_MAX, Tail};
pub(crate) use time::Time;
pub(crate) use tree::{Stop, admit};
pub(crate) use view::View;
pub(crate) use walk::{DirectoryWalk, Found, Position, TreeWalk};

#[cfg(feature = "fuzzing")]
pub(crate) use {entry::reencode_node, op_codec::reencode_ops, root::reencode_root};
