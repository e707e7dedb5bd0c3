//! What a server's answer means.

use bytes::Bytes;

use crate::blob::{ETag, Object, slice};
use crate::error::{Error, Result};
use crate::platform::HttpResponse;

/// The object of a successful GET.
pub(super) fn object(response: HttpResponse) -> Result<Object> {
    let etag = etag(&response)?;
    Ok(Object { bytes: whole_body(response)?, etag })
}

/// The tag a GET or PUT answered with.
pub(super) fn etag(response: &HttpResponse) -> Result<ETag> {
    let etag = response.header("etag").filter(|etag| !etag.is_empty());
    etag.map(|etag| ETag(etag.to_owned())).ok_or_else(|| failed("the answer has no ETag"))
}

/// The size a HEAD answered with.
pub(super) fn size(response: &HttpResponse) -> Result<u64> {
    let size = response.header("content-length").and_then(|length| length.parse().ok());
    size.ok_or_else(|| failed("the answer has no Content-Length"))
}

/// The bytes of a successful GET of `length` bytes from `offset`.
pub(super) fn range(response: HttpResponse, offset: u64, length: u64) -> Result<Bytes> {
    if response.status != 206 {
        // The server does not do ranges and sent it all.
        return slice(&whole_body(response)?, offset, length);
    }
    let stated = response.header("content-range").map(str::to_owned);
    let body = whole_body(response)?;
    let received = body.len() as u64;
    // Browsers hide the header unless the bucket exposes it.
    let is_right = match stated {
        Some(stated) => content_range(&stated).is_some_and(|(first, last, size)| {
            let end = offset.saturating_add(length).min(size.unwrap_or(u64::MAX));
            first == offset && last.checked_sub(first) == received.checked_sub(1) && {
                last + 1 == end || (size.is_none() && last < end)
            }
        }),
        None => received > 0 && received <= length,
    };
    if is_right { Ok(body) } else { Err(failed("the answer is another range than asked for")) }
}

/// The error that an answer other than success stands for.
pub(super) fn refusal(response: &HttpResponse) -> Error {
    let code = error_code(&response.body).unwrap_or("");
    let reason = || format!("status {} {code}", response.status).trim_end().to_owned();
    match (response.status, code) {
        (_, "SlowDown" | "RequestTimeout" | "ServiceUnavailable" | "InternalError") => {
            Error::StoreUnavailable { reason: reason() }
        }
        (507, _) => Error::StoreFull,
        (_, code) if code.ends_with("StorageFull") || code.ends_with("QuotaExceeded") => {
            Error::StoreFull
        }
        (401 | 403, _) => Error::StoreDenied,
        (404, "NoSuchBucket") => failed("there is no such bucket"),
        (404, _) => Error::ObjectMissing,
        (412, _) => Error::PreconditionFailed,
        (416, _) => Error::ObjectTruncated,
        (300..=399, _) => failed("the bucket is at another endpoint or in another region"),
        // 409 is a race between requests that the server gave up on.
        (408 | 409 | 429, _) => Error::StoreUnavailable { reason: reason() },
        (501 | 505, _) => Error::StoreFailed { reason: reason() },
        (500..=599, _) => Error::StoreUnavailable { reason: reason() },
        _ => Error::StoreFailed { reason: reason() },
    }
}

pub(super) fn failed(reason: &str) -> Error {
    Error::StoreFailed { reason: reason.to_owned() }
}

/// The body, if it is as long as was announced. What was cut off on the way can be asked again.
fn whole_body(response: HttpResponse) -> Result<Bytes> {
    // With an encoding the length is of other bytes; no store of objects should use one.
    let is_plain =
        response.header("content-encoding").is_none_or(|encoding| encoding == "identity");
    let announced = response.header("content-length").and_then(|length| length.parse().ok());
    if is_plain && announced.is_some_and(|length: usize| length != response.body.len()) {
        return Err(Error::StoreUnavailable { reason: "the answer was cut off".into() });
    }
    Ok(response.body)
}

