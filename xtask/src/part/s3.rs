//! The blob store contract, racing sessions and bad networks, against two S3 servers of which
//! neither is ours.

use anyhow::Result;

use super::rust::FEATURES;
use crate::s3_server::S3Server;
use crate::tally::Tally;
use crate::workspace::Workspace;

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let servers = S3Server::start_all(workspace)?;
    let mut command = workspace.cargo("test");
    command.args(["--package", "sealwood", "--package", "sealwood-fault-proxy"]);
    command.args(["--features", FEATURES, "--no-fail-fast"]);
    command.args(["--test", "s3_contract", "--test", "s3_processes"]);
    command.args(["--test", "networks", "--", "--ignored"]);
    S3Server::tell(&servers, &mut command);
    tally.tests(&mut command)
}
