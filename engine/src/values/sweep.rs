//! Which values are still to be looked at after opening.

use crate::value_ref::ValueRef;

/// How far the sweep after opening has come.
#[derive(Debug, Default)]
pub(crate) enum Sweep {
    /// The directory is still to be read.
    #[default]
    Unread,
    /// These values are still to be looked at.
    Values(Vec<ValueRef>),
    /// All was looked at.
    Done,
}
