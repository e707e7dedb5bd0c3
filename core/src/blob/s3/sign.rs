//! Signature Version 4 in the URL of a request.
//!
//! The host, the query and the headers given are signed; the payload is not, for what is stored is
//! sealed. The time is computed here, and nothing else of a calendar is needed.

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use url::Url;
use zeroize::Zeroizing;

use super::S3Credentials;
use crate::platform::HttpMethod;

/// How long a signature is valid, in seconds: as far as a device's clock may be behind the server's,
/// which is as far as Amazon S3 lets it be ahead.
const LIFETIME_SECONDS: u32 = 15 * 60;
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "s3/aws4_request";

/// A request as far as it is signed.
pub(super) struct Request<'a> {
    pub(super) method: HttpMethod,
    /// The place, percent-encoded, without a query.
    pub(super) url: Url,
    pub(super) query: Vec<(&'static str, String)>,
    /// The names are lowercase.
    pub(super) headers: &'a [(&'static str, String)],
}

impl Request<'_> {
    /// The URL with its signature, or nothing if the year has more than four digits.
    pub(super) fn signed(
        mut self,
        credentials: &S3Credentials,
        region: &str,
        now_ms: u64,
    ) -> Option<String> {
        let time = basic_time(now_ms)?;
        let date = &time[..8];
        let scope = format!("{date}/{region}/{SERVICE}");
        let host = match (self.url.host_str()?, self.url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        let mut headers = vec![("host", host.as_str())];
        headers.extend(self.headers.iter().map(|(name, value)| (*name, value.trim())));
        headers.sort_unstable();
        let names = headers.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let id = credentials.access_key_id();
        self.query.push(("X-Amz-Algorithm", ALGORITHM.to_owned()));
        self.query.push(("X-Amz-Credential", format!("{id}/{scope}")));
        self.query.push(("X-Amz-Date", time.clone()));
        self.query.push(("X-Amz-Expires", LIFETIME_SECONDS.to_string()));
        self.query.push(("X-Amz-SignedHeaders", names.clone()));
        if let Some(token) = credentials.session_token() {
            self.query.push(("X-Amz-Security-Token", token.to_owned()));
        }
        let query = canonical_query(self.query);

        let mut request = format!("{}\n{}\n{query}\n", self.method.as_str(), self.url.path());
        for (name, value) in headers {
            request += &format!("{name}:{value}\n");
        }
        request += &format!("\n{names}\nUNSIGNED-PAYLOAD");
        let hash = hex::encode(Sha256::digest(request));
        let text = format!("{ALGORITHM}\n{time}\n{scope}\n{hash}");
        let signature = hex::encode(signature(credentials, date, region, &text)?);
        self.url.set_query(Some(&format!("{query}&X-Amz-Signature={signature}")));
        Some(self.url.into())
    }
}

fn signature(
    credentials: &S3Credentials,
    date: &str,
    region: &str,
    text: &str,
) -> Option<[u8; 32]> {
    let secret = Zeroizing::new(format!("AWS4{}", credentials.secret_access_key()));
    let mut key = Zeroizing::new(mac(secret.as_bytes(), date)?);
    for part in [region].into_iter().chain(SERVICE.split('/')) {
        key = Zeroizing::new(mac(&*key, part)?);
    }
    mac(&*key, text)
}

/// A key of HMAC may have any length: there always is a result.
fn mac(key: &[u8], text: &str) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(text.as_bytes());
    Some(mac.finalize().into_bytes().into())
}

fn canonical_query(mut query: Vec<(&'static str, String)>) -> String {
    query.sort_unstable();
    let pairs = query.iter().map(|(name, value)| format!("{name}={}", percent_encoded(value)));
    pairs.collect::<Vec<_>>().join("&")
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a string does not fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

/// A time such as `20261121T060708Z`. Days are counted from a first of March, so that the day a leap
/// year adds is the last of a year; 400 years have 146,097 days.
fn basic_time(now_ms: u64) -> Option<String> {
    let seconds = now_ms / 1000;
    let days = seconds / 86_400 + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let leap_days = day_of_era / 1_460 + day_of_era / 146_096 - day_of_era / 36_524;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era + year_of_era / 100 - 365 * year_of_era - year_of_era / 4;
    // Months from March on, in groups of five with 153 days.
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year + 1 - (153 * month + 2) / 5;
    let (month, next) = if month < 10 { (month + 3, 0) } else { (month - 9, 1) };
    let year = 400 * era + year_of_era + next;
    let (hour, minute, second) = (seconds / 3600 % 24, seconds / 60 % 60, seconds % 60);
    (year <= 9999).then(|| format!("{year:04}{month:02}{day:02}T{hour:02}{minute:02}{second:02}Z"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// Expected values from the system's `date`.
    #[test]
    fn times_are_those_of_the_calendar() {
        for (now_ms, expected) in [
            (0, "19700101T000000Z"),
            (951_782_399_999, "20000228T235959Z"),
            (951_782_400_000, "20000229T000000Z"),
            (951_868_800_000, "20000301T000000Z"),
            (1_709_164_800_000, "20240229T000000Z"),
            (1_735_689_599_000, "20241231T235959Z"),
            (1_795_241_228_999, "20261121T060708Z"),
            (4_107_542_400_000, "21000301T000000Z"),
            (253_402_300_799_999, "99991231T235959Z"),
        ] {
            assert_eq!(basic_time(now_ms).unwrap(), expected);
        }
        assert_eq!(basic_time(253_402_300_800_000), None);
        assert_eq!(basic_time(u64::MAX), None);
    }

    /// The signer of another crate as a reference, over what this one is asked to sign.
    #[test]
    fn urls_are_those_of_another_signer() {
        let url: Url = "https://s.example:9000/x/photos".parse().unwrap();
        let prefix = "a b/~é+%".to_owned();
        let query = || vec![("prefix", prefix.clone()), ("list-type", "2".to_owned())];
        for token in [None, Some("to/ken+=")] {
            let mut credentials = S3Credentials::new("AKID", "wJalr/K7MDENG+b");
            if let Some(token) = token {
                credentials = credentials.with_session_token(token);
            }
            for headers in [vec![], vec![("range", "bytes=0-9".to_owned())]] {
                let method = HttpMethod::Get;
                let request =
                    Request { method, url: url.clone(), query: query(), headers: &headers };
                let now = jiff::Timestamp::from_millisecond(1_795_241_228_999).unwrap();
                let reference = rusty_s3::signing::sign(
                    &now,
                    rusty_s3::Method::Get,
                    url.clone(),
                    "AKID",
                    "wJalr/K7MDENG+b",
                    token,
                    "eu-north-1",
                    900,
                    [("list-type", "2"), ("prefix", &*prefix)].into_iter(),
                    headers.iter().map(|(name, value)| (*name, &**value)),
                );
                let signed = request.signed(&credentials, "eu-north-1", 1_795_241_228_999).unwrap();
                assert_eq!(signed, reference.as_str());
            }
        }
    }
}
