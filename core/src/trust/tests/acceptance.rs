//! Attacks of a store, one by one, against what a device keeps.

use super::super::*;
use super::fixture::*;

const A: Author = Author::Device(0);
const B: Author = Author::Device(1);
const C: Author = Author::Device(2);

fn own(author: Author) -> Option<Own> {
    Some(Own { author, sent: Vec::new() })
}

/// What a device, or a reader, that accepted `last` says of `found`.
fn after(
    last: &SignedRoot,
    author: Option<Author>,
    found: &SignedRoot,
) -> Result<Ground, &'static str> {
    let chain = chain();
    judged(Some(&kept(last, &chain)), author.and_then(own).as_ref(), found, &chain)
}

#[test]
fn a_history_is_accepted_step_by_step_and_in_leaps() {
    let chain = chain();
    let authors = [A, session(1, 1), B, session(1, 2), A, session(1, 1), C, B];
    let roots = history(&chain, &authors);
    for (first, root) in roots.iter().enumerate() {
        assert_eq!(judged(None, None, root, &chain), Ok(Ground::FirstContact));
        assert_eq!(after(root, None, root), Ok(Ground::Same));
        for later in &roots[first + 1..] {
            assert_eq!(after(root, None, later), Ok(Ground::Follows));
        }
        for earlier in &roots[..first] {
            assert_eq!(after(root, None, earlier), Err("rollback"));
        }
    }
}

#[test]
fn an_old_root_is_refused_by_writers_and_readers() {
    let roots = history(&chain(), &[A, B, A, B]);
    for (index, old) in roots[..3].iter().enumerate() {
        for author in [Some(A), Some(B), Some(session(0, 1)), None] {
            assert_eq!(after(&roots[3], author, old), Err("rollback"), "root {index} {author:?}");
        }
    }
}

#[test]
fn a_branch_is_refused_however_far_it_has_gone() {
    let chain = chain();
    let begun = history(&chain, &[A, B]);
    for (mine, theirs) in [(1, 1), (1, 2), (1, 40), (3, 1), (3, 2), (3, 3), (3, 40)] {
        let branch = |author, length, content| {
            continued(&chain, begun.last(), &vec![author; length], content).pop().unwrap()
        };
        let (mine, theirs) = (branch(A, mine, 1), branch(B, theirs, 2));
        // Who wrote it misses it, a reader and another writer see that there are two.
        assert_eq!(after(&mine, Some(A), &theirs), Err("own-commit-missing"));
        assert_eq!(after(&mine, Some(C), &theirs), Err("fork"));
        assert_eq!(after(&mine, None, &theirs), Err("fork"));
        // The other branch goes on with everybody who was on neither.
        let joined = continued(&chain, Some(&theirs), &[C, session(0, 1), C], 3);
        for root in &joined {
            assert_eq!(after(&mine, Some(A), root), Err("own-commit-missing"));
            assert_eq!(after(&mine, None, root), Err("fork"));
        }
    }
}

#[test]
fn a_branch_of_sessions_that_keep_nothing_is_refused_too() {
    let chain = chain();
    let begun = history(&chain, &[A]);
    let mine = root(&chain, begun.last(), session(1, 1), 1);
    let sessions =
        |count: usize| -> Vec<_> { (0..count as u8).map(|lane| session(1, 50 + lane)).collect() };
    for length in [1, 2, 9, LANES_MAX, LANES_MAX + 1, LANES_MAX + 2] {
        let authors = sessions(length);
        let theirs = continued(&chain, begun.last(), &authors, 2).pop().unwrap();
        let expected =
            if length <= LANES_MAX + 1 { Err("fork") } else { Ok(Ground::Unproven { member: 1 }) };
        assert_eq!(after(&mine, None, &theirs), expected, "{length} sessions");
        let expected = expected.map_err(|_| "own-commit-missing");
        assert_eq!(after(&mine, Some(session(1, 1)), &theirs), expected, "{length} sessions");
    }
    // In an honest history of so many as well nothing tells, and it is said.
    let authors = sessions(LANES_MAX + 1);
    let later = continued(&chain, Some(&mine), &authors, 2).pop().unwrap();
    assert_eq!(after(&mine, None, &later), Ok(Ground::Unproven { member: 1 }));
    // Once a device has committed on it, it tells for good.
    let told = root(&chain, Some(&mine), A, 2);
    let later = continued(&chain, Some(&told), &authors, 2).pop().unwrap();
    assert_eq!(after(&told, None, &later), Ok(Ground::Follows));
}

#[test]
fn a_next_root_that_knows_more_or_other_than_the_last_is_refused() {
    let chain = chain();
    let roots = history(&chain, &[A, B]);
    let other = continued(&chain, roots.first(), &[B], 7).pop().unwrap();
    let next = root(&chain, Some(&other), A, 0);
    assert_eq!(after(&roots[1], None, &next), Err("fork"));
    // A writer that makes up a commit of somebody else's.
    let mut rows = Vec::new();
    roots[1].after().advanced(C, RootHash::from_bytes([3; 32])).unwrap().rows().put(&mut rows);
    let heads = Heads::new(Rows::decode(&rows).unwrap()).unwrap();
    let made_up = statement(&chain, &heads, A, 0).sign(&key_of(A)).unwrap();
    assert_eq!(made_up.sequence(), 4);
    assert_eq!(after(&roots[1], None, &made_up), Ok(Ground::Follows));
    let honest = root(&chain, roots.last(), C, 0);
    assert_eq!(after(&made_up, None, &honest), Err("fork"));
}

