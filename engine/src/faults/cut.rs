//! What a power cut leaves of the simulated disk.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::Arc;

use super::FaultDisk;
use super::image::{ContentChange, ContentChangeKind, Fate, Image};
use super::model::{FileId, Model, NameChange, Node, directory_of};
use super::plan::{Choice, plans};

/// The disks that a power cut can leave, made one by one as they are asked for.
#[derive(Debug)]
pub struct CrashStates {
    before: Model,
    changes: Vec<Place>,
    plans: std::vec::IntoIter<Vec<Fate>>,
}

/// Where an unsynced change is.
#[derive(Debug, Clone, Copy)]
enum Place {
    Name(usize),
    Content(FileId, usize),
}

enum Change<'a> {
    Name(&'a NameChange),
    Content(&'a ContentChange),
}

impl CrashStates {
    pub(super) fn new(before: Model, bound: usize) -> Self {
        let reachable = before.reachable();
        let names = (0..before.unsynced.len()).map(Place::Name);
        let contents =
            before.files.iter().filter(|(id, _)| reachable.contains(id)).flat_map(|(id, image)| {
                (0..image.unsynced.len()).map(|index| Place::Content(*id, index))
            });
        let mut changes: Vec<_> = names.chain(contents).collect();
        changes.sort_by_key(|place| change(&before, *place).map(|change| change.number()));
        let choices = choices(&before, &changes);
        Self { before, changes, plans: plans(&choices, bound).into_iter() }
    }

    /// The disk after a cut that deals with the changes as `plan` says, and what it lost.
    fn state(&self, plan: &[Fate]) -> (Model, String) {
        let mut origin = String::new();
        let mut names = self.before.durable.clone();
        let mut fates: BTreeMap<FileId, Vec<Fate>> = BTreeMap::new();
        for (place, fate) in self.changes.iter().zip(plan) {
            let Some(change) = change(&self.before, *place) else { continue };
            if *fate != Fate::Kept {
                // Writing to a string does not fail.
                let _ = writeln!(origin, "{change}: {fate:?}");
            }
            match (place, change) {
                (Place::Content(id, _), _) => fates.entry(*id).or_default().push(*fate),
                (_, Change::Name(change)) if *fate == Fate::Kept => change.apply(&mut names),
                _ => {}
            }
        }
        let directories: Vec<_> = names
            .iter()
            .filter(|(_, node)| **node == Node::Directory)
            .map(|(name, _)| name.clone())
            .collect();
        names.retain(|name, _| {
            let directory = directory_of(name);
            directory.is_empty() || directories.iter().any(|found| found == directory)
        });
        let mut files = BTreeMap::new();
        for node in names.values() {
            let Node::File(id) = node else { continue };
            let Some(image) = self.before.files.get(id) else { continue };
            files.insert(*id, after_cut(image, fates.get(id).map_or(&[], Vec::as_slice)));
        }
        (self.before.at_rest(names, files), origin)
    }
}

impl Iterator for CrashStates {
    type Item = FaultDisk;

    fn next(&mut self) -> Option<FaultDisk> {
        let plan = self.plans.next()?;
        let (model, origin) = self.state(&plan);
        Some(FaultDisk::of(model, origin))
    }
}

/// The file at rest; it shares the durable bytes if nothing else of it is kept.
fn after_cut(image: &Image, fates: &[Fate]) -> Image {
    let is_changed = fates.iter().any(|fate| *fate != Fate::Lost);
    // Every change was possible once; should memory have no room for them now, all are lost.
    match is_changed.then(|| image.after_cut(fates)) {
        Some(Ok(bytes)) => Image::at_rest(Arc::new(bytes)),
        _ => Image::at_rest(image.durable.clone()),
    }
}

fn change(model: &Model, place: Place) -> Option<Change<'_>> {
    match place {
        Place::Name(index) => model.unsynced.get(index).map(Change::Name),
        Place::Content(id, index) => model.files.get(&id)?.unsynced.get(index).map(Change::Content),
    }
}

fn choices(model: &Model, changes: &[Place]) -> Vec<Choice> {
    let mut needs = model.needs();
    let position = |name: usize| {
        changes.iter().position(|place| matches!(place, Place::Name(index) if *index == name))
    };
    changes
        .iter()
        .map(|place| match (place, change(model, *place)) {
            (_, Some(Change::Content(change))) => Choice {
                is_write: matches!(change.kind, ContentChangeKind::Write { .. }),
                bounds: change.sector_bounds(),
                needs: Vec::new(),
            },
            (Place::Name(index), _) => Choice {
                needs: std::mem::take(&mut needs[*index])
                    .into_iter()
                    .filter_map(position)
                    .collect(),
                ..Choice::default()
            },
            _ => Choice::default(),
        })
        .collect()
}

impl Change<'_> {
    fn number(&self) -> u64 {
        match self {
            Change::Name(change) => change.number,
            Change::Content(change) => change.number,
        }
    }
}

impl std::fmt::Display for Change<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Change::Name(change) => change.fmt(formatter),
            Change::Content(change) => change.fmt(formatter),
        }
    }
}
