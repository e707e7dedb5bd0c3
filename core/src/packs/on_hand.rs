//! What is on hand of packs, kept or on its way, and how much to ask for of what is not.

use std::collections::HashMap;
use std::ops::Range;

use bytes::Bytes;

use super::ahead::{Ahead, Pattern};
use super::cache::SpanCache;
use super::flight::{Answer, Flights, Request};
use super::span::{GAP_BYTES_MAX, Span, Wanted, range, spans};
use crate::error::Result;
use crate::seal::{PackId, Place, UnitKind};

/// The most bytes of one request.
pub(super) const SPAN_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// A piece of at most one of so many parts of a window is read over.
const ISLAND_SHARE: u64 = 8;
/// Packs whose readers are watched; beyond, all are forgotten and start anew.
const WATCHED_PACKS_MAX: usize = 4_096;

pub(super) struct OnHand {
    cache: SpanCache,
    flights: Flights,
    watched: HashMap<PackId, Watched>,
    span_bytes_max: u64,
}

/// How the units of one pack are being read.
#[derive(Default)]
struct Watched {
    nodes: Ahead,
    contents: Ahead,
}

impl Watched {
    fn of(&mut self, kind: UnitKind) -> &mut Ahead {
        match kind {
            UnitKind::Node => &mut self.nodes,
            UnitKind::Content | UnitKind::Table => &mut self.contents,
        }
    }
}

/// Where the bytes of a span come from.
pub(super) enum Source {
    Kept(Bytes),
    Store(Answer),
}

/// A span and which of the units asked for it holds.
pub(super) struct Load {
    pub(super) start: u64,
    pub(super) bytes: u64,
    pub(super) source: Source,
    pub(super) units: Vec<usize>,
}

/// A unit whose bytes are kept.
pub(super) struct Kept {
    /// Which of the units asked for it is.
    pub(super) index: usize,
    /// Where `bytes` start in the pack.
    pub(super) start: u64,
    pub(super) bytes: Bytes,
}

/// What was asked for: what is kept of it, and what loads the rest.
pub(super) struct Loads {
    pub(super) kept: Vec<Kept>,
    pub(super) loads: Vec<Load>,
}

/// Makes the request for a range of a pack; nothing is sent before it is polled.
pub(super) type Ask<'a> = &'a dyn Fn(PackId, Range<u64>) -> Request;

impl OnHand {
    pub(super) fn new(budget: usize, span_bytes_max: u64) -> Self {
        Self {
            cache: SpanCache::new(budget),
            flights: Flights::default(),
            watched: HashMap::new(),
            span_bytes_max,
        }
    }

    /// The request for `range` was answered.
    pub(super) fn landed(&mut self, pack: PackId, range: &Range<u64>, answer: Option<&Bytes>) {
        self.flights.land(pack, range);
        if let Some(bytes) = answer {
            self.cache.insert(pack, range.start, bytes.clone());
        }
    }

    /// The unit did not pass its check.
    pub(super) fn distrust(&mut self, place: &Place) {
        self.cache.forget(place.pack, &range(place));
    }

    #[cfg(test)]
    pub(super) fn kept_bytes(&self) -> usize {
        self.cache.bytes()
    }

    pub(super) fn load(
        &mut self,
        ask: Ask<'_>,
        kind: UnitKind,
        place: &Place,
        pattern: Pattern,
    ) -> Load {
        if let Some(load) = self.on_hand(kind, place) {
            return load;
        }
        let bytes_max = self.span_bytes_max;
        let bytes = self.watch(place.pack).of(kind).miss(place, pattern, bytes_max);
        let window = self.window(place.pack, &range(place), bytes);
        self.depart(ask, place.pack, window)
    }

    pub(super) fn load_within(&mut self, ask: Ask<'_>, span: &Span, place: &Place) -> Load {
        if let Some(load) = self.on_hand(UnitKind::Content, place) {
            return load;
        }
        let window = self.not_on_hand(place.pack, &range(place), span.range.clone());
        self.depart(ask, place.pack, window)
    }

