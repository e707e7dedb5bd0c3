//! Who hears of log messages, where a host wants to.

use super::{MaybeSend, MaybeSync};

/// Hears of messages. It may be called on any thread.
pub trait LogHook: Fn(log::Level, &str) + MaybeSend + MaybeSync {}
impl<F: Fn(log::Level, &str) + MaybeSend + MaybeSync> LogHook for F {}
