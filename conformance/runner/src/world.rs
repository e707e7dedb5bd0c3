//! What a scenario has given names to.

use std::cell::RefCell;
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::sync::{Arc, Mutex, PoisonError};

use sealwood::blob::{BlobStore, ETag};
use sealwood::bridge::engine::{
    Batch as EngineBatch, Engine, LtHash, Namespace, PartitionedLtHash, ScanEntry,
    Snapshot as NamespaceSnapshot,
};
use sealwood::bridge::{Pull, StoreHandle};
use sealwood::engine::{EngineSnapshot, WatchEvent};
use sealwood::seal::Link;
use sealwood::vault::{Batch, NewVault, Snapshot};
use sealwood::{Progress, Vault};

use crate::host::HostStore;

/// A store, and its other face if the runner wrote it.
#[derive(Clone)]
pub(crate) struct Store {
    pub(crate) handle: StoreHandle,
    pub(crate) host: Option<Arc<HostStore>>,
}

impl Store {
    pub(crate) fn blobs(&self) -> Arc<dyn BlobStore> {
        Arc::clone(self.handle.objects())
    }
}

/// The progress of one step.
pub(crate) type Reports = Arc<Mutex<Vec<Progress>>>;

/// Values under names, one kind each.
pub(crate) struct Names<T> {
    kind: &'static str,
    values: RefCell<HashMap<String, T>>,
}

impl<T: Clone> Names<T> {
    fn new(kind: &'static str) -> Self {
        Self { kind, values: RefCell::default() }
    }

    /// Gives `value` a name, if there is one.
    pub(crate) fn set(&self, name: Option<&str>, value: T) {
        if let Some(name) = name {
            self.values.borrow_mut().insert(name.to_owned(), value);
        }
    }

    /// What has the name.
    pub(crate) fn get(&self, name: &str) -> Result<T, String> {
        self.find(name).ok_or_else(|| format!("no {} is called {name:?}", self.kind))
    }

    /// What has the name, if anything.
    pub(crate) fn find(&self, name: &str) -> Option<T> {
        self.values.borrow().get(name).cloned()
    }
}

/// A scan that is pulled entry by entry: the pages, and what is left of the last.
pub(crate) struct OpenScan {
    pub(crate) pages: Pull<Vec<ScanEntry>>,
    pub(crate) left: RefCell<VecDeque<ScanEntry>>,
}

/// Everything that has a name.
pub(crate) struct World {
    pub(crate) stores: Names<Store>,
    pub(crate) vaults: Names<Vault>,
    pub(crate) new_vaults: Names<Arc<NewVault>>,
    pub(crate) batches: Names<Arc<Batch>>,
    pub(crate) snapshots: Names<Snapshot>,
    pub(crate) etags: Names<ETag>,
    pub(crate) links: Names<Option<Link>>,
    pub(crate) phrases: Names<String>,
    pub(crate) keys: Names<Vec<String>>,
    pub(crate) counts: Names<u64>,
    pub(crate) progress: Names<Reports>,
    pub(crate) engines: Names<Engine>,
    pub(crate) namespaces: Names<Namespace>,
    pub(crate) engine_batches: Names<Rc<EngineBatch>>,
    pub(crate) engine_snapshots: Names<EngineSnapshot>,
    pub(crate) namespace_snapshots: Names<NamespaceSnapshot>,
    pub(crate) scans: Names<Rc<OpenScan>>,
    pub(crate) watches: Names<Rc<Pull<WatchEvent>>>,
    pub(crate) revisions: Names<u64>,
    pub(crate) hashes: Names<Rc<LtHash>>,
    pub(crate) partitions: Names<Rc<PartitionedLtHash>>,
}

impl World {
    pub(crate) fn new() -> Self {
        Self {
            stores: Names::new("store"),
            vaults: Names::new("vault"),
            new_vaults: Names::new("new vault"),
            batches: Names::new("batch"),
            snapshots: Names::new("snapshot"),
            etags: Names::new("etag"),
            links: Names::new("link"),
            phrases: Names::new("phrase"),
            keys: Names::new("listing"),
            counts: Names::new("count of calls"),
            progress: Names::new("progress"),
            engines: Names::new("engine"),
            namespaces: Names::new("namespace"),
            engine_batches: Names::new("batch of an engine"),
            engine_snapshots: Names::new("snapshot of an engine"),
            namespace_snapshots: Names::new("snapshot of a namespace"),
            scans: Names::new("scan"),
            watches: Names::new("watch"),
            revisions: Names::new("revision"),
            hashes: Names::new("hash"),
            partitions: Names::new("state of partitions"),
        }
    }

    /// Checks the reports under a name: one at least, never falling, ending at the total.
    pub(crate) fn check_progress(&self, name: &str, total: Option<u64>) -> Result<(), String> {
        let reports = self.progress.get(name)?;
        let reports = reports.lock().unwrap_or_else(PoisonError::into_inner);
        let last = reports.last().ok_or("no progress was reported")?;
        if !reports.is_sorted_by_key(|report| report.done) {
            return Err(format!("progress fell: {reports:?}"));
        }
        if last.total != Some(last.done) || total.is_some_and(|total| total != last.done) {
            return Err(format!("progress ended with {last:?}"));
        }
        Ok(())
    }
}
