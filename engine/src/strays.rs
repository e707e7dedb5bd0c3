//! Whether the files on the disk are those that are accounted for. Tests ask after everything they
//! do; apps have [`vacuum`](super::vacuum) and [`verify`](super::verify).

use std::collections::BTreeSet;

use super::files::{self, number_of, segment_of};
use super::frame::FrameRef;
use super::shared::Shared;
use super::sync::lock;
use super::values::file_name;
use crate::error::Result;
use crate::segment_id::SegmentId;

impl Shared {
    /// The files that are there and that nothing accounts for, and those that are accounted for
    /// and are not there: both empty when no work is under way.
    pub(crate) fn stray_files(&self) -> Result<Vec<String>> {
        let checkpoints = lock(&self.checkpoints);
        let (snapshot, segments) = {
            let state = self.read();
            let segments: BTreeSet<SegmentId> = state.segments.keys().copied().collect();
            (state.tree.snapshot(), segments)
        };
        let mut stray = Vec::new();
        let list = |directory: &str| self.disk.list(directory).map_err(files::io_error);
        for info in list(files::LOG)? {
            if segment_of(&info.name).is_none_or(|number| !segments.contains(&number)) {
                stray.push(format!("{}/{}", files::LOG, info.name));
            }
        }
        let mut reached = BTreeSet::new();
        snapshot.frames_below(&*self.frames, &mut |frame: FrameRef| {
            reached.insert(frame.file);
        })?;
        reached.extend(checkpoints.published.map(|published| published.catalog.file));
        reached.extend(checkpoints.catalog.hashes.values().map(|stored| stored.frame.file));
        let mut there = BTreeSet::new();
        for info in list(files::FRAMES)? {
            match number_of(&info.name) {
                Some(number) => {
                    there.insert(number);
                }
                None => stray.push(format!("{}/{}", files::FRAMES, info.name)),
            }
        }
        stray.extend(there.symmetric_difference(&reached).map(|it| files::frame_file_name(*it)));
        for value in self.values.list()? {
            if self.reading(|state| state.references(&value))? == 0 {
                stray.push(file_name(&value));
            }
        }
        Ok(stray)
    }
}
