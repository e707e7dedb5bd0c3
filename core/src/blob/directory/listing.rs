//! Objects in the order of their keys, from directories in no order.
//!
//! A directory is read as often as it takes to find its smallest names, a page at a time, so that
//! memory holds pages and never a directory.

use std::collections::BinaryHeap;
use std::fs;
use std::io;
use std::path::Path;

use super::DIRECTORY_MARK;
use super::read::meta_of;
use crate::blob::key::is_key_byte;
use crate::blob::{ObjectMeta, ObjectPage};

/// One page of the objects below the directory `objects`.
pub(super) fn list(
    objects: &Path,
    prefix: &str,
    start_after: Option<&str>,
    limit: usize,
) -> io::Result<ObjectPage> {
    let mut walk =
        Walk { prefix, start_after: start_after.unwrap_or(""), limit, found: Vec::new() };
    // Everything with this prefix is below one directory.
    let mut top = objects.to_owned();
    let above = prefix.rfind('/').map_or("", |slash| &prefix[..=slash]);
    top.extend(above.split_terminator('/').map(|segment| format!("{segment}{DIRECTORY_MARK}")));
    walk.visit(&top, above)?;
    let mut found = walk.found;
    let mut next = None;
    if found.len() > limit {
        found.truncate(limit);
        next = found.last().map(|last| last.key.clone());
    }
    Ok(ObjectPage { objects: found, next })
}

struct Walk<'a> {
    prefix: &'a str,
    start_after: &'a str,
    limit: usize,
    /// Up to one more than the limit, which tells that there is a next page.
    found: Vec<ObjectMeta>,
}

impl Walk<'_> {
    /// Visits the objects below `directory`, whose keys start with `above`.
    fn visit(&mut self, directory: &Path, above: &str) -> io::Result<()> {
        let mut after = String::new();
        loop {
            let names = self.smallest_names(directory, above, &after)?;
            let is_last_page = names.len() <= self.limit;
            for name in &names {
                if self.is_done() {
                    return Ok(());
                }
                match name.strip_suffix('/') {
                    Some(segment) => {
                        let below = directory.join(format!("{segment}{DIRECTORY_MARK}"));
                        self.visit(&below, &format!("{above}{name}"))?;
                    }
                    None => self.push(&directory.join(name), format!("{above}{name}"))?,
                }
            }
            match names.into_iter().next_back() {
                Some(last) if !is_last_page && !self.is_done() => after = last,
                _ => return Ok(()),
            }
        }
    }

    /// The smallest names of `directory` after `after` that may matter, ascending; directories
    /// end in `/`, which puts each name where its keys belong. No more than a page and one.
    fn smallest_names(
        &self,
        directory: &Path,
        above: &str,
        after: &str,
    ) -> io::Result<Vec<String>> {
        let mut smallest = BinaryHeap::new();
        let entries = match fs::read_dir(directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        for entry in entries {
            let Some(name) = name_of(&entry?)? else { continue };
            if name.as_str() > after && self.may_matter(&format!("{above}{name}")) {
                smallest.push(name);
                if smallest.len() > self.limit + 1 {
                    smallest.pop();
                }
            }
        }
        Ok(smallest.into_sorted_vec())
    }

    /// Whether `path`, a key or the common start of keys, is or holds something asked for.
    fn may_matter(&self, path: &str) -> bool {
        let may_come_after =
            path > self.start_after || (path.ends_with('/') && self.start_after.starts_with(path));
        path.starts_with(self.prefix) && may_come_after
    }

    fn push(&mut self, path: &Path, key: String) -> io::Result<()> {
        // Deleted since its name was read, if there is none.
        self.found.extend(meta_of(path, key)?);
        Ok(())
    }

    fn is_done(&self) -> bool {
        self.found.len() > self.limit
    }
}

/// The segment of a key that an entry stands for, with `/` if keys go on below it; nothing for
/// what is none of the store's.
fn name_of(entry: &fs::DirEntry) -> io::Result<Option<String>> {
    let Ok(mut name) = entry.file_name().into_string() else { return Ok(None) };
    let is_directory = match entry.file_type() {
        Ok(kind) if kind.is_dir() || kind.is_file() => kind.is_dir(),
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    if is_directory != name.ends_with(DIRECTORY_MARK) {
        return Ok(None);
    }
    if is_directory {
        name.pop();
    }
    let is_segment = !name.is_empty() && name.bytes().all(is_key_byte);
    if is_directory {
        name.push('/');
    }
    Ok(is_segment.then_some(name))
}
