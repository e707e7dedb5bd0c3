//! What is wrong with an inner node: its ranges, and what lies below them.

use sealwood::internals::KeyHash;
use serde_json::Value;

use super::case::Act::List;
use super::case::case;
use super::leaves::leaf;
use super::value::{X, file};
use crate::forge::{Body, Forge, Sections, Unit};

pub(super) fn cases() -> Vec<Value> {
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
        forge.root(&Body { top: Some(top), ..Body::default() });
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

/// Names whose slot at depth 0 is below 16, and others.
fn halves(count: usize) -> (Vec<Vec<u8>>, Vec<Vec<u8>>) {
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
