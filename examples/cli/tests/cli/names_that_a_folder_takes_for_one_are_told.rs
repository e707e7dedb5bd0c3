//! A get to a folder that does not tell `README` from `readme`: the second is a failure.
//!
//! Where the folder for temporary files is no such folder, one is made on an NTFS image of our own;
//! that needs Linux, root, `mkntfs` and `lowntfs-3g`. `SEALWOOD_FOLDING_FOLDER` names another one,
//! or is `mount` to insist on the image. Without any the tests here have nothing to look at; what
//! is decided about names is tested without a disk in `local/spellings.rs`.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use tempfile::TempDir;

use crate::drive::{Drive, Ran};

/// A folder that takes names for one that differ in case, and is gone when dropped.
struct Folding {
    path: PathBuf,
    image: Option<TempDir>,
}

impl Folding {
    fn find() -> Option<Self> {
        let asked = std::env::var("SEALWOOD_FOLDING_FOLDER").ok();
        if let Some(folder) = asked.as_deref().filter(|asked| *asked != "mount") {
            let temporary = tempfile::tempdir_in(folder).unwrap();
            assert!(folds(temporary.path()), "{folder} tells names apart");
            return Some(Self { path: temporary.keep(), image: None });
        }
        let temporary = tempfile::tempdir().unwrap();
        if folds(temporary.path()) {
            return Some(Self { path: temporary.keep(), image: None });
        }
        match Self::mount() {
            Ok(folding) => Some(folding),
            Err(reason) => {
                assert!(asked.is_none(), "{reason}");
                eprintln!("not run: {reason}");
                None
            }
        }
    }

    fn mount() -> Result<Self, String> {
        let directory = tempfile::tempdir().unwrap();
        let (image, path) = (directory.path().join("image"), directory.path().join("mounted"));
        File::create(&image).unwrap().set_len(16 * 1024 * 1024).unwrap();
        fs::create_dir(&path).unwrap();
        run(Command::new("mkntfs").args(["-F", "-q", "-f"]).arg(&image))?;
        run(Command::new("lowntfs-3g").args(["-o", "ignore_case"]).arg(&image).arg(&path))?;
        let folding = Self { path, image: Some(directory) };
        assert!(folds(&folding.path), "lowntfs-3g tells names apart");
        Ok(folding)
    }

    fn at(&self, name: &str) -> String {
        self.path.join(name).to_str().unwrap().to_owned()
    }

    /// The content of the one file in a folder.
    fn only_file(&self, folder: &str) -> String {
        let entries: Vec<_> =
            fs::read_dir(self.path.join(folder)).unwrap().map(|entry| entry.unwrap()).collect();
        assert_eq!(entries.len(), 1, "{entries:?}");
        fs::read_to_string(entries[0].path()).unwrap()
    }
}

impl Drop for Folding {
    fn drop(&mut self) {
        match &self.image {
            Some(_) => drop(Command::new("umount").arg(&self.path).status()),
            None => drop(fs::remove_dir_all(&self.path)),
        }
    }
}

fn run(command: &mut Command) -> Result<(), String> {
    let ran = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    match ran.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&ran.stderr))),
    }
}

fn folds(folder: &Path) -> bool {
    fs::write(folder.join("Probe"), "x").unwrap();
    let folds = folder.join("pROBE").exists();
    fs::remove_file(folder.join("Probe")).unwrap();
    folds
}

fn partly(ran: &Ran) {
    assert_eq!(ran.code, Some(7), "{}", ran.stderr);
    assert!(ran.stderr.contains("[local-name-taken]"), "{}", ran.stderr);
}

