//! Requests on their way.

use std::collections::HashMap;
use std::ops::Range;

use bytes::Bytes;
use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};

use crate::error::Result;
use crate::platform::BoxFuture;
use crate::seal::PackId;
use crate::task::caught;

/// A request for a range of a pack.
pub(super) type Request = BoxFuture<'static, Result<Bytes>>;

/// An answer that is waited for. Each who waits drives the request; it ends when the last of them
/// has left.
pub(super) type Answer = Shared<Request>;

/// The requests on their way, held by those who wait and not from here.
#[derive(Default)]
pub(super) struct Flights {
    packs: HashMap<PackId, Vec<Flight>>,
}

struct Flight {
    range: Range<u64>,
    answer: WeakShared<Request>,
}

impl Flights {
    /// The answer that will hold all of `range`, and where it starts.
    pub(super) fn join(&mut self, pack: PackId, range: &Range<u64>) -> Option<(u64, Answer)> {
        let flights = self.packs.get(&pack)?;
        flights
            .iter()
            .filter(|flight| flight.range.start <= range.start && range.end <= flight.range.end)
            .find_map(|flight| Some((flight.range.start, flight.answer.upgrade()?)))
    }

    /// The ranges of a pack that are on their way.
    pub(super) fn ranges(&self, pack: PackId) -> impl Iterator<Item = Range<u64>> {
        let flights = self.packs.get(&pack).into_iter().flatten();
        let alive = flights.filter(|flight| flight.answer.upgrade().is_some());
        alive.map(|flight| flight.range.clone())
    }

    /// Sends `request` for a range. Nothing is sent before the answer is waited for.
    pub(super) fn depart(&mut self, pack: PackId, range: Range<u64>, request: Request) -> Answer {
        let request: Request = Box::pin(caught(request));
        let answer = request.shared();
        // Those that nobody waits for any more make room.
        self.packs.retain(|_, flights| {
            flights.retain(|flight| flight.answer.upgrade().is_some());
            !flights.is_empty()
        });
        if let Some(weak) = answer.downgrade() {
            let flights = self.packs.entry(pack).or_default();
            flights.push(Flight { range, answer: weak });
        }
        answer
    }

    /// A request was answered.
    pub(super) fn land(&mut self, pack: PackId, range: &Range<u64>) {
        if let Some(flights) = self.packs.get_mut(&pack) {
            flights.retain(|flight| flight.range != *range);
            if flights.is_empty() {
                self.packs.remove(&pack);
            }
        }
    }
}
