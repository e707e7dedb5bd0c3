//! Room on the disk for the tests: what builds leave behind is bounded, and a disk that is too
//! full is said before the first part runs and not by whichever test meets it.

use std::path::{Path, PathBuf};
use std::{fs, io};

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;

const GIB: u64 = 1 << 30;

/// The bytes of built files above which those of older runs are removed. One run of all parts from
/// nothing leaves about half of it, without the files of incremental builds.
const MOST_BUILT: u64 = 24 * GIB;

/// The free bytes that every run is given: the tests write a few gigabytes of their own.
const LEAST_FREE: u64 = 8 * GIB;

/// The tag of a directory that may be emptied at any time.
const TAG: &str = "CACHEDIR.TAG";

/// What every tag begins with.
const TAG_SIGNATURE: &str = "Signature: 8a477f597d28d172789f06886806bc55";

/// How cargo's tags say whose they are.
const TAG_MAKER: &str = "created by cargo";

/// What the disk has to give.
struct Room {
    built: u64,
    free: u64,
}

impl Room {
    /// Whether what was built has to go.
    fn is_short(&self) -> bool {
        self.built > MOST_BUILT || self.free < LEAST_FREE
    }
}

/// Removes what older builds left, the least useful first, while it is too much or while the disk
/// is too full. Fails where that is not enough, and where it would have to empty a directory that
/// cargo did not make.
pub(crate) fn make_room(workspace: &Workspace) -> Result<()> {
    let target = workspace.target_directory();
    make(&target).with_context(|| format!("cannot create {}", target.display()))?;
    let free = || fs4::available_space(&target).context("cannot ask for the disk's free space");
    make_room_in(&[target.clone(), workspace.cache().root().join("mutants/target")], free)
}

fn make_room_in(built: &[PathBuf], free: impl Fn() -> Result<u64>) -> Result<()> {
    let room = || -> Result<Room> {
        let sizes = built.iter().map(|directory| bytes_below(directory));
        Ok(Room { built: sizes.sum::<io::Result<u64>>()?, free: free()? })
    };
    for remove in [remove_incremental, remove_built] {
        let found = room()?;
        if !found.is_short() {
            return Ok(());
        }
        println!(
            "{} GiB are built and {} GiB free: removing what older builds left",
            found.built / GIB,
            found.free / GIB,
        );
        for directory in built {
            check_is_cargos(directory)?;
            remove(directory).with_context(|| format!("cannot empty {}", directory.display()))?;
        }
    }
    let left = room()?.free;
    if left < LEAST_FREE {
        bail!("the tests need {} GiB of free disk, there are {}", LEAST_FREE / GIB, left / GIB);
    }
    Ok(())
}

/// Makes a target directory where there is none, with the tag that cargo gives to those it makes.
fn make(target: &Path) -> io::Result<()> {
    if target.is_dir() {
        return Ok(());
    }
    fs::create_dir_all(target)?;
    let tag = format!("{TAG_SIGNATURE}\n# This file is a cache directory tag {TAG_MAKER} xtask.\n");
    fs::write(target.join(TAG), tag)
}

/// Fails if something is in `target` and cargo did not make it: whoever names a directory of their
/// own in `CARGO_TARGET_DIR` must not lose what they have there.
fn check_is_cargos(target: &Path) -> Result<()> {
    let tag = fs::read_to_string(target.join(TAG)).unwrap_or_default();
    if (tag.starts_with(TAG_SIGNATURE) && tag.contains(TAG_MAKER))
        || listed(target)?.next().is_none()
    {
        return Ok(());
    }
    bail!(
        "no room, and {} is not emptied: cargo did not make it (its {TAG} would say so)",
        target.display(),
    )
}

/// Removes the files of incremental builds, which are never needed.
fn remove_incremental(target: &Path) -> io::Result<()> {
    for directory in directories_in(target)? {
        let mut profiles = directories_in(&directory)?;
        profiles.push(directory);
        for profile in profiles {
            remove_all(&profile.join("incremental"))?;
        }
    }
    Ok(())
}

/// Removes everything that was built; the directory itself and its tag stay.
fn remove_built(target: &Path) -> io::Result<()> {
    for directory in directories_in(target)? {
        remove_all(&directory)?;
    }
    Ok(())
}

/// Removes a directory and what is in it. Of a link only the link itself goes.
fn remove_all(directory: &Path) -> io::Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn directories_in(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in listed(directory)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            found.push(entry.path());
        }
    }
    Ok(found)
}

