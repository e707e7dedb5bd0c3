//! What is wrong with a tail: its operations, and what they do.

use sealwood::vault::TIME_MS_MAX;
use serde_json::Value;

use super::case::Act::{Get, List, Open};
use super::case::{case, rooted};
use super::value::{X, timed, value};
use crate::forge::{Body, Forge, bytes, signed, varint};

pub(super) fn cases() -> Vec<Value> {
    let tail = |count: u64, ops: &[&[u8]]| {
        rooted(&Body { tail: (count, ops.concat()), ..Body::default() })
    };
    let stamp: &[u8] = &[&varint(9)[..], &[3; 4]].concat();
    let origin: &[u8] = &[stamp, &signed(-1)].concat();
    // What was seen in the top directory: nothing, a file, a directory with its id.
    let (none, file) = (&[0][..], &[&[1][..], stamp].concat()[..]);
    let id: &[u8] = &[&[0][..], &[0x1d; 16]].concat();
    let directory: &[u8] = &[&[2][..], stamp, id].concat();
    // A put ends with its time, less the entry's, and with what was seen.
    let put_at = |modified: i64, gap: i64| {
        [b"\0\0\x01a", &timed(0, modified, X)[..], &signed(gap), none].concat()
    };
    let put: &[u8] = &put_at(0, 0);
    let put_seeing = |seen: &[u8]| [&put[..put.len() - 1], seen].concat();
    // Of the path before, three bytes stand for one of any length.
    let remove = |path: &[u8], seen: &[u8]| [&[2][..], path, stamp, seen].concat();
    let again: &[u8] = &remove(b"\x01\0", file);
    let many: Vec<&[u8]> = std::iter::once(put).chain(std::iter::repeat_n(again, 512)).collect();
    let long_path = [&[0][..], &bytes(&["a"; 2049].join("/").into_bytes())].concat();
    let late: &[u8] = &[b"\x01\0\x01a", &varint(1 << 63)[..], &[3; 4], &[0], none].concat();
    let make_at = |time: i64| [b"\x01\0\x01a", stamp, &signed(time), none].concat();
    let make = |path: &[u8], seen: &[u8]| [&[1][..], path, origin, seen].concat();
    // The directory "a/b", where "a" has this id, or this number.
    let below = |seen: &[&[u8]]| make(b"\0\x03a/b", &seen.concat());
    let beside = |seen: &[&[u8]]| make(b"\x02\x01c", &seen.concat());
    let put_directory: &[u8] =
        &[b"\0\0\x01a", &value(1, &[0x1d; 16], &[])[..], &[0], none].concat();
    let annotate_at =
        |modified: i64| [b"\x06\x01\0\0\0", &signed(modified)[..], stamp, file].concat();
    let annotate: &[u8] = &annotate_at(0);
    let nothing: &[u8] = &[b"\x06\x01\0\x01\0\0\0", stamp, file].concat();
    let rename = |paths: &[u8], seen: &[&[u8]]| [b"\x04", paths, origin, &seen.concat()].concat();
    let open = |name, forge: Forge| case(name, Open, "malformed", &forge);
    let apply = |name, forge: Forge| case(name, List, "malformed", &forge);
    let right =
        |name, path, ops: &[&[u8]]| case(name, Get(path), "ok", &tail(ops.len() as u64, ops));
    let seen = |name, ops: &[&[u8]]| open(name, tail(ops.len() as u64, ops));
    vec![
        case("a tail that is right", Get("a"), "ok", &tail(2, &[put, annotate])),
        case("an empty content type", Get("a"), "ok", &tail(2, &[put, nothing])),
        open("more operations than are carried", tail(513, &many)),
        open("fewer operations than are told", tail(2, &[put])),
        open("more operations than are told", tail(0, &[put])),
        open("an operation on the top", tail(1, &[&remove(b"\0\0", file)])),
        open("an unknown operation", tail(1, &[&[b"\x07\0\x01a", stamp, file].concat()])),
        open("a path that shares less than it could", tail(2, &[put, &remove(b"\0\x01a", file)])),
        open("a path that shares more than there is", tail(2, &[put, &remove(b"\x02\0", file)])),
        open("a path with an empty segment", tail(1, &[&remove(b"\0\x02a/", file)])),
        open("a path with a dot segment", tail(1, &[&remove(b"\0\x04a/..", file)])),
        open("a path that is not NFC", tail(1, &[&remove(b"\0\x03e\xcc\x81", file)])),
        open(
            "a path of more than 4,096 bytes",
            tail(1, &[&remove(&long_path, &[&[1][..], id, stamp].concat())]),
        ),
        open("an operation's count at its end", tail(1, &[late])),
        case(
            "operations from end to end of time",
            Get("a"),
            "ok",
            &tail(2, &[&put_at(-TIME_MS_MAX, 2 * TIME_MS_MAX), &annotate_at(-TIME_MS_MAX)]),
        ),
        open("a put after the last time", tail(1, &[&put_at(-TIME_MS_MAX, 2 * TIME_MS_MAX + 1)])),
        open("a put before the first time", tail(1, &[&put_at(0, -TIME_MS_MAX - 1)])),
        open("a put at a time beyond all", tail(1, &[&put_at(TIME_MS_MAX, i64::MAX)])),
        open("a file put with a time after the last", tail(1, &[&put_at(TIME_MS_MAX + 1, -1)])),
        open("a directory made after the last time", tail(1, &[&make_at(TIME_MS_MAX + 1)])),
        open("an annotation before the first", tail(2, &[put, &annotate_at(-TIME_MS_MAX - 1)])),
        open("a put of a directory", tail(1, &[put_directory])),
        apply("a removal of what is not there", tail(1, &[&remove(b"\0\x01a", file)])),
        apply(
            "a removal below a file",
            tail(2, &[put, &remove(b"\x01\x02/b", &[&[1][..], id, stamp].concat())]),
        ),
        apply("a directory into itself", {
            let into = rename(b"\x01\0\x01\x02/b", &[directory, &[0], &[1]]);
            tail(2, &[&make_at(0), &into])
        }),
        apply("a directory where a file is", tail(2, &[put, &make(b"\x01\0", none)])),
        // What was seen.
        right("a put over a file", "a", &[put, &put_below(b"\x01\0", file)]),
        right(
            "a put where two directories were missing",
            "a/b/c",
            &[&put_below(b"\0\x05a/b/c", &[4])],
        ),
        right(
            "a directory by its number",
            "f",
            &[&below(&[&[0], id]), &beside(&[&[0], &[1]]), &put_below(b"\0\x01f", none)],
        ),
        right(
            "a directory that was seen in another",
            "f",
            &[
                &below(&[&[2], id, stamp, &[0], &[0x2d; 16]]),
                &beside(&[&[2, 2], stamp, &[1]]),
                &put_below(b"\0\x01f", none),
            ],
        ),
        seen("an unknown kind of what was seen", &[&put_seeing(&[3])]),
        seen("more directories missing than the path has", &[&below(&[&[4]])]),
        seen("directories missing beyond all", &[&below(&[&varint(u64::MAX)])]),
        seen("what was seen in a longer spelling", &[&put_seeing(&[0x80, 0])]),
        seen("nothing of what was seen", &[&put_seeing(&[])]),
        seen(
            "the count of what was seen at its end",
            &[&put_seeing(&[&[1][..], &varint(1 << 63), &[3; 4]].concat())],
        ),
        seen("a directory of an id that none has", &[&below(&[&[0, 1]])]),
        seen("a directory of a later number", &[&below(&[&[0], id]), &beside(&[&[0, 2]])]),
        seen("an id spelled twice", &[&below(&[&[0], id]), &beside(&[&[0], id])]),
        seen("the id of the top", &[&below(&[&[0, 0], &[0; 16]])]),
        seen("an id where the top is", &[&put_seeing(&[none, id].concat())]),
        seen("no id where a directory is", &[&below(&[none])]),
        seen("a directory seen without its id", &[&make(b"\0\x01a", &[&[2], stamp].concat())]),
        seen("a put over a directory", &[&put_seeing(directory)]),
        seen("a directory made over a file", &[&make(b"\0\x01a", file)]),
        seen("a removal of what was not seen", &[put, &remove(b"\x01\0", none)]),
        seen(
            "an annotation of what was not seen",
            &[put, &[&annotate[..annotate.len() - file.len()], none].concat()],
        ),
        seen(
            "a file renamed to a directory",
            &[put, &rename(b"\x01\0\0\x01b", &[file, directory])],
        ),
        seen(
            "a directory renamed to a file",
            &[&make_at(0), &rename(b"\x01\0\0\x01b", &[directory, file])],
        ),
        seen("a renaming of what was not seen", &[put, &rename(b"\x01\0\0\x01b", &[none, none])]),
        seen(
            "a renaming without what was at its target",
            &[put, &rename(b"\x01\0\0\x01b", &[file])],
        ),
    ]
}

/// The put of `x` at a path, and what was seen there.
fn put_below(path: &[u8], seen: &[u8]) -> Vec<u8> {
    [&[0][..], path, &timed(0, 0, X), &[0], seen].concat()
}
