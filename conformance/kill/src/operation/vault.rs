//! Changes of a vault, by one thread to a directory of its own.

use sealwood::vault::{Batch, Durability, PutOptions, Vault};
use sealwood::{Error, Result};

use super::Covers;
use crate::change::{Change, Item};
use crate::content::Content;
use crate::line::Answer;
use crate::mode::Mode;
use crate::random::Random;

/// One change, or several that are committed together.
#[derive(Debug)]
pub(crate) enum VaultOperation {
    /// It is durable when it returns.
    Now(Step),
    /// A put that becomes durable with a later change or flush.
    Later(Path, Content),
    /// All or none.
    Batch(Vec<Step>),
    /// Makes everything of the session durable.
    Flush,
}

/// One change. Directories are paths that end in a slash.
#[derive(Debug)]
pub(crate) enum Step {
    Put(Path, Content),
    MakeDirectory(Path),
    Remove(Path),
    RemoveAll(Path),
    Rename(Path, Path),
    Copy(Path, Path),
}

/// A file or, if it ends in a slash, a directory.
#[derive(Debug, Clone)]
pub(crate) struct Path(String);

impl VaultOperation {
    /// The next change of a thread. Where the engine is closed without a word to the sessions,
    /// nothing is deferred: they would have to be asked.
    pub(crate) fn draw(random: &mut Random, mode: Mode, thread: usize) -> Self {
        match random.below(20) {
            10..=14 if mode == Mode::Vault => {
                Self::Later(Path::file(random, thread), Content::draw(random))
            }
            0..=14 => Self::Now(Step::draw(random, thread)),
            15..=17 => {
                let steps = 1 + random.below(12);
                Self::Batch((0..steps).map(|_| Step::draw_sure(random, thread)).collect())
            }
            _ => Self::Flush,
        }
    }

    /// What it changes, if it is done.
    pub(crate) fn changes(&self) -> Vec<Change> {
        match self {
            Self::Now(step) => step.changes(),
            Self::Later(path, content) => put(path, *content),
            Self::Batch(steps) => steps.iter().flat_map(Step::changes).collect(),
            Self::Flush => Vec::new(),
        }
    }

    /// A durable change makes durable what the session has deferred.
    pub(crate) fn covers(&self) -> Covers {
        match self {
            Self::Later(..) => Covers::Nothing,
            _ => Covers::Session,
        }
    }

    /// Does it.
    pub(crate) async fn perform(&self, vault: &Vault) -> Result<Answer> {
        let outcome = match self {
            Self::Now(step) => step.perform(vault).await,
            Self::Later(path, content) => {
                let options = PutOptions::new().durability(Durability::Deferred);
                vault.put_with(path.name(), content.bytes(), &options).await.map(|_| ())
            }
            Self::Batch(steps) => {
                let batch = vault.batch();
                for step in steps {
                    step.add(&batch).await?;
                }
                batch.commit().await
            }
            Self::Flush => vault.flush().await,
        };
        match outcome {
            Ok(()) => Ok(Answer::Done),
            Err(
                Error::NotFound { .. }
                | Error::AlreadyExists { .. }
                | Error::NotADirectory { .. }
                | Error::IsADirectory { .. }
                | Error::DirectoryNotEmpty { .. }
                | Error::IntoItself { .. }
                | Error::CommitContention { .. },
            ) => Ok(Answer::Nothing),
            Err(error) => Err(error),
        }
    }
}

impl Step {
    fn draw(random: &mut Random, thread: usize) -> Self {
        match random.below(20) {
            0..=3 => Self::draw_sure(random, thread),
            4..=6 => Self::Remove(Path::file(random, thread)),
            7..=10 => Self::Rename(Path::file(random, thread), Path::file(random, thread)),
            11..=13 => {
                Self::Rename(Path::directory(random, thread), Path::directory(random, thread))
            }
            14 | 15 => Self::Copy(Path::file(random, thread), Path::file(random, thread)),
            16 => Self::Copy(Path::directory(random, thread), Path::directory(random, thread)),
            17 => Self::RemoveAll(Path::directory(random, thread)),
            _ => Self::Remove(Path::directory(random, thread)),
        }
    }

    /// One that is never refused.
    fn draw_sure(random: &mut Random, thread: usize) -> Self {
        match random.below(6) {
            0 => Self::MakeDirectory(Path::directory(random, thread)),
            _ => Self::Put(Path::file(random, thread), Content::draw(random)),
        }
    }

    fn changes(&self) -> Vec<Change> {
        match self {
            Self::Put(path, content) => put(path, *content),
            Self::MakeDirectory(path) => path.and_parents(),
            Self::Remove(path) => vec![Change::Remove(path.0.clone())],
            Self::RemoveAll(path) => vec![Change::RemoveBelow(path.0.clone())],
            Self::Rename(from, to) => with_parents(to, Change::Move(from.0.clone(), to.0.clone())),
            Self::Copy(from, to) => with_parents(to, Change::Copy(from.0.clone(), to.0.clone())),
        }
    }

    async fn perform(&self, vault: &Vault) -> Result<()> {
        match self {
            Self::Put(path, content) => vault.put(path.name(), content.bytes()).await.map(|_| ()),
            Self::MakeDirectory(path) => vault.mkdir(path.name()).await,
            Self::Remove(path) => vault.remove(path.name()).await,
            Self::RemoveAll(path) => vault.remove_all(path.name()).await,
            Self::Rename(from, to) => vault.rename(from.name(), to.name()).await,
            Self::Copy(from, to) => vault.copy(from.name(), to.name()).await,
        }
    }

    async fn add(&self, batch: &Batch) -> Result<()> {
        match self {
            Self::Put(path, content) => batch.put(path.name(), content.bytes()).await,
            Self::MakeDirectory(path) => batch.mkdir(path.name()),
            Self::Remove(path) => batch.remove(path.name()),
            Self::RemoveAll(path) => batch.remove_all(path.name()),
            Self::Rename(from, to) => batch.rename(from.name(), to.name()),
            Self::Copy(from, to) => batch.copy(from.name(), to.name()),
        }
    }
}

impl Path {
    fn directory(random: &mut Random, thread: usize) -> Self {
        Self(format!("t{thread}/d{}/", random.below(6)))
    }

    fn file(random: &mut Random, thread: usize) -> Self {
        let Self(directory) = Self::directory(random, thread);
        Self(format!("{directory}f{:02}", random.below(20)))
    }

    fn name(&self) -> &str {
        self.0.trim_end_matches('/')
    }

    /// It, if it is a directory, and those above it.
    fn and_parents(&self) -> Vec<Change> {
        let slashes = self.0.match_indices('/').map(|(at, _)| at + 1);
        slashes.map(|end| Change::Directory(self.0[..end].to_owned())).collect()
    }
}

fn put(path: &Path, content: Content) -> Vec<Change> {
    let mut changes = path.and_parents();
    changes.push(Change::Put(path.0.clone(), Item { content: Some(content), expires_at_ms: 0 }));
    changes
}

/// What a move or a copy does if it is done: there is then a directory to do it in.
fn with_parents(to: &Path, change: Change) -> Vec<Change> {
    let mut changes = to.and_parents();
    if to.0.ends_with('/') {
        changes.pop();
    }
    changes.push(change);
    changes
}
