//! A proxy between an HTTP client and its server that counts every request and does to chosen ones
//! what networks and gateways do: delay, slow down, cut off, flip a bit, lose the answer, refuse,
//! redirect, answer with a web page, or never answer.
//!
//! A [`Proxy`] listens on a port of this machine and passes on what comes, over plain TCP and
//! HTTP/1.1. A [`Rule`] names requests by method and key and the [`Fault`] they meet; rules can be
//! added while the proxy runs, and each counts from when it was added, so a test says "the second
//! PUT from here". The [`Trace`] holds every exchange with its bytes, its connection and its place
//! in the order of events. From it come the same numbers that the library's own meter gives
//! inside a process, so other programs can be measured beside it: requests, bytes, and serial
//! depth, the longest chain of requests of which each began after the one before it had ended.
//!
//! Threads and the standard library only: what goes wrong here is to be the fault that was asked
//! for.

mod exchange;
mod http;
mod link;
mod proxy;
mod rule;
mod rule_text;
mod shared;
mod trace;

pub use proxy::{AddedRule, Proxy};
pub use rule::{Fault, Rule};
pub use trace::{Exchange, Totals, Trace};
