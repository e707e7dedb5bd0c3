//! Files of this machine: finding them, naming them, writing them.

mod content;
mod names;
mod reader;
mod source;
mod stamp;
mod tree;
mod writer;

pub(crate) use content::write_file;
pub(crate) use names::check_local_name;
pub(crate) use reader::{content_type_of, modified_ms, own_name, vault_name};
pub(crate) use source::{Care, Found, Source};
pub(crate) use stamp::Stamp;
pub(crate) use tree::{LocalItem, LocalTree};
pub(crate) use writer::{LocalFile, LocalFolder};
