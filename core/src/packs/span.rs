//! Which units are read in one request.

use std::ops::Range;

use crate::seal::{PackId, Place};

/// Bytes nobody asked for that cost less than a request more.
pub(super) const GAP_BYTES_MAX: u64 = 64 * 1024;

/// A range of a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Span {
    pub(crate) pack: PackId,
    pub(crate) range: Range<u64>,
}

impl Span {
    pub(super) fn place(&self) -> Place {
        // Spans start and end where places do.
        Place {
            pack: self.pack,
            offset: u32::try_from(self.range.start).unwrap_or(u32::MAX),
            length: u32::try_from(self.range.end - self.range.start).unwrap_or(u32::MAX),
        }
    }
}

/// A unit that is to be read, and how much before it will be wanted next, in bytes: nodes are
/// stored after those below them, so who walks on from one comes to what lies before it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) place: Place,
    pub(crate) before: u64,
}

impl Wanted {
    /// The unit and nothing else.
    pub(crate) fn alone(place: Place) -> Self {
        Self { place, before: 0 }
    }

    /// The unit with what is wanted before it, as far as that lies at `from` or after.
    pub(super) fn range_from(&self, from: u64) -> Range<u64> {
        let unit = range(&self.place);
        unit.start.saturating_sub(self.before).max(from.min(unit.start))..unit.end
    }
}

/// The bytes of a pack that a unit takes.
pub(super) fn range(place: &Place) -> Range<u64> {
    u64::from(place.offset)..u64::from(place.offset) + u64::from(place.length)
}

/// Joins units that lie near each other: the gap between two is small, or at least half of the
/// span is wanted. No span of several units is longer than `bytes_max`. Each comes with what was
/// given with its units, in the order of the pack.
pub(crate) fn spans<T>(mut units: Vec<(Wanted, T)>, bytes_max: u64) -> Vec<(Span, Vec<T>)> {
    units.sort_unstable_by_key(|(Wanted { place, .. }, _)| {
        (place.pack.0, place.offset, place.length)
    });
    let mut spans: Vec<(Span, Vec<T>)> = Vec::new();
    let mut wanted = 0;
    for (next, unit) in units {
        let pack = next.place.pack;
        let last = spans.last().filter(|(span, _)| span.pack == pack);
        let range = next.range_from(last.map_or(0, |(span, _)| span.range.end));
        if let Some((span, units)) = spans.last_mut()
            && span.pack == pack
        {
            let start = span.range.start;
            let end = span.range.end.max(range.end);
            let gap = range.start.saturating_sub(span.range.end);
            let more = end - span.range.end.max(range.start.min(end));
            let is_near = gap <= GAP_BYTES_MAX || 2 * (wanted + more) >= end - start;
            if end == span.range.end || is_near && end - start <= bytes_max {
                span.range.end = end;
                wanted += more;
                units.push(unit);
                continue;
            }
        }
        wanted = range.end - range.start;
        spans.push((Span { pack, range }, vec![unit]));
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIB: u32 = 1024;

    fn place(pack: u8, offset: u32, length: u32) -> Place {
        Place { pack: PackId([pack; 16]), offset, length }
    }

    fn joined(places: &[Place], bytes_max: u64) -> Vec<(u8, Range<u64>, usize)> {
        let units = places.iter().map(|place| (Wanted::alone(*place), ())).collect();
        let spans = spans(units, bytes_max).into_iter();
        spans.map(|(span, units)| (span.pack.0[0], span.range, units.len())).collect()
    }

    #[test]
    fn neighbours_join_whatever_their_order_and_packs_do_not() {
        let places = [place(2, 0, 10), place(1, 20, 10), place(1, 0, 10), place(1, 30, 10)];
        assert_eq!(joined(&places, 1 << 20), [(1, 0..40, 3), (2, 0..10, 1)]);
    }

    #[test]
    fn a_wide_gap_is_read_only_where_most_around_it_is_wanted() {
        let apart = [place(1, 0, KIB), place(1, 66 * KIB, KIB)];
        assert_eq!(joined(&apart, 1 << 20).len(), 2);
        let large = [place(1, 0, 100 * KIB), place(1, 200 * KIB, 100 * KIB)];
        assert_eq!(joined(&large, 1 << 20), [(1, 0..300 * 1024, 2)]);
    }

    #[test]
    fn a_span_of_several_units_is_bounded_and_a_large_unit_is_whole() {
        let many: Vec<_> = (0..10).map(|unit| place(1, unit * 10, 10)).collect();
        assert_eq!(joined(&many, 40), [(1, 0..40, 4), (1, 40..80, 4), (1, 80..100, 2)]);
        assert_eq!(joined(&[place(1, 5, 100)], 40), [(1, 5..105, 1)]);
    }

    #[test]
    fn what_will_be_wanted_before_a_unit_is_read_with_it() {
        let parents = [place(1, 90 * KIB, KIB), place(1, 190 * KIB, KIB), place(1, 800 * KIB, KIB)];
        let wanted = parents.map(|place| (Wanted { place, before: 80 * 1024 }, ()));
        let spans = spans(wanted.to_vec(), 1 << 20);
        let ranges: Vec<_> = spans.into_iter().map(|(span, _)| span.range).collect();
        assert_eq!(ranges, [10 * 1024..191 * 1024, 720 * 1024..801 * 1024]);
    }

    #[test]
    fn a_unit_asked_for_twice_is_read_once() {
        assert_eq!(joined(&[place(1, 5, 10), place(1, 5, 10)], 10), [(1, 5..15, 2)]);
    }
}
