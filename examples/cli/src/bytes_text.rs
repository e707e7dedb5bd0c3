//! Sizes and times as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// A size with a unit, in three digits: `999 B`, `4.10 KiB`. [`u64::MAX`] is what sums stop at:
/// that or more.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["KiB", "MiB", "GiB", "TiB", "PiB"];
    if bytes == u64::MAX {
        return "16384 PiB or more".to_owned();
    }
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1024.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1024.0;
        unit += 1;
    }
    let decimals = if value < 9.995 { 2 } else { usize::from(value < 99.95) };
    format!("{value:.decimals$} {}", UNITS[unit])
}

/// A moment in UTC to the second. A year that does not have four digits has a sign and six, as ISO
/// 8601 has it; the year before 1 is 0.
pub(crate) fn moment(ms: i64) -> String {
    /// The calendar comes again after 400 years.
    const CYCLE_MS: i64 = 146_097 * 86_400_000;
    let (cycles, rest) = (ms.div_euclid(CYCLE_MS), ms.rem_euclid(CYCLE_MS));
    let Ok(moment) = Timestamp::from_millisecond(rest) else { return format!("{ms} ms") };
    let moment = moment.to_zoned(TimeZone::UTC);
    let year = i64::from(moment.year()) + 400 * cycles;
    let rest = moment.strftime("-%m-%dT%H:%M:%SZ");
    if (0..=9999).contains(&year) {
        format!("{year:04}{rest}")
    } else {
        format!("{year:+07}{rest}")
    }
}

/// `one` or `many`, with the number before it.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits_and_a_unit() {
        for (bytes, text) in [
            (0, "0 B"),
            (1023, "1023 B"),
            (1024, "1.00 KiB"),
            (4200, "4.10 KiB"),
            (100 * 1024, "100 KiB"),
            (1024 * 1024 - 1, "1.00 MiB"),
            (u64::MAX - 1, "16384 PiB"),
            (u64::MAX, "16384 PiB or more"),
        ] {
            assert_eq!(size(bytes), text);
        }
    }

    #[test]
    fn moments_are_in_utc() {
        assert_eq!(moment(0), "1970-01-01T00:00:00Z");
        assert_eq!(moment(1_700_000_000_999), "2023-11-14T22:13:20Z");
        for (ms, text) in [
            (-1, "1969-12-31T23:59:59Z"),
            (-446_774_400_000, "1955-11-05T00:00:00Z"),
            (951_782_400_000, "2000-02-29T00:00:00Z"),
            (253_402_300_799_999, "9999-12-31T23:59:59Z"),
            (253_402_300_800_000, "+010000-01-01T00:00:00Z"),
            (-62_135_596_800_000, "0001-01-01T00:00:00Z"),
            (-62_167_219_200_000, "0000-01-01T00:00:00Z"),
            (-62_167_219_200_001, "-000001-12-31T23:59:59Z"),
            (8_640_000_000_000_000, "+275760-09-13T00:00:00Z"),
            (-8_640_000_000_000_000, "-271821-04-20T00:00:00Z"),
        ] {
            assert_eq!(moment(ms), text, "{ms}");
        }
    }
}
