//! What is wrong with a content: in a pack, in chunks, in a table of them.

use serde_json::Value;

use super::case::Act::{Get, List};
use super::case::{case, topped};
use super::leaves::leaf;
use super::value::file;
use crate::forge::{Body, Extent, Forge, Sections, Unit, extent_name, object_name, varint};

pub(super) fn cases() -> Vec<Value> {
    let stored = |kind: &str, content: &Sections, entry: &dyn Fn(Unit) -> Sections| {
        let mut forge = Forge::default();
        let unit = forge.unit(kind, content);
        let top = entry(unit);
        let top = forge.unit("node", &top);
        forge.root(&Body { top: Some(top), ..Body::default() });
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
    // A table of so many rows for a content of so many bytes, with the runs that say where its
    // chunks lie.
    let tabled = |size: u64, rows: usize, runs: &[u8]| {
        let mut table = Sections::new(vec![6; rows * 32]);
        table.places(runs);
        stored("table", &table, &|unit| {
            let start = [&[2][..], &varint(size), &[17]].concat();
            let mut leaf = leaf(&[(b"a", file(&start))]);
            leaf.link(unit);
            leaf
        })
    };
    let chunked = |size: u64, chunks: usize, runs: &[u8]| {
        let content = [&[2][..], &varint(size), &[17], &vec![7; chunks * 32]].concat();
        let mut leaf = leaf(&[(b"a", file(&content))]);
        leaf.places(runs);
        topped(&leaf)
    };
    let two = |name, code, runs: &[u8]| case(name, List, code, &chunked(1 << 18, 2, runs));
    let run = |head: u8, extent: &[u8], rest: &[u8]| [&[head], extent, rest].concat();
    let (other, whole) = ([9; 20], extent_name(&[7; 64]));
    // The first chunk alone is an extent as well.
    let first = extent_name(&[7; 32]);
    let mut short = chunked(1 << 17, 1, &[0, 1]);
    short.extent(Extent { name: object_name(&first), bytes: vec![8; 20] });
    vec![
        case("1,025 bytes in a pack", Get("a"), "ok", &packed(1025)),
        case("1,024 bytes in a pack", List, "malformed", &packed(1024)),
        case("128 KiB - 1 in chunks", List, "malformed", &chunked((1 << 17) - 1, 1, &[0, 1])),
        case("fewer chunks than the size has", List, "malformed", &chunked(1 << 18, 1, &[0, 1])),
        case("more chunks than the size has", List, "malformed", &chunked(1 << 17, 2, &[0, 2])),
        case(
            "an extent that is not there",
            Get("a"),
            "object-missing",
            &tabled(6 << 17, 6, &[0, 6]),
        ),
        case("an extent that ends in a chunk", Get("a"), "object-truncated", &short),
        two("two chunks in an extent of theirs", "ok", &[0, 2]),
        two("two chunks in an extent each", "ok", &[0, 1, 0, 1]),
        two("two chunks among others", "ok", &run(2, &other, &[2])),
        two("two chunks at the end of an extent", "ok", &run(3, &other, &[62, 2])),
        two("a chunk behind another", "ok", &[&run(3, &other, &[5, 1])[..], &[5, 5, 1]].concat()),
        two("no run", "malformed", &[]),
        two("a run of no chunk", "malformed", &[0, 0, 0, 2]),
        two("fewer chunks in runs than there are", "malformed", &[0, 1]),
        two("more chunks in runs than there are", "malformed", &[0, 3]),
        two("bytes after the runs", "malformed", &[0, 2, 0]),
        two("a gap in an extent without others", "malformed", &[1, 0, 2]),
        two("a run in an extent that was not named", "malformed", &[4, 2]),
        two("a name that follows from the chunks", "malformed", &run(2, &whole, &[2])),
        two("a gap of nothing", "malformed", &run(3, &other, &[0, 2])),
        two("chunks beyond the end of an extent", "malformed", &run(3, &other, &[63, 2])),
        two("a chunk 64 of an extent", "malformed", &run(3, &other, &[64, 1])),
        two("an extent named twice", "malformed", &run(2, &other, &[1]).repeat(2)),
        two("one run in two", "malformed", &[&run(2, &other, &[1])[..], &[4, 1]].concat()),
        two(
            "one run in two, the first of which needs no name",
            "malformed",
            &[&[0, 1][..], &run(3, &first, &[1, 1])].concat(),
        ),
        case(
            "a table of chunks in an extent of 65",
            Get("a"),
            "malformed",
            &tabled(65 << 17, 65, &[0, 65]),
        ),
        case("a table of one row too few", Get("a"), "malformed", &tabled(6 << 17, 5, &[0, 5])),
        case("a table of one row too many", Get("a"), "malformed", &tabled(6 << 17, 7, &[0, 7])),
        case("a table without runs", Get("a"), "malformed", &tabled(6 << 17, 6, &[])),
        case("a file of 2^64 - 1 bytes", List, "ok", &tabled(u64::MAX, 6, &[0, 6])),
    ]
}
