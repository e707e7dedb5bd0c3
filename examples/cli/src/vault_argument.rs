//! A path of the vault on the command line.

use std::str::FromStr;

use sealwood::Error;
use sealwood::path::VaultPath;

/// A path of the vault as it was typed: `/` at the end says that it is a directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VaultArgument {
    pub(crate) path: VaultPath,
    pub(crate) is_directory: bool,
}

impl VaultArgument {
    pub(crate) fn as_str(&self) -> &str {
        self.path.as_str()
    }
}

impl FromStr for VaultArgument {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let trimmed = text.trim_end_matches('/');
        let path = VaultPath::new(trimmed)?;
        Ok(Self { is_directory: trimmed.len() < text.len() || path.is_top(), path })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_slash_at_the_end_means_a_directory() {
        for (text, path, is_directory) in [
            ("", "", true),
            ("/", "", true),
            ("a", "a", false),
            ("/a/b", "a/b", false),
            ("a/b/", "a/b", true),
        ] {
            let parsed: VaultArgument = text.parse().unwrap();
            assert_eq!((parsed.as_str(), parsed.is_directory), (path, is_directory), "{text}");
        }
        assert!("a/../b".parse::<VaultArgument>().is_err());
    }
}
