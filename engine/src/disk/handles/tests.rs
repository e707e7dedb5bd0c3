//! How many files are opened and kept.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

use super::super::{DiskLock, FileInfo, LockMode, MemoryDisk};
use super::*;

/// A disk that counts opens, runs something during one, and has a limit of open files.
#[derive(Default)]
struct Counting {
    inner: MemoryDisk,
    opens: AtomicUsize,
    open_now: Arc<AtomicUsize>,
    limit: Option<usize>,
    during_open: Mutex<Option<Box<dyn FnOnce() + Send>>>,
}

struct Counted {
    inner: Arc<dyn DiskFile>,
    open_now: Arc<AtomicUsize>,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.open_now.fetch_sub(1, SeqCst);
    }
}

impl DiskFile for Counted {
    fn len(&self) -> io::Result<u64> {
        self.inner.len()
    }
    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        self.inner.read_at(offset, buffer)
    }
    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.inner.write_at(offset, bytes)
    }
    fn append(&self, bytes: &[u8]) -> io::Result<u64> {
        self.inner.append(bytes)
    }
    fn set_len(&self, len: u64) -> io::Result<()> {
        self.inner.set_len(len)
    }
    fn sync(&self) -> io::Result<()> {
        self.inner.sync()
    }
}

impl Disk for Counting {
    fn open(&self, name: &str, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        self.opens.fetch_add(1, SeqCst);
        if self.limit.is_some_and(|limit| self.open_now.load(SeqCst) >= limit) {
            return Err(super::super::too_many_open_files());
        }
        let inner = self.inner.open(name, mode)?;
        self.open_now.fetch_add(1, SeqCst);
        if let Some(work) = self.during_open.lock().unwrap().take() {
            work();
        }
        Ok(Arc::new(Counted { inner, open_now: self.open_now.clone() }))
    }
    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        self.inner.rename(from, to)
    }
    fn remove(&self, name: &str) -> io::Result<()> {
        self.inner.remove(name)
    }
    fn list(&self, directory: &str) -> io::Result<Vec<FileInfo>> {
        self.inner.list(directory)
    }
    fn create_dir(&self, directory: &str) -> io::Result<()> {
        self.inner.create_dir(directory)
    }
    fn sync_dir(&self, directory: &str) -> io::Result<()> {
        self.inner.sync_dir(directory)
    }
    fn lock(&self, mode: LockMode) -> io::Result<Box<dyn DiskLock>> {
        self.inner.lock(mode)
    }
    fn free_bytes(&self) -> io::Result<Option<u64>> {
        self.inner.free_bytes()
    }
}

fn with_files(limit: Option<usize>) -> Arc<Counting> {
    let disk = Counting { limit, ..Counting::default() };
    for name in ["a", "b", "c"] {
        disk.inner.open(name, OpenMode::CreateNew).unwrap().append(name.as_bytes()).unwrap();
    }
    Arc::new(disk)
}

fn first_byte(file: &dyn DiskFile) -> u8 {
    let mut byte = [0];
    file.read_at(0, &mut byte).unwrap();
    byte[0]
}

#[test]
fn a_kept_file_is_opened_once_and_the_one_unused_longest_leaves() {
    let disk = with_files(None);
    let handles = Handles::new(disk.clone(), 2);
    for name in ["a", "b", "a", "c", "a"] {
        assert_eq!(first_byte(&*handles.read(name).unwrap()), name.as_bytes()[0]);
        assert!(disk.open_now.load(SeqCst) <= 2);
    }
    assert_eq!(disk.opens.load(SeqCst), 3);
    handles.read("b").unwrap();
    assert_eq!(disk.opens.load(SeqCst), 4, "c came after b was used last");
}

#[test]
fn none_is_kept_with_a_bound_of_none() {
    let disk = with_files(None);
    let handles = Handles::new(disk.clone(), 0);
    handles.read("a").unwrap();
    handles.keep("b", disk.open("b", OpenMode::Read).unwrap());
    assert_eq!(disk.open_now.load(SeqCst), 0);
}

#[test]
fn a_forgotten_name_is_opened_again() {
    let disk = with_files(None);
    let handles = Handles::new(disk.clone(), 8);
    let old = handles.read("a").unwrap();
    disk.rename("b", "a").unwrap();
    handles.forget("a");
    assert_eq!(first_byte(&*handles.read("a").unwrap()), b'b');
    assert_eq!(first_byte(&*old), b'a');
}

#[test]
fn a_file_forgotten_or_replaced_while_it_is_opened_is_not_kept() {
    let disk = with_files(None);
    let handles = Arc::new(Handles::new(disk.clone(), 8));
    let (forgetting, replacing) = (handles.clone(), handles.clone());
    *disk.during_open.lock().unwrap() = Some(Box::new(move || forgetting.forget("a")));
    handles.read("a").unwrap();
    assert_eq!(disk.open_now.load(SeqCst), 0);
    let newer = disk.inner.open("c", OpenMode::Read).unwrap();
    *disk.during_open.lock().unwrap() = Some(Box::new(move || replacing.keep("a", newer)));
    handles.read("a").unwrap();
    assert_eq!(first_byte(&*handles.read("a").unwrap()), b'c');
}

#[test]
fn too_many_open_files_gives_up_what_is_kept_once() {
    let disk = with_files(Some(2));
    let handles = Handles::new(disk.clone(), 8);
    for name in ["a", "b", "c"] {
        assert_eq!(first_byte(&*handles.read(name).unwrap()), name.as_bytes()[0]);
    }
    assert_eq!(disk.open_now.load(SeqCst), 1);
    let others = [handles.read("c").unwrap(), handles.read("a").unwrap()];
    let error = handles.read("b").err().unwrap();
    assert!(is_too_many_open_files(&error), "{error}");
    drop(others);
    assert!(handles.read("b").is_ok());
}
