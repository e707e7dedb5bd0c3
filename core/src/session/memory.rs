//! What a session leaves on its device.
//!
//! Two things are durable there before anything rests on them: a root that was accepted, before it
//! is shown; and the name of a root, before it is sent. So no later session of the device goes back
//! behind what this one has shown, and none takes a commit of this one for that of a copy.

use std::sync::Arc;

use super::Session;
use super::stored_root::StoredRoot;
use crate::device::{DeviceRecord, DeviceState, News, Position, Sent};
use crate::error::{Error, Result};
use crate::trust::{Seen, SignedRoot};

/// A device's memory of the vault, and in which line of histories this session is.
pub(crate) struct Memory {
    pub(crate) state: Arc<DeviceState>,
    pub(crate) line: u32,
}

/// What an earlier session has left.
pub(crate) fn seen(record: &DeviceRecord) -> Option<Seen> {
    let sent = record.sent.iter().map(|sent| sent.hash).collect();
    record.position.as_ref().map(|position| Seen { kept: position.kept.clone(), sent })
}

impl Session {
    /// Has the device remember that `root` was accepted, and that `sent` is about to be sent.
    pub(super) async fn remember(
        &self,
        root: &StoredRoot,
        sent: Option<&SignedRoot>,
    ) -> Result<()> {
        let Some(memory) = &self.memory else { return Ok(()) };
        let keyring = &root.keyring;
        let key = keyring.newest_key().ok_or(Error::Malformed { what: "keyring" })?;
        let position = Position {
            line: memory.line,
            kept: root.kept(),
            epoch_key: (*key.expose()).into(),
            keyring: keyring.bytes().clone(),
        };
        let sent = sent.map(|root| Sent { sequence: root.sequence(), hash: root.hash() });
        let (position, sent) = (Some(position), sent.into_iter().collect());
        let device = self.own_device();
        memory.state.update(&News { position, sent, device, ..News::default() }).await?;
        Ok(())
    }

    /// The same for a root that was found, unless it is refused or was accepted before.
    pub(super) async fn remember_found(&self, found: &StoredRoot) -> Result<()> {
        let is_news = self.memory.is_some() && {
            let state = self.state();
            state.root().hash() != found.hash() && self.judge(&state, found).is_ok()
        };
        if is_news { self.remember(found, None).await } else { Ok(()) }
    }
}
