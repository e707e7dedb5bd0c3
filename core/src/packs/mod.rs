//! Reading what lies in packs, in few requests.
//!
//! Nodes, small contents and chunk tables are units of packs, written side by side by one flush and
//! most often read side by side. This room turns reads of units into reads of *spans*, ranges of a
//! pack that hold many of them:
//!
//! * [`read_all`](PackReader::read_all) joins the units it is asked for where they lie near each
//!   other, and has a bounded number of spans on their way.
//! * [`read`](PackReader::read) takes one unit. The first reads of a pack take what they need and no
//!   byte more; one that goes on reading there gets windows that grow for as long as they are of
//!   use ([`Ahead`]).
//! * Spans stay under a byte budget, sealed as they came ([`SpanCache`]).
//! * Whoever asks for bytes that are on their way waits for the same answer. Each of those who wait
//!   drives the request, so one that is not polled, or dropped, holds up nobody.
//!
//! Nothing that fails its check is kept: the span is forgotten and the unit read once more from
//! the store by itself. Only if that fails too it is told as damage of the object.
//!
//! A pack has no index and its length is unknown; a span that reaches past its end comes back
//! shorter.

mod ahead;
mod cache;
mod flight;
mod span;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::blob::BlobStore;
use crate::error::{Error, Result};
use crate::seal::{PackId, Place, TAG_BYTES, UnitKind, pack_name};
use ahead::{Ahead, Pattern};
use cache::SpanCache;
use flight::{Answer, Flights};

use span::GAP_BYTES_MAX;
pub(crate) use span::{Span, Wanted, spans};

/// The most bytes of one request.
const SPAN_BYTES_MAX: u64 = 4 * 1024 * 1024;
/// Of one call: the most requests on their way, and the most bytes of them.
const REQUESTS_AT_A_TIME: usize = 16;
const REQUEST_BYTES_AT_A_TIME: u64 = 16 * 1024 * 1024;
/// A piece of at most one of so many parts of a window is read over.
const ISLAND_SHARE: u64 = 8;
/// Packs whose readers are watched; beyond, all are forgotten and start anew.
const WATCHED_PACKS_MAX: usize = 4_096;

/// Reads units of packs. Clones share what they keep.
#[derive(Clone)]
pub(crate) struct PackReader {
    store: Arc<dyn BlobStore>,
    state: Arc<Mutex<State>>,
    span_bytes_max: u64,
}

struct State {
    cache: SpanCache,
    flights: Flights,
    watched: HashMap<PackId, Watched>,
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
enum Source {
    Kept(Bytes),
    Store(Answer),
}

/// A span and which of the units asked for it holds.
struct Load {
    start: u64,
    bytes: u64,
    source: Source,
    units: Vec<usize>,
}

impl PackReader {
    /// A reader that keeps at most `budget` bytes of spans.
    pub(crate) fn new(store: Arc<dyn BlobStore>, budget: usize) -> Self {
        let state = State {
            cache: SpanCache::new(budget),
            flights: Flights::default(),
            watched: HashMap::new(),
        };
        Self {
            store,
            state: Arc::new(Mutex::new(state)),
            // A few must fit beside each other.
            span_bytes_max: SPAN_BYTES_MAX.min(budget as u64 / 4),
        }
    }

    /// The store the packs lie in.
    pub(crate) fn store(&self) -> &Arc<dyn BlobStore> {
        &self.store
    }

    /// The longest span worth planning for units that are read one by one, in bytes.
    pub(crate) fn span_bytes_max(&self) -> u64 {
        self.span_bytes_max
    }

    /// Reads the unit at `place` and opens it with `open`, which checks it.
    pub(crate) async fn read<T>(
        &self,
        kind: UnitKind,
        place: &Place,
        open: impl Fn(&[u8]) -> Result<T>,
    ) -> Result<T> {
        let pattern = match kind {
            UnitKind::Node => Pattern::Descent,
            UnitKind::Content | UnitKind::Table => Pattern::Neighbours,
        };
        let load = self.state().load(self, kind, place, pattern);
        self.open(place, load, open).await
    }

