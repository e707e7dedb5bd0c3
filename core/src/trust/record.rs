//! One change of who belongs to a vault.

use super::grant::Grant;
use super::label::Label;
use super::refusal::{Reader, RefusalResult};
use super::rows::RowId;
use super::sign::VerifyingKey;
use crate::codec::put_varint;

/// What is signed and added to a chain. `by` is the number of the member who signs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    /// The vault begins, and its owner is member 0. Signed with the key it names.
    Genesis {
        /// The owner's key.
        owner: VerifyingKey,
        /// With the key it makes the vault id.
        nonce: [u8; 16],
        /// What the owner is called.
        label: Label,
    },
    /// A new member. By the owner, or by an admin if it is a writer or a reader.
    AddMember {
        /// Who signs.
        by: u32,
        /// What they may do.
        grant: Grant,
        /// What they are called.
        label: Label,
    },
    /// Another role, or another key. By whoever might remove the member and add the new one.
    SetRole {
        /// Who signs.
        by: u32,
        /// Whose role.
        member: u32,
        /// What they may do now.
        grant: Grant,
    },
    /// A member leaves, and its devices with it. By the owner, or by an admin if it is a writer or
    /// a reader.
    RemoveMember {
        /// Who signs.
        by: u32,
        /// Who leaves.
        member: u32,
    },
    /// A new device of the member who signs.
    CertifyDevice {
        /// Who signs, and whose it is.
        by: u32,
        /// What it signs with.
        key: VerifyingKey,
        /// What it is called.
        label: Label,
    },
    /// A device is not to be used any more. By its member, or by whoever might remove that.
    RemoveDevice {
        /// Who signs.
        by: u32,
        /// Which device.
        device: u32,
    },
}

impl Record {
    /// ```text
    /// 0 genesis         owner's key (32), nonce (16), text label
    /// 1 add member      varint by, grant, text label
    /// 2 set role        varint by, varint member, grant
    /// 3 remove member   varint by, varint member
    /// 4 certify device  varint by, key (32), text label
    /// 5 remove device   varint by, varint device
    /// ```
    pub(super) fn put(&self, out: &mut Vec<u8>) {
        let put = |out: &mut Vec<u8>, kind, number: &u32| {
            out.push(kind);
            put_varint(out, u64::from(*number));
        };
        match self {
            Record::Genesis { owner, nonce, label } => {
                out.push(0);
                out.extend_from_slice(owner.as_bytes());
                out.extend_from_slice(nonce);
                label.put(out);
            }
            Record::AddMember { by, grant, label } => {
                put(out, 1, by);
                grant.put(out);
                label.put(out);
            }
            Record::SetRole { by, member, grant } => {
                put(out, 2, by);
                put_varint(out, u64::from(*member));
                grant.put(out);
            }
            Record::RemoveMember { by, member } => {
                put(out, 3, by);
                put_varint(out, u64::from(*member));
            }
            Record::CertifyDevice { by, key, label } => {
                put(out, 4, by);
                out.extend_from_slice(key.as_bytes());
                label.put(out);
            }
            Record::RemoveDevice { by, device } => {
                put(out, 5, by);
                put_varint(out, u64::from(*device));
            }
        }
    }

    pub(super) fn read(input: &mut Reader<'_>) -> RefusalResult<Self> {
        let kind = input.byte()?;
        if kind == 0 {
            let owner = VerifyingKey::from_bytes(input.array()?)?;
            return Ok(Record::Genesis {
                owner,
                nonce: input.array()?,
                label: Label::read(input)?,
            });
        }
        let by = RowId::read_member(input)?;
        Ok(match kind {
            1 => Record::AddMember { by, grant: Grant::read(input)?, label: Label::read(input)? },
            2 => {
                let member = RowId::read_member(input)?;
                Record::SetRole { by, member, grant: Grant::read(input)? }
            }
            3 => Record::RemoveMember { by, member: RowId::read_member(input)? },
            4 => {
                let key = VerifyingKey::from_bytes(input.array()?)?;
                Record::CertifyDevice { by, key, label: Label::read(input)? }
            }
            5 => Record::RemoveDevice { by, device: RowId::read_device(input)? },
            _ => return Err(input.malformed()),
        })
    }
}
