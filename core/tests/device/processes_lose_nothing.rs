//! Several processes and threads that update one record lose nothing of each other's, and one that
//! is killed leaves what it was told is durable.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Barrier};
use std::thread;

use futures_lite::future::block_on;
use sealwood::blob::{BlobStore, DirectoryStore, EngineStore, MemoryStore};
use sealwood::engine::{Engine, EngineConfig};
use sealwood::internals::News;

use crate::fixture::*;

const WRITERS: usize = 3;
const ROOTS: usize = 24;
/// Tells a process of this test what it is: its number, and where.
const CHILD_VARIABLE: &str = "SEALWOOD_TEST_DEVICE";

/// Learns of every root, in an order of its own, and keeps a setting for each. Says after each
/// update how many there were.
fn write(store: Arc<dyn BlobStore>, number: usize, mut said: impl FnMut(usize)) {
    let (state, roots) = (state(store), history(ROOTS));
    for at in 0..ROOTS {
        let root = &roots[(at * (2 * number + 1) + number) % ROOTS];
        let News { settings, .. } = setting(&format!("writer-{number}"), &at.to_string());
        let news = News {
            settings,
            sent: vec![sent((ROOTS + 1 + number) as u64, at as u8)],
            device: Some(at as u32),
            ..accepted(root)
        };
        let updated = block_on(state.update(&news)).unwrap();
        assert!(sequence(&updated) >= root.root.sequence());
        said(at + 1);
    }
}

/// Whether nothing is lost.
fn check(store: Arc<dyn BlobStore>, writers: usize) {
    let record = found(store).unwrap();
    assert_eq!((sequence(&record), record.device), (ROOTS as u64, Some(ROOTS as u32 - 1)));
    // One of a round of 24 each, of which 64 at most are kept at once: none was settled.
    for number in 0..writers {
        assert_eq!(record.settings[&format!("writer-{number}")], (ROOTS - 1).to_string());
        let own = (0..ROOTS as u8).map(|hash| sent((ROOTS + 1 + number) as u64, hash));
        assert!(own.into_iter().all(|sent| record.sent.contains(&sent)));
    }
}

#[test]
fn threads_lose_nothing() {
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let directory = block_on(DirectoryStore::open(one.path())).unwrap();
    let engine = Engine::open_directory(two.path(), EngineConfig::default()).unwrap();
    let stores: [Arc<dyn BlobStore>; 3] = [
        Arc::new(MemoryStore::new()),
        Arc::new(directory),
        Arc::new(EngineStore::new(engine).unwrap()),
    ];
    for store in stores {
        let barrier = Barrier::new(2);
        thread::scope(|scope| {
            for number in 0..2 {
                let (store, barrier) = (store.clone(), &barrier);
                scope.spawn(move || {
                    barrier.wait();
                    write(store, number, |_| ());
                });
            }
        });
        check(store, 2);
    }
}

fn child(test: &str, number: usize, root: &Path) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "--nocapture", &format!("processes_lose_nothing::{test}")])
        .env(CHILD_VARIABLE, format!("{number} {}", root.display()))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Writes if this is a child.
fn is_child() -> bool {
    let Some(given) = std::env::var(CHILD_VARIABLE).ok() else { return false };
    let (number, root) = given.split_once(' ').unwrap();
    let store = Arc::new(block_on(DirectoryStore::open(root)).unwrap());
    write(store, number.parse().unwrap(), |count| {
        println!("\nupdated {count}");
        std::io::stdout().flush().unwrap();
    });
    true
}

#[test]
fn processes_lose_nothing() {
    if is_child() {
        return;
    }
    let root = tempfile::tempdir().unwrap();
    let children: Vec<Child> =
        (0..WRITERS - 1).map(|it| child("processes_lose_nothing", it, root.path())).collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    check(Arc::new(block_on(DirectoryStore::open(root.path())).unwrap()), WRITERS - 1);
}

#[test]
fn a_killed_process_leaves_what_it_was_told() {
    if is_child() {
        return;
    }
    for end in [1, 2, 5, 11] {
        let root = tempfile::tempdir().unwrap();
        let mut child = child("a_killed_process_leaves_what_it_was_told", 0, root.path());
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let counts = lines.filter_map(|line| line.strip_prefix("updated ")?.parse::<usize>().ok());
        let mut last = 0;
        for count in counts {
            if count == end {
                child.kill().unwrap();
            }
            last = count;
        }
        child.wait().unwrap();
        assert!(last >= end);
        let store = Arc::new(block_on(DirectoryStore::open(root.path())).unwrap());
        let record = found(store.clone()).unwrap();
        let kept = std::str::from_utf8(&record.settings["writer-0"]).unwrap();
        assert!(kept.parse::<usize>().unwrap() + 1 >= last, "{kept}, {last}");
        // Whoever comes next goes on.
        write(store.clone(), 0, |_| ());
        check(store, 1);
    }
}
