//! Who has a namespace: one store at a time.
//!
//! A store knows the hashes of its rows. If another changed the rows meanwhile, it would go on from
//! hashes of other rows. The engine keeps other processes out; this keeps other stores of the same
//! process out.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use sealwood_engine::Engine;

use crate::error::{Error, Result};

/// The namespaces of an engine that stores have.
#[derive(Debug, Default)]
struct Taken(Mutex<BTreeSet<String>>);

/// Some of them, taken as long as it lives.
#[derive(Debug)]
pub(crate) struct Claim {
    all: Arc<Taken>,
    names: Vec<String>,
}

impl Claim {
    /// Takes namespaces, unless another store has one of them.
    pub(crate) fn new(engine: &Engine, names: Vec<String>) -> Result<Self> {
        let all = engine.companion::<Taken>();
        {
            let mut taken = all.lock();
            if let Some(name) = names.iter().find(|name| taken.contains(*name)) {
                return Err(Error::InUse { namespace: name.clone() });
            }
            taken.extend(names.iter().cloned());
        }
        Ok(Self { all, names })
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut taken = self.all.lock();
        for name in &self.names {
            taken.remove(name);
        }
    }
}

impl Taken {
    fn lock(&self) -> MutexGuard<'_, BTreeSet<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether two handles are of one engine.
pub(crate) fn is_same(one: &Engine, other: &Engine) -> bool {
    Arc::ptr_eq(&one.companion::<Taken>(), &other.companion::<Taken>())
}
