//! Licences, sources and bans of the dependencies, as `deny.toml` has them. Advisories are left to
//! `cargo deny check`: what is known against a crate changes without any change here.

use anyhow::Result;

use crate::process;
use crate::tally::Tally;
use crate::toolchain::cargo_deny;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let program = cargo_deny::ensure(workspace)?;
    for check in ["licenses", "bans", "sources"] {
        let mut command = workspace.command(&program);
        // Two versions of a crate are worth a look now and then, not a page at every run.
        command.args(["--log-level", "error", "check", check]);
        tally.check(check, process::run(&mut command));
    }
    println!("not checked here: advisories; `cargo deny check advisories` fetches what is known");
    Ok(())
}
