//! Why a server did not do what was asked, in words that may be shown.
//!
//! Text of a server's is cut short, made printable, and loses whatever is as long as a signature
//! or a token. Words and names of a server's are shown only if they can be neither.

use std::time::Duration;

use super::answer::failed;
use super::date::http_date_ms;
use crate::error::Error;
use crate::platform::HttpResponse;

/// The longest text of a server's that is shown, in characters.
const TEXT_CHARS_MAX: usize = 200;

/// The longest code of a refusal.
const CODE_CHARS_MAX: usize = 64;

/// The shortest run of letters and digits that may be a secret: half of a signature.
const SECRET_CHARS_MIN: usize = 32;

/// Codes that say that the credentials do not do, whatever the status that comes with them.
const DENIED: [&str; 12] = [
    "AccessDenied",
    "AccountProblem",
    "AllAccessDisabled",
    "ExpiredToken",
    "InvalidAccessKeyId",
    "InvalidSecurity",
    "InvalidToken",
    "NotSignedUp",
    "RequestExpired",
    "RequestTimeTooSkewed",
    "SignatureDoesNotMatch",
    "TokenRefreshRequired",
];

/// Codes that say that what arrived is not what was sent, or that another try may do.
const TRANSIENT: [&str; 9] = [
    "BadDigest",
    "IncompleteBody",
    "InternalError",
    "InvalidDigest",
    "RequestTimeout",
    "ServiceUnavailable",
    "SlowDown",
    "XAmzContentChecksumMismatch",
    "XAmzContentSHA256Mismatch",
];

/// The error that an answer other than success stands for. `now_ms` is the time of this device.
pub(crate) fn refusal(response: &HttpResponse, now_ms: u64) -> Error {
    let body = String::from_utf8_lossy(&response.body);
    let code = code(&body);
    let reason = || reason(response, &body, code);
    let unavailable = || Error::StoreUnavailable {
        reason: reason(),
        retry_after: retry_after(response, now_ms),
        source: None,
    };
    match (response.status, code) {
        (_, code) if TRANSIENT.contains(&code) => unavailable(),
        (_, "RequestTimeTooSkewed") => Error::StoreDenied {
            reason: format!("{}{}", reason(), skew(response, now_ms)),
            source: None,
        },
        (_, code) if DENIED.contains(&code) => {
            Error::StoreDenied { reason: reason(), source: None }
        }
        (507, _) => Error::StoreFull,
        (_, code) if code.ends_with("StorageFull") || code.ends_with("QuotaExceeded") => {
            Error::StoreFull
        }
        (_, "NoSuchBucket") => Error::StoreFailed { reason: reason(), source: None },
        (401 | 403, _) => Error::StoreDenied { reason: reason(), source: None },
        (404, "NoSuchKey") => Error::ObjectMissing,
        // All that an answer to HEAD can say.
        (404, "") if body.trim().is_empty() => Error::ObjectMissing,
        (412, _) => Error::PreconditionFailed,
        (416, _) => Error::ObjectTruncated,
        // 409 is a race between requests that the server gave up on; 499 a body cut on its way.
        (408 | 409 | 429 | 499, _) => unavailable(),
        (501 | 505, _) => Error::StoreFailed { reason: reason(), source: None },
        (500..=599, _) => unavailable(),
        _ => Error::StoreFailed { reason: reason(), source: None },
    }
}

/// Whether the key that a request was signed with may have ended. An answer to HEAD does not say
/// why it is none.
pub(super) fn may_have_ended(response: &HttpResponse) -> bool {
    const ENDED: [&str; 5] = [
        "ExpiredToken",
        "InvalidToken",
        "InvalidAccessKeyId",
        "RequestExpired",
        "TokenRefreshRequired",
    ];
    let body = String::from_utf8_lossy(&response.body);
    matches!(response.status, 400 | 401 | 403) && (body.is_empty() || ENDED.contains(&code(&body)))
}

