//! Many directories in few commits, where some may not be possible.

use sealwood::path::VaultPath;
use sealwood::{Error, Vault};

use crate::failure::{Failure, Result};

/// Makes the directories and tells which of them could not be made. A commit is all or nothing, so
/// one that fails for the sake of one directory is tried again in halves.
pub(super) async fn make_folders(vault: &Vault, folders: Vec<VaultPath>) -> Result<Vec<Failure>> {
    let mut failures = Vec::new();
    let mut waiting = vec![folders];
    while let Some(mut some) = waiting.pop() {
        let Err(error) = make_together(vault, &some).await else { continue };
        let failure = Failure::from(error);
        if !failure.concerns_one_file() {
            return Err(failure);
        }
        match &some[..] {
            [] => {}
            [one] => failures.push(failure.at(one.as_str())),
            _ => {
                let rest = some.split_off(some.len() / 2);
                waiting.extend([rest, some]);
            }
        }
    }
    Ok(failures)
}

async fn make_together(vault: &Vault, folders: &[VaultPath]) -> Result<(), Error> {
    let batch = vault.batch();
    for folder in folders {
        batch.mkdir(folder.as_str())?;
    }
    batch.commit().await
}
