//! What a proof of a fork proves, and to whom.

use super::super::*;
use super::fixture::*;

const A: Author = Author::Device(0);
const B: Author = Author::Device(1);

/// Two branches, the second of which has members of its own as well.
fn branches() -> [(SignedRoot, Chain); 2] {
    let chain = chain();
    let begun = history(&chain, &[A, session(2, 1)]);
    let mut other = chain.clone();
    let record = Record::RemoveMember { by: 0, member: 2 };
    other.append(&record, &key(1)).unwrap();
    let mine = continued(&chain, begun.last(), &[A, A], 1).pop().unwrap();
    let theirs = continued(&other, begun.last(), &[B], 2).pop().unwrap();
    [(mine, chain), (theirs, other)]
}

fn code(bytes: &[u8], vault: VaultId) -> &'static str {
    ForkProof::verify(bytes, vault).map(|_| "ok").unwrap_or_else(|refusal| refusal.code())
}

#[test]
fn a_proof_says_which_roots_contradict_and_whose_commits_tell() {
    let [mine, theirs] = branches();
    let vault = mine.1.vault();
    let bytes = ForkProof::new(mine.clone(), theirs.clone()).unwrap().to_bytes();
    let fork = ForkProof::verify(&bytes, vault).unwrap();
    assert_eq!((fork.first, fork.second), (mine.0, theirs.0));
    assert_eq!(fork.rows, [RowId::Device(0), RowId::Device(1)]);
    assert_eq!(code(&bytes, VaultId::from_bytes([1; 32])), "wrong-vault");
}

#[test]
fn one_who_signed_two_is_named() {
    let chain = chain();
    let begun = history(&chain, &[A]);
    let side = |content| (root(&chain, begun.last(), B, content), chain.clone());
    let bytes = ForkProof::new(side(1), side(2)).unwrap().to_bytes();
    assert_eq!(ForkProof::verify(&bytes, chain.vault()).unwrap().rows, [RowId::Device(1)]);
}

#[test]
fn roots_of_one_history_prove_nothing() {
    let chain = chain();
    let roots = history(&chain, &[A, B, session(1, 1), A]);
    for first in &roots {
        for second in &roots {
            let side = |root: &SignedRoot| (root.clone(), chain.clone());
            let refusal = ForkProof::new(side(first), side(second)).unwrap_err();
            assert_eq!(refusal.code(), "tampered");
        }
    }
}

#[test]
fn no_bit_of_a_proof_can_be_changed() {
    let [mine, theirs] = branches();
    let vault = mine.1.vault();
    let bytes = ForkProof::new(mine, theirs).unwrap().to_bytes();
    for at in 0..bytes.len() {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1 << (at % 8);
        let outcome = code(&flipped, vault);
        assert!(
            matches!(outcome, "malformed" | "tampered" | "wrong-vault"),
            "byte {at}: {outcome}"
        );
    }
    for length in 0..bytes.len() {
        assert_ne!(code(&bytes[..length], vault), "ok");
    }
    assert_eq!(code(&[&bytes[..], &[0]].concat(), vault), "malformed");
    assert_eq!(code(&vec![0; FORK_PROOF_BYTES_MAX + 1], vault), "malformed");
}

#[test]
fn what_chains_share_is_written_once() {
    let [mine, theirs] = branches();
    let (vault, whole) = (mine.1.vault(), mine.1.as_bytes().len());
    let bytes = ForkProof::new(mine.clone(), theirs.clone()).unwrap().to_bytes();
    // Magic, version, two bytes of length; then how much is shared, in two bytes.
    let at = 6 + 2 + whole;
    let shared = usize::from(bytes[at] & 0x7f) | usize::from(bytes[at + 1]) << 7;
    assert_eq!(shared, whole);
    let rest = theirs.1.as_bytes().len() - whole;
    assert_eq!(usize::from(bytes[at + 2]), rest);
    // Written out, it is another spelling.
    let mut spelled = bytes[..at].to_vec();
    spelled.push(0);
    crate::codec::put_bytes(&mut spelled, theirs.1.as_bytes());
    spelled.extend(&bytes[at + 3 + rest..]);
    assert_eq!(code(&spelled, vault), "malformed");
}
