//! How single calls on a vault are made.

use std::ops::{Bound, RangeBounds};

use super::entry::Metadata;
use crate::session::Durability;
use crate::task::CallContext;

/// How a file is put: with nothing attached, durably before the call returns.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct PutOptions {
    /// What to attach.
    pub metadata: Metadata,
    /// When the change is durable.
    pub durability: Durability,
    /// The size of a stream in bytes, where it is known, for progress alone.
    pub size_hint: Option<u64>,
    /// Cancels the put and hears of its progress.
    pub context: CallContext,
}

impl PutOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// What to attach.
    #[must_use]
    pub fn metadata(mut self, metadata: Metadata) -> Self {
        self.metadata = metadata;
        self
    }

    /// When the change is durable.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// The size of a stream in bytes, for progress alone.
    #[must_use]
    pub fn size_hint(mut self, bytes: u64) -> Self {
        self.size_hint = Some(bytes);
        self
    }

    /// What cancels the put and hears of its progress.
    #[must_use]
    pub fn context(mut self, context: CallContext) -> Self {
        self.context = context;
        self
    }
}

/// How a file is read: from its first byte to its last.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ReadOptions {
    /// The first byte to read.
    pub start: u64,
    /// The byte to stop before; `None` reads to the end of the content.
    pub end: Option<u64>,
    /// Cancels the read and hears of its progress.
    pub context: CallContext,
}

impl ReadOptions {
    /// The defaults.
    pub fn new() -> Self {
        Self::default()
    }

    /// Which bytes to read.
    #[must_use]
    pub fn range(mut self, range: impl RangeBounds<u64>) -> Self {
        // Past the last number there is no byte: what ends or starts there is past every end.
        self.start = match range.start_bound() {
            Bound::Included(first) => *first,
            Bound::Excluded(before) => before.saturating_add(1),
            Bound::Unbounded => 0,
        };
        self.end = match range.end_bound() {
            Bound::Included(last) => Some(last.saturating_add(1)),
            Bound::Excluded(end) => Some(*end),
            Bound::Unbounded => None,
        };
        self
    }

    /// What cancels the read and hears of its progress.
    #[must_use]
    pub fn context(mut self, context: CallContext) -> Self {
        self.context = context;
        self
    }
}

/// Which part of a sorted listing to give: the first 1,000 entries.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct ListOptions {
    /// Start after this name, whether it (still) exists or not: the `next` of the page before.
    pub after: Option<String>,
    /// The most entries to give: 1 to 10,000.
    pub limit: usize,
}

impl ListOptions {
    /// The defaults.
    pub const fn new() -> Self {
        Self { after: None, limit: 1_000 }
    }

    /// Which name to start after.
    #[must_use]
    pub fn after(mut self, name: impl Into<String>) -> Self {
        self.after = Some(name.into());
        self
    }

    /// The most entries to give: 1 to 10,000.
    #[must_use]
    pub const fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }
}

impl Default for ListOptions {
    fn default() -> Self {
        Self::new()
    }
}
