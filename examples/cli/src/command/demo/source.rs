//! The files the demo stores.

use std::fmt;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Component, Path, PathBuf};
use std::process::Command;

use futures_util::TryStreamExt;
use sealwood::path::VaultPath;
use sealwood::vault::ReadOptions;
use sealwood::{CallContext, Vault};
use walkdir::WalkDir;

use super::below;
use crate::bytes_text::{count, size};
use crate::failure::{Failure, Result};

/// A folder's files.
pub(super) struct Source {
    folder: PathBuf,
    files: Vec<SourceFile>,
}

/// One of them.
pub(super) struct SourceFile {
    local: PathBuf,
    /// The path from the folder, by segments.
    segments: Vec<String>,
    size: u64,
}

impl Source {
    /// The files under version control, or those of any other folder but for what is built there.
    pub(super) fn of(folder: PathBuf) -> Result<Self> {
        let paths = tracked(&folder).map_or_else(|| all(&folder), Ok)?;
        let files: Vec<_> =
            paths.iter().filter_map(|path| SourceFile::find(&folder, path)).collect();
        if files.is_empty() {
            return Err(Failure::Usage(format!("no files in {}", folder.display())));
        }
        Ok(Self { folder, files })
    }

    /// The checkout or workspace that holds the current directory, or else that directory.
    pub(super) fn around_here() -> Result<Self> {
        let here =
            std::env::current_dir().map_err(|error| Failure::local(Path::new("."), error))?;
        let top = here.ancestors().find(|folder| is_top(folder)).unwrap_or(&here);
        Self::of(top.to_owned())
    }

    pub(super) fn files(&self) -> &[SourceFile] {
        &self.files
    }

    pub(super) fn bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size).sum()
    }
}

impl SourceFile {
    /// The file at `path` of the folder, if it is one and a vault can name it.
    fn find(folder: &Path, path: &Path) -> Option<Self> {
        let local = folder.join(path);
        let metadata = local.symlink_metadata().ok().filter(|metadata| metadata.is_file())?;
        let segments = path.components().map(|component| match component {
            Component::Normal(name) => name.to_str().map(str::to_owned),
            _ => None,
        });
        Some(Self { segments: segments.collect::<Option<_>>()?, local, size: metadata.len() })
    }

    pub(super) fn local(&self) -> PathBuf {
        self.local.clone()
    }

    /// The path of the file in a directory of the vault.
    pub(super) fn target(&self, directory: &str) -> Result<VaultPath> {
        below(directory, &self.segments)
    }

    /// Reads the vault's file and this one side by side; returns the bytes they have in common,
    /// which is all of them.
    pub(super) async fn compare(
        &self,
        vault: &Vault,
        target: &VaultPath,
        call: CallContext,
    ) -> Result<u64> {
        let at = |error| Failure::from(error).at(target.as_str());
        let local = |error| Failure::local(&self.local, error);
        let differs = || Failure::Differs { path: target.to_string() };
        let mut expected = BufReader::new(File::open(&self.local).map_err(local)?);
        let options = ReadOptions::new().context(call);
        let (_, mut parts) = vault.get_stream_with(target.as_str(), &options).await.map_err(at)?;
        let mut bytes = 0;
        while let Some(part) = parts.try_next().await.map_err(at)? {
            let mut same = vec![0; part.len()];
            expected.read_exact(&mut same).map_err(|_| differs())?;
            if part != same {
                return Err(differs());
            }
            bytes += part.len() as u64;
        }
        match expected.read(&mut [0]).map_err(local)? {
            0 => Ok(bytes),
            _ => Err(differs()),
        }
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = count(self.files.len() as u64, "file", "files");
        write!(f, "{files}, {} from {}", size(self.bytes()), self.folder.display())
    }
}

fn is_top(folder: &Path) -> bool {
    let is_workspace = std::fs::read_to_string(folder.join("Cargo.toml"))
        .is_ok_and(|manifest| manifest.lines().any(|line| line.trim() == "[workspace]"));
    is_workspace || folder.join(".git").exists()
}

/// The paths git knows below a checkout; `None` if it is none, or there is no git.
fn tracked(folder: &Path) -> Option<Vec<PathBuf>> {
    if !folder.join(".git").exists() {
        return None;
    }
    let listed =
        Command::new("git").arg("-C").arg(folder).args(["ls-files", "-z"]).output().ok()?;
    let paths = String::from_utf8(listed.stdout).ok().filter(|_| listed.status.success())?;
    Some(paths.split_terminator('\0').map(PathBuf::from).collect())
}

/// All files below a folder except git's own and what cargo built.
fn all(folder: &Path) -> Result<Vec<PathBuf>> {
    let is_wanted = |path: &Path| {
        let is_built = path.ends_with("target") && path.with_file_name("Cargo.toml").exists();
        !path.ends_with(".git") && !is_built
    };
    let walk = WalkDir::new(folder).sort_by_file_name().into_iter();
    let entries = walk.filter_entry(|entry| entry.depth() == 0 || is_wanted(entry.path()));
    let mut paths = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Failure::Local {
            path: error.path().unwrap_or(folder).to_owned(),
            error: error.into(),
        })?;
        if entry.file_type().is_file()
            && let Ok(path) = entry.path().strip_prefix(folder)
        {
            paths.push(path.to_owned());
        }
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use futures_lite::future::block_on;
    use sealwood::blob::MemoryStore;
    use sealwood::platform::Environment;
    use sealwood::seal::SlotSecret;
    use sealwood::vault::{Credential, VaultConfig};

    use super::*;

    #[test]
    fn a_single_byte_too_few_too_many_or_other_shows() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "content").unwrap();
        let source = Source::of(folder.path().to_owned()).unwrap();
        let file = &source.files()[0];
        let target = file.target("top").unwrap();
        let secret = SlotSecret::generate(&Environment::default()).unwrap();
        let store = Arc::new(MemoryStore::default());
        let outcome = |stored: &'static str| {
            block_on(async {
                let config = VaultConfig::default();
                let credential = Credential::Secret(secret.clone());
                let vault = match Vault::open_with(store.clone(), &credential, &config).await {
                    Ok(vault) => vault,
                    Err(_) => {
                        Vault::create_with(store.clone(), &credential, &config).await.unwrap()
                    }
                };
                vault.put(target.as_str(), stored).await.unwrap();
                file.compare(&vault, &target, CallContext::default()).await
            })
        };
        assert_eq!(outcome("content").unwrap(), 7);
        for other in ["conten", "contentt", "contenT", ""] {
            let failure = outcome(other).unwrap_err();
            assert_eq!((failure.code(), failure.exit_code()), ("differs", 5), "{other}");
        }
    }
}
