//! Whether rooms use only rooms below them, and never in a circle. `xtask/lint/rooms.toml` has the
//! order where one is laid down, and the uses against it that are borne with for a reason.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use crate::crates::{self, Crate};
use crate::module_graph::ModuleGraph;
use crate::module_graph::digraph::Digraph;
use crate::workspace::Workspace;

const RULES: &str = "xtask/lint/rooms.toml";
/// So many places of a use are told; the others are like them.
const PLACES_MAX: usize = 5;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rules {
    #[serde(rename = "crate")]
    crates: Vec<CrateRules>,
}

/// What is laid down for one crate.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct CrateRules {
    name: String,
    /// The rooms from the top down; those of one row are siblings and do not know each other.
    #[serde(default)]
    order: Vec<Row>,
    /// Rooms below the order, which may use each other, but not in a circle.
    #[serde(default)]
    floor: Vec<String>,
    /// Uses that break a rule, each with its reason.
    #[serde(default)]
    allowed: Vec<Allowed>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Row {
    One(String),
    Siblings(Vec<String>),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Allowed {
    from: String,
    to: String,
    reason: String,
}

/// Checks every crate of the workspace.
pub(super) fn check(workspace: &Workspace) -> Result<()> {
    let text = super::read(workspace.root(), RULES)?;
    let rules: Rules = toml::from_str(&text).with_context(|| format!("cannot read {RULES}"))?;
    let crates = crates::list(workspace)?;
    let mut faults = Vec::new();
    for one in &crates {
        let own = rules.crates.iter().find(|rules| rules.name == one.name);
        faults.extend(check_crate(workspace.root(), one, own)?);
    }
    for CrateRules { name, .. } in &rules.crates {
        if !crates.iter().any(|one| one.name == *name) {
            faults
                .push(format!("{RULES} has rules for {name}, which is no crate of the workspace"));
        }
    }
    super::none_of(&faults)
}

fn check_crate(root: &Path, one: &Crate, rules: Option<&CrateRules>) -> Result<Vec<String>> {
    let none = CrateRules::default();
    let mut uses = Uses::default();
    for top in &one.tops {
        let graph = ModuleGraph::read(root, top)?;
        uses.rooms.extend(graph.rooms().map(str::to_owned));
        for (from, to, place) in graph.uses_of_rooms() {
            let arrow = (from.to_owned(), to.to_owned());
            let places = uses.places.entry(arrow).or_default();
            if places.last().is_none_or(|last| last != place) {
                places.push(place.to_owned());
            }
        }
    }
    let faults = uses.faults(rules.unwrap_or(&none))?;
    Ok(faults.into_iter().map(|fault| format!("{}: {fault}", one.name)).collect())
}

/// The rooms of a crate, and the places where each uses another.
#[derive(Default)]
struct Uses {
    rooms: BTreeSet<String>,
    places: BTreeMap<(String, String), Vec<String>>,
}

impl Uses {
    fn faults(&self, rules: &CrateRules) -> Result<Vec<String>> {
        let ranks = ranks(rules)?;
        let mut faults = Vec::new();
        if !ranks.is_empty() {
            let unknown = self.rooms.iter().filter(|room| !ranks.contains_key(room.as_str()));
            faults.extend(unknown.map(|room| format!("{room} has no place in the order of rooms")));
        }
        let is_against_order = |from: &str, to: &str| match (ranks.get(from), ranks.get(to)) {
            (Some(Rank::Floor), Some(Rank::Floor)) | (None, _) | (_, None) => false,
            (Some(from), Some(to)) => from >= to,
        };
        let is_allowed = |from: &str, to: &str| {
            rules.allowed.iter().any(|allowed| allowed.from == from && allowed.to == to)
        };

        let (mut all, mut rest) = (Digraph::default(), Digraph::default());
        for (from, to) in self.places.keys() {
            all.add(from, to);
            if is_allowed(from, to) {
                continue;
            }
            if is_against_order(from, to) {
                faults.push(format!(
                    "{from} uses {to}, which is not below it{}",
                    self.told(from, to)
                ));
            } else {
                rest.add(from, to);
            }
        }
        if let Some(circle) = rest.shortest_circle() {
            let arrows = circle.iter().zip(circle.iter().cycle().skip(1));
            let told: String = arrows
                .map(|(from, to)| format!("\n  {from} uses {to}{}", self.told(from, to)))
                .collect();
            faults.push(format!("a circle of rooms: {}{told}", circle.join(", ")));
        }
        for Allowed { from, to, reason } in &rules.allowed {
            let is_used = self.places.contains_key(&(from.clone(), to.clone()));
            if reason.trim().is_empty() {
                faults.push(format!("that {from} may use {to} has no reason"));
            }
            if !is_used {
                faults.push(format!("{from} uses {to} no more: take it out of {RULES}"));
            } else if !is_against_order(from, to) && !all.leads(to, from) {
                faults.push(format!("{from} may use {to} anyhow: take it out of {RULES}"));
            }
        }
        Ok(faults)
    }

    /// Where one room uses another.
    fn told(&self, from: &str, to: &str) -> String {
        let places =
            self.places.get(&(from.to_owned(), to.to_owned())).map_or(&[][..], Vec::as_slice);
        let mut told: String =
            places.iter().take(PLACES_MAX).map(|place| format!("\n    {place}")).collect();
        if places.len() > PLACES_MAX {
            told += &format!("\n    and {} more", places.len() - PLACES_MAX);
        }
        told
    }
}

/// How far down a room lies.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    Row(usize),
    Floor,
}

