//! What a directory store promises beyond the contract: several processes, what is left after a
//! failure, what the disk holds.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use futures_lite::future::block_on;
use sealwood::Error;
use sealwood::blob::{BlobStore, DirectoryStore, ETag, Precondition};

const PROCESSES: usize = 3;
const UPDATES_PER_PROCESS: usize = 60;
/// Tells a process of this test where to count: it is a child then.
const CHILD_VARIABLE: &str = "SEALWOOD_TEST_DIRECTORY";

fn open(root: &Path) -> DirectoryStore {
    block_on(DirectoryStore::open(root)).unwrap()
}

fn put(store: &DirectoryStore, key: &str, bytes: &str, condition: Precondition) -> ETag {
    block_on(store.put(key, bytes.to_owned().into(), condition)).unwrap()
}

fn count_of(path: &Path) -> usize {
    fs::read_dir(path).unwrap().count()
}

#[test]
fn several_processes_lose_no_update() {
    if let Some(root) = std::env::var_os(CHILD_VARIABLE) {
        return count_as_child(Path::new(&root));
    }
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    put(&store, "counter", "0", Precondition::Absent);
    let children: Vec<Child> = (0..PROCESSES)
        .map(|_| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "several_processes_lose_no_update"])
                .env(CHILD_VARIABLE, root.path())
                .stdout(Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let counted = block_on(store.get("counter")).unwrap().bytes;
    assert_eq!(counted, (PROCESSES * UPDATES_PER_PROCESS).to_string());
    // Each object was created by one process: no win was had twice.
    let wins = block_on(store.list("wins/", None, 1000)).unwrap().objects;
    assert_eq!(wins.len(), PROCESSES);
    let wins = wins.iter().map(|object| {
        let won = block_on(store.get(&object.key)).unwrap().bytes;
        std::str::from_utf8(&won).unwrap().parse::<usize>().unwrap()
    });
    assert_eq!(wins.sum::<usize>(), UPDATES_PER_PROCESS);
    assert_eq!(count_of(&root.path().join("tmp")), 0);
}

/// Counts in rounds, and in each tries to create an object that only one process may create.
fn count_as_child(root: &Path) {
    let store = open(root);
    let mut wins = 0;
    for round in 0..UPDATES_PER_PROCESS {
        wins += usize::from(claim(&store, round));
        while !count_one(&store) {}
    }
    let key = format!("wins/{}", std::process::id());
    put(&store, &key, &wins.to_string(), Precondition::Absent);
}

fn claim(store: &DirectoryStore, round: usize) -> bool {
    let key = format!("claims/{}/{round}", round % 4);
    match block_on(store.put(&key, "x".into(), Precondition::Absent)) {
        Ok(_) => true,
        Err(Error::PreconditionFailed) => false,
        Err(error) => panic!("{error}"),
    }
}

