//! Ten thousand files as people have them: put, killed in the middle, put again, got.

#![cfg(unix)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::bucket::{Bucket, Mood};
use crate::drive::{Drive, Ran, files_below, let_settle};

const FILES: usize = 10_000;
/// Of larger files one is as good as another.
const FILE_BYTES_MAX: u64 = 200_000;
/// What an entry, and its share of the directories and commits, may take besides its content.
const INDEX_BYTES_MAX: u64 = 1_500;

/// Where a vault is, and what was sent there.
struct Place {
    drive: Drive,
    bucket: Option<Bucket>,
}

impl Place {
    fn new(address: Option<&'static str>) -> Self {
        let place = match address {
            Some(address) => Self { drive: Drive::at(address), bucket: None },
            None => Self { drive: Drive::without_vault(), bucket: Some(Bucket::new(Mood::Works)) },
        };
        if place.bucket.is_some() {
            place.ok(&["init"]);
        }
        place
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.drive.command();
        if let Some(bucket) = &self.bucket {
            bucket.give_to(&mut command);
        }
        command.args(["--secret-file", "secret", "--json"]).args(arguments);
        command
    }

    fn ok(&self, arguments: &[&str]) -> Ran {
        let ran = Ran::of(&mut self.command(arguments));
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        ran
    }

    /// The bytes that the store has been sent so far: of a bucket those of every request, else
    /// those that are there.
    fn sent(&self) -> u64 {
        match &self.bucket {
            Some(bucket) => bucket.received(),
            None => {
                let info: Value = serde_json::from_slice(&self.ok(&["info"]).stdout).unwrap();
                info["object_bytes"].as_u64().unwrap()
            }
        }
    }

    /// The objects of a directory that never change, and when each was written.
    fn written(&self) -> BTreeMap<PathBuf, (u64, i64, i64)> {
        let entries = walkdir::WalkDir::new(self.drive.path("vault")).into_iter();
        let files = entries.filter_map(Result::ok).filter(|entry| entry.file_type().is_file());
        let objects = files.filter(|entry| entry.file_name() != "root");
        objects
            .map(|entry| {
                let known = entry.metadata().unwrap();
                (entry.into_path(), (known.ino(), known.mtime(), known.mtime_nsec()))
            })
            .collect()
    }

    /// Puts the folder until the first files are reported, and ends the program there. Returns the
    /// paths of those that were.
    fn put_and_kill(&self, folder: &str) -> BTreeSet<String> {
        let mut command = self.command(&["put", folder, "/"]);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        let mut text = String::new();
        // The lines of the first commit are more than a pipe holds: it waits in the middle of them.
        lines.read_line(&mut text).unwrap();
        child.kill().unwrap();
        lines.read_to_string(&mut text).unwrap();
        assert!(!child.wait().unwrap().success());
        let whole = text.rsplit_once('\n').unwrap().0;
        whole.lines().map(|line| path_of(&serde_json::from_str(line).unwrap())).collect()
    }
}

fn path_of(line: &Value) -> String {
    line["path"].as_str().unwrap().to_owned()
}

/// Copies real files into a folder: the sources of what this program is built of.
fn gather(folder: &Path) {
    let cargo = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let cargo = cargo.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let places = ["core", "docs", "examples/cli"].map(|name| workspace.join(name));
    let places: Vec<_> =
        cargo.map(|cargo| cargo.join("registry/src")).into_iter().chain(places).collect();
    let mut count = 0;
    // Where there are fewer, some are there more than once.
    for round in 0.. {
        let before = count;
        for place in &places {
            let entries = walkdir::WalkDir::new(place).sort_by_file_name().into_iter();
            for entry in entries.filter_map(Result::ok) {
                let is_wanted = entry.file_type().is_file()
                    && entry.metadata().is_ok_and(|known| known.len() <= FILE_BYTES_MAX);
                if !is_wanted {
                    continue;
                }
                let below = entry.path().strip_prefix(place.parent().unwrap()).unwrap();
                let target = folder.join(round.to_string()).join(below);
                fs::create_dir_all(target.parent().unwrap()).unwrap();
                fs::copy(entry.path(), target).unwrap();
                count += 1;
                if count == FILES {
                    return;
                }
            }
        }
        assert!(count > before, "no files at all");
    }
}

fn put_killed_put_got(address: Option<&'static str>) {
    let place = Place::new(address);
    let folder = place.drive.path("in");
    gather(&folder);
    let files = files_below(&folder);
    assert_eq!(files.len(), FILES);
    let_settle(&folder);
    let is_directory = address.is_some_and(|address| address.starts_with("dir:"));

    let reported = place.put_and_kill("in");
    assert!(!reported.is_empty() && reported.len() < FILES, "{}", reported.len());
    let (sent, written) = (place.sent(), place.written());

    // What was reported is there, and is not sent again.
    let again = place.ok(&["put", "in", "/"]);
    let totals = again.totals();
    let count = |name: &str| usize::try_from(totals[name].as_u64().unwrap()).unwrap();
    assert_eq!(count("files") + count("unchanged"), FILES);
    assert!(count("unchanged") >= reported.len());
    assert_eq!((count("failed"), count("skipped")), (0, 0));
    let lines = std::str::from_utf8(&again.stdout).unwrap().lines();
    let lines: Vec<Value> = lines.map(|line| serde_json::from_str(line).unwrap()).collect();
    let put: BTreeSet<_> = lines[..count("files")].iter().map(path_of).collect();
    assert!(put.is_disjoint(&reported));
    let bytes_put = totals["bytes"].as_u64().unwrap();
    let bytes_sent = place.sent() - sent;
    let bound = bytes_put + count("files") as u64 * INDEX_BYTES_MAX;
    assert!(bytes_sent <= bound, "{bytes_sent} of {bytes_put} in {} files", count("files"));
    if is_directory {
        assert!(!written.is_empty());
        let now = place.written();
        for (object, when) in &written {
            assert_eq!(now.get(object), Some(when), "{}", object.display());
        }
    }

    // Now that all is there, nothing is sent.
    let (sent, written) = (place.sent(), place.written());
    let third = place.ok(&["put", "in", "/"]).totals();
    assert_eq!((&third["files"], &third["unchanged"]), (&0.into(), &FILES.into()));
    assert_eq!(place.sent(), sent);
    if is_directory {
        assert_eq!(place.written(), written);
    }

    // Nothing is lost, and nothing outside the target.
    let around = |place: &Place| -> BTreeSet<_> {
        let entries = fs::read_dir(place.drive.path("")).unwrap();
        entries.map(|entry| entry.unwrap().file_name()).collect()
    };
    let mut expected = around(&place);
    let got = place.ok(&["get", "/in", "out"]).totals();
    assert_eq!((&got["files"], &got["failed"]), (&FILES.into(), &0.into()));
    expected.insert("out".into());
    assert_eq!(around(&place), expected);
    assert!(files_below(&place.drive.path("out")) == files);
    assert!(files_below(&folder) == files);
}

#[test]
fn in_a_local_store() {
    put_killed_put_got(Some("vault"));
}

#[test]
fn in_a_directory() {
    put_killed_put_got(Some("dir:vault"));
}

#[test]
fn in_a_bucket() {
    put_killed_put_got(None);
}
