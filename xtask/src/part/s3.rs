//! The blob store contract, racing sessions and bad networks, against two S3 servers of which
//! neither is ours.

use anyhow::Result;

use crate::s3_server::S3Server;
use crate::shared_build;
use crate::tally::Tally;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let servers = S3Server::start_all(workspace)?;
    let mut command = shared_build::cargo(workspace, "test");
    command.args(["--no-fail-fast", "--test", "s3", "--test", "networks", "--", "--ignored"]);
    S3Server::tell(&servers, &mut command);
    tally.tests(&mut command)
}
