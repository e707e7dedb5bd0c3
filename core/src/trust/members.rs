//! Who is who in a vault, and who may do what.

use std::collections::BTreeSet;

use super::grant::{Grant, Role};
use super::label::Label;
use super::record::Record;
use super::refusal::{Refusal, RefusalResult};
use super::rows::RowId;
use super::sign::VerifyingKey;

/// The most members a chain names, removed ones included.
pub const MEMBERS_MAX: usize = 256;

/// The most devices a chain names, removed ones included.
pub const DEVICES_MAX: usize = 1_024;

/// Whether somebody still belongs to the vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Presence {
    /// They do.
    Present,
    /// They were removed. Their number is not given again.
    Removed,
}

/// Somebody who has a role.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// What they may do.
    pub role: Role,
    /// What they sign with; readers who never wrote have none.
    pub key: Option<VerifyingKey>,
    /// What they are called.
    pub label: Label,
    /// Whether they were removed.
    pub presence: Presence,
}

/// A machine of a member, with a signing key of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The number of its member.
    pub member: u32,
    /// What it signs with.
    pub key: VerifyingKey,
    /// What it is called.
    pub label: Label,
    /// Whether it was removed.
    pub presence: Presence,
}

/// All members and devices of a vault, each at its number: the order in which they came.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Members {
    members: Vec<Member>,
    devices: Vec<Device>,
    /// Every key that was ever named. One key never stands for two.
    keys: BTreeSet<VerifyingKey>,
}

/// Reading.
impl Members {
    /// All members, in the order of their numbers. The first is the owner.
    pub fn members(&self) -> &[Member] {
        &self.members
    }

    /// All devices, in the order of their numbers.
    pub fn devices(&self) -> &[Device] {
        &self.devices
    }

    /// The number of the member who signs with this key and was not removed.
    pub fn number_of(&self, key: &VerifyingKey) -> Option<u32> {
        let is_it = |member: &Member| {
            member.key.as_ref() == Some(key) && member.presence == Presence::Present
        };
        self.members.iter().position(is_it).map(|number| number as u32)
    }

    /// Whether nothing of `record` is left to be done. A further reader is always one more.
    pub fn has(&self, record: &Record) -> bool {
        match record {
            Record::Genesis { .. } => true,
            Record::AddMember { grant, .. } => {
                grant.key().is_some_and(|key| self.number_of(&key).is_some())
            }
            Record::SetRole { member, grant, .. } => self.present(*member).is_some_and(|member| {
                member.role == grant.role() && (grant.key().is_none() || grant.key() == member.key)
            }),
            Record::RemoveMember { member, .. } => self.present(*member).is_none(),
            Record::CertifyDevice { key, .. } => self.device_of(key).is_some(),
            Record::RemoveDevice { device, .. } => self
                .devices
                .get(*device as usize)
                .is_some_and(|device| device.presence == Presence::Removed),
        }
    }

    /// The number of the device that signs with this key, removed or not.
    pub fn device_of(&self, key: &VerifyingKey) -> Option<u32> {
        self.devices.iter().position(|device| device.key == *key).map(|number| number as u32)
    }

    /// The member of this number, unless they were removed.
    pub fn present(&self, number: u32) -> Option<&Member> {
        let member = self.members.get(number as usize)?;
        (member.presence == Presence::Present).then_some(member)
    }

    /// The key with which a row's commits are signed now: that of a device, or of the member
    /// itself. `None` if they may not write.
    pub fn writing_key(&self, row: RowId) -> Option<VerifyingKey> {
        let writer = |number| self.present(number).filter(|member| member.role != Role::Reader);
        match row {
            RowId::Member(number) => writer(number)?.key,
            RowId::Device(number) => {
                let device = self.devices.get(number as usize)?;
                writer(device.member)?;
                (device.presence == Presence::Present).then_some(device.key)
            }
        }
    }

    /// Whether there may be a row of this name: of a device, or of a member who ever had a key.
    pub(super) fn may_have_written(&self, row: RowId) -> bool {
        match row {
            RowId::Member(number) => {
                self.members.get(number as usize).is_some_and(|member| member.key.is_some())
            }
            RowId::Device(number) => (number as usize) < self.devices.len(),
        }
    }
}

