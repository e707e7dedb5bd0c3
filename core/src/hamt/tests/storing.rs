//! Tries on their way to the store and back: what fails, what is shared, what is let go.

use super::*;

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
    fn count(child: &super::child::Child<Bytes>) -> usize {
        let own = usize::from(matches!(child, super::child::Child::Sealed(..)));
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