#[test]
fn another_vault_is_told_apart() {
    let (mine, chain) = (chain(), {
        let mut other = Chain::found(&key(1), [8; 16], label("owner")).unwrap();
        let device = Record::CertifyDevice { by: 0, key: key(2).verifying(), label: label("") };
        other.append(&device, &key(1)).unwrap();
        other
    });
    let found = root(&chain, None, A, 0);
    let kept = kept(&root(&mine, None, A, 0), &mine);
    assert_eq!(judged(Some(&kept), None, &found, &chain), Err("wrong-vault"));
    let pinned = View { vault: Some(mine.vault()), kept: None, own: None };
    let refusal = pinned.judge(found.clone(), &chain).unwrap_err();
    let (expected, other) = (mine.vault(), chain.vault());
    assert_eq!(refusal, Refusal::WrongVault { expected, found: other });
    let both = View { vault: Some(chain.vault()), kept: Some(&kept), own: None };
    assert_eq!(both.judge(found.clone(), &chain).unwrap_err().code(), "wrong-vault");
    // With members of another vault than it says.
    let lying = Statement { vault: mine.vault(), ..found.statement().clone() };
    let lying = lying.sign(&key_of(A)).unwrap();
    assert_eq!(judged(None, None, &lying, &chain), Err("wrong-vault"));
}

#[test]
fn nothing_of_a_statement_can_be_changed() {
    let chain = chain();
    let before = history(&chain, &[A, session(1, 1), B]);
    let good = root(&chain, before.last(), A, 0);
    let (said, signature) = (good.statement().clone(), *good.signature());
    let outcome = |statement: Statement, signature| {
        let root = statement.signed(signature).unwrap();
        judged(None, None, &root, &chain)
    };
    assert_eq!(outcome(said.clone(), signature), Ok(Ground::FirstContact));
    let other_heads = |index: usize| before[index].after().clone();
    let signed_by = |key: &SigningKey| *said.clone().sign(key).unwrap().signature();
    for (what, statement, code) in [
        ("epoch", Statement { epoch: 1, ..said.clone() }, "tampered"),
        ("author", Statement { author: B, ..said.clone() }, "tampered"),
        ("lane", Statement { author: session(0, 1), ..said.clone() }, "tampered"),
        ("chain", Statement { chain: ChainHash::from_bytes([1; 32]), ..said.clone() }, "tampered"),
        (
            "content",
            Statement { content: ContentHash::from_bytes([1; 32]), ..said.clone() },
            "tampered",
        ),
        ("sequence and previous", Statement { heads: other_heads(1), ..said.clone() }, "tampered"),
        ("no heads", Statement { heads: Heads::default(), ..said.clone() }, "tampered"),
        (
            "hash of a row",
            Statement {
                heads: root(&chain, Some(&before[1]), B, 9).after().clone(),
                ..said.clone()
            },
            "tampered",
        ),
        ("vault", Statement { vault: VaultId::from_bytes([1; 32]), ..said.clone() }, "wrong-vault"),
    ] {
        assert_eq!(outcome(statement, signature), Err(code), "{what}");
    }
    for author in [B, C, session(0, 1)] {
        assert_eq!(outcome(said.clone(), signed_by(&key_of(author))), Err("tampered"));
    }
    for bit in 0..512 {
        let mut bytes = *signature.as_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let flipped = outcome(said.clone(), Signature::from_bytes(bytes));
        assert_eq!(flipped, Err("tampered"), "bit {bit}");
    }
}

/// A root is of the members that it names, also where its author may write by others as well.
#[test]
fn a_root_is_shown_with_its_own_members() {
    let before = chain();
    let mut later = before.clone();
    later.append(&Record::RemoveMember { by: 0, member: 2 }, &key(1)).unwrap();
    for (named, shown) in [(&before, &later), (&later, &before)] {
        let found = root(named, None, A, 0);
        assert_eq!(judged(None, None, &found, named), Ok(Ground::FirstContact));
        assert_eq!(judged(None, None, &found, shown), Err("tampered"));
    }
}

/// Each byte of what is signed is covered: no two statements have one hash.
#[test]
fn every_byte_of_a_statement_names_the_root() {
    let chain = chain();
    let before = history(&chain, &[A, B]);
    let said = statement(&chain, before[1].after(), session(1, 1), 0);
    let (bytes, hash) = (said.to_bytes(), said.hash());
    assert_eq!(hash.as_bytes(), &blake3::derive_key("sealwood v2 root", &bytes));
    let part = |from: usize, length: usize| &bytes[from..from + length];
    assert_eq!(part(0, 32), chain.vault().as_bytes());
    assert_eq!(part(32, 4), [0; 4]);
    assert_eq!(part(36, 8), 3u64.to_le_bytes());
    assert_eq!(part(44, 32), before[1].hash().as_bytes());
    assert_eq!(part(76, 13), [1, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1]);
    assert_eq!(part(89, 32), chain.mark().hash.as_bytes());
    let mut rows = Vec::new();
    said.heads.rows().put(&mut rows);
    assert_eq!(part(121, 32), blake3::derive_key("sealwood v2 heads", &rows));
    assert_eq!(part(153, 32), [0; 32]);
}

