//! Where something goes that is put, moved or copied: into a directory, or to a path of its own.
//!
//! As with `cp`: a destination is a directory to put things into if it ends with `/`, if it is one
//! already, or if there are several sources. Otherwise the source gets that very path.

use sealwood::path::{EntryName, VaultPath};
use sealwood::vault::EntryKind;
use sealwood::{Error, Vault};

use crate::failure::Result;
use crate::vault_argument::VaultArgument;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Placement {
    Into(VaultPath),
    Exactly(VaultPath),
}

impl Placement {
    /// The placement of `sources` things at `destination`.
    pub(crate) async fn find(
        vault: &Vault,
        destination: &VaultArgument,
        sources: usize,
    ) -> Result<Self> {
        let path = destination.path.clone();
        if destination.is_directory || sources > 1 {
            return Ok(Self::Into(path));
        }
        match vault.stat(path.as_str()).await {
            Ok(entry) if entry.kind == EntryKind::Directory => Ok(Self::Into(path)),
            Ok(_) | Err(Error::NotFound { .. }) => Ok(Self::Exactly(path)),
            Err(error) => Err(error.into()),
        }
    }

    /// The path of the source with this name.
    pub(crate) fn of(&self, name: &str) -> Result<VaultPath> {
        match self {
            Self::Into(directory) => Ok(directory.join(&EntryName::new(name)?)),
            Self::Exactly(path) => Ok(path.clone()),
        }
    }
}