    /// The same for a unit of a span that most of is going to be read.
    pub(crate) async fn read_within<T>(
        &self,
        span: &Span,
        place: &Place,
        open: impl Fn(&[u8]) -> Result<T>,
    ) -> Result<T> {
        let load = self.state().load_within(self, span, place);
        self.open(place, load, open).await
    }

    async fn open<T>(
        &self,
        place: &Place,
        load: Load,
        open: impl Fn(&[u8]) -> Result<T>,
    ) -> Result<T> {
        check_length(place)?;
        let opened = match load.source.bytes().await {
            Ok(span) => open(unit(&span, load.start, place)),
            Err(error) => Err(error),
        };
        match opened {
            Err(error) => self.open_again(place, error, &open).await,
            opened => opened,
        }
    }

    /// Reads units of `kind`, each opened by `open` with its index, and returns them in the order
    /// asked for. Bytes are held for the spans on their way alone: what is kept is opened first, as
    /// the cache may drop it while the others come.
    pub(crate) async fn read_all<T>(
        &self,
        kind: UnitKind,
        wanted: &[Wanted],
        open: impl Fn(usize, &[u8]) -> Result<T>,
    ) -> Result<Vec<T>> {
        wanted.iter().try_for_each(|wanted| check_length(&wanted.place))?;
        let mut opened: Vec<Option<T>> = wanted.iter().map(|_| None).collect();
        let (kept, loads) = self.state().load_all(self, kind, wanted);
        let mut damaged = Vec::new();
        for (index, start, span) in kept {
            match open(index, unit(&span, start, &wanted[index].place)) {
                Ok(outcome) => opened[index] = Some(outcome),
                Err(error) => damaged.push((index, error)),
            }
        }
        for (index, error) in damaged {
            let open = |sealed: &[u8]| open(index, sealed);
            opened[index] = Some(self.open_again(&wanted[index].place, error, &open).await?);
        }
        let mut loads = loads.into_iter().peekable();
        let mut under_way = FuturesUnordered::new();
        let mut bytes = 0;
        loop {
            while let Some(load) = loads.next_if(|load| {
                under_way.is_empty()
                    || under_way.len() < REQUESTS_AT_A_TIME
                        && bytes + load.bytes <= REQUEST_BYTES_AT_A_TIME
            }) {
                bytes += load.bytes;
                under_way.push(async move {
                    let answer = load.source.bytes().await;
                    (answer, load.start, load.bytes, load.units)
                });
            }
            let Some((answer, start, length, units)) = under_way.next().await else { break };
            bytes -= length;
            for index in units {
                let place = &wanted[index].place;
                let open = |sealed: &[u8]| open(index, sealed);
                let outcome = match &answer {
                    Ok(span) => open(unit(span, start, place)),
                    Err(error) => Err(error.clone()),
                };
                opened[index] = Some(match outcome {
                    Ok(outcome) => outcome,
                    Err(error) => self.open_again(place, error, &open).await?,
                });
            }
        }
        // Every unit is in one load.
        opened.into_iter().map(|unit| unit.ok_or(Error::ObjectMissing)).collect()
    }

    /// After `error`: if it tells of damage, reads the unit by itself, which may have been damaged
    /// on its way alone.
    async fn open_again<T>(
        &self,
        place: &Place,
        error: Error,
        open: &impl Fn(&[u8]) -> Result<T>,
    ) -> Result<T> {
        let name = pack_name(place.pack);
        if !may_heal(&error) {
            return Err(error.in_object(&name));
        }
        self.state().cache.forget(place.pack, &range(place));
        let sealed = self.store.get_range(&name, place.offset.into(), place.length.into()).await;
        sealed
            .and_then(|sealed| open(unit(&sealed, place.offset.into(), place)))
            .map_err(|error| error.in_object(&name))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The request for a range of a pack, to be driven by whoever waits for it.
    async fn request(self, pack: PackId, range: Range<u64>) -> Result<Bytes> {
        let length = range.end - range.start;
        let answer = self.store.get_range(&pack_name(pack), range.start, length).await;
        let mut state = self.state();
        state.flights.land(pack, &range);
        let bytes = answer?;
        state.cache.insert(pack, range.start, bytes.clone());
        Ok(bytes)
    }

    #[cfg(test)]
    fn kept_bytes(&self) -> usize {
        self.state().cache.bytes()
    }
}

impl State {
    fn load(
        &mut self,
        reader: &PackReader,
        kind: UnitKind,
        place: &Place,
        pattern: Pattern,
    ) -> Load {
        if let Some(load) = self.on_hand(kind, place) {
            return load;
        }
        let bytes = self.watch(place.pack).of(kind).miss(place, pattern, reader.span_bytes_max);
        let window = self.window(place.pack, &range(place), bytes);
        self.depart(reader, place.pack, window)
    }

