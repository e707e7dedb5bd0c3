//! Whether a root that was found is the next one.

use super::author::Author;
use super::chain::{Chain, ChainMark};
use super::heads::Heads;
use super::refusal::{Reader, Refusal, RefusalResult};
use super::rows::RowId;
use super::shared_row::LaneState;
use super::signed_root::SignedRoot;
use super::standing::Standing;
use super::statement::RootHash;
use super::vault_id::VaultId;
use crate::codec::put_varint;

/// What is kept of a vault: the root accepted last, and the chain of members it came with. Nothing
/// else is needed to tell whether another root follows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// The root accepted last.
    pub root: SignedRoot,
    /// The chain that it named.
    pub chain: ChainMark,
}

impl Kept {
    /// ```text
    /// varint records of the chain, signed root
    /// ```
    pub fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, u64::from(self.chain.records));
        self.root.put(out);
    }

    /// Reads what [`put`](Self::put) wrote, and nothing else.
    pub fn decode(bytes: &[u8]) -> RefusalResult<Self> {
        let mut input = Reader::new(bytes, "kept root");
        let records = input.varint_u32()?;
        let root = SignedRoot::read(&mut input)?;
        input.finish()?;
        let chain = ChainMark { records, hash: root.statement().chain };
        Ok(Self { root, chain })
    }
}

/// What a session leaves to the next one of the same device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The root accepted last.
    pub kept: Kept,
    /// The roots of this device that were sent since, and may take effect.
    pub sent: Vec<RootHash>,
}

/// Who looks: what they sign as, and which roots of theirs may have taken effect unknown to them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// What they sign as.
    pub author: Author,
    /// The roots that they sent since the root accepted last.
    pub sent: Vec<RootHash>,
}

/// All that is known of a vault before its root is looked at.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The vault that is meant, where a credential, a link or a memory names one.
    pub vault: Option<VaultId>,
    /// What is kept, unless this is the first look.
    pub kept: Option<&'a Kept>,
    /// Who looks, if they may write.
    pub own: Option<&'a Own>,
}

/// What an accepted root rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// Nothing: no root was seen before, and it cannot be known whether there are newer ones.
    FirstContact,
    /// It is the root accepted last.
    Same,
    /// Everything that was seen before is part of its history.
    Follows,
    /// The same holds of all but the last commits of sessions that keep no state: so many such
    /// sessions of this member wrote since that nothing tells. A session that accepts a root on
    /// this ground draws a new lane, as it may not vouch for what it committed before.
    Unproven {
        /// The member.
        member: u32,
    },
}

impl Ground {
    /// What all rests on, once a root was accepted on the ground `next` after this one: what was
    /// not known before is not known by what came after it.
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        match self {
            Ground::FirstContact | Ground::Unproven { .. } => self,
            Ground::Same | Ground::Follows => next,
        }
    }
}

/// A root that is accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// What to keep from now on.
    pub kept: Kept,
    /// What that rests on.
    pub ground: Ground,
}