    /// What is kept of the units, each with its index, and what loads the others.
    pub(super) fn load_all(&mut self, ask: Ask<'_>, kind: UnitKind, wanted: &[Wanted]) -> Loads {
        let (mut kept, mut loads, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        let mut bytes_max = SPAN_BYTES_MAX;
        for (index, unit) in wanted.iter().enumerate() {
            match self.on_hand(kind, &unit.place) {
                Some(Load { start, source: Source::Kept(bytes), .. }) => {
                    kept.push(Kept { index, start, bytes });
                }
                Some(load) => loads.push(Load { units: vec![index], ..load }),
                None => {
                    let window =
                        self.not_on_hand(unit.place.pack, &range(&unit.place), unit.range_from(0));
                    let before = range(&unit.place).start - window.start;
                    if before > 0 {
                        // Of what is read for later no more than can be kept.
                        bytes_max = self.span_bytes_max;
                    }
                    missing.push((Wanted { before, ..*unit }, index));
                }
            }
        }
        let spans = spans(missing, bytes_max);
        let is_lone = spans.len() == 1;
        for (span, units) in spans {
            // One here, one there: whoever goes on like this gets more at a time.
            let window = if is_lone {
                let (place, max) = (span.place(), self.span_bytes_max);
                let bytes = self.watch(span.pack).of(kind).miss(&place, Pattern::Walk, max);
                self.window(span.pack, &span.range, bytes)
            } else {
                span.range
            };
            let load = self.depart(ask, span.pack, window);
            loads.push(Load { units, ..load });
        }
        Loads { kept, loads }
    }

    /// The unit, if it is kept or on its way.
    fn on_hand(&mut self, kind: UnitKind, place: &Place) -> Option<Load> {
        let wanted = range(place);
        let (start, source) = match self.cache.get(place.pack, &wanted) {
            Some((start, bytes)) => (start, Source::Kept(bytes)),
            None => {
                let (start, answer) = self.flights.join(place.pack, &wanted)?;
                (start, Source::Store(answer))
            }
        };
        self.watch(place.pack).of(kind).hit(place);
        Some(Load { start, bytes: 0, source, units: vec![0] })
    }

    /// A window of about `bytes` that holds `wanted`: from there on, and before it if what follows
    /// is on hand.
    fn window(&self, pack: PackId, wanted: &Range<u64>, bytes: u64) -> Range<u64> {
        let after = self.not_on_hand(pack, wanted, wanted.start..wanted.start + bytes);
        let before = after.end.saturating_sub(bytes)..after.end;
        self.not_on_hand(pack, wanted, before)
    }

    /// The part of `window` around `wanted` of which little else is on hand. It goes on over what
    /// is on hand of a small piece further on, which would cost a request on its other side. Where
    /// it ends at such bytes it takes some of them: a unit may lie across the border, in neither
    /// whole.
    fn not_on_hand(&self, pack: PackId, wanted: &Range<u64>, window: Range<u64>) -> Range<u64> {
        let mut range = window.start.min(wanted.start)..window.end.max(wanted.end);
        let island_bytes_max = (range.end - range.start) / ISLAND_SHARE;
        let across = GAP_BYTES_MAX.min(wanted.end - wanted.start);
        for there in self.cache.ranges(pack).chain(self.flights.ranges(pack)) {
            let is_within = window.start <= there.start && there.end <= window.end;
            let is_apart = there.end < wanted.start || wanted.end < there.start;
            if is_within && is_apart && there.end - there.start <= island_bytes_max {
                continue;
            }
            if there.start < wanted.start {
                let border = there.end.saturating_sub(across);
                range.start = range.start.max(border.min(wanted.start));
            }
            if there.end > wanted.end {
                range.end = range.end.min((there.start + across).max(wanted.end));
            }
        }
        range
    }

    /// Sends for a range.
    fn depart(&mut self, ask: Ask<'_>, pack: PackId, range: Range<u64>) -> Load {
        let (start, bytes) = (range.start, range.end - range.start);
        let answer = self.flights.depart(pack, range.clone(), ask(pack, range));
        Load { start, bytes, source: Source::Store(answer), units: vec![0] }
    }

    fn watch(&mut self, pack: PackId) -> &mut Watched {
        if self.watched.len() >= WATCHED_PACKS_MAX && !self.watched.contains_key(&pack) {
            self.watched.clear();
        }
        self.watched.entry(pack).or_default()
    }
}

impl Source {
    pub(super) async fn bytes(self) -> Result<Bytes> {
        match self {
            Source::Kept(bytes) => Ok(bytes),
            Source::Store(answer) => answer.await,
        }
    }
}
