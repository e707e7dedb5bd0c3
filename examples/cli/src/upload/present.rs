//! What a vault has already where a tree is put, read a directory at a time.

use std::collections::HashMap;

use sealwood::path::VaultPath;
use sealwood::vault::{EntryInfo, EntryKind, ListOptions, Snapshot};
use sealwood::{Error, Vault};

use crate::failure::{Failure, Result};

/// Entries of a directory that are read at once and kept while the put is in there. Those of a
/// larger one are looked up one by one.
const LISTED_MAX: usize = 10_000;

/// The vault as it was when the put began.
pub(super) struct Present {
    snapshot: Snapshot,
    /// The directories that lead to where the put is, from the top down.
    open: Vec<Directory>,
}

/// What is at a path.
pub(super) enum Found {
    Nothing,
    File(EntryInfo),
    Directory,
    /// Nothing, nor can there be: a file has the place of a directory above.
    Blocked,
}

struct Directory {
    path: VaultPath,
    inside: Inside,
}

enum Inside {
    NotRead,
    /// The first entries, and whether they are all.
    Read {
        entries: HashMap<String, EntryInfo>,
        last: Option<String>,
    },
    Nothing,
    /// It is not a directory.
    Blocked,
}

impl Present {
    pub(super) async fn new(vault: &Vault) -> Result<Self> {
        Ok(Self { snapshot: vault.snapshot().await?, open: Vec::new() })
    }

    /// What is at `target`.
    pub(super) async fn find(&mut self, target: &VaultPath) -> Result<Found> {
        let Some(parent) = target.parent() else { return Ok(Found::Directory) };
        while self.open.pop_if(|last| !parent.is_within(&last.path)).is_some() {}
        let Some(last) = self.open.last_mut() else { return self.look_up(target).await };
        if matches!(last.inside, Inside::NotRead) && last.path == parent {
            last.inside = read(&self.snapshot, &last.path).await?;
        }
        match &last.inside {
            Inside::Nothing => Ok(Found::Nothing),
            Inside::Blocked => Ok(Found::Blocked),
            Inside::Read { entries, last: end } if last.path == parent => {
                let name = target.name().unwrap_or_default();
                match entries.get(name) {
                    Some(entry) => Ok(Found::from(entry.clone())),
                    None if end.as_deref().is_some_and(|end| name > end) => {
                        self.look_up(target).await
                    }
                    None => Ok(Found::Nothing),
                }
            }
            Inside::NotRead | Inside::Read { .. } => self.look_up(target).await,
        }
    }

    /// The same, of a directory that what follows lies in.
    pub(super) async fn enter(&mut self, target: &VaultPath) -> Result<Found> {
        let found = self.find(target).await?;
        let inside = match found {
            Found::Nothing => Inside::Nothing,
            Found::Directory => Inside::NotRead,
            Found::File(_) | Found::Blocked => Inside::Blocked,
        };
        self.open.push(Directory { path: target.clone(), inside });
        Ok(found)
    }

    async fn look_up(&self, target: &VaultPath) -> Result<Found> {
        match self.snapshot.stat(target.as_str()).await {
            Ok(entry) => Ok(Found::from(entry)),
            Err(Error::NotADirectory { .. }) => Ok(Found::Blocked),
            Err(error) => nothing_or(error).map(|()| Found::Nothing),
        }
    }
}

impl From<EntryInfo> for Found {
    fn from(entry: EntryInfo) -> Self {
        match entry.kind {
            EntryKind::File => Self::File(entry),
            EntryKind::Directory => Self::Directory,
        }
    }
}

async fn read(snapshot: &Snapshot, directory: &VaultPath) -> Result<Inside> {
    let options = ListOptions::new().limit(LISTED_MAX);
    match snapshot.list_with(directory.as_str(), &options).await {
        Ok(page) => {
            let by_name = page.entries.into_iter().map(|entry| (entry.name().to_owned(), entry));
            Ok(Inside::Read { entries: by_name.collect(), last: page.next })
        }
        Err(error) => nothing_or(error).map(|()| Inside::Nothing),
    }
}

/// What cannot be read is put as if it were not there: the put tells what is wrong, or heals it.
fn nothing_or(error: Error) -> Result<()> {
    let failure = Failure::from(error);
    if failure.concerns_one_file() { Ok(()) } else { Err(failure) }
}
