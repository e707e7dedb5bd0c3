//! Rounds: the work on the root, one piece after the other, driven by whoever is polled.
//!
//! Commits and looks at the root exclude each other. No call owns a round: it is one shared future
//! that every call which waits for it polls, so a call that is left unpolled holds nobody up. The
//! session keeps a weak handle; when the last call that waits is dropped, the round is.

use std::future::poll_fn;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{Shared, WeakShared};

use super::session::Forest;
use crate::error::Result;
use crate::platform::BoxFuture;
use crate::task::{Watch, yield_once};

type Outcome = BoxFuture<'static, Result<()>>;

/// What a round does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Work {
    /// Reads the root the store holds.
    Look,
    /// Commits what is pending.
    Commit,
    /// The same, and empties the tail.
    Spill,
}

impl Work {
    /// Whether a round that does this does `wanted` as well.
    fn covers(self, wanted: Self) -> bool {
        self == wanted || (self, wanted) == (Work::Spill, Work::Commit)
    }
}

/// The rounds of one session: how many were started, and the one under way.
#[derive(Default)]
pub(super) struct Rounds(Mutex<Slot>);

#[derive(Default)]
struct Slot {
    started: u64,
    current: Option<(WeakShared<Outcome>, Work, Arc<Gauge>)>,
}

struct Round {
    number: u64,
    work: Work,
    running: Shared<Outcome>,
    gauge: Arc<Gauge>,
    arrival: Arrival,
}

/// How a call came to a round.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Arrival {
    Started,
    Joined,
}

impl Rounds {
    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Slot {
    /// The round under way.
    fn current(&self) -> Option<Round> {
        let (running, work, gauge) = self.current.as_ref()?;
        let running = running.upgrade().filter(|running| running.peek().is_none())?;
        Some(Round {
            number: self.started,
            work: *work,
            running,
            gauge: Arc::clone(gauge),
            arrival: Arrival::Joined,
        })
    }
}

impl Forest {
    /// Has `work` done by a round that starts after this call, or takes part in rounds until
    /// `is_done`. A round that began before may have seen less than is there now, so its outcome
    /// says nothing to this call.
    pub(super) async fn round(
        self: &Arc<Self>,
        work: Work,
        watch: &Watch,
        is_done: impl Fn() -> bool,
    ) -> Result<()> {
        let before = self.rounds.slot().started;
        while !is_done() {
            let round = self.join(work);
            if round.number > before && round.work.covers(work) {
                return round.drive(watch).await;
            }
            let _ = round.drive(&Watch::default()).await;
        }
        Ok(())
    }

    /// The round under way, or a new one.
    fn join(self: &Arc<Self>, work: Work) -> Round {
        let mut slot = self.rounds.slot();
        if let Some(round) = slot.current() {
            return round;
        }
        slot.started += 1;
        let gauge = Arc::<Gauge>::default();
        let (forest, of_round) = (Arc::clone(self), Arc::clone(&gauge));
        let outcome: Outcome = Box::pin(async move {
            match work {
                Work::Look => forest.reload().await,
                Work::Commit | Work::Spill => forest.commit_pending(work, &of_round).await,
            }
        });
        let running = outcome.shared();
        slot.current = running.downgrade().map(|weak| (weak, work, Arc::clone(&gauge)));
        Round { number: slot.started, work, running, gauge, arrival: Arrival::Started }
    }
}

impl Round {
    /// Polls the round to its end and tells `watch` how far it is.
    async fn drive(self, watch: &Watch) -> Result<()> {
        let Self { mut running, gauge, arrival, .. } = self;
        if arrival == Arrival::Joined {
            // Others may be about to join: were each to drive the round a step as it comes, a round
            // would end before the next call could share the one after it.
            yield_once().await;
        }
        let mut told = 0;
        poll_fn(|context| {
            let outcome = running.poll_unpin(context);
            for (done, total) in gauge.reports_from(&mut told) {
                watch.report(done, Some(total));
            }
            outcome
        })
        .await
    }
}

/// How many bytes of packs a round has stored, and how many it will have, after each pack: over all
/// its attempts, so that neither falls.
#[derive(Default)]
pub(super) struct Gauge(Mutex<Level>);

#[derive(Default)]
struct Level {
    /// What the attempts before this one stored.
    before: u64,
    reports: Vec<(u64, u64)>,
}

impl Level {
    fn done(&self) -> u64 {
        self.reports.last().map_or(0, |(done, _)| *done)
    }
}

impl Gauge {
    pub(super) fn report(&self, done: u64, total: u64) {
        let mut level = self.level();
        let report = (level.before + done, level.before + total);
        level.reports.push(report);
    }

    pub(super) fn next_attempt(&self) {
        let mut level = self.level();
        level.before = level.done();
    }

    /// The reports from the `told`-th on, which is moved to the end.
    fn reports_from(&self, told: &mut usize) -> Vec<(u64, u64)> {
        let level = self.level();
        let new = level.reports.get(*told..).unwrap_or_default().to_vec();
        *told = level.reports.len();
        new
    }

    fn level(&self) -> MutexGuard<'_, Level> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
