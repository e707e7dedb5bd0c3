//! What can be done to a keyring.

use super::contents::{Contents, PASSPHRASES_MAX};
use super::new_slot::NewSlot;
use super::object::{Keyring, LOG_SLOTS_MAX, LOG_SLOTS_MIN};
use super::record::{Record, SlotId, SlotKind};
use super::slot::Slot;
use crate::error::{Error, Result};
use crate::platform::Environment;
use crate::seal::{Epoch, EpochKey, Wrapped};
use crate::trust::{Chain, Heads, Record as MemberRecord, Rows, SigningKey};

/// A change of a keyring, which can be made on another one where that came first.
#[derive(Debug, Clone)]
pub(crate) enum Change {
    /// One more slot. The epoch stays: whoever could open the vault still can.
    Add(NewSlot),
    /// One slot less, and a new epoch.
    Remove(SlotId),
    /// A slot in place of others, and a new epoch.
    Replace { which: Which, by: NewSlot },
    /// One more record of the chain of members, signed with this key. Whoever it removes loses
    /// their slots, and a new epoch begins.
    Sign { record: MemberRecord, key: SigningKey },
}

/// Which slots are replaced.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Which {
    /// This one, which must be there.
    One(SlotId),
    /// All of this kind, if there are any.
    #[cfg_attr(not(feature = "phrase"), expect(dead_code))]
    Kind(SlotKind),
    /// All of the member of this number.
    Member(u32),
}

impl Which {
    fn is(self, record: &Record) -> bool {
        match self {
            Which::One(id) => record.id == id,
            Which::Kind(kind) => record.kind == kind,
            Which::Member(number) => u32::from(record.member) == number,
        }
    }
}

impl Change {
    /// Whether nothing of it is left to be done in `keyring`.
    pub(crate) fn is_made(&self, keyring: &Keyring) -> bool {
        match self {
            Change::Add(slot) | Change::Replace { by: slot, .. } => keyring.has(slot.id),
            Change::Remove(id) => !keyring.has(*id),
            Change::Sign { record, .. } => keyring.chain().members().has(record),
        }
    }

    /// The keyring after `keyring`, with the change made.
    ///
    /// `heads` are those before the root that is to name it: idle rows go to rest.
    pub(crate) fn make(
        &self,
        keyring: &Keyring,
        heads: &Heads,
        environment: &Environment,
    ) -> Result<Keyring> {
        let mut next = Next { slots: keyring.slots.clone(), contents: keyring.contents.clone() };
        next.rest(&heads.idle());
        match self {
            Change::Add(slot) => next.put(slot, environment)?,
            Change::Remove(id) => {
                next.free(Which::One(*id), environment)?;
                if next.contents.records.is_empty() {
                    return Err(Error::LastSlot);
                }
                next.open_epoch(environment)?;
            }
            Change::Sign { record, key } => {
                let mut chain = Chain::clone(keyring.chain());
                chain.append(record, key)?;
                next.contents.chain = chain.as_bytes().to_vec();
                match record {
                    MemberRecord::RemoveMember { member, .. } => {
                        next.free(Which::Member(*member), environment)?;
                        next.open_epoch(environment)?;
                    }
                    MemberRecord::RemoveDevice { .. } => next.open_epoch(environment)?,
                    _ => {}
                }
            }
            Change::Replace { which, by } => {
                let freed = next.free(*which, environment)?;
                if freed == 0 && matches!(which, Which::One(_)) {
                    return Err(Error::SlotNotFound);
                }
                next.put(by, environment)?;
                next.open_epoch(environment)?;
            }
        }
        next.seal(environment)
    }
}

impl Keyring {
    /// The first keyring of a new vault: one epoch, and these slots.
    pub(crate) fn create(
        slots: &[NewSlot],
        chain: &Chain,
        environment: &Environment,
    ) -> Result<Self> {
        let contents = Contents {
            first: Epoch::FIRST,
            keys: vec![EpochKey::generate(environment)?],
            records: Vec::new(),
            chain: chain.as_bytes().to_vec(),
            resting: Vec::new(),
        };
        let decoys = (0..1 << LOG_SLOTS_MIN).map(|_| Slot::decoy(environment));
        let mut next = Next { slots: decoys.collect::<Result<_>>()?, contents };
        next.rest(&Rows::default());
        slots.iter().try_for_each(|slot| next.put(slot, environment))?;
        next.seal(environment)
    }

