//! A session on a vault in memory, and what its work costs.

use std::ops::AddAssign;
use std::sync::Arc;

use anyhow::{Result, ensure};
use sealwood::blob::{
    BlobStore, LIST_LIMIT_MAX, MemoryStore, MeteredStore, Method, Metrics, Precondition,
};
use sealwood::seal::SlotSecret;
use sealwood::vault::{Credential, Durability, PutOptions, VaultConfig};
use sealwood::{Vault, WriteStats};

use super::surroundings::{content, environment};

/// The directory all files go to.
pub(super) const DIRECTORY: &str = "photos";

/// The bytes of the files a vault is filled with: inline, and about as large in their entry as the
/// reference to a larger content.
const FILLING_BYTES: usize = 64;
/// How many files one flush carries when a vault is filled.
const FILLING_FLUSH: usize = 25_000;

/// An open vault whose store counts.
pub(super) struct Session {
    pub(super) vault: Vault,
    store: Arc<MeteredStore<MemoryStore>>,
    /// What the session had written when the current window began.
    before: WriteStats,
}

impl Session {
    /// A session on a new vault.
    pub(super) async fn create(session: u64) -> Result<Self> {
        let store = Arc::new(MeteredStore::new(MemoryStore::new()));
        let vault = Vault::create_with(store.clone(), &credential(), &config(session)).await?;
        Ok(Self::begin(vault, store))
    }

    /// A fresh session, with other randomness, on an identical vault of its own.
    pub(super) async fn fork(&self, session: u64) -> Result<Self> {
        let store = Arc::new(MeteredStore::new(copy(self.store.inner()).await?));
        let vault = Vault::open_with(store.clone(), &credential(), &config(session)).await?;
        Ok(Self::begin(vault, store))
    }

    fn begin(vault: Vault, store: Arc<MeteredStore<MemoryStore>>) -> Self {
        store.reset();
        let before = vault.stats().written;
        Self { vault, store, before }
    }

    /// What the session's work cost since the last call. Fails unless the vault's own counts add
    /// up to what the store saw.
    pub(super) fn cost(&mut self) -> Result<Cost> {
        let metrics = self.store.reset();
        let now = self.vault.stats().written;
        let before = std::mem::replace(&mut self.before, now);
        let cost = Cost {
            index_requests: now.index_requests - before.index_requests,
            index_bytes: now.index_bytes - before.index_bytes,
            content_requests: now.content_requests - before.content_requests,
            content_bytes: now.content_bytes - before.content_bytes,
            read_requests: reads(&metrics),
            read_bytes: metrics.bytes_received,
            spills: now.spills - before.spills,
            serial_round_trips_max: metrics.serial_depth,
        };
        ensure!(
            cost.requests() == metrics.calls(Method::Put)
                && cost.requests() + cost.read_requests == metrics.requests()
                && cost.bytes() == metrics.bytes_sent,
            "the vault's counts do not add up to the store's: {cost:?}, {metrics:?}"
        );
        Ok(cost)
    }

    /// Puts one file, durable on return.
    pub(super) async fn put(&self, index: usize, bytes: usize) -> Result<()> {
        let content = content(index as u64, bytes);
        self.vault.put(&path(index), content).await?;
        Ok(())
    }

    /// Puts `count` files one by one, each durable before the next, and returns what each cost.
    pub(super) async fn put_each(
        &mut self,
        first: usize,
        count: usize,
        bytes: usize,
    ) -> Result<Vec<Cost>> {
        let mut costs = Vec::with_capacity(count);
        for index in first..first + count {
            self.put(index, bytes).await?;
            costs.push(self.cost()?);
        }
        Ok(costs)
    }

    /// Puts one file, durable after the next flush.
    pub(super) async fn put_deferred(&self, index: usize, bytes: usize) -> Result<()> {
        let options = PutOptions::new().durability(Durability::Deferred);
        self.vault.put_with(&path(index), content(index as u64, bytes), &options).await?;
        Ok(())
    }

    /// Fills the directory up to `entries` files, from `present` on.
    pub(super) async fn fill(&mut self, present: usize, entries: usize) -> Result<()> {
        for index in present..entries {
            self.put_deferred(index, FILLING_BYTES).await?;
            if (index + 1) % FILLING_FLUSH == 0 {
                self.vault.flush().await?;
            }
        }
        self.vault.flush().await?;
        self.cost()?;
        Ok(())
    }
}

/// What some work asked of the store.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cost {
    pub(super) index_requests: u64,
    pub(super) index_bytes: u64,
    pub(super) content_requests: u64,
    pub(super) content_bytes: u64,
    pub(super) read_requests: u64,
    pub(super) read_bytes: u64,
    pub(super) spills: u64,
    /// Of the one piece of work that took the most.
    pub(super) serial_round_trips_max: u64,
}

impl Cost {
    /// Everything written, in requests.
    pub(super) fn requests(&self) -> u64 {
        self.index_requests + self.content_requests
    }

    /// Everything written, in bytes.
    pub(super) fn bytes(&self) -> u64 {
        self.index_bytes + self.content_bytes
    }

    /// The cost of several pieces of work.
    pub(super) fn sum<'a>(costs: impl IntoIterator<Item = &'a Cost>) -> Cost {
        let mut sum = Cost::default();
        costs.into_iter().for_each(|cost| sum += *cost);
        sum
    }
}

impl AddAssign for Cost {
    fn add_assign(&mut self, other: Self) {
        self.index_requests += other.index_requests;
        self.index_bytes += other.index_bytes;
        self.content_requests += other.content_requests;
        self.content_bytes += other.content_bytes;
        self.read_requests += other.read_requests;
        self.read_bytes += other.read_bytes;
        self.spills += other.spills;
        self.serial_round_trips_max = self.serial_round_trips_max.max(other.serial_round_trips_max);
    }
}

fn reads(metrics: &Metrics) -> u64 {
    [Method::Get, Method::GetRange, Method::Head, Method::Compare, Method::List]
        .into_iter()
        .map(|method| metrics.calls(method))
        .sum()
}

fn path(index: usize) -> String {
    format!("{DIRECTORY}/IMG_{index:07}.jpg")
}

fn credential() -> Credential {
    Credential::Secret(SlotSecret::from_bytes([7; 32]))
}

fn config(session: u64) -> VaultConfig {
    VaultConfig::new().environment(environment(session))
}

/// A store with the same objects.
async fn copy(from: &MemoryStore) -> Result<MemoryStore> {
    let to = MemoryStore::new();
    let mut after = None::<String>;
    loop {
        let page = from.list("", after.as_deref(), LIST_LIMIT_MAX).await?;
        for object in page.objects {
            let bytes = from.get(&object.key).await?.bytes;
            to.put(&object.key, bytes, Precondition::None).await?;
        }
        after = page.next;
        if after.is_none() {
            return Ok(to);
        }
    }
}
