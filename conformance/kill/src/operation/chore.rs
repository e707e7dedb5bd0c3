//! What is done beside the writers: checkpoints, compaction, purges, checks, snapshots; and
//! namespaces are tracked, or no more.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use sealwood::engine::{Engine, EngineSnapshot, StateEvent, Tracking, VacuumMode};
use sealwood::engine::{Error, Result};
use xxhash_rust::xxh3::Xxh3;

use super::Covers;
use super::engine::FLEETING;
use crate::line::{Line, say};
use crate::mode::Mode;
use crate::random::Random;

/// How many snapshots are held at once.
const HELD_MAX: usize = 3;

/// How many keys of a namespace are looked at in one.
const KEYS_MAX: usize = 200;

/// One chore.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Chore {
    Checkpoint,
    Compact,
    Purge,
    Vacuum,
    Verify,
    /// Takes a snapshot and lets an older one go, which has to be what it was.
    Snapshot,
    /// Tracks the namespace of this number from then on, or no more.
    Track(u64, Tracking),
    /// Holds what is counted of the rows against them.
    VerifyState,
    /// What the background does, where there is one.
    Maintain,
}

/// Snapshots, and a checksum of what each held when it was taken.
#[derive(Default)]
pub(crate) struct Held(VecDeque<(EngineSnapshot, u64)>);

impl Chore {
    /// The next chore.
    pub(crate) fn draw(random: &mut Random) -> Self {
        match random.below(18) {
            0..=3 => Self::Checkpoint,
            4 | 5 => Self::Compact,
            6 => Self::Purge,
            7 => Self::Vacuum,
            8 => Self::Verify,
            12..=14 => Self::Track(random.next(), draw_tracking(random)),
            15 => Self::VerifyState,
            16 | 17 => Self::Maintain,
            _ => Self::Snapshot,
        }
    }

    /// A checkpoint makes durable what the engine has. A session may have more.
    pub(crate) fn covers(self, mode: Mode) -> Covers {
        match self {
            Self::Checkpoint if !mode.has_vault() => Covers::Everything,
            _ => Covers::Nothing,
        }
    }

    /// Does it.
    pub(crate) fn perform(self, engine: &Engine, held: &mut Held) -> Result<()> {
        match self {
            Self::Checkpoint => engine.checkpoint().map(|_| ()),
            Self::Compact => engine.compact().map(|_| ()),
            Self::Purge => engine.purge_expired().map(|_| ()),
            Self::Vacuum => engine.vacuum(VacuumMode::Delete).map(|_| ()),
            Self::Verify => {
                engine.verify(&mut |finding| {
                    say(&Line::Problem(format!("verify beside writers: {finding:?}")));
                    ControlFlow::Continue(())
                })?;
                Ok(())
            }
            Self::Snapshot => held.turn(engine),
            Self::Track(number, tracking) => track(engine, number, tracking),
            Self::VerifyState => {
                engine.verify_state(&mut |name, event| {
                    if let StateEvent::Differs(difference) = event {
                        let text = format!("rows of {name} beside writers: {difference:?}");
                        say(&Line::Problem(text));
                    }
                    ControlFlow::Continue(())
                })?;
                Ok(())
            }
            Self::Maintain => engine.maintain().map(|_| ()),
        }
    }
}

impl Held {
    /// Lets all go.
    pub(crate) fn clear(&mut self) {
        self.0.clear();
    }

    fn turn(&mut self, engine: &Engine) -> Result<()> {
        let snapshot = engine.snapshot()?;
        let checksum = checksum(&snapshot)?;
        self.0.push_back((snapshot, checksum));
        if self.0.len() > HELD_MAX
            && let Some((snapshot, before)) = self.0.pop_front()
        {
            match self::checksum(&snapshot) {
                Ok(now) if now == before => {}
                // It is of an engine that was closed meanwhile.
                Err(Error::Closed) => {}
                other => {
                    let revision = snapshot.revision();
                    let text =
                        format!("a snapshot at {revision} is no longer what it was: {other:?}");
                    say(&Line::Problem(text));
                }
            }
        }
        Ok(())
    }
}

fn draw_tracking(random: &mut Random) -> Tracking {
    match random.below(5) {
        0 => Tracking::Off,
        1 | 2 => Tracking::Whole,
        _ => Tracking::Buckets,
    }
}

fn track(engine: &Engine, number: u64, tracking: Tracking) -> Result<()> {
    let names = engine.namespaces()?;
    let chosen = number.checked_rem(names.len() as u64);
    let Some(name) = chosen.and_then(|at| names.get(at as usize)) else { return Ok(()) };
    match engine.namespace(name)?.track(tracking) {
        // By a writer, meanwhile.
        Err(Error::NamespaceDropped) => Ok(()),
        tracked => tracked.map(|_| ()),
    }
}

/// Of what is there whatever the time.
fn checksum(snapshot: &EngineSnapshot) -> Result<u64> {
    let mut hash = Xxh3::new();
    let namespaces = snapshot.namespaces().filter(|name| *name != FLEETING);
    for namespace in namespaces.filter_map(|name| snapshot.namespace(name)) {
        namespace
            .scan()
            .limit(KEYS_MAX)
            .for_each(|key, value| {
                hash.update(&(key.len() as u64).to_le_bytes());
                hash.update(key);
                hash.update(&(value.len() as u64).to_le_bytes());
                hash.update(value);
                ControlFlow::Continue(())
            })
            .map_err(|finding| finding.error)?;
    }
    Ok(hash.digest())
}
