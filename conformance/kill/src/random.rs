//! Chance that a seed decides, the same in every process.

/// A stream of random numbers (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream of a seed and of what it is for.
    pub(crate) fn new(seed: u64, purpose: &[u64]) -> Self {
        let mut random = Self(seed);
        for part in purpose {
            random = Self(random.next() ^ part);
        }
        Self(random.next())
    }

    /// Any number.
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    /// A number from `least` to `most`, each order of magnitude as likely as the next.
    pub(crate) fn magnitude(&mut self, least: u64, most: u64) -> u64 {
        let share = self.below(1 << 32) as f64 / (1_u64 << 32) as f64;
        let (low, high) = ((least.max(1) as f64).ln(), (most.max(1) as f64).ln());
        ((low + (high - low) * share).exp().round() as u64).clamp(least, most)
    }

    /// True once in `times`.
    pub(crate) fn once_in(&mut self, times: u64) -> bool {
        self.below(times) == 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_and_a_purpose_give_one_stream() {
        let stream = |seed, purpose: &[u64]| Random::new(seed, purpose).next();
        assert_eq!(stream(1, &[2, 3]), stream(1, &[2, 3]));
        assert_ne!(stream(1, &[2, 3]), stream(1, &[3, 2]));
        assert_ne!(stream(1, &[2]), stream(2, &[2]));
    }

    #[test]
    fn magnitudes_stay_within_their_bounds() {
        let mut random = Random::new(1, &[]);
        assert!((0..1_000).all(|_| (3..=900).contains(&random.magnitude(3, 900))));
    }
}
