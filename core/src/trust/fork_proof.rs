//! Two signed roots that cannot both be of one history, to show to others.

use super::chain::{CHAIN_BYTES_MAX, Chain};
use super::refusal::{Reader, Refusal, RefusalResult};
use super::rows::RowId;
use super::signed_root::SignedRoot;
use super::standing::Standing;
use super::vault_id::VaultId;
use crate::codec::{put_bytes, put_varint};

const MAGIC: &[u8; 4] = b"SWFP";
const VERSION: u16 = 2;

/// The most bytes of a proof.
pub const FORK_PROOF_BYTES_MAX: usize = 2 * CHAIN_BYTES_MAX + 512 * 1024;

/// Two roots and the chains of members that they name. It shows who the members are and how often
/// they wrote, and nothing of what is in the vault.
///
/// Whoever knows the vault's id can check it, with nothing else: that both were signed by somebody
/// who might, and that neither follows the other. Somebody showed both of them for the newest
/// root. It does not prove that the store was this somebody: whoever may write can sign two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkProof {
    first: Side,
    second: Side,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Side {
    chain: Chain,
    root: SignedRoot,
}

/// What a proof proves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fork {
    /// The root that was accepted first.
    pub first: SignedRoot,
    /// The one that contradicts it.
    pub second: SignedRoot,
    /// Whose commits tell.
    pub rows: Vec<RowId>,
}

impl ForkProof {
    /// A proof of two roots with their chains: of what was kept and what was found.
    ///
    /// Fails where they prove nothing.
    pub fn new(first: (SignedRoot, Chain), second: (SignedRoot, Chain)) -> RefusalResult<Self> {
        let side = |(root, chain)| Side { chain, root };
        let proof = Self { first: side(first), second: side(second) };
        proof.check(proof.first.root.statement().vault)?;
        Ok(proof)
    }

    /// Reads a proof and checks it, knowing nothing but the vault it is to be about.
    pub fn verify(bytes: &[u8], vault: VaultId) -> RefusalResult<Fork> {
        let proof = Self::decode(bytes, |bytes| Chain::read(bytes, None))?;
        let rows = proof.check(vault)?;
        Ok(Fork { first: proof.first.root, second: proof.second.root, rows })
    }

    fn check(&self, vault: VaultId) -> RefusalResult<Vec<RowId>> {
        for Side { chain, root } in [&self.first, &self.second] {
            if chain.vault() != vault {
                return Err(Refusal::WrongVault { expected: vault, found: chain.vault() });
            }
            root.attest(chain)?;
        }
        match Standing::of(&self.first.root, &self.second.root) {
            Standing::Forked(rows) => Ok(rows),
            _ => {
                Err(Refusal::Tampered { what: "a proof of a fork whose roots are of one history" })
            }
        }
    }

    /// ```text
    /// "SWFP", le16 2
    /// bytes    the chain of the first root
    /// varint   how many of its bytes, in whole records, begin the chain of the second; as many as
    ///          do
    /// bytes    the rest of that
    /// signed root × 2
    /// ```
    pub fn to_bytes(&self) -> Vec<u8> {
        let (first, second) = (&self.first, &self.second);
        let shared = first.chain.shared_bytes(&second.chain);
        let mut out = [MAGIC.as_slice(), &VERSION.to_le_bytes()].concat();
        put_bytes(&mut out, first.chain.as_bytes());
        put_varint(&mut out, shared as u64);
        put_bytes(&mut out, &second.chain.as_bytes()[shared..]);
        first.root.put(&mut out);
        second.root.put(&mut out);
        out
    }

    fn decode(bytes: &[u8], read: impl Fn(&[u8]) -> RefusalResult<Chain>) -> RefusalResult<Self> {
        let refused = Refusal::Malformed { what: "fork proof" };
        if bytes.len() > FORK_PROOF_BYTES_MAX {
            return Err(refused);
        }
        let mut input = Reader::new(bytes, "fork proof");
        if input.take(MAGIC.len())? != MAGIC || input.array()? != VERSION.to_le_bytes() {
            return Err(refused);
        }
        let first = read(input.bytes()?)?;
        let shared = usize::try_from(input.varint()?).ok();
        let shared = shared.and_then(|shared| first.as_bytes().get(..shared));
        let second = [shared.ok_or(refused.clone())?, input.bytes()?].concat();
        let shared = shared.map_or(0, <[u8]>::len);
        let second = read(&second)?;
        if first.shared_bytes(&second) != shared {
            return Err(refused);
        }
        let first = Side { chain: first, root: SignedRoot::read(&mut input)? };
        let second = Side { chain: second, root: SignedRoot::read(&mut input)? };
        input.finish()?;
        Ok(Self { first, second })
    }
}

/// Reads a proof without any signature, which random bytes do not have, and writes it again, which
/// must give the same bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_fork_proof(bytes: &[u8]) -> RefusalResult<Vec<u8>> {
    use super::chain::unsigned;
    Ok(ForkProof::decode(bytes, unsigned)?.to_bytes())
}
