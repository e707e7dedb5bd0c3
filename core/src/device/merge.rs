//! How what a session has learnt is added to what the device remembers.
//!
//! Sessions of one device, in several processes, learn of things in any order. So nothing here
//! depends on the order: roots only move forward, sets are united, of two times the later one
//! counts. What cannot be both true is an error, and then nothing is remembered of it.

use std::collections::BTreeMap;

use bytes::Bytes;

use super::record::{DeviceRecord, Position, SENT_MAX, STORES_MAX, Sent, StoreNote};
use crate::error::{Error, Result};
use crate::trust::Standing;

/// Another root was accepted, or another history taken up, than the caller knows of.
const TAKEN_UP: Error = Error::Conflict { reason: "fork", path: None };

/// What a session has learnt. Nothing by default.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// A root that it accepted, and what opens it.
    pub position: Option<Position>,
    /// The number that this device was given. Numbers are never used again, so of two the higher
    /// one is the newer.
    pub device: Option<u32>,
    /// Roots that it is about to send.
    pub sent: Vec<Sent>,
    /// Stores in which it found the vault.
    pub stores: BTreeMap<String, StoreNote>,
    /// Settings to keep; nothing removes one.
    pub settings: BTreeMap<String, Option<Bytes>>,
}

impl DeviceRecord {
    /// The record with the news in it.
    ///
    /// [`Error::Fork`] if the accepted roots are of two histories, [`Error::Conflict`] if somebody
    /// has taken up another history meanwhile, [`Error::CommitContention`] if too many roots are
    /// on their way.
    pub fn merged(mut self, news: &News) -> Result<Self> {
        if let Some(position) = &news.position {
            self.advance(position)?;
        }
        self.device = self.device.max(news.device);
        self.sent.extend(&news.sent);
        self.settle();
        if self.sent.len() > SENT_MAX {
            return Err(Error::CommitContention { attempts: SENT_MAX as u32 });
        }
        for (identity, note) in &news.stores {
            self.note_store(identity, *note);
        }
        for (name, value) in &news.settings {
            match value {
                Some(value) => drop(self.settings.insert(name.clone(), value.clone())),
                None => drop(self.settings.remove(name)),
            }
        }
        Ok(self)
    }

    /// The record with another history in the place of that of `left`, because somebody has
    /// decided so by hand.
    ///
    /// [`Error::Conflict`] unless the root accepted last is the one that was looked at for it.
    pub(super) fn with_history(
        mut self,
        left: Option<&Position>,
        taken: &Position,
        device: Option<u32>,
    ) -> Result<Self> {
        let is_same = match (&self.position, left) {
            (Some(kept), Some(left)) => {
                kept.line == left.line && kept.kept.root.hash() == left.kept.root.hash()
            }
            (None, None) => true,
            _ => false,
        };
        if !is_same {
            return Err(TAKEN_UP);
        }
        let line = left.map_or(0, |left| left.line).checked_add(1);
        let line = line.ok_or(Error::InvalidArgument { what: "too many changes of history" })?;
        self.position = Some(Position { line, ..taken.clone() });
        (self.device, self.sent) = (device, Default::default());
        Ok(self)
    }

    fn advance(&mut self, found: &Position) -> Result<()> {
        let Some(here) = self.position.as_ref().filter(|here| here.line >= found.line) else {
            self.position = Some(found.clone());
            return Ok(());
        };
        if here.line > found.line {
            return Err(TAKEN_UP);
        }
        match Standing::of(&here.kept.root, &found.kept.root) {
            Standing::Same | Standing::Precedes => Ok(()),
            Standing::Follows => {
                self.position = Some(found.clone());
                Ok(())
            }
            Standing::Forked(_) => Err(Error::Fork { sequence: found.kept.root.sequence() }),
        }
    }

    /// Forgets what can no longer be the next root.
    fn settle(&mut self) {
        let sequence = self.position.as_ref().map_or(0, |here| here.kept.root.sequence());
        self.sent.retain(|sent| sent.sequence > sequence);
    }

    fn note_store(&mut self, identity: &str, note: StoreNote) {
        let kept = self.stores.entry(identity.to_owned()).or_insert(note);
        kept.seen_ms = kept.seen_ms.max(note.seen_ms);
        kept.probed_ms = kept.probed_ms.max(note.probed_ms);
        if self.stores.len() > STORES_MAX {
            let oldest =
                self.stores.iter().min_by_key(|(identity, note)| (note.seen_ms, *identity));
            if let Some(oldest) = oldest.map(|(identity, _)| identity.clone()) {
                self.stores.remove(&oldest);
            }
        }
    }
}
