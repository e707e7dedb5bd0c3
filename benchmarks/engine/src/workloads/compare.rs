//! K13: two engines with a million rows each are compared, when they are equal and when one row
//! differs; and all rows of one are read, to check its hash. In memory: what counts is what is read.

use std::ops::ControlFlow;
use std::sync::Arc;

use anyhow::{Result, ensure};
use sealwood::engine::disk::MemoryDisk;
use sealwood::engine::{
    Durability, Engine, EngineConfig, Namespace, PutOptions, RowDifference, Tracking,
};

use super::step::Step;
use super::{VALUE_BYTES, Workload, phase, seconds};
use crate::data::{self, path_key};
use crate::metric::{Metric, Sample};

const KEYS: usize = 1_000_000;

pub(super) const WORKLOAD: Workload = Workload {
    name: "compare",
    covers: &["K13"],
    benches: &["compare-equal", "compare-one-row", "verify-state"],
    keys: KEYS,
    rounds_max: 1,
    takes: |entrant| entrant.name == "sealwood+buckets",
    phases: &[phase(measure)],
};

fn measure(_step: &Step) -> Result<Vec<Sample>> {
    let [one, other] = [loaded()?, loaded()?];
    let [rows, others] = [rows_of(&one)?, rows_of(&other)?];
    let equal = compare("compare-equal", &rows, &others, &[])?;
    let changed = path_key(KEYS / 3);
    others.put(&changed, "else")?;
    let differs = [RowDifference::Value(changed.to_vec())];
    let one_row = compare("compare-one-row", &rows, &others, &differs)?;
    let mut read = 0;
    let seconds = seconds(|| {
        let verified = one.verify_state(&mut |_, _| ControlFlow::Continue(()))?;
        ensure!(verified.differing == 0, "the hash is not that of the rows");
        read = verified.rows;
        Ok(())
    })?;
    let scan = Sample::new("verify-state")
        .with(Metric::Rows, KEYS as f64)
        .with(Metric::RowsRead, read as f64)
        .with(Metric::UsPerOp, seconds * 1e6);
    Ok(vec![equal, one_row, scan])
}

fn loaded() -> Result<Engine> {
    let engine = Engine::open(Arc::new(MemoryDisk::new()), EngineConfig::default())?;
    let rows = rows_of(&engine)?;
    rows.track(Tracking::Buckets)?;
    let options = PutOptions::new().durability(Durability::None);
    let mut value = [0; VALUE_BYTES];
    for number in 0..KEYS {
        data::fill(&mut value, number as u64);
        rows.put_with(&path_key(number), value.to_vec(), &options)?;
    }
    engine.checkpoint()?;
    Ok(engine)
}

fn rows_of(engine: &Engine) -> Result<Namespace> {
    Ok(engine.namespace("rows")?)
}

/// Compares, and holds what is told against what is so.
fn compare(
    bench: &str,
    rows: &Namespace,
    others: &Namespace,
    expected: &[RowDifference],
) -> Result<Sample> {
    let mut told = Vec::new();
    let mut read = 0;
    let seconds = seconds(|| {
        let compared = rows.compare(others, &mut |difference| {
            told.push(difference);
            ControlFlow::Continue(())
        })?;
        read = compared.rows_read;
        Ok(())
    })?;
    ensure!(told == expected, "{bench}: {} rows are told to differ", told.len());
    Ok(Sample::new(bench)
        .with(Metric::Rows, KEYS as f64)
        .with(Metric::RowsRead, read as f64)
        .with(Metric::UsPerOp, seconds * 1e6))
}