/// First byte, last byte and size of `bytes 0-9/100`; the size may be unknown.
fn content_range(header: &str) -> Option<(u64, u64, Option<u64>)> {
    let (range, size) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = range.split_once('-')?;
    let size = if size == "*" { None } else { Some(size.parse().ok()?) };
    Some((first.parse().ok()?, last.parse().ok()?, size))
}

/// The text of `<Code>` in an error's XML, if it is a plain word.
fn error_code(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    let (_, rest) = text.split_once("<Code>")?;
    let (code, _) = rest.split_once("</Code>")?;
    let is_word = code.len() <= 64 && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_word.then_some(code)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        HttpResponse { status, headers: headers.collect(), body: body.to_owned().into() }
    }

    #[test]
    fn every_refusal_has_its_case() {
        for (status, code, expected) in [
            (400, "InvalidRequest", "store-failed"),
            (400, "RequestTimeout", "store-unavailable"),
            (400, "XMinioAdminBucketQuotaExceeded", "store-full"),
            (301, "PermanentRedirect", "store-failed"),
            (401, "", "store-denied"),
            (403, "AccessDenied", "store-denied"),
            (404, "NoSuchKey", "object-missing"),
            (404, "", "object-missing"),
            (404, "NoSuchBucket", "store-failed"),
            (408, "", "store-unavailable"),
            (409, "ConditionalRequestConflict", "store-unavailable"),
            (412, "PreconditionFailed", "precondition-failed"),
            (416, "InvalidRange", "object-truncated"),
            (429, "", "store-unavailable"),
            (500, "InternalError", "store-unavailable"),
            (501, "NotImplemented", "store-failed"),
            (502, "", "store-unavailable"),
            (503, "SlowDown", "store-unavailable"),
            (507, "", "store-full"),
            (599, "", "store-unavailable"),
        ] {
            let body = format!("<Error><Code>{code}</Code><Message>m</Message></Error>");
            assert_eq!(refusal(&response(status, &[], &body)).code(), expected, "{status} {code}");
        }
    }

    #[test]
    fn ranges_are_checked_against_what_was_asked() {
        let answer = |stated: &str, body: &str| {
            range(response(206, &[("content-range", stated)], body), 10, 5)
        };
        assert_eq!(answer("bytes 10-14/100", "abcde").unwrap(), "abcde");
        assert_eq!(answer("bytes 10-14/*", "abcde").unwrap(), "abcde");
        assert_eq!(answer("bytes 10-12/13", "abc").unwrap(), "abc");
        for (stated, body) in [
            ("bytes 0-4/100", "abcde"),
            ("bytes 10-12/100", "abc"),
            ("bytes 10-14/100", "abc"),
            ("bytes 10-15/100", "abcdef"),
            ("bytes 14-10/100", "abcde"),
            ("bytes 10-14", "abcde"),
            ("nonsense", "abcde"),
        ] {
            assert_eq!(answer(stated, body).unwrap_err().code(), "store-failed", "{stated}");
        }
    }

    #[test]
    fn a_server_without_ranges_is_understood() {
        let whole = || response(200, &[], "0123456789");
        assert_eq!(range(whole(), 2, 3).unwrap(), "234");
        assert_eq!(range(whole(), 8, 9).unwrap(), "89");
        assert_eq!(range(whole(), 10, 1).unwrap_err().code(), "object-truncated");
    }

    #[test]
    fn a_short_body_is_no_object() {
        let headers = [("etag", "\"e\""), ("content-length", "10")];
        let cut = object(response(200, &headers, "01234")).unwrap_err();
        assert_eq!(cut.code(), "store-unavailable");
        assert_eq!(object(response(200, &headers, "0123456789")).unwrap().bytes, "0123456789");
        assert_eq!(object(response(200, &[], "x")).unwrap_err().code(), "store-failed");
    }
}