impl View<'_> {
    /// Accepts the root that was found with this chain, or says why not.
    pub fn judge(&self, found: SignedRoot, chain: &Chain) -> RefusalResult<Accepted> {
        let vault = found.statement().vault;
        let meant = [self.vault, self.kept.map(|kept| kept.root.statement().vault)];
        if let Some(expected) = meant.into_iter().flatten().find(|meant| *meant != vault) {
            return Err(Refusal::WrongVault { expected, found: vault });
        }
        found.attest(chain)?;
        let ground = match self.kept {
            None => self.first_contact(&found)?,
            Some(kept) => self.ground(kept, &found, chain)?,
        };
        Ok(Accepted { kept: Kept { root: found, chain: chain.mark() }, ground })
    }

    /// A device that has commits there and keeps nothing has forgotten them, or is a copy. It could
    /// not know any more what its own row vouches for.
    fn first_contact(&self, found: &SignedRoot) -> RefusalResult<Ground> {
        match self.own.and_then(|own| own.taken(None, found)) {
            Some(sequence) => Err(Refusal::DeviceCloned { sequence }),
            None => Ok(Ground::FirstContact),
        }
    }

    fn ground(&self, kept: &Kept, found: &SignedRoot, chain: &Chain) -> RefusalResult<Ground> {
        let (accepted, sequence) = (kept.root.sequence(), found.sequence());
        match Standing::of(&kept.root, found) {
            Standing::Same => return Ok(Ground::Same),
            Standing::Follows => {}
            Standing::Precedes => return Err(Refusal::Rollback { accepted, found: sequence }),
            Standing::Forked(rows) => {
                let is_lost = self.own.is_some_and(|own| own.lost(&kept.root, found));
                return Err(match is_lost {
                    true => Refusal::OwnCommitMissing { accepted, found: sequence },
                    false => Refusal::Fork { accepted, found: sequence, rows },
                });
            }
        }
        if !chain.goes_on_from(&kept.chain) {
            return Err(Refusal::Tampered { what: "the chain of members is not the one accepted" });
        }
        if found.statement().epoch < kept.root.statement().epoch {
            return Err(Refusal::Tampered { what: "an older epoch in a newer root" });
        }
        if let Some(sequence) = self.own.and_then(|own| own.taken(Some(&kept.root), found)) {
            return Err(Refusal::DeviceCloned { sequence });
        }
        Ok(ground(
            [Some(kept.root.statement().author), self.own.map(|own| own.author)],
            kept,
            found,
        ))
    }
}

impl Own {
    /// Whether `found` lacks the last own commit that `kept` has.
    fn lost(&self, kept: &SignedRoot, found: &SignedRoot) -> bool {
        let state = |heads: &Heads| heads.author_state(self.author);
        match (state(kept.after()), state(found.before())) {
            (LaneState::Never | LaneState::Unknown(_), _) => false,
            (LaneState::At(counter, _), LaneState::Unknown(end)) => counter >= end,
            (LaneState::At(..), LaneState::Never) => true,
            (LaneState::At(counter, tag), LaneState::At(found, found_tag)) => {
                found < counter || (found == counter && found_tag != tag)
            }
        }
    }

    /// The number of a commit in `found` of this device that it did not make: it made none but
    /// those up to `kept`, and perhaps one of those it sent.
    fn taken(&self, kept: Option<&SignedRoot>, found: &SignedRoot) -> Option<u64> {
        let Author::Device(number) = self.author else { return None };
        let row = |root: &SignedRoot| root.after().last(RowId::Device(number)).copied();
        let last = row(found).filter(|last| kept.and_then(row) != Some(*last))?;
        (!self.sent.contains(&last.hash)).then_some(last.sequence)
    }
}

/// What tells that `found`, which follows by its rows, was made by somebody who knew of what is
/// kept. A device knows of all that it signed and accepted. So does a session while it lives, and
/// whether one wrote to this history its lane tells, where it is still listed.
fn ground(authors: [Option<Author>; 2], kept: &Kept, found: &SignedRoot) -> Ground {
    let is_lost = |author: &Author| {
        let state = |heads: &Heads| heads.author_state(*author);
        state(kept.root.after()) != LaneState::Never
            && matches!(state(found.before()), LaneState::Unknown(_))
    };
    match authors.into_iter().flatten().find(is_lost) {
        Some(Author::Session { member, .. }) => Ground::Unproven { member },
        _ => Ground::Follows,
    }
}

/// Refuses a newest root whose time is further in the past than an app allows. Times of the future
/// have no age.
pub fn frozen(root_time_ms: i64, now_ms: i64, bound_ms: u64) -> RefusalResult<()> {
    let age_ms = u64::try_from(now_ms.saturating_sub(root_time_ms)).unwrap_or(0);
    if age_ms > bound_ms { Err(Refusal::Frozen { age_ms }) } else { Ok(()) }
}

/// Reads what is kept of a root and writes it again, which must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_kept(bytes: &[u8]) -> RefusalResult<Vec<u8>> {
    let mut out = Vec::new();
    Kept::decode(bytes)?.put(&mut out);
    Ok(out)
}