/// The error in an answer that calls itself a success: an error's XML, or a page for people.
/// Objects are sealed and never look like either.
pub(crate) fn hidden_refusal(response: &HttpResponse, now_ms: u64) -> Option<Error> {
    let start = &response.body[..response.body.len().min(512)];
    let start = String::from_utf8_lossy(start);
    let is_error = start.trim_start().starts_with("<Error>")
        || (start.trim_start().starts_with("<?xml") && start.contains("<Error>"));
    if is_error {
        return Some(match refusal(response, now_ms) {
            // Nothing else than what the code says is known: the status is that of a success.
            error @ (Error::StoreUnavailable { .. } | Error::StoreDenied { .. }) => error,
            Error::StoreFull => Error::StoreFull,
            _ => failed(&reason(response, &start, code(&start))),
        });
    }
    is_page(response).then(|| failed(&reason(response, "", "")))
}

/// Printable text of at most 200 characters, without what may be a secret.
pub(super) fn plain(text: &str) -> String {
    let mut plain = String::new();
    for word in text.split_inclusive(|c: char| !is_of_secret(c)) {
        let run = word.trim_end_matches(|c: char| !is_of_secret(c));
        if run.len() >= SECRET_CHARS_MIN {
            plain += "[...]";
            plain += &word[run.len()..];
        } else {
            plain += word;
        }
    }
    let printable = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let printable = printable.chars().map(|c| if (' '..='~').contains(&c) { c } else { '?' });
    printable.take(TEXT_CHARS_MAX).collect()
}

/// Whether a character may stand in a key, a signature or a token.
fn is_of_secret(c: char) -> bool {
    c.is_ascii_alphanumeric() || "+/=%_".contains(c)
}

/// Whether a word or name has a part that may be a secret. Unlike those, what is made of words has
/// no digits over such a length.
fn may_be_secret(word: &str) -> bool {
    let mut parts = word.split(|c| !is_of_secret(c));
    parts.any(|part| part.len() >= SECRET_CHARS_MIN && part.contains(|c: char| c.is_ascii_digit()))
}

fn reason(response: &HttpResponse, body: &str, code: &str) -> String {
    let mut reason = format!("status {}", response.status);
    if !code.is_empty() {
        reason += &format!(" {code}");
    }
    if let Some(message) = element(body, "Message").filter(|message| !message.trim().is_empty()) {
        reason += &format!(": {}", plain(message));
    }
    let region = response.header("x-amz-bucket-region").or_else(|| element(body, "Region"));
    if let Some(region) = region.filter(|region| is_name(region)) {
        reason += &format!("; the bucket is in the region {region}");
    }
    let is_moved = (300..=399).contains(&response.status);
    if let Some(endpoint) = element(body, "Endpoint").filter(|name| is_moved && is_name(name)) {
        reason += &format!("; the bucket is at {endpoint}");
    }
    if is_moved && code.is_empty() && region.is_none() {
        let host = response.header("location").and_then(host).filter(|host| is_name(host));
        reason += &match host {
            Some(host) => format!(": redirected to {host}, which is not followed"),
            None => ": a redirect, which is not followed".to_owned(),
        };
    } else if is_page(response) || (code.is_empty() && response.status == 404) {
        reason += ": this is not the answer of an S3 server";
    }
    reason
}

/// Whether the body is a page for people. The type alone says nothing: it is what some servers call
/// an empty answer, too.
fn is_page(response: &HttpResponse) -> bool {
    let start = response.body.trim_ascii_start();
    let starts_with = |prefix: &[u8]| {
        start.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
    };
    let kind = response.header("content-type").unwrap_or("").to_ascii_lowercase();
    (kind.contains("html") && starts_with(b"<"))
        || starts_with(b"<!doctype html")
        || starts_with(b"<html")
}

/// The text of `<Code>` in an error's XML, if it is a plain word that can be shown.
fn code(body: &str) -> &str {
    let is_word = |code: &&str| {
        code.len() <= CODE_CHARS_MAX && code.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let word = element(body, "Code").filter(is_word).filter(|code| !may_be_secret(code));
    word.unwrap_or("")
}

/// The text of the first element of that name.
fn element<'a>(body: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = body.split_once(&format!("<{name}>"))?;
    Some(rest.split_once(&format!("</{name}>"))?.0)
}

/// Whether the text can be a region or a host, as far as it is to be shown.
fn is_name(text: &str) -> bool {
    let is_of_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-_:".contains(&byte);
    (1..=TEXT_CHARS_MAX).contains(&text.len())
        && text.bytes().all(is_of_name)
        && !may_be_secret(text)
}

