//! An open engine stays with its directory: what is put in its place is left alone.

use std::path::Path;

use sealwood_engine::{Background, Engine, EngineConfig, Error, NamespaceOptions};

fn open(path: &Path) -> Engine {
    let config = EngineConfig::default().background(Background::Manual);
    Engine::open_directory(path, config).unwrap()
}

fn assert_failed<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    assert!(matches!(&outcome, Err(Error::StoreFailed { .. })), "{outcome:?}");
}

#[test]
fn what_is_put_in_place_of_an_open_directory_is_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let [root, aside] = ["engine", "aside"].map(|name| directory.path().join(name));
    let first = open(&root);
    let options = NamespaceOptions::default().separated_bytes_min(1000);
    let notes = first.namespace_with("notes", &options).unwrap();
    notes.put(b"a", "text").unwrap();
    notes.put(b"large", vec![1; 5000]).unwrap();
    std::fs::rename(&root, &aside).unwrap();
    let second = open(&root);
    second.namespace("others").unwrap().put(b"b", "text").unwrap();
    // What needs no other file goes where the directory went.
    notes.put(b"c", "text").unwrap();
    assert_failed(notes.put(b"larger", vec![2; 6000]));
    assert_failed(notes.get(b"large"));
    assert_failed(first.checkpoint());
    assert_failed(first.close());
    drop((notes, first));
    second.close().unwrap();
    let expected: [(_, _, &[&[u8]]); 2] =
        [(&root, "others", &[b"b"]), (&aside, "notes", &[b"a", b"c", b"large"])];
    for (path, name, keys) in expected {
        let engine = open(path);
        assert_eq!(engine.namespaces().unwrap(), [name]);
        let namespace = engine.namespace(name).unwrap();
        for key in keys {
            assert!(namespace.get(key).unwrap().is_some(), "{key:?}");
        }
        assert_eq!(namespace.len().unwrap(), keys.len() as u64);
        crate::common::assert_whole(&engine);
    }
}

#[test]
fn what_was_written_to_a_directory_that_is_gone_is_not_called_durable() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("engine");
    let engine = open(&root);
    let notes = engine.namespace("notes").unwrap();
    notes.put(b"a", "text").unwrap();
    std::fs::remove_dir_all(&root).unwrap();
    assert!(matches!(notes.put(b"b", "text"), Err(Error::OutcomeUnknown)));
    assert!(matches!(notes.put(b"c", "text"), Err(Error::StorePoisoned)));
}
