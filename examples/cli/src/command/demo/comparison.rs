//! The work that figures of another system are known for, done here in memory.
//!
//! The other system keeps its directories in a sealed trie too, one object a node, with a manifest
//! beside it. Its figures are those measured for it; they are not measured here.

use std::sync::Arc;

use sealwood::Vault;
use sealwood::blob::{BlobStore, MemoryStore, MeteredStore};
use sealwood::platform::Environment;
use sealwood::seal::SlotSecret;
use sealwood::vault::{Credential, Durability, PutOptions};
use serde::Serialize;

use super::phase::{Measure, Phase};
use super::table::print_table;
use crate::failure::Result;
use crate::output::Output;

const DURABLE: &str = "150 files of 4 KiB in one directory, each durable";
const FLUSHED: &str = "1,000 files of 4 KiB in one directory, one flush";
const FILE_BYTES: usize = 4096;
const DURABLE_FILES: u32 = 150;
const FLUSHED_FILES: u32 = 1_000;

/// The same work as that of the other system.
pub(super) struct Comparison {
    durable: Phase,
    flushed: Phase,
}

pub(super) async fn measure() -> Result<Comparison> {
    let mut measure = new_vault().await?;
    measure.start(DURABLE);
    for number in 0..DURABLE_FILES {
        put(&measure, number, Durability::OnReturn).await?;
        measure.file(FILE_BYTES as u64);
    }
    let durable = measure.end();

    let mut measure = new_vault().await?;
    measure.start(FLUSHED);
    for number in 0..FLUSHED_FILES {
        put(&measure, number, Durability::Deferred).await?;
    }
    measure.vault().flush().await?;
    measure.files(FLUSHED_FILES.into(), u64::from(FLUSHED_FILES) * FILE_BYTES as u64);
    Ok(Comparison { durable, flushed: measure.end() })
}

pub(super) fn print(output: &Output, found: &Comparison, rename: &Phase) -> Result<()> {
    let Comparison { durable, flushed } = found;
    let rows = [
        Row {
            work: DURABLE,
            measure: "index requests",
            here: durable.index_requests,
            reference: "384 for nodes, about 450 for manifests",
        },
        Row {
            work: DURABLE,
            measure: "index bytes",
            here: durable.index_bytes,
            reference: "3.5 MB, nodes alone",
        },
        Row {
            work: DURABLE,
            measure: "round trips in a row for a file",
            here: durable.serial_round_trips_max,
            reference: "6 to 7",
        },
        Row { work: FLUSHED, measure: "all requests", here: flushed.requests, reference: "2,152" },
        Row {
            work: "rename of a folder",
            measure: "all requests",
            here: rename.requests,
            reference: "not offered",
        },
    ];
    for row in &rows {
        output.record(row)?;
    }
    let head = ["on the same work", "", "here", "sealed-HAMT client"].map(str::to_owned);
    let lines = rows.map(|row| {
        [row.work.into(), row.measure.into(), row.here.to_string(), row.reference.into()]
    });
    print_table(output, &head, &lines)
}

#[derive(Serialize)]
struct Row {
    work: &'static str,
    measure: &'static str,
    here: u64,
    reference: &'static str,
}

async fn new_vault() -> Result<Measure> {
    let memory: Arc<dyn BlobStore> = Arc::new(MemoryStore::default());
    let store = Arc::new(MeteredStore::new(memory));
    let credential = Credential::Secret(SlotSecret::generate(&Environment::default())?);
    let vault = Vault::create(store.clone(), &credential).await?;
    Ok(Measure::new(store, vault))
}

/// Puts a file whose content no other has.
async fn put(measure: &Measure, number: u32, durability: Durability) -> Result<()> {
    let content: Vec<u8> = number.to_le_bytes().into_iter().cycle().take(FILE_BYTES).collect();
    let options = PutOptions::new().durability(durability);
    measure.vault().put_with(&format!("files/{number:04}.bin"), content, &options).await?;
    Ok(())
}
