//! The simulated disk: its files, their names, and which of the names are durable.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::image::Image;
use crate::disk::FileInfo;

pub(super) type FileId = u64;

/// What a name stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Node {
    File(FileId),
    Directory,
}

/// Whole names, `directory/file`; the root itself has none.
pub(super) type Names = BTreeMap<String, Node>;

#[derive(Debug, Clone, Default)]
pub(super) struct Model {
    pub(super) files: BTreeMap<FileId, Image>,
    /// What calls see.
    pub(super) names: Names,
    /// What a power cut can't take.
    pub(super) durable: Names,
    /// What a sync of the directory will make durable, oldest first.
    pub(super) unsynced: Vec<NameChange>,
    next_id: FileId,
}

/// A change of names in one directory that is not durable yet; all of it is kept or none.
#[derive(Debug, Clone)]
pub(super) struct NameChange {
    /// The number of the call that made it. The two halves of a rename from one directory into
    /// another share it, the one that sets the new name first.
    pub(super) number: u64,
    /// What each name stands for afterwards.
    pub(super) sets: Vec<(String, Option<Node>)>,
}

impl Model {
    pub(super) fn find(&self, name: &str) -> io::Result<FileId> {
        match self.names.get(name) {
            Some(Node::File(id)) => Ok(*id),
            Some(Node::Directory) => Err(io::ErrorKind::IsADirectory.into()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }

    pub(super) fn image(&mut self, id: FileId) -> io::Result<&mut Image> {
        self.files.get_mut(&id).ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    pub(super) fn create(&mut self, number: u64, name: &str) -> io::Result<FileId> {
        self.check_directory_of(name)?;
        if self.names.contains_key(name) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        let id = self.next_id;
        self.next_id += 1;
        self.files.insert(id, Image::default());
        self.set(number, vec![(name.to_owned(), Some(Node::File(id)))]);
        Ok(id)
    }

    pub(super) fn create_dir(&mut self, number: u64, name: &str) -> io::Result<()> {
        match self.names.get(name) {
            Some(Node::Directory) => Ok(()),
            Some(Node::File(_)) => Err(io::ErrorKind::AlreadyExists.into()),
            None => {
                self.set(number, vec![(name.to_owned(), Some(Node::Directory))]);
                Ok(())
            }
        }
    }

    pub(super) fn rename(&mut self, number: u64, from: &str, to: &str) -> io::Result<()> {
        let id = self.find(from)?;
        self.check_directory_of(to)?;
        if self.names.get(to) == Some(&Node::Directory) {
            return Err(io::ErrorKind::IsADirectory.into());
        }
        let is_set = (to.to_owned(), Some(Node::File(id)));
        let is_gone = (from.to_owned(), None);
        if from == to {
            return Ok(());
        }
        if directory_of(from) == directory_of(to) {
            self.set(number, vec![is_set, is_gone]);
        } else {
            self.set(number, vec![is_set]);
            self.set(number, vec![is_gone]);
        }
        Ok(())
    }

    pub(super) fn remove(&mut self, number: u64, name: &str) -> io::Result<()> {
        self.find(name)?;
        self.set(number, vec![(name.to_owned(), None)]);
        Ok(())
    }

    pub(super) fn list(&self, directory: &str) -> Vec<FileInfo> {
        let in_directory = self.names.iter().filter(|(name, _)| directory_of(name) == directory);
        in_directory
            .filter_map(|(name, node)| {
                let Node::File(id) = node else { return None };
                let len = self.files.get(id)?.cached.len() as u64;
                let name = name.rsplit('/').next().unwrap_or(name).to_owned();
                Some(FileInfo { name, len })
            })
            .collect()
    }

    /// Makes the names of a directory durable, and what they need elsewhere.
    pub(super) fn sync_dir(&mut self, directory: &str) -> io::Result<()> {
        if !directory.is_empty() && self.names.get(directory) != Some(&Node::Directory) {
            return Err(io::ErrorKind::NotFound.into());
        }
        let needs = self.needs();
        let mut is_synced: Vec<bool> =
            self.unsynced.iter().map(|change| change.directory() == directory).collect();
        for index in (0..is_synced.len()).rev() {
            if is_synced[index] {
                needs[index].iter().for_each(|needed| is_synced[*needed] = true);
            }
        }
        let mut later = Vec::new();
        for (change, is_synced) in std::mem::take(&mut self.unsynced).into_iter().zip(is_synced) {
            if is_synced {
                change.apply(&mut self.durable);
            } else {
                later.push(change);
            }
        }
        self.unsynced = later;
        self.sweep();
        Ok(())
    }

    /// For each unsynced change of names the earlier ones that must be durable with it: those of
    /// the same name, since a directory's entries are written in order; and for the half of a
    /// rename that takes the old name away the half that sets the new one, since no file system
    /// loses a file by renaming it.
    pub(super) fn needs(&self) -> Vec<Vec<usize>> {
        let is_needed = |earlier: &NameChange, later: &NameChange| {
            let is_other_half = earlier.number == later.number;
            let is_shared = |name| later.sets.iter().any(|(later_name, _)| later_name == name);
            is_other_half || earlier.sets.iter().any(|(name, _)| is_shared(name))
        };
        let changes = &self.unsynced;
        (0..changes.len())
            .map(|later| {
                (0..later)
                    .filter(|earlier| is_needed(&changes[*earlier], &changes[later]))
                    .collect()
            })
            .collect()
    }

    /// The files that have a name now, or could have one after a power cut.
    pub(super) fn reachable(&self) -> BTreeSet<FileId> {
        let set = self.unsynced.iter().flat_map(|change| &change.sets);
        let nodes = set.filter_map(|(_, node)| node.as_ref());
        let nodes = nodes.chain(self.names.values()).chain(self.durable.values());
        nodes
            .filter_map(|node| match node {
                Node::File(id) => Some(*id),
                Node::Directory => None,
            })
            .collect()
    }

    /// Forgets files without a name or handle.
    pub(super) fn sweep(&mut self) {
        let reachable = self.reachable();
        self.files.retain(|id, image| image.handles > 0 || reachable.contains(id));
    }

    /// A disk with nothing but these names and the files they stand for.
    pub(super) fn at_rest(&self, names: Names, files: BTreeMap<FileId, Image>) -> Self {
        let (durable, next_id) = (names.clone(), self.next_id);
        Self { files, names, durable, unsynced: Vec::new(), next_id }
    }

    /// As when the process that has the handles ends.
    pub(super) fn close_all(&mut self) {
        self.files.values_mut().for_each(|image| image.handles = 0);
        self.sweep();
    }

    /// How many bytes all files together have.
    pub(super) fn used_bytes(&self) -> u64 {
        self.files.values().map(|image| image.cached.len() as u64).sum()
    }

    /// How many handles are open.
    pub(super) fn open_handles(&self) -> usize {
        self.files.values().map(|image| image.handles).sum()
    }

    fn check_directory_of(&self, name: &str) -> io::Result<()> {
        let directory = directory_of(name);
        if directory.is_empty() || self.names.get(directory) == Some(&Node::Directory) {
            Ok(())
        } else {
            Err(io::ErrorKind::NotFound.into())
        }
    }

    fn set(&mut self, number: u64, sets: Vec<(String, Option<Node>)>) {
        let change = NameChange { number, sets };
        change.apply(&mut self.names);
        self.unsynced.push(change);
    }
}

impl NameChange {
    pub(super) fn apply(&self, names: &mut Names) {
        for (name, node) in &self.sets {
            match node {
                Some(node) => names.insert(name.clone(), *node),
                None => names.remove(name),
            };
        }
    }

    fn directory(&self) -> &str {
        self.sets.first().map_or("", |(name, _)| directory_of(name))
    }
}

impl std::fmt::Display for NameChange {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "call {}:", self.number)?;
        for (name, node) in &self.sets {
            let what = if node.is_some() { "set" } else { "taken away" };
            write!(formatter, " name {name} {what}")?;
        }
        Ok(())
    }
}

pub(super) fn directory_of(name: &str) -> &str {
    name.split_once('/').map_or("", |(directory, _)| directory)
}
