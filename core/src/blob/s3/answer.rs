//! What an answer that is a success means.

use bytes::Bytes;

use super::date::http_date_ms;
use super::listing::Listed;
use super::refusal::hidden_refusal;
use crate::blob::{ETag, Object, ObjectMeta, ObjectPage, check_key, slice};
use crate::error::{Error, Result};
use crate::platform::HttpResponse;

/// The object of a successful GET.
pub(crate) fn object(response: HttpResponse) -> Result<Object> {
    if let Some(error) = hidden_refusal(&response, 0) {
        return Err(error);
    }
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

/// What a HEAD of the object at `key` says of it. Browsers hide its tag and its time unless the
/// bucket exposes them.
pub(super) fn meta(key: &str, response: &HttpResponse) -> Result<ObjectMeta> {
    let modified_ms = response.header("last-modified").and_then(http_date_ms);
    let meta = ObjectMeta::new(key, size(response)?).with_modified_ms(modified_ms);
    Ok(meta.with_etag(etag(response).ok()))
}

/// The MD5 that a tag is, where a server makes tags of it.
pub(super) fn md5_of(ETag(etag): &ETag) -> Option<[u8; 16]> {
    let digits = etag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"')).unwrap_or(etag);
    let mut md5 = [0; 16];
    hex::decode_to_slice(digits, &mut md5).ok().map(|()| md5)
}

/// The bytes of a successful GET of `length` bytes from `offset`.
pub(crate) fn range(response: HttpResponse, offset: u64, length: u64) -> Result<Bytes> {
    if let Some(error) = hidden_refusal(&response, 0) {
        return Err(error);
    }
    if response.status != 206 {
        // The server does not do ranges and sent it all.
        let whole = whole_body(response)?;
        let part = slice(&whole, offset, length)?;
        // Whoever keeps a small part is not to keep the rest in memory by it.
        let is_most = 2 * part.len() >= whole.len();
        return Ok(if is_most { part } else { Bytes::copy_from_slice(&part) });
    }
    let stated = response.header("content-range").map(str::to_owned);
    let body = whole_body(response)?;
    let received = body.len() as u64;
    // Browsers hide the header unless the bucket exposes it.
    let is_right = match stated {
        Some(stated) => content_range(&stated).is_some_and(|(first, last, size)| {
            let end = offset.saturating_add(length).min(size.unwrap_or(u64::MAX));
            received > 0
                && first == offset
                && last.checked_sub(first) == received.checked_sub(1)
                && { last + 1 == end || (size.is_none() && last < end) }
        }),
        None => received > 0 && received <= length,
    };
    if is_right { Ok(body) } else { Err(failed("the answer is another range than asked for")) }
}

/// What a listing was asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Listing<'a> {
    /// What all keys of the store start with in the bucket; ends in `/` unless empty.
    pub(crate) below: &'a str,
    /// What the keys asked for start with.
    pub(crate) prefix: &'a str,
    /// Only keys after this one.
    pub(crate) start_after: Option<&'a str>,
}

impl Listing<'_> {
    /// The page in the body of a successful listing.
    pub(crate) fn page(&self, body: &[u8]) -> Result<ObjectPage> {
        let text = std::str::from_utf8(body).map_err(|_| failed("a listing is not UTF-8"))?;
        let listing =
            Listed::parse(text).ok_or_else(|| failed("a listing is not the XML it should be"))?;
        let mut page = ObjectPage::default();
        let mut last = self.start_after.map(str::to_owned);
        for content in listing.objects {
            let key = content.name.strip_prefix(self.below);
            let Some(key) = key.filter(|key| key.starts_with(self.prefix)) else {
                return Err(failed("a listing has a key outside the prefix asked for"));
            };
            // Without this a server could keep whoever pages through a listing busy for ever.
            if last.as_deref().is_some_and(|last| key <= last) {
                return Err(failed("a listing is out of order"));
            }
            // Objects that others keep in the bucket may have names that are no keys.
            if check_key(key).is_ok() {
                let size = content.size.ok_or_else(|| failed("a listed object has no size"))?;
                let meta = ObjectMeta::new(key, size).with_modified_ms(content.modified_ms);
                page.objects.push(meta.with_etag(content.etag.map(ETag)));
            }
            last = Some(key.to_owned());
            page.next = last.clone();
        }
        match listing.goes_on {
            true if page.next.is_none() => Err(failed("a listing goes on after no object")),
            true => Ok(page),
            false => Ok(ObjectPage { next: None, ..page }),
        }
    }
}

