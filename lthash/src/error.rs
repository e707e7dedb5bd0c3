//! What can go wrong: bytes that are no hash, names that are none.

/// What this crate returns.
pub type Result<T> = core::result::Result<T, Error>;

/// Why something was refused. Whatever was to be changed is as it was before.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// These are not the bytes of a hash, which are exactly [`LtHash::BYTES`](crate::LtHash::BYTES).
    #[error("a hash has 2048 bytes, these are {bytes}")]
    HashLength {
        /// How many there are.
        bytes: usize,
    },
    /// The name of a domain is longer than [`Domain::NAME_BYTES_MAX`](crate::Domain::NAME_BYTES_MAX).
    #[error("the name of a domain has at most 255 bytes, this one {bytes}")]
    DomainLength {
        /// How many it has.
        bytes: usize,
    },
}
