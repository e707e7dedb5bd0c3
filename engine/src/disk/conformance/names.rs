//! What names do.

use std::io::ErrorKind;

use sealwood_base::conformance::{Outcome, equal, expect, fails, ok};

use super::fixture::{FIRST, Fixture, SECOND, expect_bytes};
use crate::disk::OpenMode;

const MODES: [OpenMode; 3] = [OpenMode::Read, OpenMode::Write, OpenMode::CreateNew];

pub(super) fn missing_is_missing(fixture: &Fixture<'_>) -> Outcome {
    let (disk, missing) = (fixture.disk, ErrorKind::NotFound);
    for mode in [OpenMode::Read, OpenMode::Write] {
        fails("an open of a missing file", disk.open("conformance", mode), missing)?;
    }
    for mode in MODES {
        let opened = disk.open("conformance-missing/a", mode);
        fails("an open in a missing directory", opened, missing)?;
    }
    fails("a removal of a missing file", disk.remove("conformance"), missing)?;
    fails("a removal in a missing directory", disk.remove("conformance-missing/a"), missing)?;
    fails("a rename of a missing file", disk.rename("conformance", "conformance-b"), missing)?;
    fixture.make("conformance", b"abc")?;
    let renamed = disk.rename("conformance", "conformance-missing/a");
    fails("a rename into a missing directory", renamed, missing)?;
    fixture.expect_file("conformance", b"abc")?;
    equal("a listing of a missing directory", &fixture.list("conformance-missing")?, &vec![])
}

pub(super) fn makes_only_new_files(fixture: &Fixture<'_>) -> Outcome {
    let exists = ErrorKind::AlreadyExists;
    for name in ["conformance", "conformance-1/a"] {
        fixture.make(name, b"abc")?;
        fails("a second making", fixture.disk.open(name, OpenMode::CreateNew), exists)?;
        fixture.expect_file(name, b"abc")?;
    }
    let made = fixture.disk.open(FIRST, OpenMode::CreateNew);
    fails("the making of a file in place of a directory", made, exists)?;
    for mode in [OpenMode::Read, OpenMode::Write] {
        let opened = fixture.disk.open(FIRST, mode);
        expect(opened.is_err(), || format!("a directory was opened as a file ({mode:?})"))?;
    }
    Ok(())
}

pub(super) fn makes_directories(fixture: &Fixture<'_>) -> Outcome {
    fixture.make("conformance-1/a", b"abc")?;
    ok("the making of a directory that is there", fixture.disk.create_dir(FIRST))?;
    fixture.expect_file("conformance-1/a", b"abc")?;
    fixture.make("conformance", b"abc")?;
    let made = fixture.disk.create_dir("conformance");
    fails("the making of a directory in place of a file", made, ErrorKind::AlreadyExists)
}

pub(super) fn renames(fixture: &Fixture<'_>) -> Outcome {
    let disk = fixture.disk;
    let (one, other) = ("conformance-1/a", "conformance-1/b");
    fixture.make(one, b"first")?;
    ok("a rename", disk.rename(one, other))?;
    fails("an open of the former name", disk.open(one, OpenMode::Read), ErrorKind::NotFound)?;
    fixture.expect_file(other, b"first")?;
    fixture.make(one, b"second")?;
    ok("a rename over a file", disk.rename(one, other))?;
    fixture.expect_file(other, b"second")?;
    ok("a rename into another directory", disk.rename(other, "conformance-2/c"))?;
    ok("a rename into the root", disk.rename("conformance-2/c", "conformance"))?;
    fixture.expect_file("conformance", b"second")?;
    ok("a rename to itself", disk.rename("conformance", "conformance"))?;
    fixture.expect_file("conformance", b"second")?;
    equal("what a file left behind", &fixture.list(FIRST)?, &vec![])?;
    equal("what a file left behind", &fixture.list(SECOND)?, &vec![])?;
    let over_directory = disk.rename("conformance", FIRST);
    expect(over_directory.is_err(), || "a file was renamed over a directory".into())?;
    fixture.expect_file("conformance", b"second")
}

