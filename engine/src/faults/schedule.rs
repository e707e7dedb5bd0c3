//! Which calls a fault strikes, be they of a disk or of a store.

use super::random::Random;

/// Which calls are struck: of which kinds `K`, about which names, and which of these in turn.
///
/// Of its calls, all are struck unless [`nth`](Self::nth), [`every`](Self::every) or
/// [`sometimes`](Self::sometimes) chooses among them; the last of these that was called counts.
#[derive(Debug, Clone)]
pub struct Schedule<K> {
    kinds: Vec<K>,
    prefix: String,
    turn: Turn,
    matched: u64,
}

#[derive(Debug, Clone)]
enum Turn {
    Nth(u64),
    Every(u64),
    Sometimes { percent: u64, random: Random },
}

impl<K: PartialEq> Schedule<K> {
    /// Every call of one of `kinds`.
    pub fn of(kinds: impl Into<Vec<K>>) -> Self {
        Self { kinds: kinds.into(), prefix: String::new(), turn: Turn::Every(1), matched: 0 }
    }

    /// Only calls of one of `kinds`.
    pub fn on(mut self, kinds: &[K]) -> Self {
        self.kinds.retain(|kind| kinds.contains(kind));
        self
    }

    /// Only calls about a name that starts with `prefix`.
    pub fn below(mut self, prefix: &str) -> Self {
        prefix.clone_into(&mut self.prefix);
        self
    }

    /// Only the `nth` matching call; 1 is the first.
    pub fn nth(mut self, nth: u64) -> Self {
        self.turn = Turn::Nth(nth);
        self
    }

    /// Only every `period`-th matching call.
    pub fn every(mut self, period: u64) -> Self {
        self.turn = Turn::Every(period.max(1));
        self
    }

    /// Each matching call with a chance of `percent` in a hundred; the same `seed` strikes the same
    /// calls.
    pub fn sometimes(mut self, percent: u64, seed: u64) -> Self {
        self.turn = Turn::Sometimes { percent, random: Random::new(seed) };
        self
    }

    /// Returns whether a call of `kind` about any of `names` is struck, and counts it if it
    /// matches. To be asked of every call once.
    pub fn strikes<'a>(&mut self, kind: &K, names: impl IntoIterator<Item = &'a str>) -> bool {
        let is_about = |name: &str| name.starts_with(&self.prefix);
        if !self.kinds.contains(kind) || !names.into_iter().any(is_about) {
            return false;
        }
        self.matched += 1;
        match &mut self.turn {
            Turn::Nth(nth) => self.matched == *nth,
            Turn::Every(period) => self.matched.is_multiple_of(*period),
            Turn::Sometimes { percent, random } => random.chance(*percent),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The places, from 1, of the calls that are struck.
    fn struck(mut schedule: Schedule<char>, calls: &[(char, &str)]) -> Vec<usize> {
        let is_struck = |call: &(usize, &(char, &str))| schedule.strikes(&call.1.0, [call.1.1]);
        (1..).zip(calls).filter(is_struck).map(|(place, _)| place).collect()
    }

    #[test]
    fn what_does_not_match_is_neither_struck_nor_counted() {
        let calls = [('a', "x/1"), ('b', "x/1"), ('a', "y/1"), ('a', "x/2"), ('a', "x/3")];
        let all = || Schedule::of(['a', 'b']);
        assert_eq!(struck(all(), &calls), [1, 2, 3, 4, 5]);
        assert_eq!(struck(all().on(&['a', 'c']), &calls), [1, 3, 4, 5]);
        assert_eq!(struck(all().below("x/"), &calls), [1, 2, 4, 5]);
        assert_eq!(struck(all().on(&['a']).below("x/").nth(2), &calls), [4]);
        assert_eq!(struck(all().on(&['a']).every(2), &calls), [3, 5]);
        assert_eq!(struck(all().every(0), &calls), [1, 2, 3, 4, 5]);
    }

    #[test]
    fn a_call_about_two_names_matches_by_either() {
        let mut schedule = Schedule::of(['a']).below("x");
        assert!(schedule.strikes(&'a', ["y", "x"]));
        assert!(!schedule.strikes(&'a', ["y", "z"]));
    }

    #[test]
    fn a_seed_strikes_the_same_calls_again() {
        let calls = [('a', "x"); 1000];
        let by = |seed| struck(Schedule::of(['a']).sometimes(20, seed), &calls);
        assert_eq!(by(1), by(1));
        assert_ne!(by(1), by(2));
        assert!((100..300).contains(&by(1).len()), "{}", by(1).len());
    }
}
