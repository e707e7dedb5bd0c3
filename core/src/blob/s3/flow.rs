//! How many requests of one store are under way at once.
//!
//! The number follows what the way to the server bears ([`Pace`](super::pace::Pace)): answers raise
//! it, and it is halved by a timeout, by 429 and 503, and by an exchange that took longer than the
//! idle timeout (the link is slow, and more at once would only make each slower).
//!
//! An exchange is a job of its own: it is started by the one before it, runs to its end and gives
//! its place on, whether or not its caller polls. A call that is dropped before its turn is taken
//! out; what waits is never more than the calls that live, each with the body it was given. A
//! server that is silent keeps nobody waiting for a turn ([`Queue`]).

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_channel::oneshot;

use super::queue::{Ended, Queue, Started};
use super::sign::{Request, Signer};
use crate::platform::{HttpClient, HttpError, HttpRequest, HttpResponse, Stopwatch};

type Outcome = Result<HttpResponse, HttpError>;

/// The requests of one store.
pub(super) struct Flow {
    shared: Arc<Shared>,
}

struct Shared {
    http: HttpClient,
    signer: Arc<Signer>,
    /// Runs since the store was made.
    clock: Stopwatch,
    queue: Mutex<Queue<Waiting>>,
}

/// What is to be sent.
pub(super) enum Asked {
    /// What is signed here, when its turn has come.
    Unsigned(Request),
    /// What was signed elsewhere.
    Signed(HttpRequest),
}

struct Waiting {
    asked: Asked,
    reply: oneshot::Sender<Outcome>,
}

impl Flow {
    /// At most `requests_max` at once, and at least 1.
    pub(super) fn new(
        http: HttpClient,
        signer: Arc<Signer>,
        idle_timeout: Duration,
        requests_max: usize,
    ) -> Self {
        let queue = Mutex::new(Queue::new(idle_timeout, requests_max));
        Self { shared: Arc::new(Shared { http, signer, clock: Stopwatch::start(), queue }) }
    }

    /// What comes of `asked`, when its turn came.
    pub(super) async fn send(&self, asked: Asked) -> Outcome {
        let (reply, answer) = oneshot::channel();
        let ticket = self.shared.queue().push(Waiting { asked, reply });
        let _place = Place { shared: &self.shared, ticket };
        self.shared.start_next();
        answer.await.unwrap_or_else(|_| Err(HttpError::Unavailable("the exchange ended".into())))
    }
}

/// A call's place among those that wait, if its turn has not come.
struct Place<'a> {
    shared: &'a Shared,
    ticket: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let removed = self.shared.queue().remove(self.ticket);
        // Its body is freed after the lock.
        drop(removed);
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue<Waiting>> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts what waits, as far as there is room.
    fn start_next(self: &Arc<Self>) {
        while let Some((waiting, turn)) = self.next() {
            let Waiting { asked, reply } = waiting;
            let signer = self.signer.clone();
            let signed = move || match asked {
                Asked::Unsigned(request) => signer.sign(request),
                Asked::Signed(request) => Ok(request),
            };
            self.http.start(signed, move |outcome| {
                turn.end(&outcome);
                // Whoever asked may be gone.
                let _ = reply.send(outcome);
            });
        }
    }

    fn next(self: &Arc<Self>) -> Option<(Waiting, Turn)> {
        let (waiting, started) = self.queue().start(self.clock.elapsed())?;
        Some((waiting, Turn { shared: self.clone(), started }))
    }
}

/// An exchange under way; gives its place on when it is dropped, however it ended.
struct Turn {
    shared: Arc<Shared>,
    started: Started,
}

impl Turn {
    fn end(self, outcome: &Outcome) {
        let ended = match outcome {
            Ok(response) if matches!(response.status, 429 | 503) => Ended::Overloaded,
            Ok(_) => Ended::Answered,
            Err(HttpError::TimedOut) => Ended::TimedOut,
            Err(_) => Ended::Failed,
        };
        let in_vain = self.shared.queue().end(&self.started, ended, self.shared.clock.elapsed());
        for waiting in in_vain {
            let _ = waiting.reply.send(Err(HttpError::TimedOut));
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.shared.queue().release(&self.started);
        self.shared.start_next();
    }
}
