//! What is wrong with a leaf: its names, and the values of its entries.

use sealwood::vault::TIME_MS_MAX;
use serde_json::Value;

use super::case::Act::List;
use super::case::{case, topped};
use super::value::{X, file, timed, value};
use crate::forge::{Body, Forge, Sections, bytes, varint};

pub(super) fn cases() -> Vec<Value> {
    let malformed = |name: &str, top: &Sections| case(name, List, "malformed", &topped(top));
    let named = |name: &[u8]| leaf(&[(name, file(X))]);
    let valued = |value: Vec<u8>| leaf(&[(b"a", value)]);
    let names: Vec<_> = (0..129).map(|n| format!("{n:03}").into_bytes()).collect();
    let of = |count: usize| -> Vec<(&[u8], Vec<u8>)> {
        names[..count].iter().map(|name| (&name[..], file(X))).collect()
    };
    // Each weighs ceil((3 + 5 + 6 + 1 + 3 + 1 + 2) / 16) = 2 units.
    let by_count = |told: u8, entries: &[(&[u8], Vec<u8>)]| {
        let mut leaf = leaf(entries);
        leaf.canon[1] = told;
        leaf
    };
    let raw = |canon: &[u8]| Sections::new(canon);
    let x = file(X);
    // Seven bytes a name, and each name stands for 1,000.
    let mut bomb =
        Sections::new([&[0][..], &varint(100), &[0], &bytes(&[b'a'; 1000]), &x].concat());
    for _ in 0..99 {
        bomb.push(&varint(1000)).push(&bytes(b"a")).push(&x);
    }
    let late = [&[0][..], &varint(1 << 63), &[7; 4], &[0], X].concat();
    let at = |modified: i64| leaf(&[(b"a", timed(0, modified, X))]);
    let content_type = [&[1][..], &bytes(&[b't'; 256]), &[0]].concat();
    let pair = |key: &[u8], value: &[u8]| [bytes(key), bytes(value)].concat();
    let pairs =
        |pairs: &[Vec<u8>]| [&[0][..], &varint(pairs.len() as u64), &pairs.concat()].concat();
    let right = Forge::default().unit("node", &named(b"a"));
    let mut swapped = Forge::default();
    swapped.unit("node", &named(b"b"));
    swapped.root(&Body { top: Some(right), ..Body::default() });
    vec![
        case("a leaf that is right", List, "ok", &topped(&leaf(&of(64)))),
        malformed("a leaf of 65 entries of two units", &leaf(&of(65))),
        malformed("a leaf of 129 entries", &leaf(&of(129))),
        malformed("a leaf of none", &raw(&[0, 0])),
        malformed("fewer entries than are told", &by_count(2, &of(1))),
        malformed("more entries than are told", &by_count(1, &of(2))),
        malformed("an unknown kind of node", &raw(&[2, 0])),
        malformed("names that share bytes beyond any limit", &bomb),
        malformed("a name twice", &raw(&[&[0, 2, 0, 1, b'a'][..], &x, &[1, 0], &x].concat())),
        malformed(
            "names that descend",
            &raw(&[&[0, 2, 0, 1, b'b'][..], &x, &[0, 1, b'a'], &x].concat()),
        ),
        malformed(
            "a name that shares less than it could",
            &raw(&[&[0, 2, 0, 1, b'a'][..], &x, &[0, 2, b'a', b'b'], &x].concat()),
        ),
        malformed("an empty name", &named(b"")),
        malformed("a name that is a dot", &named(b".")),
        malformed("a name with a separator", &named(b"a/b")),
        malformed("a name with a NUL", &named(b"a\0b")),
        malformed("a name that is not UTF-8", &named(b"a\xff")),
        malformed("a name that is not NFC", &named("e\u{301}".as_bytes())),
        malformed("a name of 256 bytes", &named(&[b'n'; 256])),
        case(
            "a name with a character that Unicode 18.0 does not assign",
            List,
            "ok",
            &topped(&named("e\u{e1fff}\u{301}".as_bytes())),
        ),
        malformed("an unknown flag", &valued(value(8, &[], X))),
        malformed("a file that is not empty as a directory", &valued(value(2, &[], X))),
        malformed("no attributes, flagged", &valued(value(4, &[0, 0], X))),
        malformed("a content type of 256 bytes", &valued(value(4, &content_type, X))),
        malformed(
            "metadata of 4,097 bytes",
            &valued(value(4, &pairs(&[pair(b"k", &[b'v'; 4096])]), X)),
        ),
        malformed(
            "metadata out of order",
            &valued(value(4, &pairs(&[pair(b"l", b"v"), pair(b"k", b"v")]), X)),
        ),
        malformed(
            "a key of metadata twice",
            &valued(value(4, &pairs(&[pair(b"k", b"v"), pair(b"k", b"v")]), X)),
        ),
        malformed("an entry's count at its end", &valued(late)),
        case("an entry of the first time", List, "ok", &topped(&at(-TIME_MS_MAX))),
        case("an entry of the last time", List, "ok", &topped(&at(TIME_MS_MAX))),
        malformed("an entry before the first time", &at(-TIME_MS_MAX - 1)),
        malformed("an entry after the last time", &at(TIME_MS_MAX + 1)),
        malformed("an entry before all that can be said", &at(i64::MIN)),
        malformed("1,025 bytes inline", &valued(file(&[&[0][..], &bytes(&[0; 1025])].concat()))),
        malformed("an unknown kind of content", &valued(file(&[3, 0]))),
        case("another node in its place", List, "object-corrupt", &swapped),
    ]
}

/// A leaf of these names, each with the value beside it. Names come sorted.
pub(super) fn leaf(entries: &[(&[u8], Vec<u8>)]) -> Sections {
    let mut leaf = Sections::new([&[0][..], &varint(entries.len() as u64)].concat());
    let mut before: &[u8] = &[];
    for (name, value) in entries {
        let shared = before.iter().zip(*name).take_while(|(a, b)| a == b).count();
        leaf.push(&varint(shared as u64)).push(&bytes(&name[shared..])).push(value);
        before = name;
    }
    leaf
}
