//! The arguments that every command takes.

use std::path::PathBuf;

use clap::Args;

/// Where the vault is, how it opens, and what is printed.
#[derive(Args)]
pub(crate) struct Global {
    /// Where the vault is: a path, dir:PATH or s3://BUCKET/PREFIX?endpoint=URL [env:
    /// SEALWOOD_VAULT]
    #[arg(long, short = 'V', global = true, value_name = "ADDRESS")]
    pub(crate) vault: Option<String>,

    /// One JSON object a line, errors too
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Neither progress nor notes
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,

    #[command(flatten)]
    pub(crate) secrets: SecretFiles,
}

/// Files a secret is read from. A secret itself is never an argument: those are seen by every
/// user of the machine and remembered by shells.
#[derive(Args)]
pub(crate) struct SecretFiles {
    /// The passphrase is the first line of FILE [env: SEALWOOD_PASSPHRASE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,

    /// The 24 words are in FILE [env: SEALWOOD_RECOVERY_PHRASE]
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) phrase_file: Option<PathBuf>,

    /// The secret is the 32 bytes of FILE
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
}
