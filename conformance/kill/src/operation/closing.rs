//! Closing and opening again, in the same process.

use std::time::Duration;

use super::Covers;
use crate::mode::Mode;
use crate::random::Random;

/// How an engine ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Closing {
    /// How long after the one before.
    pub(crate) after: Duration,
    /// By whom.
    pub(crate) by: By,
    /// What comes then.
    pub(crate) then: Then,
}

/// Who ends it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// A call of `close`.
    Call,
    /// The last handle, which is dropped.
    LastHandle,
}

/// What comes after the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Then {
    /// It is opened again at once.
    Open,
    /// The process ends.
    Exit,
}

impl Closing {
    /// The next one. Where nobody calls and `close` is called, the engine has no choice but to end
    /// well; the other ways are told apart from that.
    pub(crate) fn draw(random: &mut Random, mode: Mode) -> Self {
        let by_last_handle = random.once_in(3) && mode.closes_beside_calls();
        Self {
            after: Duration::from_micros(random.magnitude(1_000, 400_000)),
            by: if by_last_handle { By::LastHandle } else { By::Call },
            then: if random.once_in(8) { Then::Exit } else { Then::Open },
        }
    }

    /// Closing an engine makes durable what it has. A session may have more: it is closed first
    /// where nobody writes, which makes all certain.
    pub(crate) fn covers(self, mode: Mode) -> Covers {
        match (mode, self.by) {
            (Mode::VaultClose, By::Call) => Covers::Nothing,
            _ => Covers::Everything,
        }
    }
}
