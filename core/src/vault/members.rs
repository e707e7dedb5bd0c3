//! Who belongs to the vault.

use super::Vault;
use crate::error::{Error, Result};
use crate::trust::{Grant, Label, Members, Record, Seen, VerifyingKey};

/// A change of the members takes one small object and one root, whatever the vault holds. Who may
/// make it is said at [`Role`](crate::trust::Role); a session without the member's key fails with
/// [`Error::ReadOnly`], one whose member may not with [`Error::Tampered`].
impl Vault {
    /// All members and devices, as far as this session knows.
    pub fn members(&self) -> Members {
        self.inner.session.chain().members().clone()
    }

    /// A new member; returns its number. It can open the vault once it has a slot.
    pub async fn add_member(&self, grant: Grant, label: &str) -> Result<u32> {
        let label = Label::new(label)?;
        let chain = self.inner.session.sign_record(|by| Record::AddMember { by, grant, label });
        let members = chain.await?.members().members().len();
        Ok(members as u32 - 1)
    }

    /// Another role, or another key.
    pub async fn set_role(&self, member: u32, grant: Grant) -> Result<()> {
        let signed = self.inner.session.sign_record(|by| Record::SetRole { by, member, grant });
        signed.await.map(drop)
    }

    /// A member leaves, with its devices and its slots, and a new epoch begins.
    pub async fn remove_member(&self, member: u32) -> Result<()> {
        let signed = self.inner.session.sign_record(|by| Record::RemoveMember { by, member });
        signed.await.map(drop)
    }

    /// A new device of the member of this session; returns its number. Sessions that are opened
    /// with its key ([`VaultConfig::device`](super::VaultConfig::device)) have a row of their own
    /// from then on.
    pub async fn certify_device(&self, key: VerifyingKey, label: &str) -> Result<u32> {
        let label = Label::new(label)?;
        let chain = self.inner.session.sign_record(|by| Record::CertifyDevice { by, key, label });
        chain.await?.members().device_of(&key).ok_or(Error::OutcomeUnknown)
    }

    /// A device is not to be used any more, and a new epoch begins. Remove its slot as well, if it
    /// has one of its own.
    pub async fn remove_device(&self, device: u32) -> Result<()> {
        let signed = self.inner.session.sign_record(|by| Record::RemoveDevice { by, device });
        signed.await.map(drop)
    }

    /// What the next session of this device has to know, for
    /// [`VaultConfig::seen`](super::VaultConfig::seen): the root accepted last, and what was sent
    /// and may take effect. It is no secret.
    pub fn seen(&self) -> Seen {
        self.inner.session.seen()
    }
}
