//! The command line.

use clap::error::{ContextKind, ContextValue};
use clap::{ArgAction, Parser};

use crate::command::Command;
use crate::global::Global;

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

const AFTER_HELP: &str = "\
Secrets come from a prompt, a file or the environment: SEALWOOD_PASSPHRASE or
SEALWOOD_RECOVERY_PHRASE for the vault; AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY
and AWS_SESSION_TOKEN for a bucket.

A path is a local store, which one program has open at a time; dir:PATH keeps
plain files instead, which several programs and Node may use at once.

Exit codes: 0 done, 1 failed, 2 usage, 3 not found, 4 wrong secret, 5 stored data
damaged or rolled back, 6 store unavailable, locked, denied or full, 7 some files
done and others failed, 130 cancelled.";
