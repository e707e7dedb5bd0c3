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
    // A put ends with its time, less the entry's.
    let put_at =
        |modified: i64, gap: i64| [b"\0\0\x01a", &timed(0, modified, X)[..], &signed(gap)].concat();
    let put: &[u8] = &put_at(0, 0);
    // Of the path before, three bytes stand for one of any length.
    let again: &[u8] = b"\x02\x01\0";
    let many: Vec<&[u8]> = std::iter::once(put).chain(std::iter::repeat_n(again, 512)).collect();
    let long_path = [&[2, 0][..], &bytes(&["a"; 2049].join("/").into_bytes())].concat();
    let late: &[u8] = &[b"\x01\0\x01a", &varint(1 << 63)[..], &[3; 4], &[0]].concat();
    let make_at = |time: i64| [b"\x01\0\x01a", stamp, &signed(time)].concat();
    let put_directory: &[u8] = &[b"\0\0\x01a", &value(1, &[], &[])[..], &[0]].concat();
    let annotate_at = |modified: i64| [b"\x06\x01\0\0\0", &signed(modified)[..], stamp].concat();
    let annotate: &[u8] = &annotate_at(0);
    let nothing: &[u8] = &[b"\x06\x01\0\x01\0\0\0", stamp].concat();
    let open = |name, forge: Forge| case(name, Open, "malformed", &forge);
    let apply = |name, forge: Forge| case(name, List, "malformed", &forge);
    vec![
        case("a tail that is right", Get("a"), "ok", &tail(2, &[put, annotate])),
        case("an empty content type", Get("a"), "ok", &tail(2, &[put, nothing])),
        open("more operations than are carried", tail(513, &many)),
        open("fewer operations than are told", tail(2, &[put])),
        open("more operations than are told", tail(0, &[put])),
        open("an operation on the top", tail(1, &[b"\x02\0\0"])),
        open("an unknown operation", tail(1, &[b"\x07\0\x01a"])),
        open("a path that shares less than it could", tail(2, &[put, b"\x02\0\x01a"])),
        open("a path that shares more than there is", tail(2, &[put, b"\x02\x02\0"])),
        open("a path with an empty segment", tail(1, &[b"\x02\0\x02a/"])),
        open("a path with a dot segment", tail(1, &[b"\x02\0\x04a/.."])),
        open("a path that is not NFC", tail(1, &[b"\x02\0\x03e\xcc\x81"])),
        open("a path of more than 4,096 bytes", tail(1, &[&long_path])),
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
        apply("a removal of what is not there", tail(1, &[b"\x02\0\x01a"])),
        apply("a removal below a file", tail(2, &[put, b"\x02\x01\x02/b"])),
        apply("a directory into itself", {
            let rename = [b"\x04\x01\0\x01\x02/b", origin].concat();
            tail(2, &[&make_at(0), &rename])
        }),
        apply("a directory where a file is", tail(2, &[put, &[b"\x01\x01\0", origin].concat()])),
    ]
}
