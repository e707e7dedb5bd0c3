//! The proxy as a whole: who may come, which rules there are, what was seen.

use std::collections::BTreeMap;
use std::io::{self, Error};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use socket2::SockRef;

use crate::exchange;
use crate::link::Link;
use crate::rule::{Fault, Rule};
use crate::trace::{Exchange, Totals, Trace};

/// What of a request may lie in the system before it is read.
const RECEIVE_BUFFER_BYTES: usize = 64 << 10;

/// A proxy that runs until it is dropped.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// A rule that a proxy follows.
#[derive(Debug, Clone)]
pub struct AddedRule {
    active: Arc<Active>,
    shared: Arc<Shared>,
}

/// What all connections share.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) upstream: SocketAddr,
    state: Mutex<State>,
    /// Told of every fault that was met.
    has_hit: Condvar,
    print: Option<fn(&Exchange)>,
}

#[derive(Debug, Default)]
struct State {
    rules: Vec<Arc<Active>>,
    trace: Trace,
    /// The clients' connections that are open.
    open: BTreeMap<u64, TcpStream>,
    is_stopped: bool,
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

impl Proxy {
    /// Listens on a free port of this machine and passes on to `upstream`, a host and port.
    pub fn start(upstream: &str) -> io::Result<Self> {
        Self::start_at("127.0.0.1:0", upstream, None)
    }

    /// The same at an address of choice, and calls `print` with every exchange that ended.
    pub fn start_at(
        listen: &str,
        upstream: &str,
        print: Option<fn(&Exchange)>,
    ) -> io::Result<Self> {
        let upstream = upstream.trim_start_matches("http://").trim_end_matches('/');
        let upstream = upstream.to_socket_addrs()?.next();
        let upstream = upstream.ok_or_else(|| Error::other("the upstream has no address"))?;
        let listener = TcpListener::bind(listen)?;
        // Connections inherit it. What lies in it has left the client, which would take a slow line
        // for a quick one that falls silent.
        SockRef::from(&listener).set_recv_buffer_size(RECEIVE_BUFFER_BYTES)?;
        let address = listener.local_addr()?;
        let has_hit = Condvar::new();
        let shared = Arc::new(Shared { upstream, state: Mutex::default(), has_hit, print });
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Ok(Self { address, shared, accepting: Some(accepting) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it listens, as a URL.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Follows `rule` too. What meets several rules is delayed and slowed by all of them; of other
    /// faults it meets the one of the rule added first.
    pub fn add(&self, rule: Rule) -> AddedRule {
        let link = match rule.fault {
            Fault::Rate(rate) => Some(Link::new(rate)),
            _ => None,
        };
        let (seen, hit) = (AtomicU64::new(0), AtomicU64::new(0));
        let active = Arc::new(Active { rule, link, seen, hit });
        self.shared.state().rules.push(Arc::clone(&active));
        AddedRule { active, shared: Arc::clone(&self.shared) }
    }

    /// Forgets all rules; exchanges under way end as they began.
    pub fn clear(&self) {
        self.shared.state().rules.clear();
    }

    /// What passed since the start or the last reset.
    pub fn trace(&self) -> Trace {
        self.shared.state().trace.clone()
    }

    /// The sums of [`trace`](Self::trace).
    pub fn totals(&self) -> Totals {
        self.shared.state().trace.totals()
    }

    /// Returns the trace and begins a new one. What is under way belongs to neither.
    pub fn reset(&self) -> Trace {
        let mut state = self.shared.state();
        let next = state.trace.next_window();
        std::mem::replace(&mut state.trace, next)
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        {
            let mut state = self.shared.state();
            state.is_stopped = true;
            for connection in state.open.values() {
                drop(connection.shutdown(Shutdown::Both));
            }
        }
        // Wakes the thread that accepts.
        drop(TcpStream::connect(self.address));
        if let Some(accepting) = self.accepting.take() {
            drop(accepting.join());
        }
    }
}

impl AddedRule {
    /// How many requests met the fault.
    pub fn hits(&self) -> u64 {
        self.active.hit.load(Ordering::SeqCst)
    }

    /// Waits until so many requests met the fault.
    pub fn wait_for_hits(&self, hits: u64) {
        let mut state = self.shared.state();
        while self.hits() < hits {
            state = self.shared.has_hit.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
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

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for (number, client) in (0..).zip(listener.incoming()) {
        let mut state = shared.state();
        if state.is_stopped {
            return;
        }
        // A client that left before it was let in is no concern of the others.
        let Ok(client) = client else { continue };
        let Ok(copy) = client.try_clone() else { continue };
        state.open.insert(number, copy);
        drop(state);
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            exchange::serve(&client, number, &shared);
            shared.state().open.remove(&number);
            drop(client.shutdown(Shutdown::Both));
        });
    }
}
