//! How many requests the way to a server bears.
//!
//! The number grows with each answer, by doubling until the first trouble and then by one a round,
//! and is halved, once a round, by whatever shows that the way or the server has enough.

/// With how many requests a store begins.
const FIRST_LIMIT: f64 = 4.0;

/// The number of requests at once.
pub(super) struct Pace {
    limit: f64,
    max: f64,
    /// Below it the number doubles in a round.
    doubles_below: f64,
    /// How often it was halved.
    pub(super) round: u64,
}

impl Pace {
    /// At most `max` at once, and at least 1.
    pub(super) fn new(max: usize) -> Self {
        let max = max.clamp(1, 1 << 20) as f64;
        Self { limit: FIRST_LIMIT.min(max), max, doubles_below: max, round: 0 }
    }

    pub(super) fn limit(&self) -> usize {
        self.limit as usize
    }

    /// After an answer in good time.
    pub(super) fn grow(&mut self) {
        let step = if self.limit < self.doubles_below { 1.0 } else { 1.0 / self.limit };
        self.limit = (self.limit + step).min(self.max);
    }

    /// Halves it for trouble met by a request that started in `round`, unless that was done.
    pub(super) fn halve(&mut self, round: u64) {
        if round == self.round {
            self.round += 1;
            self.limit = (self.limit / 2.0).max(1.0);
            self.doubles_below = self.limit;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pace_doubles_then_adds_and_is_halved_once_a_round() {
        let mut pace = Pace::new(16);
        assert_eq!(pace.limit(), 4);
        (0..4).for_each(|_| pace.grow());
        assert_eq!(pace.limit(), 8);
        (0..100).for_each(|_| pace.grow());
        assert_eq!(pace.limit(), 16);
        // All that were under way meet the same trouble.
        (0..16).for_each(|_| pace.halve(0));
        assert_eq!(pace.limit(), 8);
        (0..4).for_each(|_| pace.grow());
        assert_eq!(pace.limit(), 8);
        (0..5).for_each(|_| pace.grow());
        assert_eq!(pace.limit(), 9);
        (1..9).for_each(|round| pace.halve(round));
        assert_eq!(pace.limit(), 1);
        pace.grow();
        assert_eq!(pace.limit(), 2);
        assert_eq!(Pace::new(2).limit(), 2);
        assert_eq!(Pace::new(0).limit(), 1);
    }
}
