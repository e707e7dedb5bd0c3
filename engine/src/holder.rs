//! What an app holds: the engine ends with the last of it.

use std::ops::Deref;
use std::sync::Arc;

use super::frame::{FrameKind, FrameRef, FrameSource};
use super::shared::Shared;
use super::sync::lock;
use crate::error::Result;

/// In everything that an app has of an engine. The background has none: it works for those who
/// do, and ends before the last one is gone.
#[derive(Clone)]
pub(crate) struct Holder(Arc<Held>);

struct Held(Arc<Shared>);

impl Holder {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self(Arc::new(Held(shared)))
    }

    /// Whether both hold the same engine.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Deref for Holder {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0.0
    }
}

/// Once the background has ended nobody else holds the engine, and the directory is released. If it
/// is the background that drops this, it does so at the end of its turn.
impl Drop for Held {
    fn drop(&mut self) {
        self.0.gate.shut();
        let worker = lock(&self.0.worker).take();
        if let Some(worker) = worker {
            worker.stop();
        }
    }
}

/// Reads frames for what outlives the calls of an app, as a scan does: each read is a call.
pub(crate) struct Entering(pub(crate) Holder);

impl FrameSource for Entering {
    fn read(&self, frame: &FrameRef, kind: FrameKind) -> Result<bytes::Bytes> {
        let _call = self.0.enter()?;
        self.0.frames.read(frame, kind)
    }
}
