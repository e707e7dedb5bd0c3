//! Times as servers write them, in milliseconds since 1970-01-01T00:00:00Z.

use std::time::UNIX_EPOCH;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// The time of a date of HTTP: `Mon, 12 Oct 2009 17:50:30 GMT`.
pub(super) fn http_date_ms(text: &str) -> Option<u64> {
    let since_epoch = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
    u64::try_from(since_epoch.as_millis()).ok()
}

/// The time of a date of a listing: `2009-10-12T17:50:30.000Z`, with any fraction or none.
pub(super) fn listed_date_ms(text: &str) -> Option<u64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let [year, month, day] = numbers(date, '-')?;
    let [hours, minutes, seconds] = numbers(time, ':')?;
    let is_right = (1970..=9999).contains(&year)
        && (1..=12).contains(&month)
        && (1..=31).contains(&day)
        && hours < 24
        && minutes < 60
        && seconds <= 60;
    if !is_right || fraction.is_empty() || !fraction.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let milliseconds = fraction.bytes().chain(*b"00").take(3);
    let milliseconds = milliseconds.fold(0, |sum, digit| sum * 10 + u64::from(digit - b'0'));
    let in_day = ((hours * 60 + minutes) * 60 + seconds) * 1000 + milliseconds;
    Some(days_since_epoch(year, month, day) * DAY_MS + in_day)
}

/// Three numbers with `separator` between them.
fn numbers(text: &str, separator: char) -> Option<[u64; 3]> {
    let mut parts = text.split(separator).map(|part| part.parse().ok());
    let numbers = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(numbers)
}

/// Days from 1970-01-01 to a date that is no earlier.
fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    const DAYS_BEFORE_1970: u64 = 719_468;
    // Years that begin in March end with the day that leap years add.
    let (year, month) = if month < 3 { (year - 1, month + 9) } else { (year, month - 3) };
    let days_in_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + days_in_year - DAYS_BEFORE_1970
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_time_are_read() {
        // Expected values from the system's `date`.
        for (http, listed, seconds) in [
            ("Thu, 01 Jan 1970 00:00:00 GMT", "1970-01-01T00:00:00Z", 0),
            ("Mon, 12 Oct 2009 17:50:30 GMT", "2009-10-12T17:50:30.000Z", 1_255_369_830),
            ("Tue, 29 Feb 2000 23:59:59 GMT", "2000-02-29T23:59:59Z", 951_868_799),
            ("Wed, 31 Dec 2025 12:00:00 GMT", "2025-12-31T12:00:00.0Z", 1_767_182_400),
            ("Sun, 01 Mar 2026 00:00:01 GMT", "2026-03-01T00:00:01.000000Z", 1_772_323_201),
        ] {
            assert_eq!(http_date_ms(http), Some(seconds * 1000), "{http}");
            assert_eq!(listed_date_ms(listed), Some(seconds * 1000), "{listed}");
        }
        assert_eq!(listed_date_ms("1970-01-01T00:00:01.5Z"), Some(1_500));
        assert_eq!(listed_date_ms("1970-01-01T00:00:00.0429999Z"), Some(42));
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "2009-10-12",
            "2009-10-12T17:50:30",
            "2009-13-12T17:50:30Z",
            "2009-00-12T17:50:30Z",
            "2009-10-12T24:00:00Z",
            "2009-10-12-1T17:50:30Z",
            "1969-12-31T23:59:59Z",
            "99999999999999999999-10-12T17:50:30Z",
            "2009-10-12T17:50:30.Z",
            "2009-10-12T17:50:30.xZ",
        ] {
            assert_eq!(listed_date_ms(text), None, "{text}");
        }
    }
}
