//! Files of this machine: finding them, naming them, writing them.

mod bounds;
mod content;
mod draft;
mod kind;
mod names;
mod own_store;
mod reader;
mod sink;
mod source;
mod spellings;
mod stamp;
mod tree;
mod writer;

pub(crate) use bounds::Bounds;
pub(crate) use content::write_file;
pub(crate) use draft::{Existing, Outcome};
pub(crate) use kind::LocalKind;
pub(crate) use names::check_local_name;
pub(crate) use own_store::OwnStore;
pub(crate) use reader::{content_type_of, modified_ms, own_name};
pub(crate) use sink::{is_stream, write_stream};
pub(crate) use source::{Care, Found, Source};
pub(crate) use stamp::Stamp;
pub(crate) use tree::{LocalItem, LocalTree};
pub(crate) use writer::{LocalFile, LocalFolder};
