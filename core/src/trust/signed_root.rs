//! A statement with its signature.

use super::author::Author;
use super::chain::Chain;
use super::heads::Heads;
use super::refusal::{Reader, Refusal, RefusalResult};
use super::rows::Rows;
use super::sign::Signature;
use super::statement::{ChainHash, ContentHash, RootHash, Statement};
use super::vault_id::VaultId;
use crate::codec::put_varint;

/// A statement with its signature and what follows from both: the hash that names the root, and the
/// heads after it. [`attest`](Self::attest) checks the signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedRoot {
    statement: Statement,
    signature: Signature,
    hash: RootHash,
    after: Heads,
}

impl SignedRoot {
    pub(super) fn new(statement: Statement, signature: Signature) -> RefusalResult<Self> {
        let hash = statement.hash();
        let after = statement.heads.advanced(statement.author, hash)?;
        Ok(Self { statement, signature, hash, after })
    }

    /// What is signed.
    pub fn statement(&self) -> &Statement {
        &self.statement
    }

    /// The signature.
    pub fn signature(&self) -> &Signature {
        &self.signature
    }

    /// What names the root in those after it.
    pub fn hash(&self) -> RootHash {
        self.hash
    }

    /// The number of its commit.
    pub fn sequence(&self) -> u64 {
        self.statement.sequence()
    }

    /// The heads before it.
    pub fn before(&self) -> &Heads {
        &self.statement.heads
    }

    /// The heads after it: what the next root carries.
    pub fn after(&self) -> &Heads {
        &self.after
    }

    /// Fails unless the root is of the chain's vault, names this chain, and was signed by its
    /// author, who may write by this chain, as all may who ever wrote who have a row.
    pub fn attest(&self, chain: &Chain) -> RefusalResult<()> {
        let (expected, found) = (chain.vault(), self.statement.vault);
        if expected != found {
            return Err(Refusal::WrongVault { expected, found });
        }
        if self.statement.chain != chain.mark().hash {
            return Err(Refusal::Tampered { what: "the root names another chain of members" });
        }
        let members = chain.members();
        if !self.before().rows().ids().all(|id| members.may_have_written(id)) {
            return Err(Refusal::Tampered { what: "a row is of nobody who may have written" });
        }
        let key = members.writing_key(self.statement.author.row());
        let key = key.ok_or(Refusal::Tampered { what: "the author of the root may not write" })?;
        key.verify(self.hash.as_bytes(), &self.signature, "the signature of the root")
    }

    /// ```text
    /// vault id (32), varint epoch, author, hash of the chain (32), hash of the content (32),
    /// rows of the heads before it, signature (64)
    /// ```
    pub fn put(&self, out: &mut Vec<u8>) {
        let Statement { vault, epoch, author, chain, content, heads } = &self.statement;
        out.extend_from_slice(vault.as_bytes());
        put_varint(out, u64::from(*epoch));
        author.put(out);
        out.extend_from_slice(chain.as_bytes());
        out.extend_from_slice(content.as_bytes());
        heads.rows().put(out);
        out.extend_from_slice(self.signature.as_bytes());
    }

    pub(super) fn read(input: &mut Reader<'_>) -> RefusalResult<Self> {
        let statement = Statement {
            vault: VaultId::from_bytes(input.array()?),
            epoch: input.varint_u32()?,
            author: Author::read(input)?,
            chain: ChainHash::from_bytes(input.array()?),
            content: ContentHash::from_bytes(input.array()?),
            heads: Heads::new(Rows::read(input)?)?,
        };
        Self::new(statement, Signature::from_bytes(input.array()?))
    }
}
