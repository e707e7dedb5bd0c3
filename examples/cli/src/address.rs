//! Where a vault is.

use std::env;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use sealwood::Error;
use sealwood::blob::{BlobStore, DirectoryStore, S3Config, S3Credentials, S3Store};

use crate::failure::{Failure, Result};

/// The address of a vault. It never holds a secret, so it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// `dir:PATH`, or simply a path.
    Directory(PathBuf),
    /// `s3://BUCKET/PREFIX?parameters`.
    S3(String),
    /// `memory:`, gone when the program ends.
    Memory,
}

impl Address {
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text == "memory:" {
            return Ok(Self::Memory);
        }
        if let Some(path) = text.strip_prefix("dir:") {
            return Self::directory(path);
        }
        match text.split_once("://") {
            None => Self::directory(text),
            Some(("s3", _)) => Ok(Self::S3(text.to_owned())),
            Some(_) => Err(Failure::Usage("a vault address is dir:PATH or s3://BUCKET".into())),
        }
    }

    fn directory(path: &str) -> Result<Self> {
        if path.is_empty() {
            return Err(Failure::Usage("a vault address needs a path".into()));
        }
        Ok(Self::Directory(path.into()))
    }

    /// Fails if there is certainly no vault, before a store makes its directory and before a
    /// secret is asked for.
    pub(crate) fn expect_vault(&self) -> Result<()> {
        match self {
            Self::Directory(path) if !path.is_dir() => Err(Error::VaultNotFound.into()),
            _ => Ok(()),
        }
    }

    /// The store at the address.
    pub(crate) async fn store(&self) -> Result<Arc<dyn BlobStore>> {
        match self {
            Self::Directory(path) => Ok(Arc::new(DirectoryStore::open(path).await?)),
            Self::S3(address) => {
                let config = S3Config::from_address(address, s3_credentials()?)?;
                Ok(Arc::new(S3Store::new(config)?))
            }
            Self::Memory => Err(Failure::Usage("memory: is for `sealwood demo` alone".into())),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => write!(f, "dir:{}", path.display()),
            Self::S3(address) => f.write_str(address),
            Self::Memory => f.write_str("memory:"),
        }
    }
}

fn s3_credentials() -> Result<S3Credentials> {
    let variable = |name: &str| {
        env::var(name).map_err(|_| Failure::Usage(format!("a bucket needs {name} to be set")))
    };
    let credentials =
        S3Credentials::new(&variable("AWS_ACCESS_KEY_ID")?, &variable("AWS_SECRET_ACCESS_KEY")?);
    Ok(match env::var("AWS_SESSION_TOKEN") {
        Ok(token) => credentials.with_session_token(&token),
        Err(_) => credentials,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_a_directory_unless_it_says_otherwise() {
        let parsed = |text| Address::parse(text).ok();
        let directory = |path: &str| Some(Address::Directory(path.into()));
        assert_eq!(parsed("dir:/a/b"), directory("/a/b"));
        assert_eq!(parsed("a/b"), directory("a/b"));
        assert_eq!(parsed(r"C:\a"), directory(r"C:\a"));
        assert_eq!(parsed("s3://b/p"), Some(Address::S3("s3://b/p".into())));
        assert_eq!(parsed("memory:"), Some(Address::Memory));
        for refused in ["", "dir:", "https://b/p", "file:///a"] {
            assert_eq!(parsed(refused), None, "{refused}");
        }
    }
}