#[test]
fn of_files_that_are_one_the_first_is_written() {
    let Some(folding) = Folding::find() else { return };
    let drive = Drive::new();
    let names = ["README", "readme", "ReadMe"];
    for name in names {
        drive.write("file", name);
        drive.ok(&["put", "file", &format!("/in/{name}")]);
    }
    // The second time something is there to be replaced, and again only once.
    for _ in 0..2 {
        let ran = drive.run(&["get", "in", &folding.at("")]);
        partly(&ran);
        let content = folding.only_file("in");
        let told = ran.stderr.matches("[local-name-taken]").count();
        assert_eq!(told, 2, "{}", ran.stderr);
        for name in names {
            let is_told = ran.stderr.contains(&folding.at(&format!("in/{name}: ")));
            assert_eq!(is_told, name != content, "{name}: {}", ran.stderr);
        }
    }
}

#[test]
fn a_file_that_is_kept_is_kept_for_one_name_alone() {
    let Some(folding) = Folding::find() else { return };
    let drive = Drive::new();
    for name in ["README", "readme"] {
        drive.write("file", name);
        drive.ok(&["put", "file", &format!("/in/{name}")]);
    }
    let ran = drive.run(&["get", "-n", "in", &folding.at("")]);
    partly(&ran);
    assert!(!ran.stderr.contains("there already"), "{}", ran.stderr);
    let content = folding.only_file("in");
    let ran = drive.run(&["get", "-n", "in", &folding.at("")]);
    assert_eq!(ran.code, Some(1), "nothing was written: {}", ran.stderr);
    assert_eq!(ran.stderr.matches("there already").count(), 1, "{}", ran.stderr);
    assert_eq!(ran.stderr.matches("[local-name-taken]").count(), 1, "{}", ran.stderr);
    assert_eq!(folding.only_file("in"), content);
}

#[test]
fn folders_that_are_one_are_not_merged() {
    let Some(folding) = Folding::find() else { return };
    let drive = Drive::new();
    for name in ["Dir/x", "Dir/only-here", "dir/x", "other/y"] {
        drive.write("file", name);
        drive.ok(&["put", "file", &format!("/in/{name}")]);
    }
    for _ in 0..2 {
        let ran = drive.run(&["get", "in", &folding.at("")]);
        partly(&ran);
        let written = fs::read_to_string(folding.at("in/dir/x")).unwrap();
        let refused = if written == "Dir/x" { "dir" } else { "Dir" };
        assert!(ran.stderr.contains(&folding.at(&format!("in/{refused}"))), "{}", ran.stderr);
        let has_other = fs::exists(folding.at("in/dir/only-here")).unwrap();
        assert_eq!(has_other, written == "Dir/x");
        assert_eq!(fs::read_to_string(folding.at("in/other/y")).unwrap(), "other/y");
    }
}

#[test]
fn so_it_is_with_two_sources() {
    let Some(folding) = Folding::find() else { return };
    let drive = Drive::new();
    for name in ["a/README", "b/readme", "c/D/x", "e/d/x"] {
        drive.write("file", name);
        drive.ok(&["put", "file", &format!("/{name}")]);
    }
    let ran = drive.run(&["get", "a/README", "b/readme", &folding.at("files")]);
    partly(&ran);
    assert!(ran.stderr.contains(&folding.at("files/readme: ")), "{}", ran.stderr);
    assert_eq!(folding.only_file("files"), "a/README");
    let ran = drive.run(&["get", "c/D", "e/d", &folding.at("folders")]);
    partly(&ran);
    assert!(ran.stderr.contains(&folding.at("folders/d")), "{}", ran.stderr);
    assert_eq!(fs::read_to_string(folding.at("folders/d/x")).unwrap(), "c/D/x");
}

#[test]
fn what_was_there_is_replaced_as_ever() {
    let Some(folding) = Folding::find() else { return };
    let drive = Drive::new();
    for name in ["in/README", "in/Sub/File"] {
        drive.write(name, name);
    }
    drive.ok(&["put", "in", "/"]);
    for _ in 0..3 {
        drive.ok(&["get", "in", &folding.at("")]);
        drive.ok(&["get", "in/README", &folding.at("in")]);
        drive.ok(&["get", "in/README", &folding.at("in/readme")]);
    }
    assert_eq!(fs::read_to_string(folding.at("in/sub/file")).unwrap(), "in/Sub/File");
}
