//! How many requests of one store are under way at once.
//!
//! The number follows what the way to the server bears: it grows with each answer, by doubling
//! until the first trouble and then by one a round, and is halved, once a round, by a timeout, by
//! 429 and 503, and by an exchange that took longer than the idle timeout (the link is slow, and
//! more at once would only make each slower).
//!
//! An exchange is a job of its own: it is started by the one before it, runs to its end and gives
//! its place on, whether or not its caller polls. A call that is dropped before its turn is taken
//! out; what waits is never more than the calls that live, each with the body it was given.
//!
//! A server that is silent keeps nobody waiting for a turn: when exchanges have timed out for as
//! long as the idle timeout without one answer in between, all that wait fail with them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_channel::oneshot;

use super::sign::{Request, Signer};
use crate::platform::{HttpClient, HttpError, HttpResponse, Stopwatch};

/// With how many requests a store begins.
const FIRST_LIMIT: f64 = 4.0;

type Outcome = Result<HttpResponse, HttpError>;

/// The requests of one store.
pub(super) struct Flow {
    shared: Arc<Shared>,
}

struct Shared {
    http: HttpClient,
    signer: Signer,
    idle_timeout: Duration,
    state: Mutex<State>,
}

struct State {
    pace: Pace,
    running: usize,
    waiting: VecDeque<Waiting>,
    next_id: u64,
    /// Since when exchanges time out with no answer in between.
    silent: Option<Stopwatch>,
}

struct Waiting {
    id: u64,
    request: Request,
    reply: oneshot::Sender<Outcome>,
}

impl Flow {
    /// At most `requests_max` at once, and at least 1.
    pub(super) fn new(
        http: HttpClient,
        signer: Signer,
        idle_timeout: Duration,
        requests_max: usize,
    ) -> Self {
        let state = State {
            pace: Pace::new(requests_max),
            running: 0,
            waiting: VecDeque::new(),
            next_id: 0,
            silent: None,
        };
        Self { shared: Arc::new(Shared { http, signer, idle_timeout, state: Mutex::new(state) }) }
    }

    /// What comes of `request`, when its turn came.
    pub(super) async fn send(&self, request: Request) -> Outcome {
        let (reply, answer) = oneshot::channel();
        let id = {
            let mut state = self.shared.state();
            let id = state.next_id;
            state.next_id += 1;
            state.waiting.push_back(Waiting { id, request, reply });
            id
        };
        let _place = Place { shared: &self.shared, id };
        self.shared.start_next();
        answer.await.unwrap_or_else(|_| Err(HttpError::Unavailable("the exchange ended".into())))
    }
}

/// A call's place among those that wait, if its turn has not come.
struct Place<'a> {
    shared: &'a Shared,
    id: u64,
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        let found = state.waiting.iter().position(|waiting| waiting.id == self.id);
        let removed = found.and_then(|index| state.waiting.remove(index));
        drop(state);
        drop(removed);
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Starts what waits, as far as there is room.
    fn start_next(self: &Arc<Self>) {
        while let Some((waiting, turn)) = self.next() {
            let Waiting { request, reply, .. } = waiting;
            let shared = self.clone();
            let signed = move || shared.signer.sign(request);
            self.http.start(signed, move |outcome| {
                turn.end(&outcome);
                // Whoever asked may be gone.
                let _ = reply.send(outcome);
            });
        }
    }

    fn next(self: &Arc<Self>) -> Option<(Waiting, Turn)> {
        let mut state = self.state();
        if state.running >= state.pace.limit() {
            return None;
        }
        let waiting = state.waiting.pop_front()?;
        state.running += 1;
        let round = state.pace.round;
        let turn = Turn { shared: self.clone(), round, started: Stopwatch::start() };
        Some((waiting, turn))
    }
}

/// An exchange under way; gives its place on when it is dropped, however it ended.
struct Turn {
    shared: Arc<Shared>,
    round: u64,
    started: Stopwatch,
}

impl Turn {
    fn end(self, outcome: &Outcome) {
        let idle = self.shared.idle_timeout;
        let mut state = self.shared.state();
        let mut given_up = VecDeque::new();
        match outcome {
            Ok(response) => {
                state.silent = None;
                let took = self.started.elapsed();
                if matches!(response.status, 429 | 503) || took > idle {
                    state.pace.halve(self.round);
                } else if took <= idle / 2 {
                    state.pace.grow();
                }
            }
            Err(HttpError::TimedOut) => {
                state.pace.halve(self.round);
                if state.silent.get_or_insert_with(Stopwatch::start).elapsed() >= idle * 3 / 4 {
                    given_up = std::mem::take(&mut state.waiting);
                }
            }
            Err(_) => {}
        }
        drop(state);
        for waiting in given_up {
            let _ = waiting.reply.send(Err(HttpError::TimedOut));
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.shared.state().running -= 1;
        self.shared.start_next();
    }
}

/// The number of requests at once.
struct Pace {
    limit: f64,
    max: f64,
    /// Below it the number doubles in a round.
    doubles_below: f64,
    /// How often it was halved.
    round: u64,
}

impl Pace {
    fn new(max: usize) -> Self {
        let max = max.clamp(1, 1 << 20) as f64;
        Self { limit: FIRST_LIMIT.min(max), max, doubles_below: max, round: 0 }
    }

    fn limit(&self) -> usize {
        self.limit as usize
    }

    fn grow(&mut self) {
        let step = if self.limit < self.doubles_below { 1.0 } else { 1.0 / self.limit };
        self.limit = (self.limit + step).min(self.max);
    }

    /// Halves it for trouble met by a request that started in `round`, unless that was done.
    fn halve(&mut self, round: u64) {
        if round == self.round {
            self.round += 1;
            self.limit = (self.limit / 2.0).max(1.0);
            self.doubles_below = self.limit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_doubles_then_adds_and_is_halved_once_a_round() {
        let mut pace = Pace::new(16);
        assert_eq!(pace.limit(), 4);
        (0..4).for_each(|_| pace.grow());
        assert_eq!(pace.limit(), 8);
        (0..100).for_each(|_| pace.grow());
        assert_eq!(pace.limit(), 16);
        // All that were under way meet the same trouble.
        (0..16).for_each(|_| pace.halve(0));
        assert_eq!(pace.limit(), 8);
        (0..4).for_each(|_| pace.grow());
        assert_eq!(pace.limit(), 8);
        (0..5).for_each(|_| pace.grow());
        assert_eq!(pace.limit(), 9);
        (1..9).for_each(|round| pace.halve(round));
        assert_eq!(pace.limit(), 1);
        pace.grow();
        assert_eq!(pace.limit(), 2);
        assert_eq!(Pace::new(2).limit(), 2);
        assert_eq!(Pace::new(0).limit(), 1);
    }
}
