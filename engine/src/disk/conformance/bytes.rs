//! What a file's bytes do.

use std::io::ErrorKind;

use sealwood_base::conformance::{Outcome, equal, expect, fails, ok};

use super::fixture::{FIRST, Fixture, expect_bytes};
use crate::disk::OpenMode;

pub(super) fn reads_what_was_written(fixture: &Fixture<'_>) -> Outcome {
    for name in ["conformance", "conformance-1/a.0-z"] {
        let written = fixture.make(name, b"0123456789")?;
        let reader = fixture.open(name, OpenMode::Read)?;
        let writer = fixture.open(name, OpenMode::Write)?;
        ok("a write", writer.write_at(4, b"ab"))?;
        for file in [&written, &reader, &writer] {
            expect_bytes(&**file, b"0123ab6789")?;
        }
        let mut part = [0; 3];
        ok("a read inside a file", reader.read_at(3, &mut part))?;
        equal("a part of a file", &part, b"3ab")?;
    }
    Ok(())
}

pub(super) fn ends_where_it_ends(fixture: &Fixture<'_>) -> Outcome {
    let file = fixture.make("conformance", b"12345")?;
    let mut four = [0; 4];
    ok("a read up to the end", file.read_at(1, &mut four))?;
    for offset in [2, 5, 6, 1 << 40] {
        fails("a read past the end", file.read_at(offset, &mut four), ErrorKind::UnexpectedEof)?;
        ok("a read of nothing", file.read_at(offset, &mut []))?;
    }
    let empty = fixture.make("conformance-empty", b"")?;
    expect_bytes(&*empty, b"")?;
    fails("a read of an empty file", empty.read_at(0, &mut [0]), ErrorKind::UnexpectedEof)
}

pub(super) fn writes_in_place(fixture: &Fixture<'_>) -> Outcome {
    let file = fixture.make("conformance", b"abcdef")?;
    ok("a write inside a file", file.write_at(1, b"XY"))?;
    expect_bytes(&*file, b"aXYdef")?;
    ok("a write over the end", file.write_at(4, b"1234"))?;
    expect_bytes(&*file, b"aXYd1234")?;
    ok("a write of nothing past the end", file.write_at(100, b""))?;
    expect_bytes(&*file, b"aXYd1234")?;
    ok("a write past the end", file.write_at(10, b"z"))?;
    expect_bytes(&*file, b"aXYd1234\0\0z")
}

pub(super) fn appends_at_the_end(fixture: &Fixture<'_>) -> Outcome {
    let file = fixture.open("conformance", OpenMode::CreateNew)?;
    equal("the offset of an append", &ok("an append", file.append(b"abc"))?, &0)?;
    ok("a write", file.write_at(3, b"de"))?;
    equal("the offset of an append", &ok("an append", file.append(b"fg"))?, &5)?;
    ok("a cut", file.set_len(1))?;
    equal("the offset of an append of nothing", &ok("an append", file.append(b""))?, &1)?;
    equal("the offset of an append after a cut", &ok("an append", file.append(b"h"))?, &1)?;
    fixture.expect_file("conformance", b"ah")?;
    appends_of_several_threads(fixture)
}

/// 4 threads, 64 appends each, of 10 bytes that tell whose they are.
#[cfg(not(target_arch = "wasm32"))]
fn appends_of_several_threads(fixture: &Fixture<'_>) -> Outcome {
    let file = fixture.open("conformance-threads", OpenMode::CreateNew)?;
    let append = |thread: u8| {
        let bytes = [thread; 10];
        (0..64)
            .map(|_| ok("an append beside others", file.append(&bytes)))
            .collect::<Outcome<Vec<u64>>>()
    };
    let offsets = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..4).map(|thread| scope.spawn(move || append(thread))).collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined
            .map(|outcome| outcome.unwrap_or_else(|_| Err("an append panicked".into())))
            .collect::<Outcome<Vec<_>>>()
    })?;
    let mut expected = vec![0xEE; 4 * 64 * 10];
    for (thread, offsets) in offsets.iter().enumerate() {
        for offset in offsets {
            let start = usize::try_from(*offset).unwrap_or(usize::MAX);
            let place = start.checked_add(10).and_then(|end| expected.get_mut(start..end));
            place.ok_or("an append gave an offset past the end")?.fill(thread as u8);
        }
    }
    expect_bytes(&*file, &expected)
}

/// There are no other threads here.
#[cfg(target_arch = "wasm32")]
fn appends_of_several_threads(_fixture: &Fixture<'_>) -> Outcome {
    Ok(())
}

pub(super) fn sets_the_length(fixture: &Fixture<'_>) -> Outcome {
    let file = fixture.make("conformance", b"abcdef")?;
    ok("a cut", file.set_len(2))?;
    expect_bytes(&*file, b"ab")?;
    ok("a lengthening", file.set_len(4))?;
    fixture.expect_file("conformance", b"ab\0\0")?;
    ok("a cut to nothing", file.set_len(0))?;
    expect_bytes(&*file, b"")
}

pub(super) fn large_writes(fixture: &Fixture<'_>) -> Outcome {
    let bytes: Vec<u8> = (0..5 * 1024 * 1024u32).map(|index| (index % 251) as u8).collect();
    let file = fixture.make("conformance", b"0123456789")?;
    ok("a large write", file.write_at(10, &bytes))?;
    let mut found = vec![0; bytes.len()];
    ok("a large read", file.read_at(10, &mut found))?;
    expect(found == bytes, || "a large write came back as other bytes".into())
}

pub(super) fn readers_cannot_write(fixture: &Fixture<'_>) -> Outcome {
    fixture.make("conformance", b"abc")?;
    let reader = fixture.open("conformance", OpenMode::Read)?;
    let denied = ErrorKind::PermissionDenied;
    fails("a write by a reader", reader.write_at(0, b"x"), denied)?;
    fails("an append by a reader", reader.append(b"x"), denied)?;
    fails("a cut by a reader", reader.set_len(0), denied)?;
    expect_bytes(&*reader, b"abc")
}

pub(super) fn refuses_impossible_offsets(fixture: &Fixture<'_>) -> Outcome {
    let file = fixture.make("conformance", b"abc")?;
    let invalid = ErrorKind::InvalidInput;
    for offset in [i64::MAX as u64, u64::MAX] {
        fails("a read at an impossible offset", file.read_at(offset, &mut [0]), invalid)?;
        fails("a write at an impossible offset", file.write_at(offset, b"x"), invalid)?;
    }
    fails("an impossible length", file.set_len(u64::MAX), invalid)?;
    expect_bytes(&*file, b"abc")
}

pub(super) fn syncs(fixture: &Fixture<'_>) -> Outcome {
    let file = fixture.make("conformance-1/a", b"abc")?;
    ok("a sync of a file", file.sync())?;
    ok("a second sync of a file", file.sync())?;
    for directory in [FIRST, ""] {
        ok("a sync of a directory", fixture.disk.sync_dir(directory))?;
    }
    fails(
        "a sync of a missing directory",
        fixture.disk.sync_dir("conformance-missing"),
        ErrorKind::NotFound,
    )
}
