#![allow(clippy::unwrap_used)]
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::{Arc, Mutex};

use futures_lite::future::block_on;
use proptest::prelude::*;

use super::*;
use crate::error::{Error, Result};
use crate::platform::{BoxFuture, Entropy, Environment, SystemClock};
use crate::seal::{
    Address, Keys, Link, PACK_BYTES_MAX, Pack, PackId, PackWriter, RootSecret, UnitKind, open_unit,
};

type Bytes = Vec<u8>;

/// Randomness that repeats: the n-th draw is n.
#[derive(Default)]
struct Counting(Mutex<u64>);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) -> Result<()> {
        let mut drawn = self.0.lock().unwrap();
        *drawn += 1;
        buffer
            .iter_mut()
            .zip(drawn.to_le_bytes().iter().cycle())
            .for_each(|(to, from)| *to = *from);
        Ok(())
    }
}

/// A store of packs that can refuse the n-th.
struct Shelf {
    keys: Keys,
    environment: Environment,
    packs: HashMap<PackId, Pack>,
    pack_bytes_max: usize,
    loads: Mutex<usize>,
}

impl Shelf {
    fn new() -> Self {
        let entropy = Arc::new(Counting::default());
        Self {
            keys: Keys::derive(&RootSecret::from_bytes([1; 32])),
            environment: Environment { clock: Arc::new(SystemClock), entropy },
            packs: HashMap::new(),
            pack_bytes_max: PACK_BYTES_MAX,
            loads: Mutex::new(0),
        }
    }

    /// Stores what is dirty but for the packs `refuse` picks; returns the root's address and how
    /// many nodes were written.
    fn flush(
        &mut self,
        trie: &mut Trie<Bytes>,
        refuse: impl Fn(usize) -> bool,
    ) -> (Option<Address>, usize) {
        let mut packs = PackWriter::new(&self.environment, self.pack_bytes_max);
        let mut plan = SealPlan::default();
        let link = trie.seal(&self.keys, &mut packs, &mut plan).unwrap();
        let mut stored = HashSet::new();
        for (index, pack) in packs.finish().into_iter().enumerate() {
            if !refuse(index) {
                stored.insert(pack.id);
                self.packs.insert(pack.id, pack);
            }
        }
        trie.adopt(&plan, &stored);
        (link.map(|link| link.address), plan.node_count())
    }

    fn open(&self, link: &Link) -> Result<Node<Bytes>> {
        *self.loads.lock().unwrap() += 1;
        let pack = self.packs.get(&link.place.pack).ok_or(Error::ObjectMissing)?;
        let from = link.place.offset as usize;
        let sealed = &pack.bytes[from..from + link.place.length as usize];
        let plaintext = open_unit(UnitKind::Node, link, sealed)?;
        self.keys.check(UnitKind::Node, &link.address, Node::<Bytes>::canon(&plaintext)?)?;
        Node::decode(&plaintext)
    }

    /// Repeats an edit or look-up until nothing is missing.
    fn with<T>(
        &self,
        trie: &mut Trie<Bytes>,
        mut work: impl FnMut(&mut Trie<Bytes>) -> Result<T, Missing>,
    ) -> T {
        loop {
            match work(trie) {
                Ok(done) => return done,
                Err(missing) => {
                    assert!(trie.admit(&missing, Arc::new(self.open(&missing.link).unwrap())));
                }
            }
        }
    }

    fn entries(&self, trie: &Trie<Bytes>) -> BTreeMap<Bytes, Bytes> {
        let mut entries = BTreeMap::new();
        let mut walk = Walk::new(trie, None);
        while let Some(leaf) = block_on(walk.next(self)).unwrap() {
            entries.extend(leaf.entries().map(|(key, value)| (key.to_vec(), value.clone())));
        }
        entries
    }
}

impl NodeSource<Bytes> for Shelf {
    fn load<'a>(&'a self, link: &'a Link) -> BoxFuture<'a, Result<Arc<Node<Bytes>>>> {
        Box::pin(async move { self.open(link).map(Arc::new) })
    }
}

