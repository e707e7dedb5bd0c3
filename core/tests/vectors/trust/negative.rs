//! Bytes that are to be refused, each for one reason.

use sealwood::internals::{
    Author, Chain, ContentHash, ForkProof, Grant, Heads, Kept, Label, Lane, Record, RefusalResult,
    Rows, SignedRoot, SigningKey, Statement, VaultId,
};
use serde_json::{Value, json};

use super::key;
use crate::forge::varint;

/// What a reader says of some bytes. Roots and proofs are to be of the vault of [`chain`], by whose
/// members a root is to be signed.
pub(super) fn outcome(kind: &str, bytes: &[u8]) -> RefusalResult<()> {
    let chain = chain();
    match kind {
        "chain" => Chain::read(bytes, None).map(drop),
        "rows" => Rows::decode(bytes).and_then(Heads::new).map(drop),
        "kept" => Kept::decode(bytes)?.root.attest(&chain),
        "fork-proof" => ForkProof::verify(bytes, chain.vault()).map(drop),
        other => panic!("nothing is read as {other}"),
    }
}

fn label() -> Label {
    Label::new("x").unwrap()
}

/// An owner with two devices, and a reader.
fn chain() -> Chain {
    let mut chain = Chain::found(&key(1), [0; 16], label()).unwrap();
    for device in [2, 3] {
        let record = Record::CertifyDevice { by: 0, key: key(device).verifying(), label: label() };
        chain.append(&record, &key(1)).unwrap();
    }
    let reader = Record::AddMember { by: 0, grant: Grant::Reader, label: label() };
    chain.append(&reader, &key(1)).unwrap();
    chain
}

fn statement(heads: &Heads, author: Author) -> Statement {
    let chain = chain();
    Statement {
        vault: chain.vault(),
        epoch: 0,
        author,
        chain: chain.mark().hash,
        content: ContentHash::from_bytes([9; 32]),
        heads: heads.clone(),
    }
}

fn kept(root: &SignedRoot) -> Vec<u8> {
    let mut bytes = Vec::new();
    Kept { root: root.clone(), chain: chain().mark() }.put(&mut bytes);
    bytes
}

pub(super) fn cases() -> Vec<Value> {
    let all = [chains(), rows(), roots(), proofs()].concat();
    let case = |(kind, name, bytes): (&str, &str, Vec<u8>)| {
        let code = outcome(kind, &bytes).map_or_else(|refusal| refusal.code(), |()| "ok");
        json!({"name": name, "as": kind, "code": code, "hex": hex::encode(bytes)})
    };
    all.into_iter().map(case).collect()
}

type Case = (&'static str, &'static str, Vec<u8>);

fn changed(bytes: &[u8], at: usize, byte: u8) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    assert_ne!(bytes[at], byte);
    bytes[at] = byte;
    bytes
}

fn chains() -> Vec<Case> {
    let good = chain().as_bytes().to_vec();
    // Kind, key, nonce, label, signature; then kind, signer, key, label, signature.
    let genesis = 1 + 32 + 16 + 2 + 64;
    let second = genesis + 1 + 1 + 32 + 2 + 64;
    let unsigned = |body: &[u8]| [&good[..], body, &[0; 64]].concat();
    let weak = [&[4, 0][..], &[0; 32], &[0]].concat();
    let double = [&[4, 0][..], key(2).verifying().as_bytes(), &[0]].concat();
    vec![
        ("chain", "a chain that is right", good.clone()),
        ("chain", "no record", Vec::new()),
        ("chain", "no beginning", good[genesis..].to_vec()),
        ("chain", "two beginnings", [&good[..genesis], &good].concat()),
        ("chain", "a record left out", [&good[..genesis], &good[second..]].concat()),
        ("chain", "a signature cut short", good[..good.len() - 1].to_vec()),
        ("chain", "another nonce", changed(&good, 33, 1)),
        ("chain", "another label", changed(&good, 50, b'y')),
        ("chain", "a control character in a label", changed(&good, 50, b'\n')),
        ("chain", "a label that is no text", changed(&good, 50, 0xff)),
        ("chain", "another signature", changed(&good, 51, !good[51])),
        ("chain", "another owner", {
            [&[0][..], key(9).verifying().as_bytes(), &good[33..]].concat()
        }),
        ("chain", "an unknown kind", unsigned(&[6, 0])),
        ("chain", "a role that cannot be given", unsigned(&[1, 0, 0, 0])),
        ("chain", "an unknown role", unsigned(&[1, 0, 4, 0])),
        ("chain", "a member's number out of range", unsigned(&[3, 0, 0x80, 2])),
        ("chain", "a number in a longer spelling", unsigned(&[3, 0, 0x81, 0])),
        ("chain", "a device's number out of range", unsigned(&[5, 0, 0x80, 8])),
        ("chain", "a key of small order", unsigned(&weak)),
        ("chain", "a key that is taken", unsigned(&double)),
        ("chain", "a record that is not signed", unsigned(&[5, 0, 1])),
        ("chain", "a record of a reader", unsigned(&[5, 1, 1])),
        ("chain", "a record of a member that is not there", unsigned(&[5, 2, 1])),
        ("chain", "the removal of the owner", unsigned(&[3, 0, 0])),
        ("chain", "the removal of a device that is not there", unsigned(&[5, 0, 2])),
        ("chain", "a label of 65 bytes", unsigned(&[&[1, 0, 3, 65][..], &[b'x'; 65]].concat())),
    ]
}