pub(super) fn removes(fixture: &Fixture<'_>) -> Outcome {
    let (disk, name) = (fixture.disk, "conformance-1/a");
    fixture.make(name, b"first")?;
    ok("a removal", disk.remove(name))?;
    fails("an open of a removed file", disk.open(name, OpenMode::Read), ErrorKind::NotFound)?;
    fails("a second removal", disk.remove(name), ErrorKind::NotFound)?;
    fixture.make(name, b"")?;
    fixture.expect_file(name, b"")?;
    let removed = disk.remove(FIRST);
    expect(removed.is_err(), || "a directory was removed as a file".into())?;
    fixture.expect_file(name, b"")
}

pub(super) fn handles_outlive_names(fixture: &Fixture<'_>) -> Outcome {
    let (disk, name) = (fixture.disk, "conformance-1/a");
    let removed = fixture.make(name, b"removed")?;
    ok("a removal", disk.remove(name))?;
    let replaced = fixture.make(name, b"replaced")?;
    let renamed = fixture.make("conformance-1/b", b"renamed")?;
    ok("a rename over a file", disk.rename("conformance-1/b", name))?;
    ok("an append to a removed file", removed.append(b"!"))?;
    ok("a sync of a removed file", removed.sync())?;
    expect_bytes(&*removed, b"removed!")?;
    expect_bytes(&*replaced, b"replaced")?;
    ok("an append to a renamed file", renamed.append(b"!"))?;
    fixture.expect_file(name, b"renamed!")
}

pub(super) fn lists_in_order(fixture: &Fixture<'_>) -> Outcome {
    let names = ["0", "a", "a-1", "a.1", "a1", "aa", "b", "lock", "z"];
    for (size, name) in names.iter().enumerate().rev() {
        fixture.make(&format!("{FIRST}/{name}"), &vec![1; size])?;
    }
    fixture.make("conformance-2/elsewhere", b"")?;
    fixture.make("conformance", b"abc")?;
    let expected: Vec<_> = names.iter().map(|name| (*name).to_owned()).zip(0u64..).collect();
    equal("a listing", &fixture.list(FIRST)?, &expected)?;
    let _held = ok("the lock", fixture.disk.lock(crate::disk::LockMode::Exclusive))?;
    let root = fixture.list("")?;
    let is_ordered = root.is_sorted_by(|left, right| left.0 < right.0);
    expect(is_ordered, || "a listing of the root is not ascending".into())?;
    expect(root.contains(&("conformance".into(), 3)), || "the root lacks a file".into())?;
    for name in [FIRST, SECOND, "lock"] {
        let is_listed = root.iter().any(|(listed, _)| listed == name);
        expect(!is_listed, || format!("a listing of the root has {name:?}"))?;
    }
    Ok(())
}

pub(super) fn refuses_bad_names(fixture: &Fixture<'_>) -> Outcome {
    let (disk, invalid) = (fixture.disk, ErrorKind::InvalidInput);
    fixture.make("conformance", b"abc")?;
    let long = "a".repeat(256);
    for name in
        ["", ".", "..", "../a", "/a", "a//b", "a/", "a/b/c", "A", "a_b", "a.", "lock", &long]
    {
        let tried = |what: &str| format!("{what} of {name:?}");
        for mode in MODES {
            fails(&tried("an open"), disk.open(name, mode), invalid)?;
        }
        fails(&tried("a removal"), disk.remove(name), invalid)?;
        fails(&tried("a rename"), disk.rename(name, "conformance"), invalid)?;
        fails(&tried("a rename"), disk.rename("conformance", name), invalid)?;
        fails(&tried("the making"), disk.create_dir(name), invalid)?;
        if !name.is_empty() {
            fails(&tried("a listing"), disk.list(name), invalid)?;
            fails(&tried("a sync"), disk.sync_dir(name), invalid)?;
        }
    }
    fails("the making of a directory in a directory", disk.create_dir("a/b"), invalid)?;
    fixture.expect_file("conformance", b"abc")
}
