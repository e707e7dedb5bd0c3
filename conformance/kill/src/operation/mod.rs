//! What the threads of a victim do. An operation follows from a seed, a round, a thread and a
//! number alone, so that the conductor knows it by its number.

pub(crate) mod chore;
pub(crate) mod closing;
pub(crate) mod engine;
pub(crate) mod vault;

use crate::change::Change;
use crate::random::Random;
use crate::setup::Setup;

use chore::Chore;
use closing::Closing;
use engine::EngineOperation;
use vault::VaultOperation;

/// How many sessions of a vault write to one store; their threads take turns.
pub(crate) const SESSIONS: usize = 2;

/// What is certain once an operation was acknowledged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Covers {
    /// Not even the operation itself.
    Nothing,
    /// It, and what the threads of the same session had done when it began.
    Session,
    /// It, and what any thread had done when it began.
    Everything,
}

/// Which thread of a victim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Thread {
    /// One of those that write, on keys of their own.
    Writer(usize),
    /// The one that checkpoints, compacts, takes snapshots and checks.
    Housekeeper,
    /// The one that closes and opens.
    Closer,
}

impl Setup {
    /// How many threads there are.
    pub(crate) fn threads(self) -> usize {
        self.writers() + 2
    }

    /// The number of a thread.
    pub(crate) fn number_of(self, thread: Thread) -> usize {
        match thread {
            Thread::Writer(number) => number,
            Thread::Housekeeper => self.writers(),
            Thread::Closer => self.writers() + 1,
        }
    }

    /// What decides an operation.
    pub(crate) fn random(self, round: u64, thread: Thread, number: u64) -> Random {
        Random::new(self.seed, &[3, round, self.number_of(thread) as u64, number])
    }

    /// What an operation changes, if it is done at this time, and what is certain then.
    pub(crate) fn effect(
        self,
        round: u64,
        thread: usize,
        number: u64,
        now_ms: u64,
    ) -> (Vec<Change>, Covers) {
        let writers = self.writers();
        let random = |thread| self.random(round, thread, number);
        if thread == self.number_of(Thread::Closer) {
            return (
                Vec::new(),
                Closing::draw(&mut random(Thread::Closer), self.mode).covers(self.mode),
            );
        }
        if thread >= writers {
            return (Vec::new(), Chore::draw(&mut random(Thread::Housekeeper)).covers(self.mode));
        }
        let mut random = random(Thread::Writer(thread));
        if self.mode.has_vault() {
            let operation = VaultOperation::draw(&mut random, self.mode, thread);
            (operation.changes(), operation.covers())
        } else {
            let operation = EngineOperation::draw(&mut random, thread);
            (operation.changes(now_ms), operation.covers())
        }
    }
}