#[derive(Debug, Clone)]
enum Edit {
    Insert(u16, usize),
    Remove(u16),
    Flush,
    /// Flush, then keep only the link: a writer that never seals.
    Reload,
    Evict,
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let size = prop_oneof![4 => 0usize..120, 1 => 1500usize..3000];
    let edit = prop_oneof![
        8 => (0u16..400, size).prop_map(|(key, size)| Edit::Insert(key, size)),
        5 => (0u16..400).prop_map(Edit::Remove),
        1 => Just(Edit::Flush),
        1 => Just(Edit::Reload),
        1 => Just(Edit::Evict),
    ];
    prop::collection::vec(edit, 1..400)
}

fn key(number: u16) -> Bytes {
    format!("file-{number:05}.jpg").into_bytes()
}

fn apply(
    shelf: &mut Shelf,
    trie: &mut Trie<Bytes>,
    model: &mut BTreeMap<Bytes, Bytes>,
    edit: &Edit,
) {
    match edit {
        Edit::Insert(number, size) => {
            let value = vec![*number as u8; *size];
            let old = shelf.with(trie, |trie| trie.insert(&key(*number), value.clone()));
            assert_eq!(old, model.insert(key(*number), value));
        }
        Edit::Remove(number) => {
            let old = shelf.with(trie, |trie| trie.remove(&key(*number)));
            assert_eq!(old, model.remove(&key(*number)));
        }
        Edit::Flush => {
            shelf.flush(trie, |_| false);
        }
        Edit::Reload => {
            shelf.flush(trie, |_| false);
            *trie = Trie::at(trie.link());
        }
        Edit::Evict => trie.evict(3000),
    }
}

fn fresh(entries: &BTreeMap<Bytes, Bytes>) -> Trie<Bytes> {
    let mut trie = Trie::new();
    for (key, value) in entries.iter().rev() {
        trie.insert(key, value.clone()).unwrap();
    }
    trie
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn any_history_gives_the_address_of_a_fresh_build(edits in edits()) {
        let mut shelf = Shelf::new();
        let (mut trie, mut model) = (Trie::new(), BTreeMap::new());
        for edit in &edits {
            apply(&mut shelf, &mut trie, &mut model, edit);
        }
        prop_assert_eq!(shelf.entries(&trie), model.clone());
        let ours = shelf.flush(&mut trie, |_| false).0;
        let theirs = shelf.flush(&mut fresh(&model), |_| false).0;
        prop_assert_eq!(ours, theirs);
        for number in 0..400 {
            let found = shelf.with(&mut trie, |trie| trie.find(&key(number)).map(|v| v.cloned()));
            prop_assert_eq!(found.as_ref(), model.get(&key(number)));
        }
    }

    #[test]
    fn a_writer_that_seals_and_one_that_never_does_write_the_same_bytes(edits in edits()) {
        let (mut a, mut b) = (Shelf::new(), Shelf::new());
        let (mut sealing, mut reloading) = (Trie::new(), Trie::new());
        let (mut model_a, mut model_b) = (BTreeMap::new(), BTreeMap::new());
        for edit in &edits {
            let flushes = matches!(edit, Edit::Flush | Edit::Reload);
            let (edit_a, edit_b) =
                if flushes { (&Edit::Flush, &Edit::Reload) } else { (edit, edit) };
            apply(&mut a, &mut sealing, &mut model_a, edit_a);
            apply(&mut b, &mut reloading, &mut model_b, edit_b);
        }
        a.flush(&mut sealing, |_| false);
        b.flush(&mut reloading, |_| false);
        prop_assert_eq!(a.packs.len(), b.packs.len());
        for (id, pack) in &a.packs {
            prop_assert_eq!(Some(&pack.bytes), b.packs.get(id).map(|pack| &pack.bytes));
        }
    }

    #[test]
    fn diff_finds_exactly_the_changes(start in edits(), then in edits(), reload in any::<bool>()) {
        let mut shelf = Shelf::new();
        let (mut trie, mut model) = (Trie::new(), BTreeMap::new());
        for edit in &start {
            apply(&mut shelf, &mut trie, &mut model, edit);
        }
        shelf.flush(&mut trie, |_| false);
        if reload {
            trie = Trie::at(trie.link());
        }
        let (before, old) = (trie.clone(), model.clone());
        for edit in &then {
            apply(&mut shelf, &mut trie, &mut model, edit);
        }
        let changes = block_on(diff(&before, &trie, &shelf, |a, b| a == b)).unwrap();
        let mut replayed = old.clone();
        for Change { key, before, after } in changes {
            prop_assert_eq!(before.as_ref(), old.get(&key));
            prop_assert_ne!(before, after.clone());
            match after {
                Some(value) => replayed.insert(key, value),
                None => replayed.remove(&key),
            };
        }
        prop_assert_eq!(replayed, model);
    }

    #[test]
    fn a_node_decodes_or_is_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = Node::<Bytes>::decode(&bytes);
    }
}