fn ranks(rules: &CrateRules) -> Result<BTreeMap<&str, Rank>> {
    let mut ranks = BTreeMap::new();
    let rows = rules.order.iter().enumerate().flat_map(|(index, row)| {
        let rooms = match row {
            Row::One(room) => std::slice::from_ref(room),
            Row::Siblings(rooms) => rooms,
        };
        rooms.iter().map(move |room| (room, Rank::Row(index)))
    });
    for (room, rank) in rows.chain(rules.floor.iter().map(|room| (room, Rank::Floor))) {
        if ranks.insert(room.as_str(), rank).is_some() {
            bail!("{room} stands twice in the order of rooms");
        }
    }
    Ok(ranks)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// The faults of rooms whose uses are written `from to`, under rules in TOML.
    fn faults(uses: &[&str], rules: &str) -> Vec<String> {
        let mut found = Uses::default();
        for (line, arrow) in uses.iter().enumerate() {
            let (from, to) = arrow.split_once(' ').unwrap();
            found.rooms.extend([from.to_owned(), to.to_owned()]);
            found.places.insert((from.into(), to.into()), vec![format!("{from}.rs:{line}")]);
        }
        let rules: CrateRules = toml::from_str(&format!("name = 'x'\n{rules}")).unwrap();
        found.faults(&rules).unwrap()
    }

    #[test]
    fn a_circle_is_told_with_the_place_of_each_use() {
        let faults = faults(&["a b", "b c", "c a", "c d"], "");
        assert_eq!(faults.len(), 1);
        for part in ["a, b, c", "a.rs:0", "b.rs:1", "c.rs:2"] {
            assert!(faults[0].contains(part), "{faults:?}");
        }
    }

    #[test]
    fn a_use_against_the_order_is_told() {
        let order = "order = ['top', ['left', 'right']]\nfloor = ['x', 'y']";
        assert!(faults(&["top left", "top x", "left x", "x y"], order).is_empty());
        for against in ["left top", "left right", "x top", "x right"] {
            let faults = faults(&[against], order);
            assert!(faults[0].contains("not below"), "{against}: {faults:?}");
        }
        assert!(faults(&["x y", "y x"], order)[0].contains("circle"));
        assert!(faults(&["top new"], order)[0].contains("new has no place"));
    }

    #[test]
    fn what_is_allowed_has_a_reason_and_is_there() {
        let allowed =
            |reason| format!("allowed = [{{ from = 'b', to = 'a', reason = '{reason}' }}]");
        assert!(faults(&["a b", "b a"], &allowed("why")).is_empty());
        assert!(faults(&["a b", "b a"], &allowed(" "))[0].contains("no reason"));
        assert!(faults(&["a b"], &allowed("why"))[0].contains("no more"));
        assert!(faults(&["b a"], &allowed("why"))[0].contains("anyhow"));
        let ordered = format!("order = ['a', 'b']\n{}", allowed("why"));
        assert!(faults(&["b a"], &ordered).is_empty());
    }
}
