//! Where a vault is.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use sealwood::Error;
use sealwood::blob::{BlobStore, DirectoryStore, EngineStore, S3Config, S3Credentials, S3Store};
use sealwood::engine::EngineConfig;
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};
use crate::secrets;

/// The address of a vault. It never holds a secret, so it may be shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Address {
    /// `engine:PATH`, or simply a path: one program at a time.
    Engine(PathBuf),
    /// `dir:PATH`: plain files, which several programs may use at once.
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
            return some_path(path).map(Self::Directory);
        }
        if let Some(path) = text.strip_prefix("engine:") {
            return some_path(path).map(Self::Engine);
        }
        match text.split_once("://") {
            None => some_path(text).map(Self::Engine),
            Some(("s3", _)) => Ok(Self::S3(text.to_owned())),
            Some(_) => {
                Err(Failure::Usage("a vault address is a path, dir:PATH or s3://BUCKET".into()))
            }
        }
    }

    /// Fails if there is certainly no vault, before a store makes its directory and before a
    /// secret is asked for.
    pub(crate) fn expect_vault(&self) -> Result<()> {
        match self {
            Self::Engine(path) if !path.join("manifest").is_file() => {
                Err(Error::VaultNotFound.into())
            }
            Self::Directory(path) if !path.join("objects").is_dir() => {
                Err(Error::VaultNotFound.into())
            }
            _ => Ok(()),
        }
    }

    /// The store at the address.
    pub(crate) async fn store(&self) -> Result<Store> {
        match self {
            Self::Engine(path) => {
                Ok(Store::Engine(EngineStore::open_directory(path, EngineConfig::default()).await?))
            }
            Self::Directory(path) => Ok(Store::Open(Arc::new(DirectoryStore::open(path).await?))),
            Self::S3(address) => {
                let mut config = S3Config::from_address(address, s3_credentials()?)?;
                // A bundle that was asked for and cannot be read is no reason to go on without.
                config.ca_bundle = ca_bundle()?.map(Bytes::from);
                Ok(Store::Open(Arc::new(S3Store::new(config)?)))
            }
            Self::Memory => Err(Failure::Usage("memory: is for `sealwood demo` alone".into())),
        }
    }
}

/// An open store.
pub(crate) enum Store {
    /// The engine, which others can open once this is closed.
    Engine(EngineStore),
    /// One that needs no closing.
    Open(Arc<dyn BlobStore>),
}

impl Store {
    pub(crate) fn objects(&self) -> Arc<dyn BlobStore> {
        match self {
            Self::Engine(engine) => Arc::new(engine.clone()),
            Self::Open(store) => Arc::clone(store),
        }
    }

    /// Closes the store after the work that gave `outcome`, whose failure comes first.
    pub(crate) async fn close_after<T>(self, outcome: Result<T>) -> Result<T> {
        let closed = match self {
            Self::Engine(engine) => engine.close().await,
            Self::Open(_) => Ok(()),
        };
        let value = outcome?;
        closed?;
        Ok(value)
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine(path) => write!(f, "engine:{}", path.display()),
            Self::Directory(path) => write!(f, "dir:{}", path.display()),
            Self::S3(address) => f.write_str(address),
            Self::Memory => f.write_str("memory:"),
        }
    }
}

fn some_path(text: &str) -> Result<PathBuf> {
    if text.is_empty() {
        return Err(Failure::Usage("a vault address needs a path".into()));
    }
    Ok(text.into())
}

fn s3_credentials() -> Result<S3Credentials> {
    let needed = |name: &str| {
        variable(name)?.ok_or_else(|| Failure::Usage(format!("a bucket needs {name} to be set")))
    };
    let credentials =
        S3Credentials::new(&needed("AWS_ACCESS_KEY_ID")?, &needed("AWS_SECRET_ACCESS_KEY")?);
    Ok(match variable("AWS_SESSION_TOKEN")? {
        Some(token) => credentials.with_session_token(&token),
        None => credentials,
    })
}

/// A variable of the environment; one that is empty is as good as none.
fn variable(name: &str) -> Result<Option<Zeroizing<String>>> {
    Ok(secrets::variable(name)?.filter(|value| !value.is_empty()))
}

/// The certificates in PEM that a bucket's server is checked against, if the environment names a
/// file of them.
fn ca_bundle() -> Result<Option<Vec<u8>>> {
    for name in ["AWS_CA_BUNDLE", "SSL_CERT_FILE"] {
        if let Some(path) = env::var_os(name).filter(|path| !path.is_empty()) {
            let path = Path::new(&path);
            return fs::read(path).map(Some).map_err(|error| Failure::local(path, error));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_an_engine_unless_it_says_otherwise() {
        let parsed = |text| Address::parse(text).ok();
        let engine = |path: &str| Some(Address::Engine(path.into()));
        assert_eq!(parsed("engine:/a/b"), engine("/a/b"));
        assert_eq!(parsed("a/b"), engine("a/b"));
        assert_eq!(parsed(r"C:\a"), engine(r"C:\a"));
        assert_eq!(parsed("dir:/a/b"), Some(Address::Directory("/a/b".into())));
        assert_eq!(parsed("s3://b/p"), Some(Address::S3("s3://b/p".into())));
        assert_eq!(parsed("memory:"), Some(Address::Memory));
        for refused in ["", "dir:", "engine:", "https://b/p", "file:///a"] {
            assert_eq!(parsed(refused), None, "{refused}");
        }
    }
}
