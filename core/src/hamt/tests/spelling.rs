//! Nodes that are not what a writer makes.

use super::*;

/// Both sections of a node from bytes.
fn plaintext(addressed: &[u8], places: &[u8]) -> Vec<u8> {
    let mut plaintext = Vec::new();
    crate::codec::put_bytes(&mut plaintext, addressed);
    plaintext.extend_from_slice(places);
    plaintext
}

fn reencoded(addressed: &[u8], places: &[u8]) -> &'static str {
    let plaintext = plaintext(addressed, places);
    match codec::reencode_node::<Bytes>(&plaintext) {
        Ok(again) if again == plaintext => "same",
        Ok(_) => "different",
        Err(error) => error.code(),
    }
}

#[test]
fn a_node_has_one_spelling() {
    // "ab" and "ac", sharing one byte; then sharing less or more than they do.
    assert_eq!(reencoded(b"\0\x02\0\x02ab\0\x01\x01c\0", b""), "same");
    assert_eq!(reencoded(b"\0\x02\0\x02ab\0\0\x02ac\0", b""), "malformed");
    assert_eq!(reencoded(b"\0\x02\0\x02ab\0\x03\x01c\0", b""), "malformed");
    // Equal, descending, and longer than the one before.
    assert_eq!(reencoded(b"\0\x02\0\x02ab\0\x02\0\0", b""), "malformed");
    assert_eq!(reencoded(b"\0\x02\0\x02ab\0\x01\0\0", b""), "malformed");
    assert_eq!(reencoded(b"\0\x02\0\x02ab\0\x02\x01a\0", b""), "same");

    // Two leaves of one pack, side by side; then the second with the pack again, or with a gap
    // of nothing, or in a pack far beyond those seen.
    let addressed = [&b"\x01\x01\0\x01\0"[..], b"\x7f", &[1; 32], b"\x7f", &[2; 32]].concat();
    let places = |second: &[u8]| [&b"\0"[..], &[7; 16], b"\x20", second].concat();
    let again = [&b"\x01"[..], &[7; 16], b"\x40\x20"].concat();
    assert_eq!(reencoded(&addressed, &places(b"\x02\x20")), "same");
    assert_eq!(reencoded(&addressed, &places(b"\x03\x02\x20")), "same");
    assert_eq!(reencoded(&addressed, &places(&again)), "malformed");
    assert_eq!(reencoded(&addressed, &places(b"\x03\0\x20")), "malformed");
    assert_eq!(reencoded(&addressed, &places(b"\x04\x20")), "malformed");
    // On 32 bits this index would wrap around to a new pack.
    let wrapped = [&b"\x80\x80\x80\x80\x20"[..], &[8; 16], b"\x20"].concat();
    assert_eq!(reencoded(&addressed, &places(&wrapped)), "malformed");
}

/// A source that gives one node for every link.
struct Same(Arc<Node<Bytes>>);

impl NodeSource<Bytes> for Same {
    fn load<'a>(&'a self, _link: &'a Link) -> BoxFuture<'a, Result<Arc<Node<Bytes>>>> {
        Box::pin(async { Ok(Arc::clone(&self.0)) })
    }
}

#[test]
fn a_node_that_leads_back_to_itself_is_told() {
    let addressed = [&b"\x01\xff\xff\xff\xff"[..], &[&b"\xff"[..], &[1; 32]].concat().repeat(32)];
    let places = [&b"\0"[..], &[7; 16], b"\x20", &b"\x02\x20".repeat(31)].concat();
    let node = Arc::new(Node::decode(&plaintext(&addressed.concat(), &places)).unwrap());
    let source = Same(Arc::clone(&node));
    let mut trie = Trie::<Bytes>::at(Some(Link::from_bytes(&[0; Link::BYTES])));
    let found = block_on(trie.get(b"key", &source));
    assert_eq!(found.unwrap_err().code(), "malformed");
    for after in [None, Some(KeyHash::of(b"key"))] {
        let leaf = block_on(Walk::new(&trie, after).next(&source));
        assert_eq!(leaf.unwrap_err().code(), "malformed");
    }
    // An edit loads ever deeper, but no further than the hash reaches.
    let admitted = (0..60)
        .take_while(|_| trie.admit(&trie.find(b"key").unwrap_err(), Arc::clone(&node)))
        .count();
    assert_eq!(admitted as u32, super::hash::DEPTH_MAX);
}

#[test]
fn a_node_that_is_not_what_its_parent_says_is_refused() {
    let (mut trie, _) = many(500);
    let mut shelf = Shelf::new();
    shelf.flush(&mut trie, |_| false);
    let link = trie.link().unwrap();
    let pack = &shelf.packs[&link.place.pack];
    let (from, to) = (link.place.offset as usize, link.place.length as usize);
    let mut plaintext = open_unit(UnitKind::Node, &link, &pack.bytes[from..from + to]).unwrap();
    // Behind the length of the section (2 bytes), the kind and the start bits: a leaf's weight.
    let weight = &mut plaintext[2 + 1 + 4];
    assert!((2..=128).contains(weight));
    *weight -= 1;
    let mut packs = PackWriter::new(&shelf.environment, Epoch::FIRST, PACK_BYTES_MAX);
    let addressed = Node::<Bytes>::addressed(&plaintext).unwrap();
    let address = shelf.keys.address(UnitKind::Node, addressed);
    let place = packs.add(UnitKind::Node, &address, &plaintext).unwrap();
    shelf.packs.extend(packs.finish().into_iter().map(|pack| (pack.id, pack)));

    let mut lying = Trie::<Bytes>::at(Some(Link { address, place }));
    let root = lying.find(b"any").unwrap_err();
    assert!(lying.admit(&root, Arc::new(shelf.open(&root.link).unwrap())));
    let refused = (0..500).any(|number| match lying.find(&key(number)) {
        Ok(_) => false,
        Err(missing) => !lying.admit(&missing, Arc::new(shelf.open(&missing.link).unwrap())),
    });
    assert!(refused);
}

thread_local! {
    static DECODED: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// A value that counts how many were read.
#[derive(Clone)]
struct Counted;

impl Value for Counted {
    fn weight(&self) -> usize {
        0
    }

    fn encode(&self, _nested: Option<Link>, _out: &mut SectionWriter<'_>) -> Result<()> {
        Ok(())
    }

    fn decode(_input: &mut SectionReader<'_>) -> Result<Self> {
        DECODED.with(|decoded| decoded.set(decoded.get() + 1));
        Ok(Self)
    }
}

/// Few bytes that stand for many: each name shares all but its end with the one before.
#[test]
fn a_leaf_is_refused_where_it_gets_too_heavy_and_not_at_its_end() {
    use crate::codec::{put_bytes, put_varint};

    let name = [b'a'; 1000];
    let mut addressed = vec![0];
    put_varint(&mut addressed, 100);
    put_varint(&mut addressed, 0);
    put_bytes(&mut addressed, &name);
    for end in 1..100 {
        put_varint(&mut addressed, name.len() as u64);
        put_bytes(&mut addressed, &[end]);
    }
    let mut plaintext = Vec::new();
    put_bytes(&mut plaintext, &addressed);
    let refused = Node::<Counted>::decode(&plaintext).unwrap_err();
    assert_eq!(refused.code(), "malformed");
    let decoded = DECODED.with(|decoded| decoded.replace(0));
    assert!(decoded <= 2, "{decoded} names were copied");
}
