//! How far to read ahead in one pack.

use super::span::{GAP_BYTES_MAX, range};
use crate::seal::Place;

/// The first window, in bytes.
const WINDOW_BYTES_FIRST: u64 = 64 * 1024;
/// By how much a window grows that was of use.
const GROWTH: u64 = 4;
/// How many times all that was asked for so far a window may be for that reason alone. Reached step
/// by step: two reads in one pack say little, ten say that more will come.
const SHARE_MAX: u32 = 8;

/// How units are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Nodes on the way to one entry after the other.
    Descent,
    /// Nodes of one directory after the other.
    Walk,
    /// Contents.
    Neighbours,
}

impl Pattern {
    /// Reads that take what they need alone. A look-up in a large directory ends before, so what
    /// it costs is the nodes on its way and nothing else.
    fn exact_reads(self) -> u32 {
        match self {
            Pattern::Descent => 8,
            Pattern::Walk => 4,
            Pattern::Neighbours => 1,
        }
    }
}

/// What is known of one who reads unit after unit of a pack.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    misses: u32,
    asked_bytes: u64,
    window: u64,
    /// Whether something that had been read ahead was asked for since the last miss.
    was_of_use: bool,
    /// Where the last read ended.
    end: u64,
}

impl Ahead {
    /// A unit was on hand.
    pub(super) fn hit(&mut self, place: &Place) {
        self.asked_bytes += u64::from(place.length);
        self.was_of_use = true;
    }

    /// A unit was not: returns how many bytes to read with it.
    pub(super) fn miss(&mut self, place: &Place, pattern: Pattern, bytes_max: u64) -> u64 {
        let unit = range(place);
        let goes_on = (self.end..=self.end + GAP_BYTES_MAX).contains(&unit.start);
        self.asked_bytes += unit.end - unit.start;
        let least =
            WINDOW_BYTES_FIRST.max(self.asked_bytes * u64::from(self.misses.min(SHARE_MAX)));
        self.window = match self.window {
            _ if self.misses < pattern.exact_reads() => 0,
            window if self.was_of_use || goes_on => least.max(window * GROWTH),
            _ => least,
        };
        self.window = self.window.min(bytes_max);
        self.misses = self.misses.saturating_add(1);
        self.was_of_use = false;
        self.end = unit.end.max(unit.start + self.window);
        self.end - unit.start
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seal::PackId;

    const KIB: u64 = 1024;
    const MAX: u64 = 1024 * KIB;

    fn length(ahead: &mut Ahead, offset: u64, pattern: Pattern) -> u64 {
        let place = Place { pack: PackId([1; 16]), offset: offset as u32, length: 100 };
        ahead.miss(&place, pattern, MAX)
    }

    #[test]
    fn the_first_reads_take_what_they_need() {
        let patterns = [(Pattern::Descent, 8), (Pattern::Walk, 4), (Pattern::Neighbours, 1)];
        for (pattern, exact) in patterns {
            let mut ahead = Ahead::default();
            let exact: Vec<_> =
                (0..exact).map(|read| length(&mut ahead, read * 100, pattern)).collect();
            assert!(exact.iter().all(|length| *length == 100), "{pattern:?}: {exact:?}");
            assert_eq!(length(&mut ahead, 5_000, pattern), 64 * KIB);
        }
    }

    #[test]
    fn windows_grow_while_they_are_of_use() {
        let mut ahead = Ahead::default();
        let mut at = 0;
        let lengths: Vec<_> = (0..6)
            .map(|_| {
                let length = length(&mut ahead, at, Pattern::Neighbours);
                at += length;
                length
            })
            .collect();
        assert_eq!(lengths[1..], [64 * KIB, 256 * KIB, MAX, MAX, MAX]);
    }

    #[test]
    fn windows_of_no_use_stay_small() {
        let mut ahead = Ahead::default();
        let far = |read: u64| (read * 7_919 % 100) * MAX;
        let lengths: Vec<_> =
            (1..20).map(|read| length(&mut ahead, far(read), Pattern::Neighbours)).collect();
        assert!(lengths[1..].iter().all(|length| *length == 64 * KIB), "{lengths:?}");
        let place = Place { pack: PackId([1; 16]), offset: 0, length: 100 };
        ahead.hit(&place);
        assert_eq!(length(&mut ahead, 50 * MAX + 1, Pattern::Neighbours), 256 * KIB);
    }

    #[test]
    fn who_asks_for_much_in_no_order_gets_much() {
        let mut ahead = Ahead::default();
        let far = |read: u64| (read * 7_919 % 100) * MAX;
        let length = |read| {
            let place = Place { pack: PackId([1; 16]), offset: far(read) as u32, length: 65_536 };
            ahead.miss(&place, Pattern::Neighbours, MAX)
        };
        let lengths: Vec<_> = (1..5).map(length).collect();
        assert_eq!(lengths, [64 * KIB, 128 * KIB, 384 * KIB, 768 * KIB]);
    }
}