/// What happens.
impl Members {
    /// The key that has to sign `record`, if it is allowed now.
    pub(super) fn signer(&self, record: &Record) -> RefusalResult<VerifyingKey> {
        let refused =
            Refusal::Tampered { what: "a record of the chain that its signer may not make" };
        let by = match record {
            Record::Genesis { owner, .. } if self.members.is_empty() => return Ok(*owner),
            Record::Genesis { .. } => return Err(refused),
            Record::AddMember { by, .. }
            | Record::SetRole { by, .. }
            | Record::RemoveMember { by, .. }
            | Record::CertifyDevice { by, .. }
            | Record::RemoveDevice { by, .. } => *by,
        };
        let signer = self.present(by).filter(|signer| self.may(by, signer.role, record));
        let signer = signer.filter(|signer| signer.role != Role::Reader);
        signer.and_then(|signer| signer.key).ok_or(refused)
    }

    /// Whether a member with this number and role, who is no reader, may make `record`.
    fn may(&self, by: u32, role: Role, record: &Record) -> bool {
        // Whom a member of this role may add, change and remove.
        let is_above = |other: Role| match role {
            Role::Owner => other != Role::Owner,
            Role::Admin => matches!(other, Role::Writer | Role::Reader),
            Role::Writer | Role::Reader => false,
        };
        let is_below = |number: &u32| self.present(*number).is_some_and(|m| is_above(m.role));
        match record {
            Record::Genesis { .. } => false,
            Record::AddMember { grant, .. } => is_above(grant.role()),
            Record::SetRole { member, grant, .. } => is_below(member) && is_above(grant.role()),
            Record::RemoveMember { member, .. } => is_below(member),
            Record::CertifyDevice { .. } => true,
            Record::RemoveDevice { device, .. } => {
                let device = self.devices.get(*device as usize);
                device.is_some_and(|device| {
                    let owner = self.members.get(device.member as usize);
                    let may = device.member == by || owner.is_some_and(|m| is_above(m.role));
                    may && device.presence == Presence::Present
                })
            }
        }
    }

    /// `record` was signed by who may.
    ///
    /// Fails where there are too many of something, or a key is named twice.
    pub(super) fn apply(&mut self, record: &Record) -> RefusalResult<()> {
        match record {
            Record::Genesis { owner, label, .. } => {
                self.admit_key(*owner)?;
                let (role, label) = (Role::Owner, label.clone());
                let presence = Presence::Present;
                self.members.push(Member { role, key: Some(*owner), label, presence });
            }
            Record::AddMember { grant, label, .. } => {
                if self.members.len() == MEMBERS_MAX {
                    return Err(Refusal::Malformed { what: "chain: too many members" });
                }
                let key = grant.key();
                key.map_or(Ok(()), |key| self.admit_key(key))?;
                let (role, label) = (grant.role(), label.clone());
                self.members.push(Member { role, key, label, presence: Presence::Present });
            }
            Record::SetRole { member, grant, .. } => self.set_role(*member, grant)?,
            Record::RemoveMember { member, .. } => {
                if let Some(member) = self.members.get_mut(*member as usize) {
                    member.presence = Presence::Removed;
                }
            }
            Record::CertifyDevice { by, key, label } => {
                if self.devices.len() == DEVICES_MAX {
                    return Err(Refusal::Malformed { what: "chain: too many devices" });
                }
                self.admit_key(*key)?;
                let (member, label) = (*by, label.clone());
                let presence = Presence::Present;
                self.devices.push(Device { member, key: *key, label, presence });
            }
            Record::RemoveDevice { device, .. } => {
                if let Some(device) = self.devices.get_mut(*device as usize) {
                    device.presence = Presence::Removed;
                }
            }
        }
        Ok(())
    }

    /// A member gets another role, or another key. Whoever becomes a reader keeps no key that
    /// counts, but the rows that were signed with it stay.
    fn set_role(&mut self, number: u32, grant: &Grant) -> RefusalResult<()> {
        let Some(member) = self.members.get(number as usize) else { return Ok(()) };
        let (before, granted) = (member.key, grant.key().or(member.key));
        if granted != before
            && let Some(key) = granted
        {
            self.admit_key(key)?;
        }
        let member = &mut self.members[number as usize];
        (member.role, member.key) = (grant.role(), granted);
        Ok(())
    }

    fn admit_key(&mut self, key: VerifyingKey) -> RefusalResult<()> {
        let is_new = self.keys.insert(key);
        if is_new {
            Ok(())
        } else {
            Err(Refusal::Malformed { what: "chain: a key that is named twice" })
        }
    }
}
