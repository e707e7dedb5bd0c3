//! What is wrong with a root: its head, its body.

use sealwood::vault::TIME_MS_MAX;
use serde_json::Value;

use super::case::Act::Open;
use super::case::{case, rooted};
use crate::forge::{Body, Forge, Unit};

pub(super) fn cases() -> Vec<Value> {
    let good = Body::default;
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
        forge.root(&Body { top: Some(top), ..good() });
        forge
    };
    vec![
        case("a vault that is right", Open, "ok", &rooted(&good())),
        case("another magic", Open, "malformed", &spoiled(|root| root[0] = b's')),
        case("a later version", Open, "unsupported-version", &spoiled(|root| root[4] = 3)),
        case("an earlier version", Open, "unsupported-version", &spoiled(|root| root[4] = 1)),
        case("a root that is cut", Open, "object-truncated", &spoiled(|root| root.truncate(50))),
        case("an altered key check", Open, "object-corrupt", &spoiled(|root| root[62] ^= 1)),
        case("an altered body", Open, "object-corrupt", &spoiled(|root| root[80] ^= 1)),
        malformed("a sequence number at its end", body(|body| body.commits = (1 << 63) - 1)),
        case("a root that somebody else signed", Open, "tampered", &{
            body(|body| body.signed_by = [0x43; 32])
        }),
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
