//! `sealwood engine`: the embedded store by itself, in a directory of this machine.
//!
//! What only looks opens it to read, beside others that do, and changes nothing there. The work of
//! every command is done in a thread of its own ([`job`]), so that one Ctrl-C ends it.

mod compact;
mod compare;
mod delete;
mod folder;
mod get;
mod job;
mod namespaces;
mod options;
mod put;
mod salvage;
mod scan;
mod shown;
mod state;
mod stats;
mod track;
mod verify;

use crate::context::Context;
use crate::failure::Result;
use crate::output::Results;

#[derive(clap::Args)]
#[command(after_help = AFTER_HELP)]
pub(crate) struct Engine {
    #[command(subcommand)]
    command: EngineCommand,
}

const AFTER_HELP: &str = "\
DIRECTORY is that of an engine; the local store of a vault is one. No secret is
asked for: what a vault keeps there is sealed.

compare exits with 1 where the engines differ.";

#[derive(clap::Subcommand)]
enum EngineCommand {
    /// Write the value of a key to standard output
    Get(get::Get),
    /// Put a value under a key
    Put(put::Put),
    /// Delete keys, all or none of them
    Delete(delete::Delete),
    /// List keys and values, in the order of the keys
    Scan(scan::Scan),
    /// List the namespaces
    Namespaces(namespaces::Namespaces),
    /// Figures of the engine
    Stats(stats::Stats),
    /// Keep a hash of the rows of a namespace, and count those that are there
    Track(track::Track),
    /// Keep no hash of a namespace any more
    Untrack(track::Untrack),
    /// Show the hashes of the namespaces, and the sum of them
    State(state::State),
    /// Check everything there is; with --state, the hashes against all rows too
    Verify(verify::Verify),
    /// List the keys in which two engines differ
    Compare(compare::Compare),
    /// Give back the space of what is dead in the log
    Compact(compact::Compact),
    /// Copy what is whole of a damaged engine into a new one
    Salvage(salvage::Salvage),
}

impl Engine {
    /// What its results are to it. Who compares or verifies wants the exit code of all of it.
    pub(crate) fn results(&self) -> Results {
        use EngineCommand as Command;
        match self.command {
            Command::Put(_)
            | Command::Delete(_)
            | Command::Track(_)
            | Command::Untrack(_)
            | Command::Verify(_)
            | Command::Compare(_)
            | Command::Compact(_)
            | Command::Salvage(_) => Results::Account,
            Command::Get(_)
            | Command::Scan(_)
            | Command::Namespaces(_)
            | Command::Stats(_)
            | Command::State(_) => Results::Purpose,
        }
    }

    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        match self.command {
            EngineCommand::Get(command) => command.run(context).await,
            EngineCommand::Put(command) => command.run(context).await,
            EngineCommand::Delete(command) => command.run(context).await,
            EngineCommand::Scan(command) => command.run(context).await,
            EngineCommand::Namespaces(command) => command.run(context).await,
            EngineCommand::Stats(command) => command.run(context).await,
            EngineCommand::Track(command) => command.run(context).await,
            EngineCommand::Untrack(command) => command.run(context).await,
            EngineCommand::State(command) => command.run(context).await,
            EngineCommand::Verify(command) => command.run(context).await,
            EngineCommand::Compare(command) => command.run(context).await,
            EngineCommand::Compact(command) => command.run(context).await,
            EngineCommand::Salvage(command) => command.run(context).await,
        }
    }
}
