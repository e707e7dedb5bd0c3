//! A namespace as it was.

use super::ScanInput;
use super::scan::{self, ScanEntry, ScanKey};
use crate::bridge::Pull;
use crate::engine::{self, KeyInfo, Value};
use crate::error::Result;
use crate::platform::{MaybeSend, run_blocking};
use crate::task::CancelToken;

/// A namespace at one revision. What it needs is kept until it is dropped.
#[derive(Debug, Clone)]
pub struct Snapshot(engine::Snapshot);

impl Snapshot {
    /// The revision of the last change that it sees.
    pub fn revision(&self) -> u64 {
        self.0.revision().get()
    }

    /// The value of a key.
    pub async fn get(&self, key: Vec<u8>) -> Result<Option<Value>> {
        self.run(move |snapshot| snapshot.get(&key)).await
    }

    /// What is known of a key without reading its value.
    pub async fn info(&self, key: Vec<u8>) -> Result<Option<KeyInfo>> {
        self.run(move |snapshot| snapshot.info(&key)).await
    }

    /// Keys and values, by pages; see [`Namespace::scan`](super::Namespace::scan).
    pub async fn scan(
        &self,
        input: ScanInput,
        cancel: CancelToken,
    ) -> Result<Pull<Vec<ScanEntry>>> {
        let scan = self.run(move |snapshot| input.apply(snapshot.scan()).open()).await?;
        Ok(scan::pull(scan, cancel))
    }

    /// Keys, by pages. No value is read.
    pub async fn scan_keys(
        &self,
        input: ScanInput,
        cancel: CancelToken,
    ) -> Result<Pull<Vec<ScanKey>>> {
        let scan = self.run(move |snapshot| input.apply(snapshot.scan()).open()).await?;
        Ok(scan::pull(scan, cancel))
    }

    async fn run<T: MaybeSend + 'static>(
        &self,
        work: impl FnOnce(&engine::Snapshot) -> engine::Result<T> + MaybeSend + 'static,
    ) -> Result<T> {
        let snapshot = self.0.clone();
        Ok(run_blocking(move || work(&snapshot)).await?)
    }
}

impl From<engine::Snapshot> for Snapshot {
    fn from(snapshot: engine::Snapshot) -> Self {
        Self(snapshot)
    }
}
