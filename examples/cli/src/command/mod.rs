//! The commands, one a file.

mod cat;
mod demo;
mod du;
mod engine;
mod get;
mod info;
mod init;
mod ls;
mod mkdir;
mod put;
mod relocate;
mod rm;
mod salvage;
mod stat;
mod tree;

use crate::context::Context;
use crate::failure::Result;
use crate::output::Results;

#[derive(clap::Subcommand)]
pub(crate) enum Command {
    /// Make a new vault
    Init(init::Init),
    /// Copy local files and folders into the vault
    Put(put::Put),
    /// Copy files and directories out of the vault
    Get(get::Get),
    /// List a directory
    Ls(ls::Ls),
    /// Draw a directory and all below it
    Tree(tree::Tree),
    /// Show what is known of an entry
    Stat(stat::Stat),
    /// Move or rename files and directories, in one commit
    Mv(relocate::Relocate),
    /// Copy files and directories within the vault, in one commit and without sending them again
    Cp(relocate::Relocate),
    /// Remove files and directories, in one commit
    Rm(rm::Rm),
    /// Make directories, and those above them
    Mkdir(mkdir::Mkdir),
    /// Write files to standard output
    Cat(cat::Cat),
    /// Add up sizes
    Du(du::Du),
    /// Figures of the vault and of its store
    Info(info::Info),
    /// Copy what is whole out of a damaged local store
    Salvage(salvage::Salvage),
    /// Look at and change the embedded store by itself
    Engine(engine::Engine),
    /// Show a vault at work on a folder, with nothing needed and nothing left behind
    Demo(demo::Demo),
}

impl Command {
    /// What its results are to it.
    pub(crate) fn results(&self) -> Results {
        match self {
            Command::Get(command) if command.is_to_stdout() => Results::Purpose,
            Command::Engine(command) => command.results(),
            Command::Init(_)
            | Command::Put(_)
            | Command::Get(_)
            | Command::Mv(_)
            | Command::Cp(_)
            | Command::Rm(_)
            | Command::Mkdir(_)
            | Command::Salvage(_) => Results::Account,
            Command::Ls(_)
            | Command::Tree(_)
            | Command::Stat(_)
            | Command::Cat(_)
            | Command::Du(_)
            | Command::Info(_)
            | Command::Demo(_) => Results::Purpose,
        }
    }

    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        match self {
            Command::Init(command) => command.run(context).await,
            Command::Put(command) => command.run(context).await,
            Command::Get(command) => command.run(context).await,
            Command::Ls(command) => command.run(context).await,
            Command::Tree(command) => command.run(context).await,
            Command::Stat(command) => command.run(context).await,
            Command::Mv(command) => command.run(context, relocate::How::Move).await,
            Command::Cp(command) => command.run(context, relocate::How::Copy).await,
            Command::Rm(command) => command.run(context).await,
            Command::Mkdir(command) => command.run(context).await,
            Command::Cat(command) => command.run(context).await,
            Command::Du(command) => command.run(context).await,
            Command::Info(command) => command.run(context).await,
            Command::Salvage(command) => command.run(context).await,
            Command::Engine(command) => command.run(context).await,
            Command::Demo(command) => command.run(context).await,
        }
    }
}