#[test]
fn who_may_not_write_does_not() {
    let mut later = chain();
    let before = history(&later, &[A, C]);
    let old = later.clone();
    later.append(&Record::RemoveMember { by: 0, member: 1 }, &key(1)).unwrap();
    let kept = kept(&root(&later, before.last(), A, 0), &later);
    for author in [C, session(1, 1)] {
        // By the members as they are now, and as they were.
        let now = root(&later, Some(&kept.root), author, 0);
        assert_eq!(judged(Some(&kept), None, &now, &later), Err("tampered"));
        let then = root(&old, Some(&kept.root), author, 0);
        assert_eq!(judged(Some(&kept), None, &then, &old), Err("tampered"));
        // What it wrote when it might is still an old root.
        assert_eq!(judged(Some(&kept), None, &before[1], &old), Err("rollback"));
    }
    // A reader has no key; some other key does not count.
    let reader = Author::Session { member: 3, lane: Lane([1; 8]) };
    let said = statement(&later, kept.root.after(), reader, 0);
    let root = said.sign(&key(1)).unwrap();
    assert_eq!(judged(Some(&kept), None, &root, &later), Err("tampered"));
    for author in [Author::Device(9), Author::Session { member: 9, lane: Lane([1; 8]) }] {
        let root = statement(&later, kept.root.after(), author, 0).sign(&key(1)).unwrap();
        assert_eq!(judged(Some(&kept), None, &root, &later), Err("tampered"));
    }
}

#[test]
fn rows_of_nobody_are_refused() {
    let chain = chain();
    let heads =
        Heads::default().advanced(Author::Device(9), RootHash::from_bytes([1; 32])).unwrap();
    let root = statement(&chain, &heads, A, 0).sign(&key_of(A)).unwrap();
    assert_eq!(judged(None, None, &root, &chain), Err("tampered"));
    let reader = Author::Session { member: 3, lane: Lane([1; 8]) };
    let heads = Heads::default().advanced(reader, RootHash::from_bytes([1; 32])).unwrap();
    let root = statement(&chain, &heads, A, 0).sign(&key_of(A)).unwrap();
    assert_eq!(judged(None, None, &root, &chain), Err("tampered"));
}

#[test]
fn keys_of_an_older_epoch_do_not_come_back() {
    let chain = chain();
    let before = root(&chain, None, A, 0);
    let said = statement(&chain, before.after(), A, 0);
    let newer = Statement { epoch: 1, ..said }.sign(&key_of(A)).unwrap();
    assert_eq!(after(&before, None, &newer), Ok(Ground::Follows));
    let back = root(&chain, Some(&newer), B, 0);
    assert_eq!(after(&newer, None, &back), Err("tampered"));
}

#[test]
fn a_device_that_is_used_twice_is_told_so() {
    let chain = chain();
    let before = history(&chain, &[B, A]);
    let mine = root(&chain, before.last(), A, 1);
    let other = root(&chain, Some(&mine), B, 1);
    let kept = kept(&before[1], &chain);
    for found in [&mine, &other] {
        let judged = |sent| judged(Some(&kept), Some(&Own { author: A, sent }), found, &chain);
        assert_eq!(judged(Vec::new()), Err("device-cloned"));
        assert_eq!(judged(vec![other.hash()]), Err("device-cloned"));
        // It sent it, and the answer was lost.
        assert_eq!(judged(vec![RootHash::from_bytes([0; 32]), mine.hash()]), Ok(Ground::Follows));
    }
    // It has forgotten all, or is new.
    assert_eq!(judged(None, own(A).as_ref(), &mine, &chain), Err("device-cloned"));
    assert_eq!(judged(None, own(C).as_ref(), &mine, &chain), Ok(Ground::FirstContact));
    // Nobody else minds.
    assert_eq!(judged(Some(&kept), own(B).as_ref(), &other, &chain), Err("device-cloned"));
    assert_eq!(judged(Some(&kept), own(C).as_ref(), &other, &chain), Ok(Ground::Follows));
}

#[test]
fn a_root_that_is_older_than_the_bound_is_frozen() {
    let code = |root, now, bound| frozen(root, now, bound).map_err(|refusal| refusal.code());
    assert_eq!(code(1_000, 2_000, 1_000), Ok(()));
    assert_eq!(code(1_000, 2_001, 1_000), Err("frozen"));
    assert_eq!(code(i64::MIN, i64::MAX, u64::MAX), Ok(()));
    assert_eq!(code(i64::MIN, i64::MAX, 1 << 62), Err("frozen"));
    // A clock that is ahead makes nothing older.
    assert_eq!(code(2_000, 1_000, 0), Ok(()));
}
