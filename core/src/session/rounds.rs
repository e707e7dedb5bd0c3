//! Rounds: the work on the root, one piece after the other, driven by whoever is polled.
//!
//! Commits and looks at the root exclude each other. No call owns a round: it is one shared future
//! that every call which waits for it polls, so a call that is left unpolled holds nobody up. The
//! session keeps a weak handle; when the last call that waits is dropped, the round is.
//!
//! A call that finds another round under way stands in a queue, by what it wants. Whoever starts
//! the next round does what is wanted first, be it its own wish or not, and every call that this
//! serves is given the round. So nobody waits for longer than a round of each kind, however often
//! the others come, and however rarely it is polled.
//!
//! A round that panics, because the store does, has failed for those who wait for it, and for
//! nobody else.

use std::collections::VecDeque;
use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};

use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};

use super::Session;
use super::gauge::{Gauge, Report};
use super::spill::Spill;
use crate::error::Result;
use crate::platform::BoxFuture;
use crate::task::{CallContext, caught, yield_once};

type Outcome = BoxFuture<'static, Result<()>>;

/// What a round does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Reads the root the store holds.
    Look,
    /// Commits what is in the queue.
    Commit(Spill),
    /// Makes the changes of the keyring that are wanted.
    Keyring,
}

impl Work {
    /// Whether a round that does this does `wanted` as well.
    fn covers(self, wanted: Self) -> bool {
        self == wanted || (self, wanted) == (Work::Commit(Spill::Now), Work::Commit(Spill::WhenDue))
    }
}

/// The rounds of one session: the one under way, and what is wanted after it.
#[derive(Default)]
pub(super) struct Rounds(Mutex<Slot>);

#[derive(Default)]
struct Slot {
    current: Option<(WeakShared<Outcome>, Arc<Gauge>)>,
    queue: VecDeque<Wish>,
}

/// What a call waits for, as long as it does.
struct Wish {
    work: Work,
    place: Weak<Place>,
}

/// Where a call finds the round that serves it, once that has started.
type Place = OnceLock<Round>;

#[derive(Clone)]
struct Round {
    running: Shared<Outcome>,
    gauge: Arc<Gauge>,
}

/// The round that a call drives next.
enum Turn {
    /// Does what it wants, and was started by it.
    Started(Round),
    /// Does what it wants.
    Served(Round),
    /// Has to end first.
    Other(Round),
}

impl Rounds {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// The round under way.
    fn current(&self) -> Option<Round> {
        let (running, gauge) = self.current.as_ref()?;
        let running = running.upgrade().filter(|running| running.peek().is_none())?;
        Some(Round { running, gauge: Arc::clone(gauge) })
    }

    /// What is wanted first.
    fn first(&mut self) -> Option<Work> {
        self.queue.retain(|wish| wish.place.strong_count() > 0);
        self.queue.front().map(|wish| wish.work)
    }

    /// Gives the round that does `work` to all whom it serves.
    fn serve(&mut self, work: Work, round: &Round) {
        self.queue.retain(|wish| {
            let is_served = work.covers(wish.work);
            if let Some(place) = wish.place.upgrade().filter(|_| is_served) {
                let _ = place.set(round.clone());
            }
            !is_served
        });
    }
}

impl Session {
    /// Has `work` done by a round that starts after this call, or takes part in rounds until
    /// `is_done`. A round that began before may have seen less than is there now, so its outcome
    /// says nothing to this call.
    pub(super) async fn round(
        self: &Arc<Self>,
        work: Work,
        context: &CallContext,
        is_done: impl Fn() -> bool,
    ) -> Result<()> {
        if is_done() {
            return Ok(());
        }
        let place = Arc::<Place>::default();
        self.rounds.slot().queue.push_back(Wish { work, place: Arc::downgrade(&place) });
        while !is_done() {
            match self.turn(work, &place) {
                Turn::Started(round) => return round.drive(context).await,
                Turn::Served(round) => return round.drive_with_others(context).await,
                Turn::Other(round) => {
                    let _ = round.drive_with_others(&CallContext::default()).await;
                }
            }
        }
        Ok(())
    }

    /// The round that serves the call of `place`, which is in the queue for what it wants, or the
    /// one under way, or a new one.
    fn turn(self: &Arc<Self>, wanted: Work, place: &Place) -> Turn {
        let mut slot = self.rounds.slot();
        if let Some(round) = place.get() {
            return Turn::Served(round.clone());
        }
        if let Some(round) = slot.current() {
            return Turn::Other(round);
        }
        let work = slot.first().unwrap_or(wanted);
        let round = self.start(work);
        slot.current = round.running.downgrade().map(|running| (running, Arc::clone(&round.gauge)));
        slot.serve(work, &round);
        match place.get() {
            Some(_) => Turn::Started(round),
            None => Turn::Other(round),
        }
    }

    fn start(self: &Arc<Self>, work: Work) -> Round {
        let gauge = Arc::<Gauge>::default();
        let (session, of_round) = (Arc::clone(self), Arc::clone(&gauge));
        let outcome: Outcome = Box::pin(caught(async move {
            match work {
                Work::Look => session.reload().await,
                Work::Commit(spill) => session.commit_queue(spill, &of_round).await,
                Work::Keyring => session.change_keyring().await,
            }
        }));
        Round { running: outcome.shared(), gauge }
    }
}

impl Round {
    /// Polls a round that others drive as well. They may be about to join: were each to drive the
    /// round a step as it comes, a round would end before the next call could share the one after
    /// it.
    async fn drive_with_others(self, context: &CallContext) -> Result<()> {
        yield_once().await;
        self.drive(context).await
    }

    /// Polls the round to its end and tells `context` how far it is.
    async fn drive(self, context: &CallContext) -> Result<()> {
        let Self { mut running, gauge } = self;
        let mut told = 0;
        poll_fn(|task| {
            let outcome = running.poll_unpin(task);
            for Report { done, total } in gauge.reports_from(&mut told) {
                context.report(done, Some(total));
            }
            outcome
        })
        .await
    }
}
