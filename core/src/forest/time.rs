//! Times of entries and roots: what the clock of a device said, or what a caller gave. Nothing is
//! ordered by them.

use crate::codec::{Reader, put_signed, signed_len};
use crate::error::{Error, Result};
use crate::platform::Clock;

/// How far a modification time may lie from 1970-01-01T00:00:00Z, before and after, in
/// milliseconds: 100,000,000 days, from the year -271,821 to 275,760. That is what dates of
/// JavaScript and Dart hold.
pub const TIME_MS_MAX: i64 = 8_640_000_000_000_000;

/// Milliseconds since 1970-01-01T00:00:00Z, at most [`TIME_MS_MAX`] away from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Time(i64);

impl Time {
    /// A time that a caller gives.
    pub(crate) fn new(ms: i64) -> Result<Self> {
        Self::within(ms).ok_or(Error::InvalidArgument {
            what: "a modification time is within 8640000000000000 ms of 1970",
        })
    }

    /// What a clock says; one that is beyond the last time shows the last.
    pub(crate) fn now(clock: &dyn Clock) -> Self {
        Self(i64::try_from(clock.now_ms()).unwrap_or(TIME_MS_MAX).min(TIME_MS_MAX))
    }

    pub(crate) fn ms(self) -> i64 {
        self.0
    }

    /// How many milliseconds it is after `other`; 0 if it is not.
    pub(crate) fn ms_after(self, other: Self) -> u64 {
        u64::try_from(self.0 - other.0).unwrap_or(0)
    }

    pub(super) fn encode(self, out: &mut Vec<u8>) {
        put_signed(out, self.0);
    }

    pub(super) fn decode(addressed: &mut Reader<'_>) -> Result<Self> {
        Self::within(addressed.signed()?).ok_or_else(|| addressed.malformed())
    }

    /// The same for one that is likely to be equal to `other`.
    pub(super) fn encode_from(self, other: Self, out: &mut Vec<u8>) {
        put_signed(out, self.0 - other.0);
    }

    /// Reads what [`encode_from`](Self::encode_from) wrote.
    pub(super) fn decode_from(other: Self, addressed: &mut Reader<'_>) -> Result<Self> {
        let ms = other.0.checked_add(addressed.signed()?);
        ms.and_then(Self::within).ok_or_else(|| addressed.malformed())
    }

    /// How many bytes [`encode`](Self::encode) writes.
    pub(super) fn encoded_len(self) -> usize {
        signed_len(self.0)
    }

    fn within(ms: i64) -> Option<Self> {
        (-TIME_MS_MAX..=TIME_MS_MAX).contains(&ms).then_some(Self(ms))
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_time_is_read_as_it_was_written_and_none_beyond_the_ends() {
        let ends = [-TIME_MS_MAX, -1, 0, 1, TIME_MS_MAX];
        for ms in ends {
            let time = Time::new(ms).unwrap();
            let mut bytes = Vec::new();
            time.encode(&mut bytes);
            assert_eq!(bytes.len(), time.encoded_len());
            assert_eq!(Time::decode(&mut Reader::new(&bytes, "test")).unwrap(), time);
            for other in ends.map(|ms| Time::new(ms).unwrap()) {
                let mut bytes = Vec::new();
                time.encode_from(other, &mut bytes);
                let mut reader = Reader::new(&bytes, "test");
                assert_eq!(Time::decode_from(other, &mut reader).unwrap(), time);
            }
        }
        for ms in [TIME_MS_MAX + 1, -TIME_MS_MAX - 1, i64::MAX, i64::MIN] {
            assert_eq!(Time::new(ms).unwrap_err().code(), "invalid-argument");
            let mut bytes = Vec::new();
            put_signed(&mut bytes, ms);
            let mut reader = Reader::new(&bytes, "test");
            assert_eq!(Time::decode(&mut reader.clone()).unwrap_err().code(), "malformed");
            for other in [ms.signum(), ms.signum() * TIME_MS_MAX] {
                let other = Time::new(other).unwrap();
                let refused = Time::decode_from(other, &mut reader.clone()).unwrap_err();
                assert_eq!(refused.code(), "malformed");
            }
            assert!(reader.signed().is_ok());
        }
    }

    #[test]
    fn a_clock_beyond_the_last_time_shows_the_last() {
        struct Shows(u64);
        impl Clock for Shows {
            fn now_ms(&self) -> u64 {
                self.0
            }
        }
        for (shown, ms) in [(0, 0), (5, 5), (u64::MAX, TIME_MS_MAX), (1 << 60, TIME_MS_MAX)] {
            assert_eq!(Time::now(&Shows(shown)).ms(), ms);
        }
    }
}
