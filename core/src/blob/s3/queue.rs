//! Which requests of a store wait for their turn, which are under way, and when waiting is in vain.
//!
//! Silence begins when an exchange times out, and ends with the next answer. When exchanges still
//! time out after it has lasted about as long as the idle timeout, and none of those that were
//! under way when it began still is (one that lasts that long moves), all that wait fail with them:
//! the server answers nobody, and they would only find out one after the other.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use super::pace::Pace;

/// Requests of type `R`. Times are those since the queue was made.
pub(super) struct Queue<R> {
    idle_timeout: Duration,
    pace: Pace,
    waiting: VecDeque<(u64, R)>,
    tickets: u64,
    /// The exchanges under way, by the order in which they started.
    running: BTreeSet<u64>,
    starts: u64,
    silence: Option<Silence>,
}

/// Since when exchanges time out with no answer in between.
struct Silence {
    since: Duration,
    /// How many exchanges had started.
    starts: u64,
}

/// An exchange under way.
pub(super) struct Started {
    nth: u64,
    at: Duration,
    round: u64,
}

/// How an exchange ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ended {
    Answered,
    /// With an answer that says that the server has too much to do.
    Overloaded,
    /// No byte moved.
    TimedOut,
    Failed,
}

impl<R> Queue<R> {
    /// At most `requests_max` under way at once, and at least 1.
    pub(super) fn new(idle_timeout: Duration, requests_max: usize) -> Self {
        Self {
            idle_timeout,
            pace: Pace::new(requests_max),
            waiting: VecDeque::new(),
            tickets: 0,
            running: BTreeSet::new(),
            starts: 0,
            silence: None,
        }
    }

    /// Puts a request at the end, and returns the ticket to [`remove`](Self::remove) it by.
    pub(super) fn push(&mut self, request: R) -> u64 {
        if self.running.is_empty() && self.waiting.is_empty() {
            // What was silent before says nothing about now.
            self.silence = None;
        }
        self.tickets += 1;
        self.waiting.push_back((self.tickets, request));
        self.tickets
    }

    /// Takes a request out, if its turn has not come.
    pub(super) fn remove(&mut self, ticket: u64) -> Option<R> {
        let found = self.waiting.iter().position(|(waiting, _)| *waiting == ticket)?;
        self.waiting.remove(found).map(|(_, request)| request)
    }

    /// The request whose turn it is, if there is room for one.
    pub(super) fn start(&mut self, now: Duration) -> Option<(R, Started)> {
        if self.running.len() >= self.pace.limit() {
            return None;
        }
        let (_, request) = self.waiting.pop_front()?;
        let started = Started { nth: self.starts, at: now, round: self.pace.round };
        self.running.insert(self.starts);
        self.starts += 1;
        Some((request, started))
    }

    /// Learns how an exchange ended. Returns the requests that wait in vain, which are not in the
    /// queue any more.
    pub(super) fn end(&mut self, started: &Started, ended: Ended, now: Duration) -> Vec<R> {
        match ended {
            Ended::Answered | Ended::Overloaded => {
                self.silence = None;
                let took = now.saturating_sub(started.at);
                if ended == Ended::Overloaded || took > self.idle_timeout {
                    self.pace.halve(started.round);
                } else if took <= self.idle_timeout / 2 {
                    self.pace.grow();
                }
            }
            Ended::TimedOut => {
                self.pace.halve(started.round);
                let starts = self.starts;
                let silence = self.silence.get_or_insert(Silence { since: now, starts });
                let is_long = now.saturating_sub(silence.since) >= self.idle_timeout * 3 / 4;
                let mut older = self.running.range(..silence.starts);
                if is_long && !older.any(|nth| *nth != started.nth) {
                    return self.waiting.drain(..).map(|(_, request)| request).collect();
                }
            }
            Ended::Failed => {}
        }
        Vec::new()
    }

