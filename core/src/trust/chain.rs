//! The signed list of all that made a vault's members what they are.

use super::label::Label;
use super::members::Members;
use super::record::Record;
use super::refusal::{Reader, Refusal, RefusalResult};
use super::sign::{Signature, SigningKey};
use super::statement::ChainHash;
use super::vault_id::VaultId;

/// The most records of a chain.
pub const RECORDS_MAX: usize = 4_096;

/// The most bytes of a chain.
pub const CHAIN_BYTES_MAX: usize = 512 * 1024;

/// Records, each signed by somebody who might make it by those before it. It begins with the key
/// to which the vault id commits.
///
/// A device keeps the [`ChainMark`] of the chain that it accepted, and accepts no other but one
/// that goes on from there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    vault: VaultId,
    /// The records with their signatures, one after the other.
    bytes: Vec<u8>,
    ends: Vec<End>,
    members: Members,
}

/// Where a record ends, and the hash that covers it and all before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct End {
    at: usize,
    hash: ChainHash,
}

/// How long a chain was, and what it was then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChainMark {
    /// How many records it had.
    pub records: u32,
    /// The hash of the last one.
    pub hash: ChainHash,
}

/// What is to be checked of the signatures of a chain.
enum Signatures {
    /// All of them.
    All,
    /// Those after so many records, which were accepted before.
    After(usize),
}

impl Chain {
    /// The chain of a new vault.
    pub fn found(owner: &SigningKey, nonce: [u8; 16], label: Label) -> RefusalResult<Self> {
        let mut chain = Self::empty(VaultId::of(&owner.verifying(), &nonce));
        chain.append(&Record::Genesis { owner: owner.verifying(), nonce, label }, owner)?;
        Ok(chain)
    }

    /// Reads a chain, which must be whole. Where it goes on from `accepted`, the signatures up to
    /// there are not checked again.
    pub fn read(bytes: &[u8], accepted: Option<&ChainMark>) -> RefusalResult<Self> {
        if let Some(mark) = accepted {
            let chain = Self::fold(bytes, &Signatures::After(mark.records as usize))?;
            if chain.goes_on_from(mark) {
                return Ok(chain);
            }
        }
        Self::fold(bytes, &Signatures::All)
    }

    fn fold(bytes: &[u8], signatures: &Signatures) -> RefusalResult<Self> {
        let refused = || Refusal::Malformed { what: "chain" };
        if bytes.len() > CHAIN_BYTES_MAX {
            return Err(refused());
        }
        let skipped = match signatures {
            Signatures::All => 0,
            Signatures::After(count) => *count,
        };
        let mut input = Reader::new(bytes, "chain");
        let mut chain: Option<Self> = None;
        while input.remaining() > 0 {
            let start = bytes.len() - input.remaining();
            let record = Record::read(&mut input)?;
            let body = &bytes[start..bytes.len() - input.remaining()];
            let signature = Signature::from_bytes(input.array()?);
            let chain = match (&mut chain, &record) {
                (Some(chain), _) => chain,
                (none, Record::Genesis { owner, nonce, .. }) => {
                    none.insert(Self::empty(VaultId::of(owner, nonce)))
                }
                _ => return Err(refused()),
            };
            let key = chain.members.signer(&record)?;
            let hash = chain.record_hash(body);
            if chain.ends.len() >= skipped {
                key.verify(&hash, &signature, "the signature of a record of the chain")?;
            }
            chain.push(&record, body, &hash, &signature)?;
        }
        chain.ok_or_else(refused)
    }

    fn empty(vault: VaultId) -> Self {
        Self { vault, bytes: Vec::new(), ends: Vec::new(), members: Members::default() }
    }

    /// Adds a record, signed with `key`.
    ///
    /// Fails, and changes nothing, where a reader would refuse the chain.
    pub fn append(&mut self, record: &Record, key: &SigningKey) -> RefusalResult<()> {
        if self.members.signer(record)? != key.verifying() {
            return Err(Refusal::Tampered { what: "a record is signed with another key" });
        }
        let mut body = Vec::new();
        record.put(&mut body);
        let hash = self.record_hash(&body);
        self.push(record, &body, &hash, &key.sign(&hash))
    }

    fn push(
        &mut self,
        record: &Record,
        body: &[u8],
        hash: &[u8; 32],
        signature: &Signature,
    ) -> RefusalResult<()> {
        let at = self.bytes.len() + body.len() + Signature::BYTES;
        if self.ends.len() == RECORDS_MAX || at > CHAIN_BYTES_MAX {
            return Err(Refusal::Malformed { what: "chain: it is too long" });
        }
        self.members.apply(record)?;
        let covered = [hash.as_slice(), signature.as_bytes()].concat();
        let hash = ChainHash::from_bytes(blake3::derive_key("sealwood v2 chain", &covered));
        self.bytes.extend_from_slice(body);
        self.bytes.extend_from_slice(signature.as_bytes());
        self.ends.push(End { at, hash });
        Ok(())
    }

    /// What is signed of the next record: it covers the chain so far, and with it the vault id.
    fn record_hash(&self, body: &[u8]) -> [u8; 32] {
        let before = self.ends.last().map_or(self.vault.as_bytes(), |end| end.hash.as_bytes());
        blake3::derive_key("sealwood v2 member record", &[before, body].concat())
    }

    /// The vault whose members these are.
    pub fn vault(&self) -> VaultId {
        self.vault
    }

    /// What all of it comes to.
    pub fn members(&self) -> &Members {
        &self.members
    }

    /// The bytes that [`read`](Self::read) reads.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// What it is now.
    pub fn mark(&self) -> ChainMark {
        let hash = self.ends.last().map_or(ChainHash::from_bytes([0; 32]), |end| end.hash);
        ChainMark { records: self.ends.len() as u32, hash }
    }

    /// Whether it is the chain that had this mark, with or without further records.
    pub fn goes_on_from(&self, mark: &ChainMark) -> bool {
        let last = (mark.records as usize).checked_sub(1);
        last.and_then(|last| self.ends.get(last)).is_some_and(|end| end.hash == mark.hash)
    }

    /// How many bytes it has in common with `other`, in whole records.
    pub(super) fn shared_bytes(&self, other: &Self) -> usize {
        let both = self.ends.iter().zip(&other.ends);
        both.take_while(|(a, b)| a == b).last().map_or(0, |(end, _)| end.at)
    }
}

/// Reads a chain without its signatures, which random bytes do not have.
#[cfg(feature = "fuzzing")]
pub(super) fn unsigned(bytes: &[u8]) -> RefusalResult<Chain> {
    Chain::fold(bytes, &Signatures::After(RECORDS_MAX))
}

/// Reads a chain without its signatures, and writes it again, record by record, which must give the
/// same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_chain(bytes: &[u8]) -> RefusalResult<Vec<u8>> {
    unsigned(bytes)?;
    let mut input = Reader::new(bytes, "chain");
    let mut out = Vec::new();
    while input.remaining() > 0 {
        Record::read(&mut input)?.put(&mut out);
        out.extend_from_slice(input.take(Signature::BYTES)?);
    }
    Ok(out)
}
