//! How two signed roots of one vault are to each other.

use super::relation::Relation;
use super::rows::RowId;
use super::signed_root::SignedRoot;

/// What the second of two roots is to the first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// They are one root.
    Same,
    /// It is later in the history that the first is of.
    Follows,
    /// It is earlier in that history.
    Precedes,
    /// They are not of one history: neither was signed by somebody who knew of the other, or of
    /// all that came before the other. These rows tell.
    Forked(Vec<RowId>),
}

impl Standing {
    /// What `second` is to `first`.
    ///
    /// A root follows another if the heads before it are at least the heads after the other.
    pub fn of(first: &SignedRoot, second: &SignedRoot) -> Self {
        if first.hash() == second.hash() {
            Standing::Same
        } else if follows(first, second) {
            Standing::Follows
        } else if follows(second, first) {
            Standing::Precedes
        } else {
            let relations: Vec<_> = first.after().rows().relations(second.after().rows()).collect();
            let contradicted = |relation| {
                let rows = relations.iter().filter(|(_, found)| *found == relation);
                rows.map(|(id, _)| *id).collect::<Vec<_>>()
            };
            let same = contradicted(Relation::Contradicts);
            if !same.is_empty() {
                return Standing::Forked(same);
            }
            let differing = relations.iter().filter(|(_, found)| *found != Relation::Equal);
            Standing::Forked(differing.map(|(id, _)| *id).collect())
        }
    }
}

fn follows(first: &SignedRoot, second: &SignedRoot) -> bool {
    matches!(first.after().relation(second.before()), Relation::Equal | Relation::Before)
}
