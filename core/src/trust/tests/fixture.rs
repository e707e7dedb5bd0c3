//! A small vault's members, and roots that they sign.

use super::super::*;

pub(super) fn key(number: u8) -> SigningKey {
    SigningKey::from_seed(&[number; 32])
}

pub(super) fn label(text: &str) -> Label {
    Label::new(text).unwrap()
}

/// The owner is member 0 (key 1) and has device 0 (key 2) and device 1 (key 3). Member 1 (key 4) is
/// an admin with device 2 (key 5), member 2 (key 6) a writer with device 3 (key 7), and member 3 a
/// reader.
pub(super) fn chain() -> Chain {
    let mut chain = Chain::found(&key(1), [9; 16], label("owner")).unwrap();
    let add = |chain: &mut Chain, record, signer| chain.append(&record, &key(signer)).unwrap();
    let device = |by, number: u8| Record::CertifyDevice {
        by,
        key: key(number).verifying(),
        label: label("device"),
    };
    add(&mut chain, device(0, 2), 1);
    add(&mut chain, device(0, 3), 1);
    let grant = Grant::Admin(key(4).verifying());
    add(&mut chain, Record::AddMember { by: 0, grant, label: label("admin") }, 1);
    add(&mut chain, device(1, 5), 4);
    let grant = Grant::Writer(key(6).verifying());
    add(&mut chain, Record::AddMember { by: 1, grant, label: label("writer") }, 4);
    add(&mut chain, device(2, 7), 6);
    let grant = Grant::Reader;
    add(&mut chain, Record::AddMember { by: 1, grant, label: label("reader") }, 4);
    chain
}

/// What signs for an author of that chain.
pub(super) fn key_of(author: Author) -> SigningKey {
    key(match author {
        Author::Device(number) => [2, 3, 5, 7][number as usize],
        Author::Session { member, .. } => [1, 4, 6][member as usize],
    })
}

pub(super) fn session(member: u32, lane: u8) -> Author {
    Author::Session { member, lane: Lane([lane; 8]) }
}

/// What the next root after some heads says. `content` stands for all else in it.
pub(super) fn statement(chain: &Chain, heads: &Heads, author: Author, content: u8) -> Statement {
    Statement {
        vault: chain.vault(),
        epoch: 0,
        author,
        chain: chain.mark().hash,
        content: ContentHash::from_bytes([content; 32]),
        heads: heads.clone(),
    }
}

/// The next root after another, or the first.
pub(super) fn root(
    chain: &Chain,
    after: Option<&SignedRoot>,
    author: Author,
    content: u8,
) -> SignedRoot {
    let heads = after.map(|root| root.after().clone()).unwrap_or_default();
    statement(chain, &heads, author, content).sign(&key_of(author)).unwrap()
}

/// Roots by these authors, one after the other.
pub(super) fn history(chain: &Chain, authors: &[Author]) -> Vec<SignedRoot> {
    continued(chain, None, authors, 0)
}

/// The same, after a root.
pub(super) fn continued(
    chain: &Chain,
    after: Option<&SignedRoot>,
    authors: &[Author],
    content: u8,
) -> Vec<SignedRoot> {
    let mut roots: Vec<SignedRoot> = Vec::new();
    for author in authors {
        let last = roots.last().or(after);
        roots.push(root(chain, last, *author, content));
    }
    roots
}

pub(super) fn kept(root: &SignedRoot, chain: &Chain) -> Kept {
    Kept { root: root.clone(), chain: chain.mark() }
}

/// What a device that keeps `kept` says of a root: the ground of its acceptance, or a code.
pub(super) fn judged(
    kept: Option<&Kept>,
    own: Option<&Own>,
    found: &SignedRoot,
    chain: &Chain,
) -> Result<Ground, &'static str> {
    let view = View { vault: None, kept, own };
    let accepted = view.judge(found.clone(), chain).map_err(|refusal| refusal.code())?;
    assert_eq!(accepted.kept.root, *found);
    Ok(accepted.ground)
}
