//! The next root: signed, and sealed with the keyring that it names.

use bytes::Bytes;

use super::stored_root::StoredRoot;
use crate::error::{Error, Result};
use crate::forest::Root;
use crate::keyring::Keyring;
use crate::platform::Environment;
use crate::seal::{MemberSeed, PlannedPlaces, seal_root};
use crate::trust::{
    Author, Carried, Chain, ContentHash, Heads, Lane, SignedRoot, SigningKey, Statement,
};

/// Whom a session signs for.
#[derive(Debug, Clone)]
pub(super) struct Signer {
    key: SigningKey,
    author: Author,
}

/// A root before it is stored.
pub(super) struct Sealed {
    pub(super) signed: SignedRoot,
    pub(super) bytes: Bytes,
}

impl Signer {
    /// This device, if it is one of the vault's; else the member whose seed the slot has.
    pub(super) fn of(
        device: Option<&SigningKey>,
        seed: Option<&MemberSeed>,
        chain: &Chain,
        environment: &Environment,
    ) -> Result<Option<Self>> {
        let number = device.and_then(|key| chain.members().device_of(&key.verifying()));
        match (device, number) {
            (Some(key), Some(number)) => {
                Ok(Some(Self { key: key.clone(), author: Author::Device(number) }))
            }
            _ => Self::of_member(seed, chain, environment),
        }
    }

    /// The member whose seed the slot has, in a new lane. `None` if there is no such member: the
    /// session only reads.
    pub(super) fn of_member(
        seed: Option<&MemberSeed>,
        chain: &Chain,
        environment: &Environment,
    ) -> Result<Option<Self>> {
        let Some(key) = seed.map(|seed| SigningKey::from_seed(&seed.0)) else { return Ok(None) };
        let Some(member) = chain.members().number_of(&key.verifying()) else { return Ok(None) };
        let author = Author::Session { member, lane: Lane::draw(environment)? };
        Ok(Some(Self { key, author }))
    }

    pub(super) fn author(&self) -> Author {
        self.author
    }

    /// The number of the device, if it signs as one.
    pub(super) fn device(&self) -> Option<u32> {
        match self.author {
            Author::Device(number) => Some(number),
            Author::Session { .. } => None,
        }
    }

    /// A session in a new lane, which vouches for nothing that the old one committed.
    pub(super) fn renew(&mut self, environment: &Environment) -> Result<()> {
        if let Author::Session { lane, .. } = &mut self.author {
            *lane = Lane::draw(environment)?;
        }
        Ok(())
    }

    /// Signs and seals `root` as the one after `last`, or as the first.
    pub(super) fn seal(
        &self,
        last: Option<&StoredRoot>,
        keyring: &Keyring,
        root: &Root,
        planned: &PlannedPlaces,
        environment: &Environment,
    ) -> Result<Sealed> {
        let chain = keyring.chain();
        let may_write = chain.members().writing_key(self.author.row());
        if may_write != Some(self.key.verifying()) {
            return Err(Error::ReadOnly);
        }
        let rest = root.encode(planned)?;
        let statement = Statement {
            vault: chain.vault(),
            epoch: keyring.epoch(),
            author: self.author,
            chain: chain.mark().hash,
            content: ContentHash::of(&rest, keyring.hash()),
            heads: last.map_or_else(Heads::default, |last| last.signed.after().clone()),
        };
        let signed = statement.sign(&self.key)?;
        let mut body = Vec::with_capacity(rest.len() + 256);
        Carried::of(&signed, keyring.resting()).put(&mut body);
        body.extend_from_slice(&rest);
        let (keys, salt) = (keyring.epochs().newest(), environment.random()?);
        let bytes = seal_root(keys, keyring.hash(), salt, &body)?.into();
        Ok(Sealed { signed, bytes })
    }
}
