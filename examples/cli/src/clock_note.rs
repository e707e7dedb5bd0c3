//! What people are told of a commit that lies in the future.

use std::fmt::{self, Display};

use sealwood::Vault;
use sealwood::platform::{Clock, SystemClock};

use crate::bytes_text::{count, moment};

/// By how much the clock of the device that made the last commit was ahead of this one's.
pub(crate) struct ClockNote {
    commit_ms: i64,
    now_ms: u64,
}

impl ClockNote {
    /// Something to tell, if the vault's last commit lies in the future.
    pub(crate) fn of(vault: &Vault) -> Option<Self> {
        let commit_ms = vault.stats().future_commit_ms?;
        Some(Self { commit_ms, now_ms: SystemClock.now_ms() })
    }
}

impl Display for ClockNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes = self.commit_ms.saturating_sub_unsigned(self.now_ms) / 60_000;
        let minutes = u64::try_from(minutes).unwrap_or(0);
        let lead = match minutes {
            0..120 => count(minutes, "minute", "minutes"),
            120..2880 => count(minutes / 60, "hour", "hours"),
            _ => count(minutes / 1440, "day", "days"),
        };
        let at = moment(self.commit_ms);
        write!(
            f,
            "another device's clock is {lead} ahead: it made the last commit at {at}; one of the two clocks is wrong"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lead_is_told_in_the_unit_that_suits() {
        let now_ms = 1_790_000_000_000;
        for (minutes, text) in [
            (0, "0 minutes"),
            (6, "6 minutes"),
            (119, "119 minutes"),
            (120, "2 hours"),
            (2879, "47 hours"),
            (2880, "2 days"),
            (38_000_000, "26388 days"),
        ] {
            let commit_ms = 1_790_000_000_000 + minutes * 60_000;
            let told = ClockNote { commit_ms, now_ms }.to_string();
            assert!(told.contains(&format!(" is {text} ahead")), "{told}");
        }
    }
}
