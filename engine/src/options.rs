//! How single changes are made.

use super::config::Durability;
use super::expiry::Expiry;
use super::write::Precondition;

/// How a value is put: under any circumstances, durably before the call returns, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct PutOptions {
    /// What must hold of the key.
    pub precondition: Precondition,
    /// When the put is acknowledged.
    pub durability: Durability,
    /// When the key expires, if it does.
    pub expires_at: Option<Expiry>,
}

impl PutOptions {
    /// The defaults.
    pub const fn new() -> Self {
        let (precondition, durability) = (Precondition::None, Durability::Group);
        Self { precondition, durability, expires_at: None }
    }

    /// Puts only if that holds of the key; otherwise nothing is changed.
    #[must_use]
    pub const fn precondition(mut self, precondition: Precondition) -> Self {
        self.precondition = precondition;
        self
    }

    /// When the put is acknowledged.
    #[must_use]
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// When the key expires.
    #[must_use]
    pub const fn expires_at(mut self, expiry: Expiry) -> Self {
        self.expires_at = Some(expiry);
        self
    }
}

/// How a key is deleted: under any circumstances, durably before the call returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct DeleteOptions {
    /// What must hold of the key.
    pub precondition: Precondition,
    /// When the deletion is acknowledged.
    pub durability: Durability,
}

impl DeleteOptions {
    /// The defaults.
    pub const fn new() -> Self {
        Self { precondition: Precondition::None, durability: Durability::Group }
    }

    /// Deletes only if that holds of the key; otherwise nothing is changed.
    #[must_use]
    pub const fn precondition(mut self, precondition: Precondition) -> Self {
        self.precondition = precondition;
        self
    }

    /// When the deletion is acknowledged.
    #[must_use]
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }
}

/// How a batch is committed: durably before the call returns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct CommitOptions {
    /// When the batch is acknowledged.
    pub durability: Durability,
}

impl CommitOptions {
    /// The defaults.
    pub const fn new() -> Self {
        Self { durability: Durability::Group }
    }

    /// When the batch is acknowledged.
    #[must_use]
    pub const fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }
}
