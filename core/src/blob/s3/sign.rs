//! Signature Version 4, in the headers of a request or, where asked for, in its URL.
//!
//! The host, the query and all headers given are signed; in headers also the SHA-256 of the body.
//! The time is computed here, and nothing else of a calendar is needed.

use std::fmt::Write;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use url::Url;
use zeroize::Zeroizing;

use super::{S3Credentials, S3Signing};
use crate::platform::{Clock, HttpError, HttpMethod, HttpRequest};

/// How long a signature in a URL is valid, in seconds: as far as a device's clock may be behind the
/// server's, which is as far as Amazon S3 lets it be ahead.
const LIFETIME_SECONDS: u32 = 15 * 60;
const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const SERVICE: &str = "s3/aws4_request";

/// A request that is not signed yet.
#[derive(Clone)]
pub(super) struct Request {
    pub(super) method: HttpMethod,
    /// The place, percent-encoded, without a query.
    pub(super) url: Url,
    pub(super) query: Vec<(&'static str, String)>,
    /// The names are lowercase.
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Bytes,
    pub(super) body_bytes_max: u64,
}

impl Request {
    /// The request without a signature.
    pub(super) fn unsigned(mut self) -> HttpRequest {
        let query = canonical_query(std::mem::take(&mut self.query));
        self.with_query(&query)
    }

    /// The request as it is sent, with the whole of its query.
    fn with_query(self, query: &str) -> HttpRequest {
        let Self { method, mut url, headers, body, body_bytes_max, .. } = self;
        url.set_query(Some(query).filter(|query| !query.is_empty()));
        let headers = headers.into_iter().map(|(name, value)| (name.into(), value)).collect();
        HttpRequest { method, url: url.into(), headers, body, body_bytes_max }
    }
}

/// Who signs, for where, and how.
pub(super) struct Signer {
    key: Mutex<S3Credentials>,
    region: String,
    signing: S3Signing,
    clock: Arc<dyn Clock>,
}

impl Signer {
    pub(super) fn new(
        key: S3Credentials,
        region: String,
        signing: S3Signing,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { key: Mutex::new(key), region, signing, clock }
    }

    /// Signs with `key` from now on.
    pub(super) fn use_key(&self, key: S3Credentials) {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = key;
    }

