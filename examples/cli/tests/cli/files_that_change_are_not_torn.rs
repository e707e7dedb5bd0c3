//! A file that others write while it is put is stored as it was at one moment, or not at all.

#![cfg(unix)]

use std::fs::File;
use std::os::unix::fs::FileExt;

use sealwood::EXTENT_BYTES_DEFAULT;

use crate::bucket::{Bucket, Mood};
use crate::drive::{Drive, Ran, noise};

const MIB: usize = 1024 * 1024;
/// Longer than three extents: what follows those is read once a bucket has answered the first put.
const FILE_BYTES: usize = 3 * EXTENT_BYTES_DEFAULT as usize + 2 * MIB;

fn run(bucket: &Bucket, drive: &Drive, arguments: &[&str]) -> Ran {
    let mut command = drive.command();
    Ran::of(
        bucket.give_to(&mut command).args(["--secret-file", "secret", "--json"]).args(arguments),
    )
}

fn with_vault() -> (Drive, Bucket) {
    let drive = Drive::without_vault();
    let bucket = Bucket::new(Mood::Works);
    let made = run(&bucket, &drive, &["init"]);
    assert_eq!(made.code, Some(0), "{}", made.stderr);
    drive.write("in/file", "former");
    assert_eq!(run(&bucket, &drive, &["put", "in", "/"]).code, Some(0));
    drive.write("in/file", noise(1, FILE_BYTES));
    drive.write("in/other", "stays as it is");
    (drive, bucket)
}

#[test]
fn a_file_that_is_rewritten_each_time_it_is_read_stays_as_it_was_in_the_vault() {
    let (drive, bucket) = with_vault();
    let file = File::options().write(true).open(drive.path("in/file")).unwrap();
    let mut count = 0_u64;
    bucket.on_put(move |_| {
        count += 1;
        for at in 0..FILE_BYTES / MIB {
            file.write_all_at(&count.to_le_bytes(), (at * MIB) as u64).unwrap();
        }
    });
    let ran = run(&bucket, &drive, &["put", "in", "/"]);
    assert_ne!(ran.code, Some(0));
    assert!(ran.stderr.contains(r#""local-changed""#), "{}", ran.stderr);
    assert!(ran.stderr.contains("in/file"), "{}", ran.stderr);
    assert_eq!((&ran.totals()["failed"], &ran.totals()["files"]), (&1.into(), &1.into()));
    assert_eq!(run(&bucket, &drive, &["cat", "in/file"]).stdout, b"former");
    assert_eq!(run(&bucket, &drive, &["cat", "in/other"]).stdout, b"stays as it is");
}

#[test]
fn a_file_that_is_cut_and_rewritten_is_stored_as_it_is_after_that() {
    let (drive, bucket) = with_vault();
    let file = File::options().write(true).open(drive.path("in/file")).unwrap();
    bucket.on_put(move |_| {
        file.set_len(FILE_BYTES as u64 / 2).unwrap();
        file.write_all_at(b"other", 0).unwrap();
    });
    let ran = run(&bucket, &drive, &["put", "in", "/"]);
    // Done again it changes nothing: the second reading finds the same bytes twice.
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let stored = run(&bucket, &drive, &["cat", "in/file"]).stdout;
    assert!(stored == drive.read("in/file"), "{}", stored.len());
}

#[test]
fn a_log_that_grows_is_stored_as_it_was_when_it_was_opened() {
    let (drive, bucket) = with_vault();
    let mut file = File::options().append(true).open(drive.path("in/file")).unwrap();
    bucket.on_put(move |_| std::io::Write::write_all(&mut file, &[7; MIB]).unwrap());
    let ran = run(&bucket, &drive, &["put", "in", "/"]);
    assert_eq!(ran.code, Some(0), "{}", ran.stderr);
    let stored = run(&bucket, &drive, &["cat", "in/file"]).stdout;
    let now = drive.read("in/file");
    assert!(stored.len() >= FILE_BYTES && stored.len() < now.len());
    assert!(stored == now[..stored.len()]);
}
