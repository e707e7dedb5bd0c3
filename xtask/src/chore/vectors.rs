//! `cargo xtask vectors`: the golden vectors computed anew, after a change of the stored bytes.

use std::process::ExitCode;

use anyhow::Result;

use crate::process;
use crate::workspace::Workspace;

/// The packages whose test `vectors` computes some of the files, and the features it needs.
const PACKAGES: [(&str, &str); 2] = [("sealwood", "internals"), ("sealwood-lthash", "")];

/// Writes the outputs of `conformance/vectors` from their inputs, then checks them as any test
/// run would.
pub(crate) fn run(workspace: &Workspace) -> Result<ExitCode> {
    let test = |(package, features)| {
        let mut test = workspace.cargo("test");
        test.args(["--package", package, "--features", features, "--test", "vectors"]);
        test
    };
    for package in PACKAGES {
        process::run(test(package).args(["--", "--ignored", "--exact", "write_vectors"]))?;
    }
    for package in PACKAGES {
        process::run(&mut test(package))?;
    }
    Ok(ExitCode::SUCCESS)
}
