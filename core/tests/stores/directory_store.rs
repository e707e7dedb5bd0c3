//! What a directory store promises beyond the contract: several processes, what is left after a
//! failure, what the disk holds.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime};

use futures_lite::future::block_on;
use sealwood::Error;
use sealwood::blob::{BlobStore, DirectoryStore, ETag, Precondition};

#[cfg(target_os = "linux")]
use crate::common::small_disk::on_small_disk;

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
                .args(["--exact", "directory_store::several_processes_lose_no_update"])
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

/// The result of work that a pipe or an endless file could keep for ever.
#[cfg(unix)]
fn ends<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || sender.send(work()));
    receiver.recv_timeout(Duration::from_secs(60)).expect("it must neither wait nor read for ever")
}

#[cfg(unix)]
fn make_pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().unwrap().success());
}

#[cfg(unix)]
#[test]
fn what_is_no_regular_file_is_no_object() {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    let path = |name: &str| root.path().join("objects").join(name);
    put(&store, "object", "x", Precondition::None);
    make_pipe(&path("pipe"));
    symlink("/dev/zero", path("endless")).unwrap();
    symlink(path("object"), path("link")).unwrap();
    symlink(path("nothing"), path("dangling")).unwrap();
    let _socket = UnixListener::bind(path("socket")).unwrap();
    fs::create_dir(path("directory")).unwrap();

    let page = ends({
        let store = store.clone();
        move || block_on(store.list("", None, 100)).unwrap()
    });
    let keys: Vec<_> = page.objects.iter().map(|object| object.key.as_str()).collect();
    assert_eq!(keys, ["object"]);
    for key in ["pipe", "endless", "link", "dangling", "socket", "directory"] {
        let store = store.clone();
        ends(move || {
            let codes = [
                block_on(store.get(key)).unwrap_err().code(),
                block_on(store.get_range(key, 0, 1)).unwrap_err().code(),
                block_on(store.compare(key, "x".into())).unwrap_err().code(),
            ];
            assert_eq!(codes, ["object-corrupt"; 3], "{key}");
            assert_eq!(block_on(store.head(key)).unwrap(), None, "{key}");
            let stale = Precondition::Matches(ETag::of_content(b"x"));
            let refused = block_on(store.put(key, "y".into(), stale)).unwrap_err();
            assert_eq!(refused.code(), "precondition-failed", "{key}");
            if key != "directory" {
                put(&store, key, "healed", Precondition::Absent);
                assert_eq!(block_on(store.get(key)).unwrap().bytes, "healed", "{key}");
            }
        });
    }
    assert_eq!(fs::read(path("object")).unwrap(), b"x", "no link was written through");
}

#[cfg(unix)]
#[test]
fn a_pipe_in_place_of_the_lock_is_refused() {
    let root = tempfile::tempdir().unwrap();
    drop(open(root.path()));
    fs::remove_file(root.path().join("lock")).unwrap();
    make_pipe(&root.path().join("lock"));
    let root = root.path().to_owned();
    let refused = ends(move || block_on(DirectoryStore::open(root)).unwrap_err());
    assert_eq!(refused.code(), "store-failed");
}

#[test]
fn no_more_is_read_than_an_object_may_have() {
    const LIMIT: u64 = 64 << 20;
    let root = tempfile::tempdir().unwrap();
    let store = open(root.path());
    // Without blocks on the disk.
    let file = fs::File::create(root.path().join("objects/large")).unwrap();
    file.set_len(LIMIT + 1).unwrap();
    assert_eq!(block_on(store.get("large")).unwrap_err().code(), "object-corrupt");
    let whole = block_on(store.get_range("large", 0, u64::MAX)).unwrap_err();
    assert_eq!(whole.code(), "object-corrupt");
    let stale = Precondition::Matches(ETag::of_content(b"x"));
    let refused = block_on(store.put("large", "y".into(), stale)).unwrap_err();
    assert_eq!(refused.code(), "precondition-failed");
    file.set_len(LIMIT).unwrap();
    assert_eq!(block_on(store.get("large")).unwrap().bytes.len() as u64, LIMIT);
    let over = vec![0; LIMIT as usize + 1];
    let refused = block_on(store.put("over", over.into(), Precondition::None)).unwrap_err();
    assert_eq!(refused.code(), "invalid-argument");
}

/// The modes of a directory and of all below it, by path.
#[cfg(unix)]
fn modes(root: &Path) -> Vec<(std::path::PathBuf, u32)> {
    use std::os::unix::fs::PermissionsExt;

    let metadata = fs::metadata(root).unwrap();
    let mut found = vec![(root.to_owned(), metadata.permissions().mode() & 0o777)];
    if metadata.is_dir() {
        for entry in fs::read_dir(root).unwrap() {
            found.extend(modes(&entry.unwrap().path()));
        }
    }
    found
}

#[cfg(unix)]
#[test]
fn files_are_their_owners_alone_whatever_the_umask() {
    if let Some(root) = std::env::var_os(CHILD_VARIABLE) {
        let store = open(Path::new(&root));
        put(&store, "a/b", "x", Precondition::None);
        put(&store, "a/b", "y", Precondition::None);
        return;
    }
    for umask in ["000", "022", "077"] {
        let base = tempfile::tempdir().unwrap();
        let root = base.path().join("above/store");
        let status = Command::new("sh")
            .args(["-ec", r#"umask "$1"; exec "$2" --exact "$3""#, "sh", umask])
            .arg(std::env::current_exe().unwrap())
            .arg("directory_store::files_are_their_owners_alone_whatever_the_umask")
            .env(CHILD_VARIABLE, &root)
            .stdout(Stdio::null())
            .status()
            .unwrap();
        assert!(status.success());
        let found = modes(&base.path().join("above"));
        assert!(found.len() >= 6, "{found:?}");
        for (path, mode) in found {
            let expected = if path.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(mode, expected, "{} under {umask}", path.display());
        }
    }
}

#[cfg(unix)]
#[test]
fn a_store_with_wider_modes_is_used_as_it_is() {
    use std::os::unix::fs::PermissionsExt;

    let root = tempfile::tempdir().unwrap();
    put(&open(root.path()), "a/b", "x", Precondition::None);
    for (path, _) in modes(root.path()) {
        let mode = if path.is_dir() { 0o755 } else { 0o644 };
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let store = open(root.path());
    assert_eq!(block_on(store.get("a/b")).unwrap().bytes, "x");
    put(&store, "a/c", "y", Precondition::Absent);
    let mode_of =
        |name: &str| fs::metadata(root.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode_of("objects/a="), 0o755);
    assert_eq!(mode_of("objects/a=/b"), 0o644);
    assert_eq!(mode_of("objects/a=/c"), 0o600, "what is new is private");
}

/// On a disk of 256 KiB, mounted by the test in a namespace of its own.
#[cfg(target_os = "linux")]
#[test]
#[ignore = "mounts a small tmpfs: needs util-linux and user namespaces or root"]
fn a_full_disk_has_its_own_error() {
    if let Some(root) = on_small_disk("256k", "directory_store::a_full_disk_has_its_own_error") {
        fill(&root);
    }
}

#[cfg(target_os = "linux")]
fn fill(root: &Path) {
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
