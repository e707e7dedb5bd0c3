//! What all connections share: the rules, and what was seen.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use crate::link::Link;
use crate::rule::{Fault, Rule};
use crate::trace::{Exchange, Trace};

/// One proxy, as its connections know it.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) upstream: SocketAddr,
    state: Mutex<State>,
    /// Told of every fault that was met.
    has_hit: Condvar,
    print: Option<fn(&Exchange)>,
}

/// What changes while the proxy runs.
#[derive(Debug, Default)]
pub(crate) struct State {
    pub(crate) rules: Vec<Arc<Active>>,
    pub(crate) trace: Trace,
    /// The clients' connections that are open.
    pub(crate) open: BTreeMap<u64, TcpStream>,
    pub(crate) is_stopped: bool,
}

/// A rule and what it counted.
#[derive(Debug)]
pub(crate) struct Active {
    rule: Rule,
    pub(crate) link: Option<Link>,
    seen: AtomicU64,
    hit: AtomicU64,
}

impl Active {
    pub(crate) fn new(rule: Rule) -> Self {
        let link = match rule.fault {
            Fault::Rate(rate) => Some(Link::new(rate)),
            _ => None,
        };
        Self { rule, link, seen: AtomicU64::new(0), hit: AtomicU64::new(0) }
    }

    /// How many requests met the fault.
    pub(crate) fn hits(&self) -> u64 {
        self.hit.load(Ordering::SeqCst)
    }

    pub(crate) fn fault(&self) -> &Fault {
        &self.rule.fault
    }
}

/// Where an exchange stands in the trace.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    window: u64,
    index: usize,
}

impl Shared {
    pub(crate) fn new(upstream: SocketAddr, print: Option<fn(&Exchange)>) -> Self {
        Self { upstream, state: Mutex::default(), has_hit: Condvar::new(), print }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes the beginning of an exchange and returns the rules whose faults it meets.
    pub(crate) fn begin(
        &self,
        method: &str,
        target: &str,
        connection: u64,
    ) -> (Place, Vec<Arc<Active>>) {
        let mut state = self.state();
        let index = state.trace.begin(method, target, connection);
        let path = state.trace.exchanges[index].path.clone();
        let mut met = Vec::new();
        for active in &state.rules {
            if active.rule.is_about(method, &path)
                && active.rule.hits(active.seen.fetch_add(1, Ordering::SeqCst))
            {
                active.hit.fetch_add(1, Ordering::SeqCst);
                met.push(Arc::clone(active));
            }
        }
        if !met.is_empty() {
            self.has_hit.notify_all();
        }
        (Place { window: state.trace.window, index }, met)
    }

    /// Waits until so many requests met the fault of a rule.
    pub(crate) fn wait_for_hits(&self, active: &Active, hits: u64) {
        let mut state = self.state();
        while active.hits() < hits {
            state = self.has_hit.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Changes what is noted of an exchange, unless its trace was taken away.
    pub(crate) fn note(&self, place: Place, change: impl FnOnce(&mut Exchange)) {
        let mut state = self.state();
        if state.trace.window == place.window {
            change(&mut state.trace.exchanges[place.index]);
        }
    }

    /// Notes the end of an exchange; a second end changes nothing.
    pub(crate) fn end(&self, place: Place) {
        let mut state = self.state();
        if state.trace.window != place.window {
            return;
        }
        let has_ended = state.trace.exchanges[place.index].ended.is_some();
        state.trace.end(place.index);
        if let Some(print) = self.print.filter(|_| !has_ended) {
            print(&state.trace.exchanges[place.index]);
        }
    }
}
