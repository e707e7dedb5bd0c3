//! The command line.

use std::path::PathBuf;

use clap::error::{ContextKind, ContextValue};
use clap::{ArgAction, Args, Parser};

use crate::command::Command;

/// An end-to-end encrypted drive on any bucket or directory.
#[derive(Parser)]
#[command(name = "sealwood", version, disable_version_flag = true, after_help = AFTER_HELP)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,

    #[command(subcommand)]
    pub(crate) command: Command,

    /// Print the version
    #[arg(long, action = ArgAction::Version)]
    version: (),
}

impl Arguments {
    /// The arguments of this run.
    pub(crate) fn read() -> Result<Self, clap::Error> {
        Self::try_parse().map_err(|mut error| {
            // The only path that was given counts as the last one, but who gave it means the first.
            let sources = ContextValue::Strings(vec!["<SOURCES>...".to_owned()]);
            if error.get(ContextKind::InvalidArg) == Some(&sources) {
                let destination = ContextValue::Strings(vec!["<DESTINATION>".to_owned()]);
                error.insert(ContextKind::InvalidArg, destination);
            }
            error
        })
    }
}

/// What every command takes.
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

    /// The root secret is the 32 bytes of FILE
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) secret_file: Option<PathBuf>,
}

const AFTER_HELP: &str = "\
Secrets come from a prompt, a file or the environment: SEALWOOD_PASSPHRASE or
SEALWOOD_RECOVERY_PHRASE for the vault; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
and AWS_SESSION_TOKEN for a bucket.

A path is a local store, which one program has open at a time; dir:PATH keeps
plain files instead, which several programs and Node may use at once.

Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 wrong secret, 5 stored data
damaged or rolled back, 6 store unavailable, locked, denied or full, 7 some files
done and others failed, 130 cancelled.";