fn rows() -> Vec<Case> {
    let row =
        |counter: u64, sequence: u64| [varint(counter), varint(sequence), vec![5; 32]].concat();
    let devices = |rows: &[(u8, Vec<u8>)]| {
        let mut out = vec![0, rows.len() as u8];
        rows.iter().for_each(|(gap, row)| out.extend([&[*gap][..], row].concat()));
        out
    };
    let shared = |past: &[(u8, u8)]| {
        let mut out = [vec![1, 0], row(3, 3), vec![1; 8], vec![past.len() as u8]].concat();
        past.iter().for_each(|(lane, less)| out.extend([&[*lane; 8][..], &[*less; 9]].concat()));
        [out, vec![0]].concat()
    };
    let end = 1 << 63;
    vec![
        ("rows", "no rows", vec![0, 0]),
        ("rows", "one device", devices(&[(0, row(1, 1))])),
        ("rows", "a member's sessions", shared(&[(2, 0), (3, 0)])),
        ("rows", "a byte left over", [devices(&[(0, row(1, 1))]), vec![0]].concat()),
        ("rows", "a row too few", changed(&devices(&[(0, row(1, 1))]), 1, 2)),
        ("rows", "a device's number out of range", {
            [vec![0, 1], varint(1_024), row(1, 1)].concat()
        }),
        ("rows", "a member's number out of range", {
            [vec![1], varint(256), row(1, 1), vec![0; 9], vec![0]].concat()
        }),
        ("rows", "a row without a commit", devices(&[(0, row(0, 1))])),
        ("rows", "a counter above the sequence number", devices(&[(0, row(2, 1))])),
        ("rows", "commits of nobody", devices(&[(0, row(1, 2))])),
        ("rows", "one commit of two devices", devices(&[(0, row(1, 2)), (0, row(1, 2))])),
        ("rows", "more commits than there was time for", {
            devices(&[(0, row(1, 1)), (0, row(2, 2)), (0, row(1, 4))])
        }),
        ("rows", "the last number there is", devices(&[(0, row(end - 1, end - 1))])),
        ("rows", "a number beyond", devices(&[(0, row(end, end))])),
        ("rows", "a session twice", shared(&[(2, 0), (2, 0)])),
        ("rows", "the last session again", shared(&[(1, 0)])),
        ("rows", "a session before the first commit", shared(&[(2, 2)])),
        ("rows", "16 earlier sessions", shared(&[(2, 0); 16])),
    ]
}

