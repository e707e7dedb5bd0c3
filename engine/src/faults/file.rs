//! An open file of a fault disk.

use std::io;
use std::sync::Arc;

use super::call::{Call, Operation};
use super::image::{ContentChange, ContentChangeKind};
use super::model::FileId;
use super::rule::FaultMode;
use super::state::State;
use super::{FaultDisk, injected};
use crate::disk::{DiskFile, OpenMode, content};

pub(super) struct FaultFile {
    disk: FaultDisk,
    id: FileId,
    name: Arc<str>,
    mode: OpenMode,
}

impl FaultFile {
    /// A handle; the file counts it until it is dropped.
    pub(super) fn new(
        disk: &FaultDisk,
        state: &mut State,
        id: FileId,
        name: &str,
        mode: OpenMode,
    ) -> io::Result<Self> {
        state.model.image(id)?.handles += 1;
        Ok(Self { disk: disk.clone(), id, name: name.into(), mode })
    }

    fn call(&self, operation: Operation, offset: u64, len: u64) -> Call {
        Call::new(operation, &self.name).at(offset, len)
    }

    fn change(&self, state: &mut State, kind: ContentChangeKind) -> io::Result<()> {
        let end = match &kind {
            ContentChangeKind::Write { bytes, .. } if bytes.is_empty() => return Ok(()),
            ContentChangeKind::Write { offset, bytes } => content::end_of(*offset, bytes.len())?,
            ContentChangeKind::SetLen(len) => content::end_of(*len, 0)?,
        };
        state.check_room(self.id, end)?;
        let number = state.calls;
        let change = ContentChange { number, name: self.name.clone(), kind };
        state.model.image(self.id)?.change(change)
    }

    /// Writes as much as the fault that strikes lets through.
    fn write(
        &self,
        state: &mut State,
        struck: Option<FaultMode>,
        offset: u64,
        bytes: &[u8],
    ) -> io::Result<()> {
        let (landed, outcome) = match struck {
            Some(FaultMode::Tear { landed, kind }) => {
                (&bytes[..landed.min(bytes.len())], Err(injected(kind)))
            }
            _ => (bytes, Ok(())),
        };
        self.change(state, ContentChangeKind::Write { offset, bytes: landed.into() })?;
        outcome
    }
}

impl DiskFile for FaultFile {
    fn len(&self) -> io::Result<u64> {
        let mut state = self.disk.state();
        state.check_power()?;
        Ok(state.model.image(self.id)?.cached.len() as u64)
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        let call = self.call(Operation::ReadAt, offset, buffer.len() as u64);
        self.disk.call(call, |state, struck| {
            content::read(&state.model.image(self.id)?.cached, offset, buffer)?;
            if let Some(FaultMode::FlipBit(bit)) = struck {
                flip_bit(buffer, bit);
            }
            Ok(())
        })
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.mode.check_writes()?;
        let call = self.call(Operation::WriteAt, offset, bytes.len() as u64);
        self.disk.call(call, |state, struck| {
            content::end_of(offset, bytes.len())?;
            self.write(state, struck, offset, bytes)
        })
    }

    fn append(&self, bytes: &[u8]) -> io::Result<u64> {
        self.mode.check_writes()?;
        let call = self.call(Operation::Append, 0, bytes.len() as u64);
        self.disk.call(call, |state, struck| {
            let offset = state.model.image(self.id)?.cached.len() as u64;
            // Only now is it known where the call of the trace begins.
            if let Some(call) = state.trace.back_mut() {
                call.offset = offset;
            }
            self.write(state, struck, offset, bytes)?;
            Ok(offset)
        })
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.mode.check_writes()?;
        let call = self.call(Operation::SetLen, 0, len);
        self.disk.call(call, |state, _| self.change(state, ContentChangeKind::SetLen(len)))
    }

    fn sync(&self) -> io::Result<()> {
        self.disk.call(self.call(Operation::Sync, 0, 0), |state, struck| {
            let image = state.model.image(self.id)?;
            if let Some(FaultMode::LoseUnsynced(kind)) = struck {
                image.unsynced.clear();
                return Err(injected(kind));
            }
            image.sync()
        })
    }
}

impl Drop for FaultFile {
    fn drop(&mut self) {
        let mut state = self.disk.state();
        if let Ok(image) = state.model.image(self.id) {
            image.handles -= 1;
        }
        state.model.sweep();
    }
}

/// Turns one bit, counted from the first byte's lowest, modulo the length.
pub(super) fn flip_bit(bytes: &mut [u8], bit: u64) {
    if !bytes.is_empty() {
        let bit = bit % (bytes.len() as u64 * 8);
        bytes[(bit / 8) as usize] ^= 1 << (bit % 8);
    }
}
