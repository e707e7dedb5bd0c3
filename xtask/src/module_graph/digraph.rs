//! Names with arrows between them, and the circles among them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// A directed graph.
#[derive(Debug, Default)]
pub(crate) struct Digraph<'a> {
    arrows: BTreeMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Digraph<'a> {
    /// Adds an arrow; one that is there already stays.
    pub(crate) fn add(&mut self, from: &'a str, to: &'a str) {
        self.arrows.entry(from).or_default().insert(to);
    }

    /// Each name that has arrows, and where they lead.
    pub(crate) fn arrows(&self) -> impl Iterator<Item = (&'a str, &BTreeSet<&'a str>)> {
        self.arrows.iter().map(|(from, to)| (*from, to))
    }

    /// Whether arrows lead from `from` to `to`.
    pub(crate) fn leads(&self, from: &'a str, to: &'a str) -> bool {
        self.way(from, to).is_some()
    }

    /// A shortest circle, from its first name on and without it at the end.
    pub(crate) fn shortest_circle(&self) -> Option<Vec<&'a str>> {
        let circles = self.arrows.iter().flat_map(|(from, targets)| {
            targets.iter().filter_map(|to| {
                let mut circle = self.way(to, from)?;
                circle.rotate_right(1);
                Some(circle)
            })
        });
        circles.min_by_key(Vec::len)
    }

    /// The groups of names each of which leads to every other of its group, those of one name
    /// excepted.
    pub(crate) fn knots(&self) -> Vec<BTreeSet<&'a str>> {
        let mut knots: Vec<BTreeSet<&str>> = Vec::new();
        for &name in self.arrows.keys() {
            if knots.iter().any(|knot| knot.contains(name)) {
                continue;
            }
            let others = self.arrows.keys().filter(|&&other| other != name);
            let mut knot: BTreeSet<_> = others
                .filter(|&&other| self.leads(name, other) && self.leads(other, name))
                .copied()
                .collect();
            if !knot.is_empty() {
                knot.insert(name);
                knots.push(knot);
            }
        }
        knots
    }

    /// A shortest way along the arrows, both ends included.
    fn way(&self, from: &'a str, to: &'a str) -> Option<Vec<&'a str>> {
        let mut before = BTreeMap::from([(from, None)]);
        let mut queue = VecDeque::from([from]);
        while let Some(name) = queue.pop_front() {
            if name == to {
                let step = |&name: &&'a str| before.get(name).copied().flatten();
                let mut way: Vec<_> = std::iter::successors(Some(to), step).collect();
                way.reverse();
                return Some(way);
            }
            for &next in self.arrows.get(name).into_iter().flatten() {
                if !before.contains_key(next) {
                    before.insert(next, Some(name));
                    queue.push_back(next);
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn graph(arrows: &'static [(&str, &str)]) -> Digraph<'static> {
        let mut graph = Digraph::default();
        arrows.iter().for_each(|(from, to)| graph.add(from, to));
        graph
    }

    #[test]
    fn the_shortest_circle_is_found() {
        let graph = graph(&[("a", "b"), ("b", "c"), ("c", "a"), ("c", "d"), ("d", "c")]);
        let mut circle = graph.shortest_circle().unwrap_or_default();
        circle.sort_unstable();
        assert_eq!(circle, ["c", "d"]);
    }

    #[test]
    fn a_circle_is_told_in_the_order_of_its_arrows() {
        let graph = graph(&[("a", "c"), ("c", "b"), ("b", "a")]);
        assert_eq!(graph.shortest_circle(), Some(vec!["a", "c", "b"]));
    }

    #[test]
    fn what_only_meets_again_is_no_circle() {
        let graph = graph(&[("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")]);
        assert_eq!(graph.shortest_circle(), None);
        assert!(graph.knots().is_empty());
    }

    #[test]
    fn knots_are_what_leads_to_each_other() {
        let graph =
            graph(&[("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "c"), ("e", "a")]);
        assert_eq!(graph.knots(), [BTreeSet::from(["a", "b"]), BTreeSet::from(["c", "d"])]);
    }
}
