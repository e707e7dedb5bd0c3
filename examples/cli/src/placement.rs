//! Where something goes that is put, moved or copied: into a directory, or to a path of its own.
//!
//! As with `cp`: a destination is a directory to put things into if it ends with `/`, if it is one
//! already, or if there are several sources. Otherwise the source gets that very path.

use std::collections::HashMap;
use std::path::Path;

use sealwood::path::{EntryName, VaultPath};
use sealwood::vault::EntryKind;
use sealwood::{Error, Vault};

use crate::failure::{Failure, Result};
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

    /// The path of the source with this name. One without a name, as the root of a file system is,
    /// has what it holds put right into the directory.
    pub(crate) fn of(&self, name: Option<&EntryName>) -> VaultPath {
        match (self, name) {
            (Self::Into(directory), Some(name)) => directory.join(name),
            (Self::Into(path), None) | (Self::Exactly(path), _) => path.clone(),
        }
    }
}

/// Fails unless each source has a place of its own, at none of which it meets another: `places` are
/// the sources as they are shown, each with its path. So none takes the place of one before it.
pub(crate) fn expect_apart<'a>(
    places: impl IntoIterator<Item = (&'a Path, &'a VaultPath)>,
) -> Result<()> {
    let mut taken = HashMap::new();
    for (source, place) in places {
        if let Some(first) = taken.insert(place, source) {
            let (first, second) = (first.display(), source.display());
            let place = if place.is_top() { "/" } else { place.as_str() };
            let text = format!("{first} and {second} would both become {place}; nothing was done");
            return Err(Failure::Usage(text));
        }
    }
    // One that is put right into a directory is in the way of what else goes there.
    for (place, source) in &taken {
        let parent = place.parent();
        if let Some(first) = parent.as_ref().and_then(|parent| taken.get(parent)) {
            let (first, second) = (first.display(), source.display());
            let text = format!(
                "{first} has no name of its own and would fill the directory that {second} goes \
                 into; give it alone"
            );
            return Err(Failure::Usage(text));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_has_no_name_goes_right_into_a_directory_and_goes_there_alone() {
        let directory = VaultPath::new("d").unwrap();
        let into = Placement::Into(directory.clone());
        let named = into.of(Some(&EntryName::new("x").unwrap()));
        assert_eq!(named.as_str(), "d/x");
        assert_eq!(into.of(None), directory);
        expect_apart([(Path::new("/"), &directory)]).unwrap();
        let both = [(Path::new("in/x"), &named), (Path::new("/"), &directory)];
        expect_apart(both).unwrap_err();
        expect_apart([both[0], both[0]]).unwrap_err();
    }
}
