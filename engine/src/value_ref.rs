//! The name of a separated value.

/// The name of a separated value: what it holds and how much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct ValueRef {
    /// The address of the content; see [`super::values`].
    pub(crate) hash: [u8; 32],
    /// The length of the content, in bytes.
    pub(crate) len: u64,
}