fn many(count: u16) -> (Trie<Bytes>, BTreeMap<Bytes, Bytes>) {
    let model: BTreeMap<_, _> = (0..count).map(|n| (key(n), vec![n as u8; 90])).collect();
    (fresh(&model), model)
}

#[test]
fn a_failed_store_leaves_the_trie_whole_and_a_retry_writes_the_remainder() {
    let (whole, model) = many(500);
    let mut shelf = Shelf::new();
    shelf.pack_bytes_max = 4096;
    let (address, nodes) = shelf.flush(&mut whole.clone(), |_| false);
    let packs = shelf.packs.len();
    assert!(packs > 10);
    for refused in 0..packs {
        let mut shelf = Shelf::new();
        shelf.pack_bytes_max = 4096;
        let mut trie = whole.clone();
        let (_, written) = shelf.flush(&mut trie, |index| index == refused);
        assert_eq!(written, nodes);
        assert!(trie.is_dirty());
        assert_eq!(shelf.entries(&trie), model);
        let kept = sealed_nodes(&trie);
        let (again, remainder) = shelf.flush(&mut trie, |_| false);
        assert_eq!(again, address);
        assert_eq!(remainder, nodes - kept, "refusing pack {refused}");
        assert_eq!(shelf.flush(&mut trie, |_| false).1, 0);
        let cold = Trie::at(trie.link());
        assert_eq!(shelf.entries(&cold), model);
    }
}

/// How many nodes are in the store already.
fn sealed_nodes(trie: &Trie<Bytes>) -> usize {
    fn count(child: &super::node::Child<Bytes>) -> usize {
        let own = usize::from(matches!(child, super::node::Child::Sealed(..)));
        own + child.node().map_or(0, |node| super::visit::below(node).map(count).sum())
    }
    count(&trie.root)
}

#[test]
fn a_reader_of_a_snapshot_is_undisturbed() {
    let (mut trie, model) = many(300);
    let mut shelf = Shelf::new();
    let snapshot = trie.clone();
    for number in 0..300 {
        trie.remove(&key(number)).unwrap();
    }
    shelf.flush(&mut trie, |_| false);
    assert!(trie.is_empty());
    assert_eq!(shelf.entries(&snapshot), model);
}

#[test]
fn an_unchanged_subtree_is_neither_written_nor_read_again() {
    let (mut trie, _) = many(2000);
    let mut shelf = Shelf::new();
    let (_, all) = shelf.flush(&mut trie, |_| false);
    assert_eq!(shelf.flush(&mut trie, |_| false).1, 0);
    shelf.with(&mut trie, |trie| trie.insert(&key(7), vec![1; 90]));
    let (_, path) = shelf.flush(&mut trie, |_| false);
    assert!(all > 100 && (2..=4).contains(&path), "{path} of {all} nodes");

    let cold = Trie::at(trie.link());
    let mut changed = cold.clone();
    shelf.with(&mut changed, |trie| trie.insert(&key(9), vec![2; 90]));
    *shelf.loads.lock().unwrap() = 0;
    let changes = block_on(diff(&cold, &changed, &shelf, |a, b| a == b)).unwrap();
    assert_eq!(changes.len(), 1);
    assert!(*shelf.loads.lock().unwrap() <= 4);
}

#[test]
fn a_walk_resumes_where_it_stopped_under_any_change() {
    let (mut trie, model) = many(800);
    let mut shelf = Shelf::new();
    shelf.flush(&mut trie, |_| false);
    let mut seen = BTreeMap::new();
    let mut after = None;
    let mut number = 0;
    loop {
        let mut walk = Walk::new(&trie, after);
        let Some(leaf) = block_on(walk.next(&shelf)).unwrap() else { break };
        for (key, value) in leaf.entries() {
            assert!(seen.insert(key.to_vec(), value.clone()).is_none(), "an entry came twice");
            after = after.max(Some(KeyHash::of(key)));
        }
        // New keys may or may not be seen; the old ones must be, once.
        shelf.with(&mut trie, |trie| trie.insert(format!("new-{number}").as_bytes(), vec![0; 90]));
        number += 1;
    }
    seen.retain(|key, _| key.starts_with(b"file-"));
    assert_eq!(seen, model);
}

