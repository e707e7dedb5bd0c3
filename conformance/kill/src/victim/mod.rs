//! The process that is killed: threads that write, one that keeps house, one that closes and opens.
//! Each says what it begins and how it ended.

mod home;

use std::path::Path;
use std::process::ExitCode;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use futures_lite::future::block_on;
use sealwood::engine::Engine;
use sealwood::platform::{Clock, SystemClock};
use sealwood::{Error, Result};

use crate::line::{Answer, Line, say};
use crate::mode::Mode;
use crate::operation::chore::Chore;
use crate::operation::closing::{By, Closing, Then};
use crate::operation::engine::EngineOperation;
use crate::operation::vault::VaultOperation;
use crate::operation::{SESSIONS, Thread};
use crate::setup::Setup;

use home::Home;

/// One life of a victim.
pub(crate) struct Victim<'a> {
    pub(crate) setup: Setup,
    pub(crate) round: u64,
    pub(crate) directory: &'a Path,
}

/// Opens, tidies and closes, and is killed at that.
pub(crate) fn recover(setup: Setup, directory: &Path) -> Result<()> {
    let engine = Engine::open_directory(directory, setup.config())?;
    engine.checkpoint()?;
    engine.compact()?;
    Ok(engine.close()?)
}

impl Victim<'_> {
    /// Works until it is killed, or its closer says that it is enough.
    pub(crate) fn run(&self) -> ExitCode {
        let home = match Home::open(self.setup, self.directory) {
            Ok(home) => home,
            Err(error) => return problem("opening", &error),
        };
        let over = AtomicBool::new(false);
        thread::scope(|scope| {
            for number in 0..self.setup.writers() {
                let (home, over) = (&home, &over);
                scope.spawn(move || self.write(number, home, over));
            }
            scope.spawn(|| self.keep_house(&home, &over));
            let outcome = self.close_and_open(&home);
            over.store(true, Ordering::Release);
            home.wake();
            outcome
        })
    }

    fn write(&self, writer: usize, home: &Home, over: &AtomicBool) {
        let thread = Thread::Writer(writer);
        for number in 0.. {
            if over.load(Ordering::Acquire) {
                return;
            }
            let mut random = self.setup.random(self.round, thread, number);
            let done = self.told(thread, number, |now_ms| {
                home.with(|engine, sessions| {
                    if self.setup.mode.has_vault() {
                        let session = &sessions[writer % SESSIONS];
                        let operation = VaultOperation::draw(&mut random, self.setup.mode, writer);
                        block_on(operation.perform(session))
                    } else {
                        Ok(EngineOperation::draw(&mut random, writer).perform(engine, now_ms)?)
                    }
                })
            });
            home.wait_after(done.is_none(), over);
        }
    }

    fn keep_house(&self, home: &Home, over: &AtomicBool) {
        for number in 0.. {
            if over.load(Ordering::Acquire) {
                return;
            }
            let mut random = self.setup.random(self.round, Thread::Housekeeper, number);
            let chore = Chore::draw(&mut random);
            let done = self.told(Thread::Housekeeper, number, |_| {
                home.with(|engine, _| {
                    Ok(chore.perform(engine, &mut home.held()).map(|()| Answer::Done)?)
                })
            });
            thread::sleep(Duration::from_micros(random.magnitude(100, 30_000)));
            home.wait_after(done.is_none(), over);
        }
    }

    fn close_and_open(&self, home: &Home) -> ExitCode {
        for number in 0.. {
            let mut random = self.setup.random(self.round, Thread::Closer, number);
            let closing = Closing::draw(&mut random, self.setup.mode);
            thread::sleep(closing.after);
            let begun = self.begin(Thread::Closer, number);
            let outcome = match (closing.by, self.setup.mode.closes_beside_calls()) {
                (By::Call, true) => home.close_beside_calls(),
                (By::Call, false) => home.close(),
                (By::LastHandle, _) => home.let_go(),
            };
            if let Err(error) = outcome {
                return problem(&format!("an end by {:?}", closing.by), &error);
            }
            begun.end(Answer::Done);
            if closing.then == Then::Exit {
                return ExitCode::SUCCESS;
            }
            if let Err(error) = home.open_again() {
                return problem(&format!("opening after an end by {:?}", closing.by), &error);
            }
        }
        ExitCode::SUCCESS
    }

    /// Does an operation, says so before and after, and returns what came of it: none where the
    /// engine was closed meanwhile.
    fn told(
        &self,
        thread: Thread,
        number: u64,
        work: impl FnOnce(u64) -> Option<Result<Answer>>,
    ) -> Option<Answer> {
        let begun = self.begin(thread, number);
        let mode = self.setup.mode;
        let (answer, is_closed) = match work(begun.now_ms) {
            Some(Ok(answer)) => (answer, false),
            None => (Answer::Nothing, true),
            Some(Err(Error::Closed)) if mode.closes_beside_calls() => (Answer::Nothing, true),
            // A session whose store is closed while it commits cannot ask what became of it.
            Some(Err(Error::OutcomeUnknown)) if mode == Mode::VaultClose => (Answer::Unknown, true),
            Some(Err(error)) => {
                say(&Line::Problem(format!("{thread:?} {number}: {}: {error}", error.code())));
                // What is wrong stays wrong: there is no point in going on.
                std::process::exit(1);
            }
        };
        begun.end(answer);
        (!is_closed).then_some(answer)
    }

    fn begin(&self, thread: Thread, number: u64) -> Begun {
        let now_ms = SystemClock.now_ms();
        let thread = self.setup.number_of(thread);
        say(&Line::Begin { thread, number, now_ms });
        Begun { thread, number, now_ms }
    }
}

/// An operation that a thread has begun.
struct Begun {
    thread: usize,
    number: u64,
    now_ms: u64,
}

impl Begun {
    fn end(self, answer: Answer) {
        say(&Line::End { thread: self.thread, number: self.number, answer });
    }
}

fn problem(doing: &str, error: &Error) -> ExitCode {
    say(&Line::Problem(format!("{doing}: {}: {error}", error.code())));
    std::process::exit(1)
}
