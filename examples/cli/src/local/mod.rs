//! Files of this machine: finding them, naming them, writing them.

mod content;
mod kind;
mod names;
mod reader;
mod spellings;
mod tree;
mod writer;

pub(crate) use content::write_file;
pub(crate) use kind::LocalKind;
pub(crate) use names::check_local_name;
pub(crate) use reader::{content_type_of, modified_ms, own_name};
pub(crate) use spellings::Spellings;
pub(crate) use tree::{LocalItem, LocalTree};
pub(crate) use writer::{LocalFile, LocalFolder};
