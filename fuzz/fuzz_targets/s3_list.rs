//! Listings of an S3 server, which may be anything.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sealwood::blob::check_key;
use sealwood::fuzzing;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(page) = fuzzing::s3_list("v/", "o", Some("o1"), bytes) {
        let keys: Vec<&str> = page.objects.iter().map(|object| object.key.as_str()).collect();
        assert!(
            keys.iter().all(|key| check_key(key).is_ok() && key.starts_with('o') && *key > "o1")
        );
        assert!(keys.is_sorted_by(|a, b| a < b));
        let last = keys.last().copied().unwrap_or("o1");
        assert!(page.next.is_none_or(|next| next.as_str() >= last && next.as_str() > "o1"));
    }
});
