//! What the sealed part of a keyring says of a slot.

use std::fmt;
use std::str::FromStr;

use crate::codec::{Reader, put_bytes, put_signed, put_varint};
use crate::error::{Error, Result};
use crate::forest::Time;
use crate::seal::SlotLock;

/// The most bytes of a label.
pub(super) const LABEL_BYTES_MAX: usize = 64;

/// The id of a slot: 16 random bytes, drawn when it was added. As text they are 32 hexadecimal
/// digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId(pub(super) [u8; 16]);

impl SlotId {
    /// The 16 bytes. They open nothing.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0
    }

    /// Reads what [`to_bytes`](SlotId::to_bytes) gave.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SlotId({self})")
    }
}

impl FromStr for SlotId {
    type Err = Error;

    /// Reads what `to_string` gave. Fails with [`Error::InvalidArgument`] for anything else.
    fn from_str(text: &str) -> Result<Self> {
        let mut bytes = [0; 16];
        let read = hex::decode_to_slice(text, &mut bytes);
        if read.is_err() || text != hex::encode(bytes) {
            return Err(Error::InvalidArgument {
                what: "the id of a slot is 32 hexadecimal digits",
            });
        }
        Ok(Self(bytes))
    }
}

/// What opens a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum SlotKind {
    /// A passphrase.
    Passphrase,
    /// 24 recovery words.
    Words,
    /// 32 bytes that an app keeps.
    Secret,
    /// A device, which keeps its own secret.
    Device,
}

impl SlotKind {
    fn code(self) -> u8 {
        match self {
            SlotKind::Passphrase => 1,
            SlotKind::Words => 2,
            SlotKind::Secret => 3,
            SlotKind::Device => 4,
        }
    }

    fn of_code(code: u8) -> Option<Self> {
        let all = [SlotKind::Passphrase, SlotKind::Words, SlotKind::Secret, SlotKind::Device];
        all.into_iter().find(|kind| kind.code() == code)
    }
}

/// One way to open a vault.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct SlotInfo {
    /// Names the slot for as long as the vault has it.
    pub id: SlotId,
    /// What opens it.
    pub kind: SlotKind,
    /// What its user called it; empty if nothing.
    pub label: String,
    /// When it was added, in milliseconds since 1970-01-01T00:00:00Z, by the clock of the device
    /// that added it.
    pub created_ms: i64,
}

/// What holders of the vault know of a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    /// Which slot it is.
    pub(super) index: u8,
    pub(super) id: SlotId,
    pub(super) kind: SlotKind,
    /// The number of the member whose seed it holds.
    pub(super) member: u16,
    pub(super) created: Time,
    pub(super) label: String,
    pub(super) lock: SlotLock,
}

impl Record {
    pub(super) fn info(&self) -> SlotInfo {
        let (label, created_ms) = (self.label.clone(), self.created.ms());
        SlotInfo { id: self.id, kind: self.kind, label, created_ms }
    }

    /// ```text
    /// index (1), id (16), kind (1), varint member, signed created, text label,
    /// public key (32), shared key (32)
    /// ```
    pub(super) fn encode(&self, out: &mut Vec<u8>) {
        out.push(self.index);
        out.extend_from_slice(&self.id.0);
        out.push(self.kind.code());
        put_varint(out, self.member.into());
        put_signed(out, self.created.ms());
        put_bytes(out, self.label.as_bytes());
        out.extend_from_slice(&self.lock.public);
        out.extend_from_slice(&self.lock.psk);
    }

    pub(super) fn decode(reader: &mut Reader<'_>) -> Result<Self> {
        let malformed = reader.malformed();
        let index = reader.byte()?;
        let id = SlotId(reader.array()?);
        let kind = SlotKind::of_code(reader.byte()?).ok_or_else(|| malformed.clone())?;
        let member = u16::try_from(reader.varint()?).map_err(|_| malformed.clone())?;
        let created = Time::new(reader.signed()?).map_err(|_| malformed.clone())?;
        let label = reader.text()?;
        if label.len() > LABEL_BYTES_MAX {
            return Err(malformed);
        }
        let lock = SlotLock { public: reader.array()?, psk: reader.array()? };
        Ok(Self { index, id, kind, member, created, label: label.to_owned(), lock })
    }
}
