//! What a parent knows of the entries below a child without reading them.

use crate::entry::{Body, Entry};

/// Bounds over the entries of a subtree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Summary {
    /// No entry below expires before this, in milliseconds since 1970; `u64::MAX` is never.
    pub(super) expires_min: u64,
    /// Whether there may be separated values below.
    pub(super) separated: bool,
}

impl Default for Summary {
    fn default() -> Self {
        Self { expires_min: u64::MAX, separated: false }
    }
}

impl Summary {
    /// Takes an entry into account.
    pub(super) fn note(&mut self, entry: &Entry<'_>) {
        if entry.expires_at_ms != 0 {
            self.expires_min = self.expires_min.min(entry.expires_at_ms);
        }
        self.separated |= matches!(entry.body, Body::Separated(_));
    }

    /// Takes all entries of another subtree into account.
    pub(super) fn join(&mut self, other: Summary) {
        self.expires_min = self.expires_min.min(other.expires_min);
        self.separated |= other.separated;
    }
}
