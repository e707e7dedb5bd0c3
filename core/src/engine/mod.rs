//! The embedded store: an ordered key space in one directory.

mod entry;
mod frame;
mod index;
mod log;
mod values;
