//! What checkpoints, loading and eviction promise.

use std::sync::Arc;

use super::support::*;
use crate::frame::{FrameKind, FrameRef, FrameSource};
use crate::index::Tree;
use crate::index::codec::decode_node;
use crate::index::node::Content;

fn filled(count: u64) -> (Tree, Model) {
    let (mut tree, mut model) = (Tree::new(), Model::new());
    for step in 0..count {
        let number = step * 7919 % count;
        let key = format!("photos/{:02}/{number:06}.jpeg", number % 40).into_bytes();
        let owned = Owned::inline(step, &[step as u8; 100]);
        tree.insert(&key, &owned.entry()).unwrap();
        model.insert(key, owned);
    }
    (tree, model)
}

/// A checkpoint, and the frames it wrote.
fn checkpoint(tree: &mut Tree, frames: &Arc<Frames>) -> (FrameRef, Vec<FrameRef>) {
    let mut capture = tree.capture();
    let mut sink = Sink::new(frames);
    let written = capture.write(&mut sink).unwrap();
    let root = written.root();
    written.confirm();
    capture.dead_frames().into_iter().for_each(|frame| frames.delete(frame));
    (root, sink.written)
}

#[test]
fn an_empty_index_and_a_clean_one_owe_nothing() {
    let frames = Frames::new();
    assert!(!Tree::new().is_dirty());
    let (mut tree, _) = filled(5_000);
    assert!(tree.is_dirty());
    let (root, _) = checkpoint(&mut tree, &frames);
    assert!(!tree.is_dirty());
    assert_eq!(tree.memory().dirty, 0);
    assert_eq!(checkpoint(&mut tree, &frames), (root, Vec::new()));
    assert_eq!(checkpoint(&mut Tree::from_frame(root), &frames), (root, Vec::new()));
}

#[test]
fn children_are_written_before_their_parents() {
    let frames = Frames::new();
    let (mut tree, _) = filled(5_000);
    let (root, written) = checkpoint(&mut tree, &frames);
    assert_eq!(written.last(), Some(&root));
    let mut named = 0;
    for (at, frame) in written.iter().enumerate() {
        let Ok(body) = frames.read(frame, FrameKind::Inner) else { continue };
        let content = decode_node(FrameKind::Inner, &body).unwrap();
        let Content::Inner(inner) = content else { panic!("no branching") };
        for child in inner.children() {
            assert!(written[..at].contains(child.frame().unwrap()));
            named += 1;
        }
    }
    assert_eq!(named + 1, written.len());
}

#[test]
fn one_change_costs_one_path_of_frames() {
    let frames = Frames::new();
    let (mut tree, model) = filled(20_000);
    let (_, all) = checkpoint(&mut tree, &frames);
    assert!(all.len() > 100);
    let (key, owned) = model.iter().nth(7_000).unwrap();
    tree.insert(key, &owned.entry()).unwrap();
    assert!(tree.memory().dirty < 32 * 1024);
    let (_, written) = checkpoint(&mut tree, &frames);
    assert!(written.len() <= 7, "{} frames", written.len());
    assert_eq!(frames.all().len(), all.len());
}

#[test]
fn what_was_evicted_is_loaded_when_it_is_needed() {
    let frames = Frames::new();
    let (mut tree, model) = filled(20_000);
    let full = tree.memory().resident;
    tree.evict(0);
    assert_eq!(tree.memory().resident, full, "what no frame holds stays");
    checkpoint(&mut tree, &frames);
    tree.evict(full / 2);
    let half = tree.memory().resident;
    assert!(half <= full / 2 && half > full / 2 - 64 * 1024);
    tree.evict(0);
    assert!(tree.memory().resident < 4 * 1024);
    let (key, owned) = model.iter().nth(7_000).unwrap();
    assert!(tree.get(key, |_| ()).is_err());
    let found = loading(&frames, || tree.get(key, Owned::of));
    assert_eq!(found.as_ref(), Some(owned));
    assert!(tree.memory().resident < 64 * 1024);
    assert_same(&tree.snapshot(), &frames, &model);
    assert_eq!(tree.memory().dirty, 0);
}

#[test]
fn what_is_in_use_is_evicted_last() {
    let frames = Frames::new();
    let (mut tree, model) = filled(20_000);
    checkpoint(&mut tree, &frames);
    tree.evict(0);
    assert_same(&tree.snapshot(), &frames, &model);
    let full = tree.memory().resident;
    // All were just read; one go of the clock forgets that.
    tree.evict(full - 1);
    let (key, _) = model.iter().nth(15_000).unwrap();
    tree.get(key, |_| ()).unwrap();
    tree.evict(full / 4);
    assert!(tree.get(key, |_| ()).is_ok());
}

