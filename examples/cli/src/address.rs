//! Where a vault is.

use std::env;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use sealwood::Error;
use sealwood::blob::{BlobStore, DirectoryStore, EngineStore, S3Config, S3Credentials, S3Store};
use sealwood::engine::{Access, EngineConfig};
use zeroize::Zeroizing;

use crate::failure::{Failure, Result};
use crate::place::StoreFolder;
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
    /// The address that `text` says. What looks like one of another kind, or of another program,
    /// is refused and not taken for a folder's name.
    pub(crate) fn parse(text: &str) -> Result<Self> {
        if text == "memory:" {
            return Ok(Self::Memory);
        }
        if text == "memory" {
            let text =
                "say memory: for a vault that is gone with the program, ./memory for a folder";
            return Err(Failure::Usage(text.into()));
        }
        if let Some(path) = text.strip_prefix("dir:") {
            return folder_path(path).map(Self::Directory);
        }
        if let Some(path) = text.strip_prefix("engine:") {
            return folder_path(path).map(Self::Engine);
        }
        if text.starts_with("s3://") {
            return Ok(Self::S3(text.to_owned()));
        }
        if let Some(scheme) = scheme_of(text) {
            return Err(Failure::Usage(format!(
                "{scheme}: is no kind of vault: an address is a path, dir:PATH or \
                 s3://BUCKET/PREFIX, and a path with a colon in it is written ./{text}"
            )));
        }
        folder_path(text).map(Self::Engine)
    }

    /// Fails if there is certainly no vault, before a store makes its directory and before a
    /// secret is asked for.
    pub(crate) fn expect_vault(&self) -> Result<()> {
        self.folder().map_or(Ok(()), |folder| folder.expect_store())
    }

    /// Fails if a vault would be made in a folder that holds other things, before a store makes
    /// anything there.
    pub(crate) fn expect_room(&self) -> Result<()> {
        self.folder().map_or(Ok(()), |folder| folder.expect_room())
    }

    fn folder(&self) -> Option<StoreFolder<'_>> {
        match self {
            Self::Engine(path) => Some(StoreFolder::engine(path)),
            Self::Directory(path) => Some(StoreFolder::directory(path)),
            Self::S3(_) | Self::Memory => None,
        }
    }

    /// The folder of this machine that the store is in.
    pub(crate) fn local_path(&self) -> Option<&Path> {
        match self {
            Self::Engine(path) | Self::Directory(path) => Some(path),
            Self::S3(_) | Self::Memory => None,
        }
    }

    /// The store at the address. To read, it is opened as for a change wherever that is possible:
    /// what a crash left is mended then.
    pub(crate) async fn store(&self, purpose: Purpose) -> Result<Store> {
        match self {
            Self::Engine(path) => {
                let open = |access| {
                    let config = EngineConfig::default().access(access);
                    EngineStore::open_directory(path, config)
                };
                match open(Access::ReadWrite).await {
                    Err(Error::StoreDenied { .. }) if purpose == Purpose::Read => {
                        Ok(Store::Engine(open(Access::ReadOnly).await?))
                    }
                    opened => Ok(Store::Engine(opened?)),
                }
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

/// What a store is opened for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Reads alone: where nothing may be written, as on read-only media, it is open all the same.
    Read,
    Change,
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

/// What comes before a colon, unless it is a part of a path or the letter of a drive.
fn scheme_of(text: &str) -> Option<&str> {
    let (scheme, _) = text.split_once(':')?;
    let is_drive = scheme.len() == 1 && scheme.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_path = scheme.contains(std::path::is_separator);
    (!is_drive && !is_path).then_some(scheme)
}

fn folder_path(text: &str) -> Result<PathBuf> {
    if text.is_empty() {
        return Err(Failure::Usage("a vault address needs a path".into()));
    }
    if text.starts_with('~') {
        return Err(Failure::Usage(format!(
            "the shell left {text} as it is: write the whole path, or ./{text} for a folder so named"
        )));
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
        for path in ["./a:b", "../a:b", "/a:b", "a/b:c", "./memory", "./~"] {
            assert_eq!(parsed(path), engine(path));
        }
        assert_eq!(parsed("engine:a:b"), engine("a:b"));
        for refused in [
            "",
            "dir:",
            "engine:",
            "https://b/p",
            "file:///a",
            "s3:bucket/p",
            "S3://bucket",
            "b2:b",
            "remote:backup",
            "my_remote:",
            ":local:a",
            "host.example:a",
            "user@host:/a",
            "DIR:x",
            "memory",
            "memory:x",
            "~",
            "~/v",
            "~user/v",
            "dir:~/v",
            "engine:~",
        ] {
            assert_eq!(parsed(refused), None, "{refused}");
        }
    }
}