    fn key(&self) -> S3Credentials {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The request with its signature, as of now.
    pub(super) fn sign(&self, mut request: Request) -> Result<HttpRequest, HttpError> {
        let key = self.key();
        let query = match self.signing {
            S3Signing::Header => self.sign_headers(&key, &mut request),
            S3Signing::Url => self.sign_url(&key, &mut request),
        };
        let query = query.ok_or_else(|| {
            HttpError::Failed("the clock is outside the years a signature can name".into())
        })?;
        Ok(request.with_query(&query))
    }

    /// Adds the headers of the signature and returns the query.
    fn sign_headers(&self, key: &S3Credentials, request: &mut Request) -> Option<String> {
        let scope = Scope::new(&self.region, self.clock.now_ms())?;
        let payload = hex::encode(Sha256::digest(&request.body));
        request.headers.push(("x-amz-content-sha256", payload.clone()));
        request.headers.push(("x-amz-date", scope.time.clone()));
        if let Some(token) = key.session_token() {
            request.headers.push(("x-amz-security-token", token.to_owned()));
        }
        let query = canonical_query(std::mem::take(&mut request.query));
        let signed = Signed::new(&request.url, &request.headers)?;
        let signature = self.signature(key, request, &query, &signed, &payload, &scope)?;
        let (id, names) = (key.access_key_id(), signed.names);
        let authorization = format!(
            "{ALGORITHM} Credential={id}/{}, SignedHeaders={names}, Signature={signature}",
            scope.text
        );
        request.headers.push(("authorization", authorization));
        Some(query)
    }

    /// The query with the signature.
    fn sign_url(&self, key: &S3Credentials, request: &mut Request) -> Option<String> {
        let scope = Scope::new(&self.region, self.clock.now_ms())?;
        let signed = Signed::new(&request.url, &request.headers)?;
        let id = key.access_key_id();
        let query = &mut request.query;
        query.push(("X-Amz-Algorithm", ALGORITHM.to_owned()));
        query.push(("X-Amz-Credential", format!("{id}/{}", scope.text)));
        query.push(("X-Amz-Date", scope.time.clone()));
        query.push(("X-Amz-Expires", LIFETIME_SECONDS.to_string()));
        query.push(("X-Amz-SignedHeaders", signed.names.clone()));
        if let Some(token) = key.session_token() {
            query.push(("X-Amz-Security-Token", token.to_owned()));
        }
        let query = canonical_query(std::mem::take(query));
        let signature =
            self.signature(key, request, &query, &signed, "UNSIGNED-PAYLOAD", &scope)?;
        Some(format!("{query}&X-Amz-Signature={signature}"))
    }

    fn signature(
        &self,
        key: &S3Credentials,
        request: &Request,
        query: &str,
        Signed { names, lines }: &Signed,
        payload: &str,
        Scope { time, text: scope }: &Scope,
    ) -> Option<String> {
        let (method, path) = (request.method.as_str(), request.url.path());
        let request = format!("{method}\n{path}\n{query}\n{lines}\n{names}\n{payload}");
        let hash = hex::encode(Sha256::digest(request));
        let text = format!("{ALGORITHM}\n{time}\n{scope}\n{hash}");
        signature(key, &time[..8], &self.region, &text).map(hex::encode)
    }
}

/// When and for what a signature is.
struct Scope {
    time: String,
    text: String,
}

impl Scope {
    /// Nothing if the year has more than four digits.
    fn new(region: &str, now_ms: u64) -> Option<Self> {
        let time = basic_time(now_ms)?;
        let text = format!("{}/{region}/{SERVICE}", &time[..8]);
        Some(Self { time, text })
    }
}

/// The headers that are signed, the host's among them.
struct Signed {
    names: String,
    lines: String,
}

impl Signed {
    fn new(url: &Url, headers: &[(&'static str, String)]) -> Option<Self> {
        let host = match (url.host_str()?, url.port()) {
            (host, Some(port)) => format!("{host}:{port}"),
            (host, None) => host.to_owned(),
        };
        let mut sorted = vec![("host", host)];
        sorted.extend(headers.iter().map(|(name, value)| (*name, value.trim().to_owned())));
        sorted.sort_unstable();
        let names = sorted.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(";");
        let lines = sorted.iter().map(|(name, value)| format!("{name}:{value}\n")).collect();
        Some(Self { names, lines })
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

/// A time such as `20261121T060708Z`. Days are counted from a first of March, so that the day a
/// leap year adds is the last of a year; 400 years have 146,097 days.
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

    struct Fixed(u64);

    impl Clock for Fixed {
        fn now_ms(&self) -> u64 {
            self.0
        }
    }

    fn signer(credentials: S3Credentials, region: &str, signing: S3Signing, now: u64) -> Signer {
        Signer::new(credentials, region.into(), signing, Arc::new(Fixed(now)))
    }

    fn request(
        method: HttpMethod,
        url: &str,
        headers: &[(&'static str, &str)],
        body: &'static str,
    ) -> Request {
        let headers = headers.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        let url = url.parse().unwrap();
        Request { method, url, query: Vec::new(), headers, body: body.into(), body_bytes_max: 1 }
    }

    fn signature_of(request: &HttpRequest) -> &str {
        let found = request.headers.iter().find(|(name, _)| *name == "authorization").unwrap();
        found.1.rsplit_once("Signature=").unwrap().1
    }

    /// The signer of another crate as a reference, over what this one is asked to sign.
    #[test]
    fn urls_are_those_of_another_signer() {
        let url = "https://s.example:9000/x/photos";
        let prefix = "a b/~é+%".to_owned();
        for token in [None, Some("to/ken+=")] {
            let mut credentials = S3Credentials::new("AKID", "wJalr/K7MDENG+b");
            if let Some(token) = token {
                credentials = credentials.with_session_token(token);
            }
            let signer = signer(credentials, "eu-north-1", S3Signing::Url, 1_795_241_228_999);
            for headers in [&[][..], &[("range", "bytes=0-9")]] {
                let mut request = request(HttpMethod::Get, url, headers, "");
                request.query = vec![("prefix", prefix.clone()), ("list-type", "2".to_owned())];
                let now = jiff::Timestamp::from_millisecond(1_795_241_228_999).unwrap();
                let reference = rusty_s3::signing::sign(
                    &now,
                    rusty_s3::Method::Get,
                    url.parse().unwrap(),
                    "AKID",
                    "wJalr/K7MDENG+b",
                    token,
                    "eu-north-1",
                    900,
                    [("list-type", "2"), ("prefix", &*prefix)].into_iter(),
                    headers.iter().copied(),
                );
                assert_eq!(signer.sign(request).unwrap().url, reference.as_str());
            }
        }
    }

    /// Expected values from botocore's `S3SigV4QueryAuth` for the same requests.
    #[test]
    fn urls_are_those_of_another_implementation() {
        let credentials =
            S3Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
                .with_session_token("to/ken+=");
        let signer = signer(credentials, "eu-north-1", S3Signing::Url, 1_795_241_228_999);
        let place = "https://photos.s.example/my/vault/packs/00-ff_a";
        for (method, header, signature) in [
            (
                HttpMethod::Put,
                ("if-none-match", "*"),
                "4bb24e22cf91e3ef7ca6d2cf984e51a2acae62fd07f7a4915323e9b334f35db6",
            ),
            (
                HttpMethod::Put,
                ("if-match", "\"0123\""),
                "ea88b674d35555fc78049865353e3942ff1d02826c0a320fdea6ecd00c5e2c51",
            ),
            (
                HttpMethod::Get,
                ("range", "bytes=0-9"),
                "30c37190989c95f8dbb820acb9b57becf301ce1f94b5abd2776fa569d89be145",
            ),
        ] {
            let signed = signer.sign(request(method, place, &[header], "")).unwrap();
            let (found, query) = signed.url.split_once('?').unwrap();
            assert_eq!(found, place);
            for parameter in [
                "X-Amz-Date=20261121T060708Z",
                "X-Amz-Expires=900",
                &format!("X-Amz-SignedHeaders=host%3B{}", header.0),
                &format!("X-Amz-Signature={signature}"),
            ] {
                assert!(query.split('&').any(|found| found == parameter), "{query}");
            }
        }
    }

    /// The example of a GET in Amazon's documentation of the signature.
    #[test]
    fn headers_are_those_of_the_published_example() {
        let credentials =
            S3Credentials::new("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
        let signer = signer(credentials, "us-east-1", S3Signing::Header, 1_369_353_600_000);
        let url = "https://examplebucket.s3.amazonaws.com/test.txt";
        let signed =
            signer.sign(request(HttpMethod::Get, url, &[("range", "bytes=0-9")], "")).unwrap();
        let authorization = "AWS4-HMAC-SHA256 \
            Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, \
            SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, \
            Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41";
        assert_eq!(signed.url, url);
        assert_eq!(
            signed.headers.last().unwrap(),
            &("authorization".into(), authorization.to_owned())
        );
    }

    /// Expected values from botocore's `S3SigV4Auth` for the same requests.
    #[test]
    fn headers_are_those_of_another_implementation() {
        let credentials =
            S3Credentials::new("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY")
                .with_session_token("to/ken+=");
        // 2026-11-21T06:07:08.999Z
        let signer = signer(credentials, "eu-north-1", S3Signing::Header, 1_795_241_228_999);
        let url = "https://photos.s.example/my/vault/packs/00-ff_a";
        let md5 = ("content-md5", "XUFAKrxLKna5cZ2REBfFkg==");
        let put =
            |condition| signer.sign(request(HttpMethod::Put, url, &[condition, md5], "hello"));
        assert_eq!(
            signature_of(&put(("if-none-match", "*")).unwrap()),
            "a80e2a3f5166c85fc27d9ad136be95f2ddbc247ae303fcb83b82c599eeda510f"
        );
        assert_eq!(
            signature_of(&put(("if-match", "\"0123\"")).unwrap()),
            "8ff4ffa899647479a6e472037dde1bd4e910583d8103bcc98d2566af7369ecb2"
        );
        let mut list = request(HttpMethod::Get, "https://s.example:9000/photos/", &[], "");
        list.query = vec![("prefix", "a b/~é+%".to_owned()), ("list-type", "2".to_owned())];
        assert_eq!(
            signature_of(&signer.sign(list).unwrap()),
            "e298c694f021d4ba39606a66b9611c81fd37904cd0c69ae9590c6ef5d06f71b1"
        );
    }
}
