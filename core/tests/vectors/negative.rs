//! Vaults that are not to be: each breaks one rule of `docs/FORMAT.md`, under the right key, and
//! says which error a reader gives for it and when.

use std::sync::Arc;

use sealwood::blob::{BlobStore, MemoryStore, Precondition};
use sealwood::seal::{Passphrase, RootSecret};
use sealwood::vault::{Credential, ListOptions, PutOptions, TIME_MS_MAX, VaultConfig};
use sealwood::{Error, Vault};
use serde_json::{Value, json};

use crate::forge::{Body, Forge, SECRET, Sections, Unit, bytes, signed, varint};
use crate::input::*;

/// What a reader does with a vault to meet the error.
#[derive(Clone, Copy)]
enum Act {
    Open,
    OpenWithPassphrase,
    List,
    Get(&'static str),
}

use Act::{Get, List, Open, OpenWithPassphrase};

/// Writes every case anew.
pub(crate) async fn fill(document: &mut Value) {
    let cases =
        roots().into_iter().chain(tails()).chain(leaves()).chain(inners()).chain(contents());
    let cases: Vec<Value> = cases.collect();
    document["root_secret"] = hex::encode(SECRET).into();
    document["cases"] = cases.into();
}

/// Reads every vault as it was recorded. Returns how many there are.
pub(crate) async fn read(document: &Value) -> usize {
    let mut wrong = Vec::new();
    for case in list(document, "cases") {
        let outcome = act(case).await;
        let code = outcome.as_ref().err().map_or("ok", |error| error.code());
        // Damage is told as such, with the object, and never as the caller's mistake.
        let is_damage = matches!(code, "malformed" | "object-corrupt" | "object-truncated");
        let told = match &outcome {
            Err(Error::Damaged { object, .. }) => {
                object == "root" || object.starts_with("objects/")
            }
            // Of a content the reader of contents knows the object.
            _ => !is_damage || text(case, "do") == "get",
        };
        if code != text(case, "code") || !told {
            wrong.push(format!("{}: {outcome:?}", text(case, "name")));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
    list(document, "cases").len()
}

/// A vault whose next count or sequence number no reader would take: it is read, and a change fails
/// rather than to write a root that is refused for ever.
pub(crate) async fn change_at_the_end_of_a_counter() {
    let end = (1 << 63) - 1;
    for body in [Body { count: end, ..Body::default() }, Body { sequence: end, ..Body::default() }]
    {
        let objects = json!({"objects": rooted(&body).objects()});
        let store = stored(&objects).await;
        let before = store.get("root").await.unwrap().bytes;
        let credential = Credential::Secret(RootSecret::from_bytes(SECRET));
        let config = VaultConfig::default();
        let vault = Vault::open(store.clone(), &credential, config.clone()).await.unwrap();
        let refused = vault.put("a", "1", PutOptions::default()).await.unwrap_err();
        assert_eq!(refused.code(), "malformed");
        assert_eq!(store.get("root").await.unwrap().bytes, before);
        let page = vault.list("", ListOptions::default()).await.unwrap();
        assert!(page.entries.is_empty());
        Vault::open(store, &credential, config).await.unwrap();
    }
}

async fn stored(case: &Value) -> Arc<MemoryStore> {
    let store = Arc::new(MemoryStore::new());
    for object in list(case, "objects") {
        let bytes = hex::decode(text(object, "hex")).unwrap();
        store.put(text(object, "name"), bytes.into(), Precondition::Absent).await.unwrap();
    }
    store
}

async fn act(case: &Value) -> Result<(), Error> {
    let store = stored(case).await;
    let credential = match case["passphrase"].as_str() {
        Some(passphrase) => Credential::Passphrase(Passphrase::new(passphrase).unwrap()),
        None => Credential::Secret(RootSecret::from_bytes(SECRET)),
    };
    let vault = Vault::open(store, &credential, VaultConfig::default()).await?;
    match text(case, "do") {
        "list" => drop(vault.list("", ListOptions::default()).await?),
        "get" => drop(vault.get(text(case, "path")).await?),
        _ => {}
    }
    Ok(())
}

fn case(name: &str, act: Act, code: &str, forge: &Forge) -> Value {
    let mut case = json!({"name": name});
    match act {
        Open => case["do"] = "open".into(),
        OpenWithPassphrase => {
            case["do"] = "open".into();
            case["passphrase"] = "p".into();
        }
        List => case["do"] = "list".into(),
        Get(path) => {
            case["do"] = "get".into();
            case["path"] = path.into();
        }
    }
    case["code"] = code.into();
    case["objects"] = forge.objects();
    case
}

/// The slot of a vault whose secret the user keeps.
const SECRET_SLOT: &[u8] = &[0];

fn passphrase_slot(memory_kib: u32, passes: u32, lanes: u32) -> Vec<u8> {
    let numbers = [memory_kib, passes, lanes].map(u32::to_le_bytes).concat();
    [&[1][..], &numbers, &[0x11; 16], &[0x22; 48]].concat()
}

fn rooted(body: &Body) -> Forge {
    let mut forge = Forge::default();
    forge.root(SECRET_SLOT, &body.plaintext());
    forge
}

fn roots() -> Vec<Value> {
    let good = Body::default;
    let with_slot = |slot: &[u8]| {
        let mut forge = Forge::default();
        forge.root(slot, &good().plaintext());
        forge
    };
    let spoiled = |spoil: fn(&mut Vec<u8>)| {
        let mut forge = rooted(&good());
        spoil(forge.root_mut());
        forge
    };
    let body = |change: fn(&mut Body)| {
        let mut body = good();
        change(&mut body);
        rooted(&body)
    };
    let malformed = |name, forge: Forge| case(name, Open, "malformed", &forge);
    let bad_place = {
        // A unit of so few bytes would be a tag and nothing else.
        let mut forge = Forge::default();
        let top = Unit { address: [5; 32], offset: 0, length: 16 };
        forge.root(SECRET_SLOT, &Body { top: Some(top), ..good() }.plaintext());
        forge
    };
    vec![
        case("a vault that is right", Open, "ok", &rooted(&good())),
        case("another magic", Open, "malformed", &spoiled(|root| root[0] = b's')),
        case("a later version", Open, "unsupported-version", &spoiled(|root| root[4] = 2)),
        case("an unknown key slot", Open, "malformed", &with_slot(&[2])),
        case("a root that is cut", Open, "object-truncated", &spoiled(|root| root.truncate(20))),
        case("an altered key check", Open, "wrong-key", &spoiled(|root| root[35] ^= 1)),
        case("an altered body", Open, "object-corrupt", &spoiled(|root| root[50] ^= 1)),
        case(
            "a passphrase of 1 GiB and 64 passes",
            OpenWithPassphrase,
            "passphrase-too-costly",
            &with_slot(&passphrase_slot(1 << 20, 64, 1)),
        ),
        case(
            "a passphrase of more than four times the default's work",
            OpenWithPassphrase,
            "passphrase-too-costly",
            &with_slot(&passphrase_slot(64 * 1024, 13, 1)),
        ),
        malformed(
            "a passphrase of more than 1 GiB",
            with_slot(&passphrase_slot((1 << 20) + 1, 1, 1)),
        ),
        malformed("a passphrase of no pass", with_slot(&passphrase_slot(64 * 1024, 0, 1))),
        malformed("a passphrase of 65 passes", with_slot(&passphrase_slot(8, 65, 1))),
        malformed("a passphrase of 17 lanes", with_slot(&passphrase_slot(64 * 1024, 3, 17))),
        malformed("less than 8 KiB a lane", with_slot(&passphrase_slot(15, 3, 2))),
        malformed("a root of sequence 0", body(|body| body.sequence = 0)),
        malformed("a first root with a predecessor", body(|body| body.sequence = 1)),
        malformed("a later root without one", body(|body| body.previous = [0; 32])),
        malformed("a sequence number at its end", body(|body| body.sequence = 1 << 63)),
        malformed("a count at its end", body(|body| body.count = 1 << 63)),
        case("the last time there is", Open, "ok", &body(|body| body.time = TIME_MS_MAX)),
        case("the first time there is", Open, "ok", &body(|body| body.time = -TIME_MS_MAX)),
        malformed("a time after the last", body(|body| body.time = TIME_MS_MAX + 1)),
        malformed("a time before the first", body(|body| body.time = -TIME_MS_MAX - 1)),
        malformed("chunks of 64 KiB", body(|body| body.chunk_bits = 16)),
        malformed("chunks of 32 MiB", body(|body| body.chunk_bits = 25)),
        malformed("bytes after the operations", body(|body| body.after = vec![0])),
        malformed("a place of 16 bytes", bad_place),
    ]
}

/// The value of an inline file, or what is given for one.
fn file(content: &[u8]) -> Vec<u8> {
    value(0, &[], content)
}

/// A value with these flags, attributes and content.
fn value(flags: u8, attributes: &[u8], content: &[u8]) -> Vec<u8> {
    timed(flags, 0, &[attributes, content].concat())
}

/// A value with this time.
fn timed(flags: u8, modified: i64, rest: &[u8]) -> Vec<u8> {
    [&[flags][..], &varint(1 << 40), &[7; 4], &signed(modified), rest].concat()
}

/// The content `x`, inline.
const X: &[u8] = b"\0\x01x";

fn tails() -> Vec<Value> {
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

/// A leaf of these names, each with the value beside it. Names come sorted.
fn leaf(entries: &[(&[u8], Vec<u8>)]) -> Sections {
    let mut leaf = Sections::new([&[0][..], &varint(entries.len() as u64)].concat());
    let mut before: &[u8] = &[];
    for (name, value) in entries {
        let shared = before.iter().zip(*name).take_while(|(a, b)| a == b).count();
        leaf.push(&varint(shared as u64)).push(&bytes(&name[shared..])).push(value);
        before = name;
    }
    leaf
}

fn topped(top: &Sections) -> Forge {
    let mut forge = Forge::default();
    let top = forge.unit("node", top);
    forge.root(SECRET_SLOT, &Body { top: Some(top), ..Body::default() }.plaintext());
    forge
}

fn leaves() -> Vec<Value> {
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
    swapped.root(SECRET_SLOT, &Body { top: Some(right), ..Body::default() }.plaintext());
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

/// Names whose slot at depth 0 is below 16, and others.
fn halves(count: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
    use sealwood::internals::KeyHash;
    let (mut low, mut high) = (Vec::new(), Vec::new());
    for n in 0.. {
        let name = format!("{n:04}").into_bytes();
        let side = if KeyHash::of(&name).to_bytes()[0] < 0x80 { &mut low } else { &mut high };
        if side.len() < count {
            side.push(name);
        }
        if low.len() == count && high.len() == count {
            return (low, high);
        }
    }
    unreachable!("names do not end")
}

fn inners() -> Vec<Value> {
    // Two units each: 40 of them fit a leaf, 80 do not.
    let (low, high) = halves(40);
    let of = |names: &[Vec<u8>]| {
        leaf(&names.iter().map(|name| (&name[..], file(X))).collect::<Vec<_>>())
    };
    /// Ranges: their starts, and a weight and a link for each.
    fn inner(starts: u32, ranges: &[(u8, Option<Unit>)]) -> Sections {
        let mut inner = Sections::new([&[1][..], &starts.to_le_bytes()].concat());
        for (weight, unit) in ranges {
            inner.push(&[*weight]);
            if let Some(unit) = unit {
                inner.link(*unit);
            }
        }
        inner
    }
    let build = |make: &dyn Fn(&mut Forge) -> Sections| {
        let mut forge = Forge::default();
        let top = make(&mut forge);
        let top = forge.unit("node", &top);
        forge.root(SECRET_SLOT, &Body { top: Some(top), ..Body::default() }.plaintext());
        forge
    };
    let two_halves = |weights: [u8; 2], names: [&[Vec<u8>]; 2]| {
        build(&|forge: &mut Forge| {
            let units = names.map(|names| forge.unit("node", &of(names)));
            inner(1 | 1 << 16, &[(weights[0], Some(units[0])), (weights[1], Some(units[1]))])
        })
    };
    let malformed = |name: &str, forge: Forge| case(name, List, "malformed", &forge);
    vec![
        case("an inner node that is right", List, "ok", &two_halves([80, 80], [&low, &high])),
        malformed("names in each other's slots", two_halves([80, 80], [&high, &low])),
        malformed("a leaf that says it is heavier", two_halves([81, 80], [&low, &high])),
        malformed("a leaf that says it is an inner node", {
            build(&|forge: &mut Forge| {
                let units = [&low, &high].map(|names| forge.unit("node", &of(names)));
                inner(1 | 1 << 16, &[(255, Some(units[0])), (80, Some(units[1]))])
            })
        }),
        malformed("halves that fit one leaf", two_halves([64, 64], [&low[..32], &high[..32]])),
        malformed("a half of no entry", {
            build(&|forge: &mut Forge| {
                let unit = forge.unit("node", &of(&low));
                inner(1 | 1 << 16, &[(80, Some(unit)), (0, None)])
            })
        }),
        malformed("one range", {
            build(&|forge: &mut Forge| {
                let unit = forge.unit("node", &of(&low));
                inner(1, &[(80, Some(unit))])
            })
        }),
        malformed("no range at slot 0", {
            build(&|forge: &mut Forge| {
                let unit = forge.unit("node", &of(&high));
                inner(1 << 16, &[(80, Some(unit))])
            })
        }),
        malformed("a range that is not aligned", {
            build(&|forge: &mut Forge| {
                let units = [&low, &high].map(|names| forge.unit("node", &of(names)));
                inner(1 | 1 << 15, &[(80, Some(units[0])), (80, Some(units[1]))])
            })
        }),
        malformed("an unknown weight", two_halves([200, 80], [&low, &high])),
    ]
}

fn contents() -> Vec<Value> {
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
