//! What the body of a root carries of its statement.

use super::author::Author;
use super::chain::Chain;
use super::heads::Heads;
use super::refusal::{Reader, RefusalResult};
use super::rows::Rows;
use super::sign::Signature;
use super::signed_root::SignedRoot;
use super::statement::{ContentHash, Statement};

/// The first part of a root's body: who signed it and what came before. All else that its statement
/// says follows from the keyring that the root names, and from the rest of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Carried {
    author: Author,
    active: Rows,
    signature: Signature,
}

impl Carried {
    /// What a root with this statement has to carry, while `resting` rows are in its keyring.
    pub fn of(root: &SignedRoot, resting: &Rows) -> Self {
        let active = root.before().active(resting);
        Self { author: root.statement().author, active, signature: *root.signature() }
    }

    /// ```text
    /// author, rows that do not rest, signature (64)
    /// ```
    pub fn put(&self, out: &mut Vec<u8>) {
        self.author.put(out);
        self.active.put(out);
        out.extend_from_slice(self.signature.as_bytes());
    }

    /// Reads the first part of a body, and gives what follows it.
    pub fn read(body: &[u8]) -> RefusalResult<(Self, &[u8])> {
        let mut input = Reader::new(body, "root");
        let (author, active) = (Author::read(&mut input)?, Rows::read(&mut input)?);
        let signature = Signature::from_bytes(input.array()?);
        let rest = input.take(input.remaining())?;
        Ok((Self { author, active, signature }, rest))
    }

    /// The root of which this was carried: its keyring has this chain, these keys' epoch and these
    /// resting rows. Its signature is not checked yet.
    pub fn signed(
        self,
        chain: &Chain,
        epoch: u32,
        resting: &Rows,
        content: ContentHash,
    ) -> RefusalResult<SignedRoot> {
        let Self { author, active, signature } = self;
        let (vault, heads) = (chain.vault(), Heads::of(active, resting)?);
        let chain = chain.mark().hash;
        Statement { vault, epoch, author, chain, content, heads }.signed(signature)
    }
}

/// Reads the first part of a body and writes it again, with what follows, which must give the same
/// bytes.
#[cfg(feature = "fuzzing")]
pub(crate) fn reencode_carried(bytes: &[u8]) -> RefusalResult<Vec<u8>> {
    let (carried, rest) = Carried::read(bytes)?;
    let mut out = Vec::new();
    carried.put(&mut out);
    out.extend_from_slice(rest);
    Ok(out)
}
