//! Addresses of buckets as a user types them.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::fuzzing;

fuzz_target!(|address: &str| {
    if let Ok(url) = fuzzing::s3_address(address) {
        let is_https = url.starts_with("https://");
        assert!(is_https || url.starts_with("http://"), "{url}");
        let host = url.split('/').nth(2).unwrap_or_default();
        assert!(!host.is_empty() && !host.contains('@'), "{url}");
        assert!(!url.contains(['?', '#']), "{url}");
    }
});