    fn load_within(&mut self, reader: &PackReader, span: &Span, place: &Place) -> Load {
        if let Some(load) = self.on_hand(UnitKind::Content, place) {
            return load;
        }
        let window = self.not_on_hand(place.pack, &range(place), span.range.clone());
        self.depart(reader, place.pack, window)
    }

    /// What is kept of the units, each with its index, and what loads the others.
    fn load_all(
        &mut self,
        reader: &PackReader,
        kind: UnitKind,
        wanted: &[Wanted],
    ) -> (Vec<(usize, u64, Bytes)>, Vec<Load>) {
        let (mut kept, mut loads, mut missing) = (Vec::new(), Vec::new(), Vec::new());
        let mut bytes_max = SPAN_BYTES_MAX;
        for (index, unit) in wanted.iter().enumerate() {
            match self.on_hand(kind, &unit.place) {
                Some(Load { start, source: Source::Kept(bytes), .. }) => {
                    kept.push((index, start, bytes));
                }
                Some(load) => loads.push(Load { units: vec![index], ..load }),
                None => {
                    let window =
                        self.not_on_hand(unit.place.pack, &range(&unit.place), unit.range_from(0));
                    let before = range(&unit.place).start - window.start;
                    if before > 0 {
                        // Of what is read for later no more than can be kept.
                        bytes_max = reader.span_bytes_max;
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
                let (place, max) = (span.place(), reader.span_bytes_max);
                let bytes = self.watch(span.pack).of(kind).miss(&place, Pattern::Walk, max);
                self.window(span.pack, &span.range, bytes)
            } else {
                span.range
            };
            let load = self.depart(reader, span.pack, window);
            loads.push(Load { units, ..load });
        }
        (kept, loads)
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

    /// The part of `window` around `wanted` of which little else is on hand. It goes on over what is
    /// on hand of a small piece further on, which would cost a request on its other side. Where it
    /// ends at such bytes it takes some of them: a unit may lie across the border, in neither whole.
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
    fn depart(&mut self, reader: &PackReader, pack: PackId, range: Range<u64>) -> Load {
        let (start, bytes) = (range.start, range.end - range.start);
        let answer = self.flights.depart(pack, range, reader.clone());
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
    async fn bytes(self) -> Result<Bytes> {
        match self {
            Source::Kept(bytes) => Ok(bytes),
            Source::Store(answer) => answer.await,
        }
    }
}

/// Whether reading again may give what an error denied: damage of what came, if not of the store.
pub(crate) fn may_heal(error: &Error) -> bool {
    matches!(error, Error::ObjectTruncated | Error::ObjectCorrupt | Error::Malformed { .. })
}

/// The bytes of a pack that a unit takes.
fn range(place: &Place) -> Range<u64> {
    u64::from(place.offset)..u64::from(place.offset) + u64::from(place.length)
}

/// The unit's part of a span from `start` on, shorter if the span ends before.
fn unit<'a>(span: &'a [u8], start: u64, place: &Place) -> &'a [u8] {
    let from = (u64::from(place.offset) - start).min(span.len() as u64) as usize;
    let to = from.saturating_add(place.length as usize).min(span.len());
    &span[from..to]
}

fn check_length(place: &Place) -> Result<()> {
    if (place.length as usize) < TAG_BYTES {
        let error = Error::Malformed { what: "place: too short for a unit" };
        return Err(error.in_object(&pack_name(place.pack)));
    }
    Ok(())
}

#[cfg(test)]
mod tests;
