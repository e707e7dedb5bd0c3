//! Small walks over known keys.

use super::support::*;
use crate::index::Tree;

fn tree_of(keys: &[&[u8]]) -> (Tree, Model) {
    let mut tree = Tree::new();
    let mut model = Model::new();
    for (revision, key) in keys.iter().enumerate() {
        let owned = Owned::inline(revision as u64, key);
        assert!(tree.insert(key, &owned.entry()).unwrap().is_none());
        model.insert(key.to_vec(), owned);
    }
    (tree, model)
}

#[test]
fn any_bytes_are_a_key() {
    let keys: [&[u8]; 9] =
        [b"", b"\0", b"\0\0", b"a", b"a\0", b"a\0\0", b"ab", b"\xff", b"\xff\xff"];
    let (mut tree, mut model) = tree_of(&keys);
    let frames = Frames::new();
    assert_same(&tree.snapshot(), &frames, &model);
    for key in keys {
        assert!(tree.remove(key).unwrap().is_some());
        assert!(tree.remove(key).unwrap().is_none());
        model.remove(key);
        assert_same(&tree.snapshot(), &frames, &model);
    }
}

#[test]
fn snapshots_stay_as_they_were() {
    let frames = Frames::new();
    let mut tree = Tree::new();
    let mut model = Model::new();
    let mut kept = Vec::new();
    for step in 0..4_000u64 {
        let key = format!("photos/{:04}.jpeg", step * 7919 % 1500).into_bytes();
        if step % 5 == 4 {
            assert_eq!(tree.remove(&key).unwrap().is_some(), model.remove(&key).is_some());
        } else {
            let owned = Owned::inline(step, &[step as u8; 90]);
            tree.insert(&key, &owned.entry()).unwrap();
            model.insert(key, owned);
        }
        if step % 400 == 0 {
            kept.push((tree.snapshot(), model.clone()));
        }
    }
    for (snapshot, model) in &kept {
        assert_same(snapshot, &frames, model);
    }
    assert_same(&tree.snapshot(), &frames, &model);
}

/// The only key that expires gets a longer value instead, which now and then splits its bucket.
#[test]
fn a_bucket_that_is_split_tells_its_parents_what_is_left() {
    let mut tree = Tree::new();
    let set = |tree: &mut Tree, number: u64, len: usize, expires_at_ms| {
        let key = format!("photos/{number:04}.jpeg").into_bytes();
        let owned = Owned { expires_at_ms, ..Owned::inline(number, &vec![7; len]) };
        tree.insert(&key, &owned.entry()).unwrap();
        assert_bounds(tree);
    };
    for number in 0..1_000 {
        set(&mut tree, number, 100, 0);
    }
    for number in 0..400 {
        set(&mut tree, 200, 1, 9);
        set(&mut tree, 200, 4_000, 0);
        set(&mut tree, number, 300, 0);
    }
}

#[test]
fn removing_everything_gives_the_memory_back() {
    let mut tree = Tree::new();
    let empty = tree.memory();
    let keys: Vec<_> = (0..20_000u64).map(|n| format!("{}", n * 7919 % 20_000)).collect();
    for key in &keys {
        tree.insert(key.as_bytes(), &Owned::inline(1, &[7; 60]).entry()).unwrap();
    }
    assert!(tree.memory().resident > 20_000 * 60);
    assert_eq!(tree.memory().resident, tree.memory().dirty);
    for key in &keys {
        assert!(tree.remove(key.as_bytes()).unwrap().is_some());
    }
    assert!(tree.memory().resident <= empty.resident + 1024, "{:?}", tree.memory());
    assert_eq!(tree.memory().resident, tree.memory().dirty);
}

#[test]
fn a_chain_of_nested_keys_needs_no_stack() {
    let mut tree = Tree::new();
    let key = vec![b'a'; 6_000];
    for len in 0..key.len() {
        tree.insert(&key[..len], &Owned::inline(1, &[1; 50]).entry()).unwrap();
    }
    let frames = Frames::new();
    let mut cursor = tree.snapshot().cursor(frames.clone());
    cursor.seek(b"").unwrap();
    for len in 0..key.len() {
        assert_eq!(cursor.key().map(<[u8]>::len), Some(len));
        cursor.next().unwrap();
    }
    drop(cursor);
    for len in (0..key.len()).rev().step_by(2) {
        assert!(tree.remove(&key[..len]).unwrap().is_some());
    }
    drop(tree);
}

#[test]
fn the_index_takes_few_bytes_a_key() {
    let count = 100_000u64;
    let mut tree = Tree::new();
    for step in 0..count {
        let number = step * 7919 % count;
        let (year, month) = (2000 + number % 20, number / 20 % 12 + 1);
        let key = format!("photos/{year}/{month:02}/IMG_{number:08}.jpeg");
        assert_eq!(key.len(), 32);
        tree.insert(key.as_bytes(), &Owned::inline(step, &[5; 100]).entry()).unwrap();
    }
    let bytes = tree.memory().resident as u64 / count;
    assert!(bytes <= 145, "{bytes} bytes a key");
}
