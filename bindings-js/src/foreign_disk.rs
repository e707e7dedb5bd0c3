//! An object of the host as a disk of the engine.
//!
//! Bytes are not copied: the host reads into this module's memory and writes out of it. A view of
//! that memory is the host's for one call alone.

use std::io;
use std::sync::Arc;

use js_sys::{Array, Function};
use sealwood::engine::disk::{
    Disk, DiskFile, DiskLock, FileInfo, LOCK_NAME, LockMode, OpenMode, check_directory,
    check_directory_or_root, check_name,
};
use wasm_bindgen::prelude::*;

use crate::convert::{SAFE_MAX, whole};
use crate::disk_error::{io_error, wrong};
use crate::foreign_store::member;

#[wasm_bindgen]
extern "C" {
    /// An object with the methods of a disk, none of which answers by a promise.
    pub type HostDisk;

    #[wasm_bindgen(method, catch)]
    fn open(this: &HostDisk, name: &str, mode: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn rename(this: &HostDisk, from: &str, to: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn remove(this: &HostDisk, name: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn list(this: &HostDisk, directory: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = createDirectory)]
    fn create_directory(this: &HostDisk, directory: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = syncDirectory)]
    fn sync_directory(this: &HostDisk, directory: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn lock(this: &HostDisk, mode: &str) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch, js_name = freeBytes)]
    fn free_bytes(this: &HostDisk) -> Result<JsValue, JsValue>;

    /// An open file of such a disk.
    type HostFile;

    #[wasm_bindgen(method, catch)]
    fn size(this: &HostFile) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn read(this: &HostFile, into: &mut [u8], offset: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn write(this: &HostFile, bytes: &[u8], offset: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn truncate(this: &HostFile, size: f64) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn sync(this: &HostFile) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn close(this: &HostFile) -> Result<JsValue, JsValue>;
}

/// The adapter. Names and modes are refused here; what is answered is not relied on.
pub(crate) struct ForeignDisk(pub(crate) HostDisk);

impl Disk for ForeignDisk {
    fn open(&self, name: &str, mode: OpenMode) -> io::Result<Arc<dyn DiskFile>> {
        check_name(name)?;
        let how = match mode {
            OpenMode::Read => "read",
            OpenMode::Write => "write",
            OpenMode::CreateNew => "createNew",
        };
        let file = settled(self.0.open(name, how))?;
        if !file.is_object() {
            return Err(wrong("open", "a file"));
        }
        Ok(Arc::new(ForeignFile { host: file.unchecked_into(), mode }))
    }

    fn rename(&self, from: &str, to: &str) -> io::Result<()> {
        check_name(from)?;
        check_name(to)?;
        settled(self.0.rename(from, to)).map(drop)
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        check_name(name)?;
        settled(self.0.remove(name)).map(drop)
    }

    /// Names that are none of a disk are somebody else's.
    fn list(&self, directory: &str) -> io::Result<Vec<FileInfo>> {
        check_directory_or_root(directory)?;
        let files = settled(self.0.list(directory))?;
        let files = files.dyn_into::<Array>().ok().and_then(|files| files_of(&files));
        let mut files = files.ok_or_else(|| wrong("list", "{ name: string, size: number }[]"))?;
        let is_name = |name: &str| {
            check_name(name).is_ok_and(|(above, _)| above.is_empty())
                || (name == LOCK_NAME && !directory.is_empty())
        };
        files.retain(|file| is_name(&file.name));
        files.sort_unstable_by(|left, right| left.name.cmp(&right.name));
        Ok(files)
    }

    fn create_dir(&self, directory: &str) -> io::Result<()> {
        check_directory(directory)?;
        settled(self.0.create_directory(directory)).map(drop)
    }

    fn sync_dir(&self, directory: &str) -> io::Result<()> {
        check_directory_or_root(directory)?;
        settled(self.0.sync_directory(directory)).map(drop)
    }

    fn lock(&self, mode: LockMode) -> io::Result<Box<dyn DiskLock>> {
        let how = match mode {
            LockMode::Exclusive => "exclusive",
            LockMode::Shared => "shared",
        };
        let free = settled(self.0.lock(how))?.dyn_into::<Function>();
        let free = free.map_err(|_| wrong("lock", "a function"))?;
        Ok(Box::new(ForeignLock(free)))
    }

    fn free_bytes(&self) -> io::Result<Option<u64>> {
        let free = settled(self.0.free_bytes())?;
        if free.is_undefined() || free.is_null() {
            return Ok(None);
        }
        whole(&free).map(Some).ok_or_else(|| wrong("freeBytes", "a whole number or nothing"))
    }
}

struct ForeignFile {
    host: HostFile,
    mode: OpenMode,
}

impl DiskFile for ForeignFile {
    fn len(&self) -> io::Result<u64> {
        let size = settled(self.host.size())?;
        whole(&size).ok_or_else(|| wrong("size", "a whole number"))
    }

    fn read_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
        check_end(offset, buffer.len())?;
        let mut read = 0;
        while read < buffer.len() {
            let rest = &mut buffer[read..];
            let left = rest.len();
            let count = self.host.read(rest, (offset + read as u64) as f64);
            match count_of("read", count, left)? {
                Some(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => read += count.unwrap_or(0),
            }
        }
        Ok(())
    }

    fn write_at(&self, offset: u64, bytes: &[u8]) -> io::Result<()> {
        self.mode.check_writes()?;
        check_end(offset, bytes.len())?;
        let mut written = 0;
        while written < bytes.len() {
            let rest = &bytes[written..];
            let count = self.host.write(rest, (offset + written as u64) as f64);
            match count_of("write", count, rest.len())? {
                Some(0) => return Err(io::ErrorKind::WriteZero.into()),
                count => written += count.unwrap_or(0),
            }
        }
        Ok(())
    }

    /// Nobody else grows the file meanwhile: there is one thread.
    fn append(&self, bytes: &[u8]) -> io::Result<u64> {
        self.mode.check_writes()?;
        let offset = self.len()?;
        self.write_at(offset, bytes)?;
        Ok(offset)
    }

    fn set_len(&self, len: u64) -> io::Result<()> {
        self.mode.check_writes()?;
        check_end(len, 0)?;
        settled(self.host.truncate(len as f64)).map(drop)
    }

    fn sync(&self) -> io::Result<()> {
        settled(self.host.sync()).map(drop)
    }
}

impl Drop for ForeignFile {
    fn drop(&mut self) {
        // Nobody could do anything about it: what is to be durable was synced before.
        let _ = self.host.close();
    }
}

/// Unlocks when it is dropped.
struct ForeignLock(Function);

impl DiskLock for ForeignLock {}

impl Drop for ForeignLock {
    fn drop(&mut self) {
        // What was not unlocked is locked until the process ends.
        let _ = self.0.call0(&JsValue::UNDEFINED);
    }
}

fn settled(answer: Result<JsValue, JsValue>) -> io::Result<JsValue> {
    answer.map_err(|thrown| io_error(&thrown))
}

/// How many of `left` bytes a call has moved; nothing if it was interrupted.
fn count_of(
    method: &str,
    answer: Result<JsValue, JsValue>,
    left: usize,
) -> io::Result<Option<usize>> {
    let count = match settled(answer) {
        Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(None),
        count => count?,
    };
    let count = whole(&count).filter(|count| *count <= left as u64);
    count.map(|count| Some(count as usize)).ok_or_else(|| wrong(method, "a count of bytes"))
}

/// Refuses an offset at which no file can end.
fn check_end(offset: u64, len: usize) -> io::Result<()> {
    let end = offset.checked_add(len as u64).filter(|end| *end <= SAFE_MAX);
    end.map(drop).ok_or_else(|| io::ErrorKind::InvalidInput.into())
}

fn files_of(files: &Array) -> Option<Vec<FileInfo>> {
    let file = |file: JsValue| {
        let name = member(&file, "name").as_string()?;
        Some(FileInfo { name, len: whole(&member(&file, "size"))? })
    };
    files.iter().map(file).collect()
}
