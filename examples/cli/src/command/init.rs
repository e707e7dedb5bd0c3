//! `sealwood init`

use std::fmt;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sealwood::blob::BlobStore;
use sealwood::vault::{Convergence, NewVault, VaultConfig};
use sealwood::{CHUNK_BYTES_DEFAULT, Error, Vault};
use serde::Serialize;

use crate::address::Purpose;
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::place::expect_no_objects;
use crate::printable::printable;
use crate::probe_memory;
use crate::secrets;

/// The object that makes a store a vault.
const ROOT: &str = "root";

#[derive(clap::Args)]
pub(crate) struct Init {
    /// Write the 24 words to FILE, which only you can read, instead of the terminal; before
    /// anything is stored, as there
    #[arg(long, value_name = "FILE")]
    phrase_out: Option<PathBuf>,

    /// The size of a chunk of a large file: a power of two from 131072 to 16777216
    #[arg(long, value_name = "BYTES", default_value_t = CHUNK_BYTES_DEFAULT, value_parser = chunk_bytes)]
    chunk_bytes: u32,

    /// Whether equal contents are stored as one: `vault` (a file that is there already is not sent
    /// again, which whoever sees the store can tell) or `off` (every put sends the whole file, and
    /// tells nothing but its length)
    #[arg(long, value_name = "WORD", default_value = Convergence::default().as_str(), value_parser = convergence)]
    convergence: Convergence,
}

impl Init {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        let address = context.address()?;
        address.expect_room()?;
        if self.phrase_out.is_none() {
            context.output.expect_kept()?;
        }
        let credential = secrets::new(&context.options.secrets)?;
        context.interrupt.listen()?;
        // First, so that there is never a vault whose words could not be kept.
        let phrase_file = self.phrase_out.as_deref().map(PhraseFile::create).transpose()?;
        let config = VaultConfig::new()
            .chunk_bytes(self.chunk_bytes)
            .convergence(self.convergence)
            .probe(probe_memory::probe());
        // Before the store, so that nothing is left of what cannot be.
        let prepared = async { Ok(Vault::prepare_with(&credential, &config).await?) };
        let vault = context.interrupt.race(Box::pin(prepared)).await?;
        let store = context.interrupt.race(Box::pin(address.store(Purpose::Change))).await?;
        let checked = async { expect_none(&*store.objects()).await };
        let outcome = match context.interrupt.race(Box::pin(checked)).await {
            Ok(()) => Box::pin(make(context, vault, store.objects(), phrase_file)).await,
            Err(failure) => Err(failure),
        };
        store.close_after(outcome).await?;
        let vault = printable(&address.to_string()).into_owned();
        let convergence = self.convergence.as_str();
        context.output.emit(&Created { vault, chunk_bytes: self.chunk_bytes, convergence })
    }
}

/// Read with the command line, so that a mistake shows before anything is made.
fn chunk_bytes(text: &str) -> Result<u32, &'static str> {
    let bytes = text.parse().ok().filter(|bytes: &u32| bytes.is_power_of_two());
    bytes
        .filter(|bytes| (128 << 10..=16 << 20).contains(bytes))
        .ok_or("a chunk is a power of two from 131072 to 16777216")
}

fn convergence(text: &str) -> Result<Convergence, &'static str> {
    text.parse().map_err(|_| "convergence is `vault` or `off`")
}

/// Fails if the store certainly holds a vault, or what is left of one, or cannot be used, before
/// words are shown that would open nothing.
async fn expect_none(store: &dyn BlobStore) -> Result<()> {
    match store.get(ROOT).await {
        Ok(_) => Err(Error::VaultExists.into()),
        // Some buckets deny a read of what is not there.
        Err(Error::ObjectMissing | Error::StoreDenied { .. }) => expect_no_objects(store).await,
        Err(error) => Err(error.into()),
    }
}

/// Hands out the words, and only then stores anything: an answer can be lost, and a vault must
/// not be there whose words nobody has.
async fn make(
    context: &Context,
    vault: NewVault,
    store: Arc<dyn BlobStore>,
    mut phrase_file: Option<PhraseFile<'_>>,
) -> Result<()> {
    let words = vault.recovery_phrase()?;
    match &mut phrase_file {
        Some(file) => file.keep(words.expose())?,
        None => context.output.hand_out(
            &format!(
                "These 24 words open the vault without its passphrase. Write them down:\n\n    {}\n",
                words.expose()
            ),
            &serde_json::json!({"recovery_phrase": words.expose()}),
        )?,
    }
    let created = async {
        let vault = vault.create(Arc::clone(&store)).await?;
        probe_memory::tell_of_leftover(&**vault.store(), &context.output).await;
        Ok(())
    };
    let Err(failure) = context.interrupt.race(Box::pin(created)).await else { return Ok(()) };
    let outcome = match (opens_nothing(&failure, &*store).await, phrase_file) {
        (true, None) => "no vault was made, and the words above open nothing",
        (true, Some(file)) => {
            file.discard();
            "no vault was made"
        }
        (false, None) => "the words above may already open a vault: run `sealwood info`",
        (false, Some(_)) => "the words in the file may already open a vault: run `sealwood info`",
    };
    Err(Failure::Explained { cause: Box::new(failure), more: outcome.to_owned() })
}

/// Whether it is certain that the words of a vault that could not be made open nothing.
async fn opens_nothing(failure: &Failure, store: &dyn BlobStore) -> bool {
    let Failure::Vault { error, .. } = failure else { return false };
    match error {
        Error::VaultExists
        | Error::ConditionalPutUnsupported { .. }
        | Error::InvalidArgument { .. } => true,
        // The root may be there, or still on its way.
        Error::StoreUnavailable { .. } | Error::OutcomeUnknown | Error::Cancelled => false,
        _ => matches!(store.get(ROOT).await, Err(Error::ObjectMissing)),
    }
}

#[derive(Serialize)]
struct Created {
    vault: String,
    chunk_bytes: u32,
    convergence: &'static str,
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "made a vault in {}", self.vault)
    }
}

/// A new file for the words, removed again unless they are kept in it.
struct PhraseFile<'a> {
    path: &'a Path,
    file: File,
    holds_words: bool,
}

impl<'a> PhraseFile<'a> {
    fn create(path: &'a Path) -> Result<Self> {
        Ok(Self { path, file: secrets::create_private(path)?, holds_words: false })
    }

    fn keep(&mut self, words: &str) -> Result<()> {
        writeln!(self.file, "{words}")
            .and_then(|()| self.file.sync_all())
            .map_err(|error| Failure::local(self.path, error))?;
        self.holds_words = true;
        Ok(())
    }

    fn discard(mut self) {
        self.holds_words = false;
    }
}

impl Drop for PhraseFile<'_> {
    fn drop(&mut self) {
        if !self.holds_words {
            // A file left behind does no harm: what is in it opens nothing.
            let _ = fs::remove_file(self.path);
        }
    }
}
