//! Reading what lies in packs, in few requests.
//!
//! Nodes, small contents and chunk tables are units of packs, written side by side by one flush and
//! most often read side by side. This room turns reads of units into reads of *spans*, ranges of a
//! pack that hold many of them:
//!
//! * [`read_all`](PackReader::read_all) joins the units it is asked for where they lie near each
//!   other, and has a bounded number of spans on their way.
//! * [`read`](PackReader::read) takes one unit. The first reads of a pack take what they need and
//!   no byte more; one that goes on reading there gets windows that grow for as long as they are of
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
mod on_hand;
mod span;

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;

use crate::blob::BlobStore;
use crate::error::{Error, Result};
use crate::seal::{PackId, Place, TAG_BYTES, UnitKind, pack_name};
use ahead::Pattern;
use flight::Request;
use on_hand::{Kept, Load, Loads, OnHand, SPAN_BYTES_MAX};

pub(crate) use span::{Span, Wanted, spans};

/// Of one call: the most requests on their way, and the most bytes of them.
const REQUESTS_AT_A_TIME: usize = 16;
const REQUEST_BYTES_AT_A_TIME: u64 = 16 * 1024 * 1024;

/// Reads units of packs. Clones share what they keep.
#[derive(Clone)]
pub(crate) struct PackReader {
    store: Arc<dyn BlobStore>,
    on_hand: Arc<Mutex<OnHand>>,
    span_bytes_max: u64,
}

impl PackReader {
    /// A reader that keeps at most `budget` bytes of spans.
    pub(crate) fn new(store: Arc<dyn BlobStore>, budget: usize) -> Self {
        // A few must fit beside each other.
        let span_bytes_max = SPAN_BYTES_MAX.min(budget as u64 / 4);
        let on_hand = Arc::new(Mutex::new(OnHand::new(budget, span_bytes_max)));
        Self { store, on_hand, span_bytes_max }
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
        let load = self.on_hand().load(&self.ask(), kind, place, pattern);
        self.open(place, load, open).await
    }

    /// The same for a unit of a span that most of is going to be read.
    pub(crate) async fn read_within<T>(
        &self,
        span: &Span,
        place: &Place,
        open: impl Fn(&[u8]) -> Result<T>,
    ) -> Result<T> {
        let load = self.on_hand().load_within(&self.ask(), span, place);
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
        let Loads { kept, loads } = self.on_hand().load_all(&self.ask(), kind, wanted);
        let mut damaged = Vec::new();
        for Kept { index, start, bytes } in kept {
            match open(index, unit(&bytes, start, &wanted[index].place)) {
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
        self.on_hand().distrust(place);
        let sealed = self.store.get_range(&name, place.offset.into(), place.length.into()).await;
        sealed
            .and_then(|sealed| open(unit(&sealed, place.offset.into(), place)))
            .map_err(|error| error.in_object(&name))
    }

    fn on_hand(&self) -> MutexGuard<'_, OnHand> {
        self.on_hand.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes requests for ranges of packs, to be driven by whoever waits for them.
    fn ask(&self) -> impl Fn(PackId, Range<u64>) -> Request {
        |pack, range| Box::pin(self.clone().request(pack, range))
    }

    async fn request(self, pack: PackId, range: Range<u64>) -> Result<Bytes> {
        let length = range.end - range.start;
        let answer = self.store.get_range(&pack_name(pack), range.start, length).await;
        self.on_hand().landed(pack, &range, answer.as_ref().ok());
        answer
    }

    #[cfg(test)]
    fn kept_bytes(&self) -> usize {
        self.on_hand().kept_bytes()
    }
}

/// Whether reading again may give what an error denied: damage of what came, if not of the store.
pub(crate) fn may_heal(error: &Error) -> bool {
    matches!(error, Error::ObjectTruncated | Error::ObjectCorrupt | Error::Malformed { .. })
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