fn count_one(store: &DirectoryStore) -> bool {
    let found = block_on(store.get("counter")).unwrap();
    let count: usize = std::str::from_utf8(&found.bytes).unwrap().parse().unwrap();
    let next = (count + 1).to_string();
    match block_on(store.put("counter", next.into(), Precondition::Matches(found.etag))) {
        Ok(_) => true,
        Err(Error::PreconditionFailed) => false,
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn objects_outlive_the_store() {
    let root = tempfile::tempdir().unwrap();
    let etag = put(&open(root.path()), "a/b", "kept", Precondition::None);
    let found = block_on(open(root.path()).get("a/b")).unwrap();
    assert_eq!((found.bytes.as_ref(), found.etag), (&b"kept"[..], etag));
}

#[test]
fn a_relative_root_and_missing_ancestors_are_made() {
    let base = tempfile::tempdir().unwrap();
    let root = base.path().join("x/y/../z");
    fs::create_dir_all(base.path().join("x/y")).unwrap();
    put(&open(&root), "a", "x", Precondition::None);
    assert!(base.path().join("x/z/objects/a").is_file());
}

#[test]
fn a_failed_put_leaves_nothing_behind() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    // Something that is none of the store's stands where the object would go.
    fs::create_dir_all(root.path().join("objects/a/inside")).unwrap();
    let refused = block_on(store.put("a", "x".into(), Precondition::None)).unwrap_err();
    assert_eq!(refused.code(), "store-failed");
    fs::write(root.path().join("objects/b="), "x").unwrap();
    let refused = block_on(store.put("b/c", "x".into(), Precondition::None)).unwrap_err();
    assert_eq!(refused.code(), "store-failed");
    assert_eq!(count_of(&root.path().join("tmp")), 0);
}

#[test]
fn a_refused_precondition_leaves_nothing_behind() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    put(&store, "a", "x", Precondition::None);
    let refused = block_on(store.put("a", "y".into(), Precondition::Absent)).unwrap_err();
    assert_eq!(refused.code(), "precondition-failed");
    let stale = Precondition::Matches(ETag("stale".into()));
    let refused = block_on(store.put("no/such/object", "y".into(), stale)).unwrap_err();
    assert_eq!(refused.code(), "precondition-failed");
    assert_eq!(count_of(&root.path().join("tmp")), 0);
    assert_eq!(count_of(&root.path().join("objects")), 1);
}

#[test]
fn opening_sweeps_old_bodies_and_spares_new_ones() {
    let root = tempfile::tempdir().unwrap();
    drop(open(root.path()));
    let (old, new) = (root.path().join("tmp/old"), root.path().join("tmp/new"));
    fs::write(&old, "abandoned").unwrap();
    fs::write(&new, "being written").unwrap();
    let two_days_ago = SystemTime::now() - Duration::from_secs(2 * 24 * 60 * 60);
    fs::File::options().write(true).open(&old).unwrap().set_modified(two_days_ago).unwrap();
    drop(open(root.path()));
    assert!(!old.exists());
    assert!(new.exists());
}

#[test]
fn a_listing_shows_objects_and_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    put(&store, "a/b", "x", Precondition::None);
    for foreign in ["tmp/0", "objects/.DS_Store", "objects/a=/B", "objects/upper.txt"] {
        fs::write(root.path().join(foreign), "x").unwrap();
    }
    fs::create_dir(root.path().join("objects/lost+found")).unwrap();
    fs::create_dir(root.path().join("objects/empty=")).unwrap();
    let page = block_on(store.list("", None, 10)).unwrap();
    let keys: Vec<_> = page.objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["a/b"]);
    assert_eq!(page.next, None);
}

/// On a disk of 256 KiB, mounted by the test in a namespace of its own.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "mounts a small tmpfs: needs util-linux and user namespaces or root"]
fn a_full_disk_has_its_own_error() {
    if let Some(root) = std::env::var_os(CHILD_VARIABLE) {
        return fill_as_child(Path::new(&root));
    }
    let disk = tempfile::tempdir().unwrap();
    let script = r#"mount -t tmpfs -o size=256k tmpfs "$1" && exec "$2" --ignored --exact "$3""#;
    let status = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-ec", script, "sh"])
        .args([disk.path(), &std::env::current_exe().unwrap()])
        .arg("a_full_disk_has_its_own_error")
        .env(CHILD_VARIABLE, disk.path())
        .stdout(Stdio::null())
        .status()
        .unwrap();
    assert!(status.success());
}

#[cfg(target_os = "linux")]
fn fill_as_child(root: &Path) {
    let store = open(root);
    let kept = put(&store, "root", "kept", Precondition::None);
    for _ in 0..3 {
        let too_much = vec![1; 300 << 10].into();
        let refused = block_on(store.put("root", too_much, Precondition::None)).unwrap_err();
        assert_eq!(refused.code(), "store-full");
        assert_eq!(count_of(&root.join("tmp")), 0);
        assert_eq!(block_on(store.get("root")).unwrap().etag, kept);
    }
    // Room that was given back can be used.
    let fits = vec![1; 100 << 10].into();
    block_on(store.put("root", fits, Precondition::Matches(kept))).unwrap();
}