/// The bytes of the files below `directory`; 0 where it is absent. A build that runs beside may
/// remove files meanwhile.
fn bytes_below(directory: &Path) -> io::Result<u64> {
    let mut bytes = 0;
    for entry in listed(directory)? {
        let entry = entry?;
        bytes += match entry.metadata() {
            Ok(found) if found.is_dir() => bytes_below(&entry.path())?,
            Ok(found) => found.len(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
    }
    Ok(bytes)
}

fn listed(directory: &Path) -> io::Result<impl Iterator<Item = io::Result<fs::DirEntry>>> {
    match fs::read_dir(directory) {
        Ok(entries) => Ok(Some(entries).into_iter().flatten()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None.into_iter().flatten()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cell::RefCell;

    use super::*;

    /// A target directory with a built file, a file of an incremental build and one of a target.
    fn built() -> tempfile::TempDir {
        let target = tempfile::tempdir().unwrap();
        fs::remove_dir(target.path()).unwrap();
        make(target.path()).unwrap();
        for file in ["debug/deps/a", "debug/incremental/b", "wasm32/debug/incremental/c"] {
            let path = target.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, "12").unwrap();
        }
        target
    }

    /// The bytes of the files below `target` without its tag.
    fn bytes_in(target: &Path) -> u64 {
        let tag = fs::metadata(target.join(TAG)).map_or(0, |tag| tag.len());
        bytes_below(target).unwrap() - tag
    }

    /// Makes room where the disk says `free` one after the other; returns what is left of the
    /// files.
    fn left_where(free: &[u64]) -> (u64, Result<()>) {
        let target = built();
        let made = make_room_where(target.path(), free);
        (bytes_in(target.path()), made)
    }

    fn make_room_where(target: &Path, free: &[u64]) -> Result<()> {
        let answers = RefCell::new(free.iter().copied());
        let made = make_room_in(&[target.to_owned()], || {
            answers.borrow_mut().next().context("asked once too often")
        });
        assert!(target.is_dir());
        made
    }

    #[test]
    fn a_disk_with_room_keeps_everything() {
        let (left, made) = left_where(&[LEAST_FREE]);
        made.unwrap();
        assert_eq!(left, 6);
    }

    #[test]
    fn files_of_incremental_builds_go_first() {
        let (left, made) = left_where(&[LEAST_FREE - 1, LEAST_FREE]);
        made.unwrap();
        assert_eq!(left, 2);
    }

    #[test]
    fn everything_built_goes_where_that_is_not_enough() {
        let (left, made) = left_where(&[0, 0, LEAST_FREE]);
        made.unwrap();
        assert_eq!(left, 0);
    }

    #[test]
    fn a_disk_that_stays_full_is_said() {
        let (_, made) = left_where(&[0, 0, 3 * GIB]);
        assert!(
            format!("{:#}", made.unwrap_err()).contains("need 8 GiB of free disk, there are 3")
        );
    }

    #[test]
    fn a_directory_that_cargo_did_not_make_is_never_emptied() {
        let others = format!("{TAG_SIGNATURE}\n# This tag was created by a browser.\n");
        for tag in [None, Some(""), Some(TAG_MAKER), Some(&others)] {
            let target = built();
            fs::create_dir(target.path().join("letters")).unwrap();
            fs::write(target.path().join("letters/from-ada"), "dear").unwrap();
            let path = target.path().join(TAG);
            match tag {
                Some(tag) => fs::write(path, tag).unwrap(),
                None => fs::remove_file(path).unwrap(),
            }
            let refused = make_room_where(target.path(), &[0; 9]).unwrap_err().to_string();
            assert!(refused.contains(target.path().to_str().unwrap()), "{refused}");
            assert_eq!(bytes_in(target.path()), 10, "{tag:?}");
        }
        // With room nobody asks whose it is; where nothing is in it there is nothing to lose.
        let empty = tempfile::tempdir().unwrap();
        make_room_where(empty.path(), &[0, 0, LEAST_FREE]).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn links_are_removed_and_not_followed() {
        let elsewhere = tempfile::tempdir().unwrap();
        fs::create_dir_all(elsewhere.path().join("incremental")).unwrap();
        fs::write(elsewhere.path().join("incremental/letter"), "dear").unwrap();
        let target = built();
        for link in ["out", "debug/out", "wasm32/incremental"] {
            std::os::unix::fs::symlink(elsewhere.path(), target.path().join(link)).unwrap();
        }
        make_room_where(target.path(), &[0, 0, LEAST_FREE]).unwrap();
        assert!(!target.path().join("wasm32").exists());
        assert_eq!(bytes_below(elsewhere.path()).unwrap(), 4);
    }

    #[test]
    fn too_much_is_built_whatever_is_free() {
        assert!(Room { built: MOST_BUILT + 1, free: u64::MAX }.is_short());
        assert!(!Room { built: MOST_BUILT, free: LEAST_FREE }.is_short());
    }

    #[test]
    fn what_is_absent_is_no_bytes() {
        assert_eq!(bytes_below(Path::new("/nowhere/at/all")).unwrap(), 0);
    }
}
