//! Any history of edits against a map.

use proptest::prelude::*;

use super::*;

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
    fn what_decodes_is_what_a_writer_would_have_written(
        edits in edits(),
        node in any::<prop::sample::Index>(),
        at in any::<prop::sample::Index>(),
        other in prop::collection::vec(any::<u8>(), 0..4),
    ) {
        let mut shelf = Shelf::new();
        let (mut trie, mut model) = (Trie::new(), BTreeMap::new());
        for edit in &edits {
            apply(&mut shelf, &mut trie, &mut model, edit);
        }
        shelf.with(&mut trie, |trie| trie.insert(b"one", vec![1]));
        shelf.flush(&mut trie, |_| false);
        let mut links = Vec::new();
        trie.for_each_resident(&mut |link, _| links.push(link));
        let mut plaintext = shelf.plaintext(node.get(&links)).unwrap();
        prop_assert_eq!(codec::reencode_node::<Bytes>(&plaintext).unwrap(), plaintext.clone());
        // A few bytes in place of one, and none in place of many.
        let at = at.index(plaintext.len());
        plaintext.splice(at..=at, other);
        if let Ok(again) = codec::reencode_node::<Bytes>(&plaintext) {
            prop_assert_eq!(again, plaintext);
        }
    }

    #[test]
    fn bytes_that_no_writer_wrote_are_refused_or_decode_to_themselves(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        if let Ok(again) = codec::reencode_node::<Bytes>(&bytes) {
            prop_assert_eq!(again, bytes);
        }
    }
}