#[test]
fn eviction_keeps_dirty_nodes_and_frees_the_rest() {
    let (mut trie, model) = many(1000);
    let mut shelf = Shelf::new();
    shelf.flush(&mut trie, |_| false);
    let all = trie.resident_bytes();
    trie.evict(all / 2);
    trie.insert(&key(3), vec![9; 90]).ok();
    shelf.with(&mut trie, |trie| trie.insert(&key(3), vec![9; 90]));
    assert!(trie.resident_bytes() <= all / 2 + all / 10);
    trie.evict(0);
    assert_eq!(trie.resident_bytes(), 0);
    assert_eq!(trie.find(&key(3)).unwrap(), Some(&vec![9; 90]));
    let mut expected = model;
    expected.insert(key(3), vec![9; 90]);
    assert_eq!(shelf.entries(&trie), expected);
}

/// Both sections of a node from bytes.
fn plaintext(canon: &[u8], places: &[u8]) -> Vec<u8> {
    let mut plaintext = Vec::new();
    crate::codec::put_bytes(&mut plaintext, canon);
    plaintext.extend_from_slice(places);
    plaintext
}

fn reencoded(canon: &[u8], places: &[u8]) -> &'static str {
    let plaintext = plaintext(canon, places);
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
    let canon = [&b"\x01\x01\0\x01\0"[..], b"\x7f", &[1; 32], b"\x7f", &[2; 32]].concat();
    let places = |second: &[u8]| [&b"\0"[..], &[7; 16], b"\x20", second].concat();
    let again = [&b"\x01"[..], &[7; 16], b"\x40\x20"].concat();
    assert_eq!(reencoded(&canon, &places(b"\x02\x20")), "same");
    assert_eq!(reencoded(&canon, &places(b"\x03\x02\x20")), "same");
    assert_eq!(reencoded(&canon, &places(&again)), "malformed");
    assert_eq!(reencoded(&canon, &places(b"\x03\0\x20")), "malformed");
    assert_eq!(reencoded(&canon, &places(b"\x04\x20")), "malformed");
    // On 32 bits this index would wrap around to a new pack.
    let wrapped = [&b"\x80\x80\x80\x80\x20"[..], &[8; 16], b"\x20"].concat();
    assert_eq!(reencoded(&canon, &places(&wrapped)), "malformed");
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
    let canon = [&b"\x01\xff\xff\xff\xff"[..], &[&b"\xff"[..], &[1; 32]].concat().repeat(32)];
    let places = [&b"\0"[..], &[7; 16], b"\x20", &b"\x02\x20".repeat(31)].concat();
    let node = Arc::new(Node::decode(&plaintext(&canon.concat(), &places)).unwrap());
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
    let mut packs = PackWriter::new(&shelf.environment, PACK_BYTES_MAX);
    let canon = Node::<Bytes>::canon(&plaintext).unwrap();
    let address = shelf.keys.address(UnitKind::Node, canon);
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

    fn encode(&self, _out: &mut NodeWriter<'_>) -> Result<()> {
        Ok(())
    }

    fn decode(_input: &mut NodeReader<'_>) -> Result<Self> {
        DECODED.with(|decoded| decoded.set(decoded.get() + 1));
        Ok(Self)
    }
}

/// Few bytes that stand for many: each name shares all but its end with the one before.
#[test]
fn a_leaf_is_refused_where_it_gets_too_heavy_and_not_at_its_end() {
    use crate::codec::{put_bytes, put_varint};

    let name = [b'a'; 1000];
    let mut canon = vec![0];
    put_varint(&mut canon, 100);
    put_varint(&mut canon, 0);
    put_bytes(&mut canon, &name);
    for end in 1..100 {
        put_varint(&mut canon, name.len() as u64);
        put_bytes(&mut canon, &[end]);
    }
    let mut plaintext = Vec::new();
    put_bytes(&mut plaintext, &canon);
    let refused = Node::<Counted>::decode(&plaintext).unwrap_err();
    assert_eq!(refused.code(), "malformed");
    let decoded = DECODED.with(|decoded| decoded.replace(0));
    assert!(decoded <= 2, "{decoded} names were copied");
}
