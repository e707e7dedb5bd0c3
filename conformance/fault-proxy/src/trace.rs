//! What passed through the proxy.

use std::fmt;

/// One request and its answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// The method.
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query, without the `?`; empty if there is none.
    pub query: String,
    /// Which connection of a client it came on, counted from 0.
    pub connection: u64,
    /// The status of the answer; none if the client got none.
    pub status: Option<u16>,
    /// Bytes of the request's body that came from the client.
    pub bytes_up: u64,
    /// Bytes of the answer's body that went to the client.
    pub bytes_down: u64,
    /// When it began, in the order of all beginnings and ends.
    pub began: u64,
    /// When it ended in that order; none while it is under way.
    pub ended: Option<u64>,
    /// The length of the longest chain of requests that ends with it, each begun after the one
    /// before had ended.
    pub depth: u64,
}

/// Exchanges, in the order in which they began.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Trace {
    /// All of them, those under way included.
    pub exchanges: Vec<Exchange>,
    events: u64,
    depth_completed: u64,
    /// Tells this window from those before it.
    pub(crate) window: u64,
}

/// The sums of a trace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Totals {
    /// Requests.
    pub requests: u64,
    /// Bytes of their bodies.
    pub bytes_up: u64,
    /// Bytes of the answers' bodies.
    pub bytes_down: u64,
    /// The longest chain of requests of which each began after the one before it had ended.
    pub serial_depth: u64,
    /// Connections on which they came.
    pub connections: u64,
}

impl Trace {
    /// The sums over all exchanges.
    pub fn totals(&self) -> Totals {
        self.totals_of(|_| true)
    }

    /// The sums over those that `is_wanted`; the depth is the longest chain that ends with one of
    /// them.
    pub fn totals_of(&self, is_wanted: impl Fn(&Exchange) -> bool) -> Totals {
        let mut totals = Totals::default();
        let mut connections: Vec<u64> = Vec::new();
        for exchange in self.exchanges.iter().filter(|exchange| is_wanted(exchange)) {
            totals.requests += 1;
            totals.bytes_up += exchange.bytes_up;
            totals.bytes_down += exchange.bytes_down;
            totals.serial_depth = totals.serial_depth.max(exchange.depth);
            connections.push(exchange.connection);
        }
        connections.sort_unstable();
        connections.dedup();
        totals.connections = connections.len() as u64;
        totals
    }

    /// An empty trace that is not this one.
    pub(crate) fn next_window(&self) -> Self {
        Self { window: self.window + 1, ..Self::default() }
    }

    /// Notes a beginning and returns the place of the exchange in the list.
    pub(crate) fn begin(&mut self, method: &str, target: &str, connection: u64) -> usize {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        let began = self.next_event();
        self.exchanges.push(Exchange {
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            connection,
            status: None,
            bytes_up: 0,
            bytes_down: 0,
            began,
            ended: None,
            depth: self.depth_completed + 1,
        });
        self.exchanges.len() - 1
    }

    /// Notes the end of the exchange at `place`.
    pub(crate) fn end(&mut self, place: usize) {
        let event = self.next_event();
        let exchange = &mut self.exchanges[place];
        if exchange.ended.is_none() {
            exchange.ended = Some(event);
            self.depth_completed = self.depth_completed.max(exchange.depth);
        }
    }

    fn next_event(&mut self) -> u64 {
        self.events += 1;
        self.events
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { method, path, connection, bytes_up, bytes_down, depth, .. } = self;
        match self.status {
            Some(status) => write!(f, "{status} ")?,
            None => f.write_str("--- ")?,
        }
        write!(f, "{method} {path} up={bytes_up} down={bytes_down} depth={depth} on={connection}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_grows_only_after_an_end() {
        let mut trace = Trace::default();
        let first = trace.begin("GET", "/a?x=1", 0);
        let beside = trace.begin("GET", "/b", 1);
        trace.end(first);
        let after = trace.begin("GET", "/c", 0);
        trace.end(beside);
        trace.end(after);
        trace.begin("PUT", "/d", 2);
        let depths: Vec<_> = trace.exchanges.iter().map(|exchange| exchange.depth).collect();
        assert_eq!(depths, [1, 1, 2, 3]);
        let totals = trace.totals();
        assert_eq!((totals.requests, totals.serial_depth, totals.connections), (4, 3, 3));
        assert_eq!(trace.exchanges[0].query, "x=1");
        assert_eq!(trace.totals_of(|exchange| exchange.method == "PUT").requests, 1);
    }
}