    /// Whether it has the slot.
    pub(crate) fn has(&self, id: SlotId) -> bool {
        self.contents.records.iter().any(|record| record.id == id)
    }
}

/// A keyring in the making.
struct Next {
    slots: Vec<Slot>,
    contents: Contents,
}

impl Next {
    /// Keeps these rows of heads, and no others.
    fn rest(&mut self, rows: &Rows) {
        self.contents.resting.clear();
        rows.put(&mut self.contents.resting);
    }

    /// Puts a slot where none is, at random.
    fn put(&mut self, new: &NewSlot, environment: &Environment) -> Result<()> {
        let is_passphrase = |record: &&Record| record.kind == SlotKind::Passphrase;
        let passphrases = self.contents.records.iter().filter(is_passphrase).count();
        if new.kind == SlotKind::Passphrase && passphrases == PASSPHRASES_MAX {
            return Err(Error::InvalidArgument { what: "a vault has at most 4 passphrases" });
        }
        let used = |index: &usize| {
            self.contents.records.iter().any(|record| usize::from(record.index) == *index)
        };
        let mut free: Vec<usize> = (0..self.slots.len()).filter(|index| !used(index)).collect();
        if free.is_empty() {
            if self.slots.len() >= 1 << LOG_SLOTS_MAX {
                return Err(Error::InvalidArgument { what: "a vault has at most 256 slots" });
            }
            free = (self.slots.len()..2 * self.slots.len()).collect();
            for _ in &free {
                self.slots.push(Slot::decoy(environment)?);
            }
        }
        let random = u32::from_le_bytes(environment.random()?);
        let index = free[random as usize % free.len()];
        let slot = &mut self.slots[index];
        (slot.head, slot.seed) = (new.head.clone(), new.seed);
        let record = Record {
            // There are at most 256 slots.
            index: index as u8,
            id: new.id,
            kind: new.kind,
            member: new.member,
            created: new.created,
            label: new.label.clone(),
            lock: new.lock.clone(),
        };
        let records = &mut self.contents.records;
        let at = records.partition_point(|before| before.index < record.index);
        records.insert(at, record);
        Ok(())
    }

    /// Takes out the records of slots and returns how many they are. Such a slot is one like those
    /// that were never used; that of a passphrase, which shows, is made anew.
    fn free(&mut self, which: Which, environment: &Environment) -> Result<usize> {
        let before = self.contents.records.len();
        for record in self.contents.records.iter().filter(|record| which.is(record)) {
            let slot = &mut self.slots[usize::from(record.index)];
            if slot.head.stretch.is_some() {
                *slot = Slot::decoy(environment)?;
            }
        }
        self.contents.records.retain(|record| !which.is(record));
        Ok(before - self.contents.records.len())
    }

    /// Draws the key of the next epoch.
    fn open_epoch(&mut self, environment: &Environment) -> Result<()> {
        let newest = self.contents.numbers().and_then(|numbers| Epoch::new(numbers.end - 1));
        if newest.and_then(Epoch::next).is_none() {
            return Err(Error::InvalidArgument { what: "a vault has at most 4,096 epochs" });
        }
        self.contents.keys.push(EpochKey::generate(environment)?);
        Ok(())
    }

    /// Wraps the newest key for every slot, and seals the rest.
    fn seal(mut self, environment: &Environment) -> Result<Keyring> {
        let missing = Error::InvalidArgument { what: "a keyring has a key" };
        let key = self.contents.keys.last().ok_or(missing)?;
        let mut records = self.contents.records.iter().peekable();
        for (index, slot) in self.slots.iter_mut().enumerate() {
            slot.wrapped = match records.next_if(|record| usize::from(record.index) == index) {
                Some(record) => record.lock.wrap(key, &slot.head.encode(), environment)?,
                None => Wrapped::decoy(environment)?,
            };
        }
        Keyring::seal(self.slots, self.contents, environment)
    }
}