#[test]
fn a_snapshot_sees_what_another_reader_loads() {
    let frames = Frames::new();
    let (mut tree, model) = filled(5_000);
    let (root, _) = checkpoint(&mut tree, &frames);
    let mut tree = Tree::from_frame(root);
    let before = tree.snapshot();
    let (key, _) = model.iter().nth(100).unwrap();
    // The path is copied, the children that are not in memory are shared.
    loading(&frames, || tree.insert(b"photos/39/x", &Owned::inline(9, b"").entry()));
    before.get(key, &*frames, |_| ()).unwrap().unwrap();
    assert!(tree.get(key, |_| ()).is_ok());
}

#[test]
fn a_failed_checkpoint_leaves_everything_to_the_next() {
    let frames = Frames::new();
    let (mut tree, mut model) = filled(5_000);
    checkpoint(&mut tree, &frames);
    for step in 0..3 {
        let keys: Vec<_> = model.keys().skip(step).step_by(50).cloned().collect();
        for key in keys {
            tree.remove(&key).unwrap();
            model.remove(&key);
        }
        let mut capture = tree.capture();
        let mut sink = Sink { fails_after: step * 3, ..Sink::new(&frames) };
        assert!(capture.write(&mut sink).is_err());
        tree.restore(capture);
        sink.written.into_iter().for_each(|frame| frames.delete(frame));
        assert!(tree.is_dirty());
    }
    let (root, _) = checkpoint(&mut tree, &frames);
    let opened = Tree::from_frame(root);
    assert_same(&opened.snapshot(), &frames, &model);
    let mut reachable = 0;
    let opened = opened.snapshot();
    opened.frames_below(&*frames, &mut |_| reachable += 1).unwrap();
    assert_eq!(reachable, frames.all().len());
}

#[test]
fn renaming_a_large_prefix_writes_few_frames() {
    let frames = Frames::new();
    let (mut tree, _) = filled(20_000);
    checkpoint(&mut tree, &frames);
    assert!(tree.rename_prefix(b"photos/1", b"archive/1").unwrap());
    let (_, written) = checkpoint(&mut tree, &frames);
    assert!(written.len() <= 6, "{} frames", written.len());
    assert!(tree.is_prefix_empty(b"photos/1").unwrap());
    let mut cursor = tree.snapshot().cursor(frames.clone());
    cursor.seek(b"").unwrap();
    let mut count = 0;
    while cursor.key().is_some_and(|key| key.starts_with(b"archive/1")) {
        count += 1;
        cursor.next().unwrap();
    }
    assert_eq!(count, 5_000);
}

/// A new key's neighbour may be one that the renamed key stood between.
#[test]
fn renaming_needs_nothing_loaded_midway() {
    let frames = Frames::new();
    let mut tree = Tree::new();
    let long = [vec![1], vec![b'k'; 65_000]].concat();
    for key in [&b"\0"[..], &long, b"photos"] {
        tree.insert(key, &Owned::inline(1, b"").entry()).unwrap();
    }
    let (root, _) = checkpoint(&mut tree, &frames);
    let mut tree = Tree::from_frame(root);
    assert!(loading(&frames, || tree.rename_prefix(b"\x01", b"n")));
    assert!(loading(&frames, || tree.is_prefix_empty(b"\x01")));
    assert!(!loading(&frames, || tree.is_prefix_empty(b"n")));
}

/// A branching whose last child another reader may still be loading.
#[test]
fn joining_what_is_left_keeps_children_that_are_shared() {
    let frames = Frames::new();
    let mut tree = Tree::new();
    let mut model = Model::new();
    let path = vec![b'k'; 20_000];
    for end in [&b""[..], b"a", b"b"] {
        let key = [&path, end].concat();
        let owned = Owned::inline(1, end);
        tree.insert(&key, &owned.entry()).unwrap();
        model.insert(key, owned);
    }
    let (root, _) = checkpoint(&mut tree, &frames);
    let mut tree = Tree::from_frame(root);
    assert_same(&tree.snapshot(), &frames, &model);
    let before = (tree.snapshot(), model.clone());
    for end in [&b""[..], b"a"] {
        let key = [&path, end].concat();
        tree.remove(&key).unwrap();
        model.remove(&key);
    }
    assert_same(&tree.snapshot(), &frames, &model);
    assert_same(&before.0, &frames, &before.1);
}
