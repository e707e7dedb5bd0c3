//! Answers of an S3 server to a GET: status, headers and body, the error's XML among them.
#![no_main]

use libfuzzer_sys::arbitrary::{self, Arbitrary};
use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;
use sealwood::fuzzing::HttpResponse;

const HEADERS: [&str; 4] = ["etag", "content-length", "content-range", "content-encoding"];

#[derive(Debug, Arbitrary)]
struct Answer<'a> {
    status: u16,
    headers: [Option<&'a str>; HEADERS.len()],
    offset: u64,
    length: u64,
    body: &'a [u8],
}

fuzz_target!(|answer: Answer<'_>| {
    let headers = HEADERS.into_iter().zip(answer.headers);
    let response = || HttpResponse {
        status: answer.status,
        headers: headers
            .clone()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect(),
        body: answer.body.to_vec().into(),
    };
    let length = answer.length.max(1);
    if let Ok(bytes) = fuzzing::s3_range(response(), answer.offset, length) {
        assert!(!bytes.is_empty() && bytes.len() as u64 <= length);
    }
    if let Ok(object) = fuzzing::s3_object(response()) {
        assert!(!object.etag.0.is_empty() && object.bytes == answer.body);
    }
    let reason = fuzzing::s3_refusal(&response()).to_string();
    assert!(reason.len() < 200, "a server can fill a log: {reason}");
});
