//! The proxy as a whole: it lets clients in, and takes rules.

use std::io::{self, Error};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs};
use std::sync::Arc;
use std::thread::{self, JoinHandle};

use socket2::SockRef;

use crate::exchange;
use crate::rule::Rule;
use crate::shared::{Active, Shared};
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
        let shared = Arc::new(Shared::new(upstream, print));
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
        let active = Arc::new(Active::new(rule));
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
        self.active.hits()
    }

    /// Waits until so many requests met the fault.
    pub fn wait_for_hits(&self, hits: u64) {
        self.shared.wait_for_hits(&self.active, hits);
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
