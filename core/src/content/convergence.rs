//! Whether contents that are equal are stored as one.

use std::str::FromStr;

use crate::error::{Error, Result};

/// Whether equal contents of a vault are stored as one. Fixed when the vault is created and kept in
/// its root, so that every writer follows it.
///
/// Between vaults with secrets of their own nothing is ever equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Convergence {
    /// Equal chunks are equal objects: a file that is put again is not sent again, and of a changed
    /// one what has changed. So whoever can have files put into the vault, and watches its store,
    /// can find out whether it holds a file that they have.
    #[default]
    Vault,
    /// Nothing that is put is equal to anything else: what a put sends and asks for tells the
    /// length of a file and no more of its content. Every put sends the whole file, also one that
    /// has not changed, and an upload that was given up begins anew. For apps whose users, or those
    /// who write to them, can have files put into the vault.
    Off,
}

impl Convergence {
    /// The word for it: `vault` or `off`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vault => "vault",
            Self::Off => "off",
        }
    }
}

impl FromStr for Convergence {
    type Err = Error;

    /// Reads [`as_str`](Convergence::as_str). Fails with [`Error::InvalidArgument`] for any other
    /// word.
    fn from_str(word: &str) -> Result<Self> {
        let all = [Self::Vault, Self::Off];
        all.into_iter()
            .find(|one| one.as_str() == word)
            .ok_or(Error::InvalidArgument { what: "convergence is `vault` or `off`" })
    }
}
