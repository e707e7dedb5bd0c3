//! What is wrong with a content: in a pack, in chunks, in a table of them.

use serde_json::Value;

use super::case::Act::{Get, List};
use super::case::{SECRET_SLOT, case, topped};
use super::leaves::leaf;
use super::value::file;
use crate::forge::{Body, Forge, Sections, Unit, varint};

pub(super) fn cases() -> Vec<Value> {
    let stored = |kind: &str, content: &Sections, entry: &dyn Fn(Unit) -> Sections| {
        let mut forge = Forge::default();
        let unit = forge.unit(kind, content);
        let top = entry(unit);
        let top = forge.unit("node", &top);
        forge.root(SECRET_SLOT, &Body { top: Some(top), ..Body::default() }.plaintext());
        forge
    };
    let packed = |size: usize| {
        stored("content", &Sections::new(vec![5; size]), &|unit| {
            let start = [&[1][..], &varint(size as u64), &unit.address].concat();
            let mut leaf = leaf(&[(b"a", file(&start))]);
            leaf.place(unit);
            leaf
        })
    };
    // A table of so many rows for a content of so many bytes.
    let tabled = |size: u64, rows: usize| {
        stored("table", &Sections::new(vec![6; rows * 32]), &|unit| {
            let start = [&[2][..], &varint(size), &[17]].concat();
            let mut leaf = leaf(&[(b"a", file(&start))]);
            leaf.link(unit);
            leaf
        })
    };
    let chunked = |size: u64, chunks: usize| {
        let content = [&[2][..], &varint(size), &[17], &vec![7; chunks * 32]].concat();
        topped(&leaf(&[(b"a", file(&content))]))
    };
    vec![
        case("1,025 bytes in a pack", Get("a"), "ok", &packed(1025)),
        case("1,024 bytes in a pack", List, "malformed", &packed(1024)),
        case("128 KiB - 1 in chunks", List, "malformed", &chunked((1 << 17) - 1, 1)),
        case("fewer chunks than the size has", List, "malformed", &chunked(1 << 18, 1)),
        case("more chunks than the size has", List, "malformed", &chunked(1 << 17, 2)),
        case("a chunk that is not there", Get("a"), "object-missing", &chunked(1 << 17, 1)),
        case("a table of one row too few", Get("a"), "malformed", &tabled(6 << 17, 5)),
        case("a table of one row too many", Get("a"), "malformed", &tabled(6 << 17, 7)),
        case("a file of 2^64 - 1 bytes", List, "ok", &tabled(u64::MAX, 6)),
    ]
}