pub(super) fn failed(reason: &str) -> Error {
    Error::StoreFailed { reason: reason.to_owned(), source: None }
}

/// The body, if it is as long as was announced. What was cut off on the way can be asked again.
fn whole_body(response: HttpResponse) -> Result<Bytes> {
    // With an encoding the length is of other bytes; no store of objects should use one.
    let is_plain =
        response.header("content-encoding").is_none_or(|encoding| encoding == "identity");
    let announced = response.header("content-length").and_then(|length| length.parse().ok());
    if is_plain && announced.is_some_and(|length: usize| length != response.body.len()) {
        return Err(Error::StoreUnavailable {
            reason: "the answer was cut off".into(),
            retry_after: None,
            source: None,
        });
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn response(status: u16, headers: &[(&str, &str)], body: &str) -> HttpResponse {
        let headers = headers.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        HttpResponse { status, headers: headers.collect(), body: body.to_owned().into() }
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
            ("bytes 10-4/5", ""),
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
    fn a_small_part_of_a_whole_body_does_not_hold_the_rest() {
        let headers = [("etag", "\"e\"")];
        let whole = response(200, &headers, "0123456789");
        let body = whole.body.clone();
        let part = range(whole, 2, 3).unwrap();
        assert!(body.is_unique(), "the part holds the whole");
        assert_eq!(part, "234");
        let whole = response(200, &headers, "0123456789");
        let body = whole.body.clone();
        let most = range(whole, 1, 9).unwrap();
        assert_eq!(most.as_ptr(), body[1..].as_ptr(), "a copy for nothing");
    }

    #[test]
    fn listings_keep_to_what_was_asked() {
        let page = |keys: &[&str], goes_on: bool| {
            let contents = keys
                .iter()
                .map(|key| format!("<Contents><Key>{key}</Key><Size>1</Size></Contents>"));
            let token =
                if goes_on { "<NextContinuationToken>t</NextContinuationToken>" } else { "" };
            let body = contents.collect::<String>() + token;
            let body = format!(
                "<ListBucketResult xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">{body}\
                 </ListBucketResult>"
            );
            let asked = Listing { below: "v/", prefix: "p", start_after: Some("p1") };
            asked.page(body.as_bytes())
        };
        let found = page(&["v/p2", "v/p2.tmp", "v/p3", "v/p3.tmp"], true).unwrap();
        let keys: Vec<_> = found.objects.iter().map(|object| object.key.as_str()).collect();
        assert_eq!((keys, found.next.as_deref()), (vec!["p2", "p3"], Some("p3.tmp")));
        assert_eq!(page(&["v/p2"], false).unwrap().next, None);
        assert!(page(&[], false).unwrap().objects.is_empty());
        for keys in [&["v/p1"][..], &["v/p0"], &["v/p3", "v/p2"], &["v/p2", "v/p2"]] {
            assert_eq!(page(keys, true).unwrap_err().code(), "store-failed", "{keys:?}");
        }
        for keys in [&["v/q"][..], &["p2"], &["w/p2"]] {
            assert_eq!(page(keys, false).unwrap_err().code(), "store-failed", "{keys:?}");
        }
        assert_eq!(page(&[], true).unwrap_err().code(), "store-failed");
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
