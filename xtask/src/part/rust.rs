//! Every test of every crate on this machine, documentation examples included.

use anyhow::Result;

use crate::tally::Tally;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    tally.tests(workspace.cargo("test").args(["--workspace", "--no-fail-fast"]))
}
