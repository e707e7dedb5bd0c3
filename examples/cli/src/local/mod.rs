//! Files of this machine: finding them, naming them, writing them.

mod content;
mod draft;
mod names;
mod own_store;
mod reader;
mod stream;
mod tree;
mod writer;

pub(crate) use content::write_file;
pub(crate) use draft::{Existing, Outcome};
pub(crate) use names::check_local_name;
pub(crate) use own_store::OwnStore;
pub(crate) use reader::{content_type_of, modified_ms, own_name, vault_name};
pub(crate) use stream::{is_stream, write_stream};
pub(crate) use tree::{LocalItem, LocalTree};
pub(crate) use writer::{LocalFile, LocalFolder};
