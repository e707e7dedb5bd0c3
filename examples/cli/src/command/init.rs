//! `sealwood init`

use std::fmt;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

use sealwood::vault::VaultConfig;
use sealwood::{CHUNK_BYTES_DEFAULT, Vault};
use serde::Serialize;

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::probe_memory;
use crate::secrets::{self, Prompt};

#[derive(clap::Args)]
pub(crate) struct Init {
    /// Write the 24 words to FILE, which only you can read, instead of the terminal
    #[arg(long, value_name = "FILE")]
    phrase_out: Option<PathBuf>,

    /// The size of a chunk of a large file: a power of two from 131072 to 16777216
    #[arg(long, value_name = "BYTES", default_value_t = CHUNK_BYTES_DEFAULT)]
    chunk_bytes: u32,
}

impl Init {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        let address = context.address()?;
        let credential = secrets::credential(&context.options.secrets, Prompt::New)?;
        context.interrupt.listen()?;
        // First, so that there is never a vault whose words could not be kept.
        let phrase_file = self.phrase_out.as_deref().map(PhraseFile::create).transpose()?;
        let config = VaultConfig {
            chunk_bytes: self.chunk_bytes,
            probe: probe_memory::probe(),
            ..VaultConfig::default()
        };
        let store = context.interrupt.race(Box::pin(address.store())).await?;
        let created = async {
            let vault = Vault::create(store.objects(), &credential, config).await?;
            probe_memory::tell_of_leftover(&**vault.store(), &context.output).await;
            Ok(vault.recovery_phrase()?)
        };
        let outcome = context.interrupt.race(Box::pin(created)).await;
        let phrase = store.close_after(outcome).await?;
        match phrase_file {
            Some(file) => file.keep(phrase.expose())?,
            None if context.options.json => {
                eprintln!("{}", serde_json::json!({"recovery_phrase": phrase.expose()}));
            }
            None => {
                eprintln!("These 24 words open the vault without its passphrase. Write them down:");
                eprintln!("\n    {}\n", phrase.expose());
            }
        }
        context.output.emit(&Created { vault: address.to_string(), chunk_bytes: self.chunk_bytes })
    }
}

#[derive(Serialize)]
struct Created {
    vault: String,
    chunk_bytes: u32,
}

impl fmt::Display for Created {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "made a vault in {}", self.vault)
    }
}

/// A new file for the words, removed again if they never come.
struct PhraseFile<'a> {
    path: &'a Path,
    file: Option<File>,
}

impl<'a> PhraseFile<'a> {
    fn create(path: &'a Path) -> Result<Self> {
        Ok(Self { path, file: Some(secrets::create_private(path)?) })
    }

    fn keep(mut self, words: &str) -> Result<()> {
        let Some(mut file) = self.file.take() else { return Ok(()) };
        writeln!(file, "{words}")
            .and_then(|()| file.sync_all())
            .map_err(|error| Failure::local(self.path, error))
    }
}

impl Drop for PhraseFile<'_> {
    fn drop(&mut self) {
        if self.file.take().is_some() {
            // An empty file left behind does no harm.
            let _ = fs::remove_file(self.path);
        }
    }
}
