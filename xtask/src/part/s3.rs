//! The blob store contract over HTTP, against a server that honours conditional puts.

use anyhow::Result;

use crate::tally::Tally;
use crate::toolchain::moto;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let server = moto::ensure(workspace)?;
    let mut command = workspace.cargo("test");
    command.args(["--package", "sealwood", "--test", "s3_contract", "--", "--ignored"]);
    tally.tests(command.env("SEALWOOD_MOTO_SERVER", server))
}