fn roots() -> Vec<Case> {
    let first = statement(&Heads::default(), Author::Device(0)).sign(&key(2)).unwrap();
    let next = |author, key: &SigningKey| statement(first.after(), author).sign(key).unwrap();
    let good = kept(&next(Author::Device(1), &key(3)));
    let session = |member| Author::Session { member, lane: Lane([1; 8]) };
    let said = statement(first.after(), Author::Device(1));
    let altered = |statement: Statement| {
        let signature = *next(Author::Device(1), &key(3)).signature();
        kept(&statement.signed(signature).unwrap())
    };
    let nobody = Heads::default().advanced(Author::Device(2), first.hash()).unwrap();
    let nobody = statement(&nobody, Author::Device(1)).sign(&key(3)).unwrap();
    vec![
        ("kept", "a root that is right", good.clone()),
        ("kept", "one of a session", kept(&next(session(0), &key(1)))),
        ("kept", "a byte left over", [&good[..], &[0]].concat()),
        ("kept", "a byte too few", good[..good.len() - 1].to_vec()),
        ("kept", "another signature", changed(&good, good.len() - 1, !good[good.len() - 1])),
        ("kept", "an unknown kind of author", changed(&good, 1 + 32 + 1, 2)),
        ("kept", "signed by another device", kept(&next(Author::Device(1), &key(2)))),
        ("kept", "signed by the member for a device", kept(&next(Author::Device(1), &key(1)))),
        ("kept", "signed by a device for the member", kept(&next(session(0), &key(3)))),
        ("kept", "by a reader", kept(&next(session(1), &key(1)))),
        ("kept", "by a device that is not there", kept(&next(Author::Device(2), &key(3)))),
        ("kept", "a row of a device that is not there", kept(&nobody)),
        ("kept", "another epoch", altered(Statement { epoch: 1, ..said.clone() })),
        ("kept", "another content", {
            altered(Statement { content: ContentHash::from_bytes([8; 32]), ..said.clone() })
        }),
        ("kept", "other heads", altered(Statement { heads: Heads::default(), ..said.clone() })),
        ("kept", "another vault", {
            altered(Statement { vault: VaultId::from_bytes([8; 32]), ..said.clone() })
        }),
        ("kept", "another chain", {
            let mut shorter = Chain::found(&key(1), [0; 16], label()).unwrap();
            let device = key(3).verifying();
            let record = Record::CertifyDevice { by: 0, key: device, label: label() };
            shorter.append(&record, &key(1)).unwrap();
            altered(Statement { chain: shorter.mark().hash, ..said })
        }),
    ]
}

fn proofs() -> Vec<Case> {
    let sign = |heads: &Heads, device: u32, content| {
        let statement = statement(heads, Author::Device(device));
        let statement = Statement { content: ContentHash::from_bytes([content; 32]), ..statement };
        statement.sign(&key(u64::from(device) + 2)).unwrap()
    };
    let first = sign(&Heads::default(), 0, 0);
    let (one, other) = (sign(first.after(), 0, 1), sign(first.after(), 1, 2));
    let proof = |second: &SignedRoot| {
        ForkProof::new((one.clone(), chain()), (second.clone(), chain())).unwrap().to_bytes()
    };
    let good = proof(&other);
    let chain = chain().as_bytes().to_vec();
    // The same roots, whatever they prove.
    let with = |chains: &[u8], roots: [&SignedRoot; 2]| {
        let mut out = [&b"SWFP\x02\x00"[..], chains].concat();
        roots.iter().for_each(|root| root.put(&mut out));
        out
    };
    let length = varint(chain.len() as u64);
    let chains = [&length[..], &chain, &length, &[0]].concat();
    let written_out = [&length[..], &chain, &[0], &length, &chain].concat();
    let signature = good.len() - 1;
    vec![
        ("fork-proof", "a proof that is right", good.clone()),
        ("fork-proof", "of one device that signed two", proof(&sign(first.after(), 0, 2))),
        ("fork-proof", "another magic", changed(&good, 0, b's')),
        ("fork-proof", "another version", changed(&good, 4, 3)),
        ("fork-proof", "a byte left over", [&good[..], &[0]].concat()),
        ("fork-proof", "another signature", changed(&good, signature, !good[signature])),
        ("fork-proof", "a root and the next one", with(&chains, [&first, &one])),
        ("fork-proof", "a root and the one before", with(&chains, [&one, &first])),
        ("fork-proof", "a root and itself", with(&chains, [&one, &one])),
        ("fork-proof", "a chain written twice", with(&written_out, [&one, &other])),
        ("fork-proof", "a chain of another vault", {
            let other = Chain::found(&key(8), [0; 16], label()).unwrap();
            let bytes = other.as_bytes();
            let length = varint(bytes.len() as u64);
            let chains = [&length[..], bytes, &length, &[0]].concat();
            with(&chains, [&one, &one])
        }),
    ]
}