/// The host of an absolute URL, without what may stand before or after it.
fn host(url: &str) -> Option<&str> {
    let (_, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    authority.rsplit('@').next()
}

/// How long the server asks to be left alone.
fn retry_after(response: &HttpResponse, now_ms: u64) -> Option<Duration> {
    let text = response.header("retry-after")?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => Some(Duration::from_millis(http_date_ms(text)?.saturating_sub(now_ms))),
    }
}

/// By how much the clocks differ, in words.
fn skew(response: &HttpResponse, now_ms: u64) -> String {
    match response.header("date").and_then(http_date_ms) {
        Some(theirs) => {
            let seconds = theirs.abs_diff(now_ms) / 1000;
            let side = if theirs > now_ms { "behind" } else { "ahead of" };
            format!("; the clock of this device is {seconds} s {side} the server's")
        }
        None => "; the clocks of this device and of the server differ".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        HttpResponse { status, headers: headers.collect(), body: body.to_owned().into() }
    }

    fn error(code: &str, message: &str) -> String {
        format!(
            "<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>{message}</Message></Error>"
        )
    }

    #[test]
    fn every_refusal_has_its_case() {
        for (status, code, expected) in [
            (400, "InvalidRequest", "store-failed"),
            (400, "RequestTimeout", "store-unavailable"),
            (400, "BadDigest", "store-unavailable"),
            (400, "InvalidDigest", "store-unavailable"),
            (400, "IncompleteBody", "store-unavailable"),
            (400, "XAmzContentSHA256Mismatch", "store-unavailable"),
            (400, "ExpiredToken", "store-denied"),
            (400, "InvalidToken", "store-denied"),
            (400, "AuthorizationHeaderMalformed", "store-failed"),
            (400, "XMinioAdminBucketQuotaExceeded", "store-full"),
            (301, "PermanentRedirect", "store-failed"),
            (401, "", "store-denied"),
            (403, "AccessDenied", "store-denied"),
            (403, "RequestTimeTooSkewed", "store-denied"),
            (403, "SignatureDoesNotMatch", "store-denied"),
            (404, "NoSuchKey", "object-missing"),
            (404, "", "store-failed"),
            (404, "InvalidAccessKeyId", "store-denied"),
            (404, "NoSuchBucket", "store-failed"),
            (404, "NoSuchUpload", "store-failed"),
            (408, "", "store-unavailable"),
            (409, "ConditionalRequestConflict", "store-unavailable"),
            (412, "PreconditionFailed", "precondition-failed"),
            (416, "InvalidRange", "object-truncated"),
            (429, "", "store-unavailable"),
            (499, "", "store-unavailable"),
            (500, "InternalError", "store-unavailable"),
            (501, "NotImplemented", "store-failed"),
            (502, "", "store-unavailable"),
            (503, "SlowDown", "store-unavailable"),
            (507, "", "store-full"),
            (599, "", "store-unavailable"),
        ] {
            let refused = refusal(&response(status, &[], &error(code, "m")), 0);
            assert_eq!(refused.code(), expected, "{status} {code}");
        }
    }

    #[test]
    fn only_a_server_of_objects_says_that_one_is_missing() {
        let html = [("content-type", "text/html")];
        for (headers, body, expected) in [
            (&[][..], "", "object-missing"),
            (&html, "", "object-missing"),
            (&html, "<p>not found", "store-failed"),
            (&[], "<html>not found</html>", "store-failed"),
            (&[], "not found", "store-failed"),
            (&[], "{\"error\":\"not found\"}", "store-failed"),
        ] {
            assert_eq!(refusal(&response(404, headers, body), 0).code(), expected, "{body}");
        }
        let latin = HttpResponse { body: b"introuvable\xa0!"[..].into(), ..response(404, &[], "") };
        assert_eq!(refusal(&latin, 0).code(), "store-failed");
    }

    #[test]
    fn a_refusal_says_what_the_server_says() {
        for (status, headers, body, expected) in [
            (
                403,
                &[][..],
                error("AccessDenied", "no \u{202e}rights\n here"),
                "the store denied access: status 403 AccessDenied: no ?rights here",
            ),
            (
                301,
                &[("x-amz-bucket-region", "eu-west-1")],
                String::new(),
                "the store failed: status 301; the bucket is in the region eu-west-1",
            ),
            (
                400,
                &[],
                "<Error><Code>AuthorizationHeaderMalformed</Code><Region>eu-west-1</Region></Error>"
                    .to_owned(),
                "the store failed: status 400 AuthorizationHeaderMalformed; the bucket is in the \
                 region eu-west-1",
            ),
            (
                302,
                &[("location", "https://me:you@login.example/in?to=x")],
                String::new(),
                "the store failed: status 302: redirected to login.example, which is not followed",
            ),
            (
                307,
                &[],
                "<Error><Code>TemporaryRedirect</Code><Endpoint>b.s3.example</Endpoint></Error>"
                    .to_owned(),
                "the store failed: status 307 TemporaryRedirect; the bucket is at b.s3.example",
            ),
            (
                404,
                &[],
                "<html>".to_owned(),
                "the store failed: status 404: this is not the answer of an S3 server",
            ),
            (
                403,
                &[("date", "Thu, 01 Jan 1970 01:00:00 GMT")],
                error("RequestTimeTooSkewed", "too large"),
                "the store denied access: status 403 RequestTimeTooSkewed: too large; the clock of \
                 this device is 3600 s behind the server's",
            ),
        ] {
            assert_eq!(refusal(&response(status, headers, &body), 0).to_string(), expected);
        }
    }

    #[test]
    fn a_success_may_hide_a_refusal() {
        for (headers, body, expected) in [
            (&[][..], error("SlowDown", "m"), Some("store-unavailable")),
            (&[], error("AccessDenied", "m"), Some("store-denied")),
            (&[], error("NoSuchKey", "m"), Some("store-failed")),
            (&[], "<Error></Error>".into(), Some("store-failed")),
            (&[], " <!DOCTYPE HTML><p>".into(), Some("store-failed")),
            (&[("content-type", "text/HTML; charset=utf-8")], "<p>".into(), Some("store-failed")),
            (&[("content-type", "text/html")], String::new(), None),
            (&[("content-type", "application/xml")], "sealed".into(), None),
            (&[], String::new(), None),
        ] {
            let found = hidden_refusal(&response(200, headers, &body), 0);
            assert_eq!(found.map(|error| error.code()), expected, "{body}");
        }
    }

    #[test]
    fn what_a_server_says_is_bounded_and_tells_no_secret() {
        let signature = "0123456789abcdef".repeat(4);
        for text in [
            format!("GET /x?X-Amz-Signature={signature}&y"),
            format!("Signature={signature}, token {}==", "A/b+".repeat(20)),
        ] {
            let plain = plain(&text);
            assert!(!plain.contains("0123456789") && !plain.contains("A/b+"), "{plain}");
        }
        assert_eq!(plain("the key is unknown"), "the key is unknown");
        assert_eq!(plain(&"a b ".repeat(1000)).len(), TEXT_CHARS_MAX);
    }

    #[test]
    fn a_secret_is_shown_neither_as_a_code_nor_as_a_name() {
        let signature = "0123456789abcdef".repeat(4);
        let key = "wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY01";
        for secret in [&signature[..], key] {
            let body = error(secret, "m").replace(
                "</Error>",
                &format!("<Region>{secret}</Region><Endpoint>{secret}.example</Endpoint></Error>"),
            );
            for (status, headers) in [
                (400, &[][..]),
                (404, &[]),
                (307, &[("x-amz-bucket-region", secret)]),
                (302, &[("location", &*format!("https://{secret}/a"))]),
            ] {
                let text = refusal(&response(status, headers, &body), 0).to_string();
                assert!(!text.contains(secret), "{status}: {text}");
            }
            let hidden = hidden_refusal(&response(200, &[], &body), 0);
            assert!(!hidden.map(|error| error.to_string()).unwrap_or_default().contains(secret));
        }
        // A code may be long.
        let long = "ServerSideEncryptionConfigurationNotFoundError";
        let text = refusal(&response(400, &[], &error(long, "")), 0).to_string();
        assert!(text.contains(long), "{text}");
    }

    #[test]
    fn a_server_may_ask_for_time() {
        let asked = |value| retry_after(&response(503, &[("retry-after", value)], ""), 1_000);
        assert_eq!(asked("120"), Some(Duration::from_secs(120)));
        assert_eq!(asked("Thu, 01 Jan 1970 00:00:31 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(asked("Thu, 01 Jan 1970 00:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(asked("soon"), None);
        assert_eq!(asked("-1"), None);
    }
}
