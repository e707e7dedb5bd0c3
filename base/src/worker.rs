//! A thread that does the same thing again and again.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

/// A thread that does the same thing again and again.
#[derive(Debug)]
pub struct Worker {
    signal: Arc<WorkerSignal>,
    thread: std::thread::JoinHandle<()>,
}

#[derive(Debug, Default)]
struct WorkerSignal {
    wanted: Mutex<Wanted>,
    told: Condvar,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    #[default]
    Nothing,
    Work,
    End,
}

impl Worker {
    /// Starts a thread that runs `work` after `period`, then after what `work` asks for, and when
    /// it is woken, until `work` returns none or it is stopped. None if the platform has no thread
    /// to give.
    pub fn start(
        name: &str,
        mut period: Duration,
        mut work: impl FnMut() -> Option<Duration> + Send + 'static,
    ) -> Option<Self> {
        let signal = Arc::<WorkerSignal>::default();
        let own = signal.clone();
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(move || {
            loop {
                let wanted = own.wanted.lock().unwrap_or_else(PoisonError::into_inner);
                let (mut wanted, _) = own
                    .told
                    .wait_timeout_while(wanted, period, |wanted| *wanted == Wanted::Nothing)
                    .unwrap_or_else(PoisonError::into_inner);
                if *wanted == Wanted::End {
                    return;
                }
                *wanted = Wanted::Nothing;
                drop(wanted);
                match work() {
                    Some(next) => period = next,
                    None => return,
                }
            }
        });
        Some(Self { signal, thread: thread.ok()? })
    }

    /// Lets it work now.
    pub fn wake(&self) {
        self.tell(Wanted::Work);
    }

    /// Ends it and, unless this is its own thread, waits until it has ended.
    pub fn stop(self) {
        self.tell(Wanted::End);
        if self.thread.thread().id() != std::thread::current().id() {
            // It has no result, and what panicked in it has been reported.
            let _ = self.thread.join();
        }
    }

    fn tell(&self, what: Wanted) {
        let mut wanted = self.signal.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        // One that was told and has not begun yet need not be told again: that is a system call,
        // and whoever writes says so with each change until the work begins.
        if *wanted == what || *wanted == Wanted::End {
            return;
        }
        *wanted = what;
        drop(wanted);
        self.signal.told.notify_all();
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::mpsc;

    use super::*;

    const HOUR: Duration = Duration::from_secs(3600);

    #[test]
    fn whoever_wakes_it_while_it_works_is_heard() {
        let (begin, begun) = mpsc::channel();
        let (end, ended) = mpsc::channel::<()>();
        let worker = Worker::start("worker", HOUR, move || {
            begin.send(()).ok()?;
            ended.recv().ok().map(|()| HOUR)
        });
        let worker = worker.unwrap();
        worker.wake();
        for _ in 0..3 {
            begun.recv_timeout(HOUR / 60).unwrap();
            worker.wake();
            worker.wake();
            end.send(()).unwrap();
        }
        begun.recv_timeout(HOUR / 60).unwrap();
        end.send(()).unwrap();
        worker.stop();
    }
}
