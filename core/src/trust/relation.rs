//! How two states of one thing that only grows are to each other.

/// What the first of two states is to the second.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// They are one state.
    Equal,
    /// The first may have become the second.
    Before,
    /// The second may have become the first.
    After,
    /// They are not of one history.
    Contradicts,
}

impl Relation {
    /// The relation of two wholes whose parts are in these two relations.
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Relation::Equal, other) => other,
            (this, Relation::Equal) => this,
            (this, other) if this == other => this,
            _ => Relation::Contradicts,
        }
    }

    /// The relation of the second to the first.
    pub(super) fn reversed(self) -> Self {
        match self {
            Relation::Before => Relation::After,
            Relation::After => Relation::Before,
            same => same,
        }
    }
}
