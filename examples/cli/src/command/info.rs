//! `sealwood info`

use std::fmt;

use sealwood::blob::{BlobStore, LIST_LIMIT_MAX};
use sealwood::vault::Convergence;
use serde::{Serialize, Serializer};

use crate::bytes_text::{count, size};
use crate::context::Context;
use crate::failure::Result;
use crate::printable::printable;

#[derive(clap::Args)]
pub(crate) struct Info {}

impl Info {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        context
            .with_vault_to_read(async |vault| {
                let stats = vault.stats();
                let stored = Stored::of(&**vault.store()).await?;
                context.output.emit(&Figures {
                    vault: printable(&context.address()?.to_string()).into_owned(),
                    sequence: stats.sequence,
                    tail_operations: stats.tail_operations,
                    chunk_bytes: stats.chunk_bytes,
                    convergence: stats.convergence,
                    future_commit_ms: stats.future_commit_ms,
                    stored,
                })
            })
            .await
    }
}

#[derive(Serialize)]
struct Figures {
    vault: String,
    /// How many commits the vault has seen.
    sequence: u64,
    /// Changes that its root carries until they are written into directories.
    tail_operations: u64,
    chunk_bytes: u64,
    /// Whether equal contents are stored as one.
    #[serde(serialize_with = "word")]
    convergence: Convergence,
    /// The time of the last commit, if this device's clock has not come there yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    future_commit_ms: Option<i64>,
    #[serde(flatten)]
    stored: Stored,
}

fn word<S: Serializer>(convergence: &Convergence, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_str(convergence.as_str())
}

/// What the store holds: all that its owner sees of the vault.
#[derive(Serialize)]
struct Stored {
    objects: u64,
    /// [`u64::MAX`] stands for that and more.
    object_bytes: u64,
}

impl Stored {
    async fn of(store: &dyn BlobStore) -> Result<Self> {
        let mut stored = Self { objects: 0, object_bytes: 0 };
        let mut after = None;
        loop {
            let page = store.list("", after.as_deref(), LIST_LIMIT_MAX).await?;
            stored.objects += page.objects.len() as u64;
            let sizes = page.objects.iter().map(|object| object.size);
            stored.object_bytes = sizes.fold(stored.object_bytes, u64::saturating_add);
            match page.next {
                Some(next) => after = Some(next),
                None => return Ok(stored),
            }
        }
    }
}

/// What becomes of contents that are equal.
fn equal_contents(convergence: Convergence) -> &'static str {
    match convergence {
        Convergence::Vault => "stored once",
        Convergence::Off => "stored apart (convergence is off)",
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "vault     {}", self.vault)?;
        writeln!(f, "commits   {}", self.sequence)?;
        writeln!(f, "tail      {}", count(self.tail_operations, "change", "changes"))?;
        writeln!(f, "chunks    {}", size(self.chunk_bytes))?;
        writeln!(f, "equal     {}", equal_contents(self.convergence))?;
        let Stored { objects, object_bytes } = self.stored;
        write!(f, "store     {}, {}", count(objects, "object", "objects"), size(object_bytes))
    }
}