    /// Gives up the place of an exchange, however it ended.
    pub(super) fn release(&mut self, started: &Started) {
        self.running.remove(&started.nth);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::cmp::Reverse;
    use std::collections::BinaryHeap;

    use super::*;
    use crate::blob::{S3Config, S3Credentials};

    const IDLE: Duration = Duration::from_secs(20);

    fn queue(requests: usize, requests_max: usize) -> Queue<usize> {
        let mut queue = Queue::new(IDLE, requests_max);
        for request in 0..requests {
            queue.push(request);
        }
        queue
    }

    fn end(queue: &mut Queue<usize>, started: Started, ended: Ended, now: Duration) -> usize {
        let in_vain = queue.end(&started, ended, now);
        queue.release(&started);
        in_vain.len()
    }

    #[test]
    fn nobody_waits_for_a_server_that_answers_nobody() {
        let mut queue = queue(20, 1);
        let (_, first) = queue.start(Duration::ZERO).unwrap();
        assert_eq!(end(&mut queue, first, Ended::TimedOut, IDLE), 0, "once is chance");
        let (_, second) = queue.start(IDLE).unwrap();
        assert_eq!(end(&mut queue, second, Ended::TimedOut, 2 * IDLE), 18);
        assert!(queue.start(2 * IDLE).is_none());
    }

    #[test]
    fn while_one_exchange_moves_the_others_are_waited_for() {
        for upload_moves in [true, false] {
            let mut queue = queue(20, 16);
            let (_, upload) = queue.start(Duration::ZERO).unwrap();
            // Beside it, requests that the server forgets.
            for forgotten in [0; 3].map(|_| queue.start(Duration::ZERO).unwrap().1) {
                assert_eq!(end(&mut queue, forgotten, Ended::TimedOut, IDLE), 0);
            }
            let (_, forgotten) = queue.start(IDLE).unwrap();
            if upload_moves {
                assert_eq!(end(&mut queue, forgotten, Ended::TimedOut, 2 * IDLE), 0);
                assert_eq!(end(&mut queue, upload, Ended::Answered, 3 * IDLE), 0);
                assert!(queue.start(3 * IDLE).is_some());
            } else {
                assert_eq!(end(&mut queue, upload, Ended::TimedOut, IDLE), 0);
                assert_eq!(end(&mut queue, forgotten, Ended::TimedOut, 2 * IDLE), 15);
            }
        }
    }

    #[test]
    fn silence_of_long_ago_is_forgotten() {
        let mut queue = queue(1, 1);
        let (_, lone) = queue.start(Duration::ZERO).unwrap();
        assert_eq!(end(&mut queue, lone, Ended::TimedOut, IDLE), 0);
        for request in 0..3 {
            queue.push(request);
        }
        let (_, first) = queue.start(100 * IDLE).unwrap();
        assert_eq!(end(&mut queue, first, Ended::TimedOut, 101 * IDLE), 0);
        assert!(queue.start(101 * IDLE).is_some());
    }

    /// What a call does in the time of [`longest_call`].
    #[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
    enum Event {
        /// A call is made, or made again.
        Sent(usize),
        /// Its exchange times out.
        TimedOut(usize),
    }

    /// How long the longest of calls takes that begin at these times and that a server never
    /// answers, with the configuration that a new store has and the longest waits.
    fn longest_call(begun: &[Duration]) -> Duration {
        let config = S3Config::new("bucket", "us-east-1", S3Credentials::new("id", "secret"));
        let (idle, retry) = (config.idle_timeout, config.retry);
        let mut queue = Queue::new(idle, config.requests_max);
        let mut under_way: Vec<Option<Started>> = begun.iter().map(|_| None).collect();
        let mut failures = vec![(0, Duration::ZERO); begun.len()];
        let mut longest = Duration::ZERO;
        let mut events: BinaryHeap<_> =
            begun.iter().enumerate().map(|(call, at)| Reverse((*at, Event::Sent(call)))).collect();
        while let Some(Reverse((now, event))) = events.pop() {
            let mut failed = match event {
                Event::Sent(call) => {
                    queue.push(call);
                    Vec::new()
                }
                Event::TimedOut(call) => {
                    let started = under_way[call].take().unwrap();
                    let mut failed = queue.end(&started, Ended::TimedOut, now);
                    queue.release(&started);
                    failed.push(call);
                    failed
                }
            };
            for call in failed.drain(..) {
                let (count, first) = &mut failures[call];
                *count += 1;
                if *count == 1 {
                    *first = now;
                }
                let wait = retry.ceiling(*count);
                if retry.allows(*count, now - *first + wait) {
                    events.push(Reverse((now + wait, Event::Sent(call))));
                } else {
                    longest = longest.max(now - begun[call]);
                }
            }
            while let Some((call, started)) = queue.start(now) {
                under_way[call] = Some(started);
                events.push(Reverse((now + idle, Event::TimedOut(call))));
            }
        }
        assert!(failures.iter().all(|(count, _)| *count > 0));
        longest
    }

    #[test]
    fn a_server_that_never_answers_fails_every_call_in_two_minutes() {
        for calls in [1, 2, 4, 5, 16, 17, 100, 1_000] {
            for apart in [0, 10, 100, 700, 3_000, 19_000, 21_000, 45_000] {
                let begun: Vec<_> =
                    (0..calls).map(|call| Duration::from_millis(call * apart)).collect();
                let longest = longest_call(&begun);
                assert!(
                    longest < Duration::from_secs(120),
                    "{calls} calls {apart} ms apart: {longest:?}"
                );
            }
        }
    }
}
