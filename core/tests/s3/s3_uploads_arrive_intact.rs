//! What is damaged on its way to a bucket is never taken for stored.

use futures_lite::future::block_on;
use sealwood::blob::{BlobStore, ETag, Found, Precondition, S3Store};

use crate::s3_bucket::{Bucket, State, Upload};

const BYTES: &str = "sealed bytes";

fn bucket(checks: bool, uploads: &[Upload]) -> (Bucket, S3Store) {
    let uploads = std::sync::Mutex::new(uploads.to_vec().into());
    let bucket = Bucket::start(State { checks, uploads, ..State::default() });
    let store = S3Store::new(bucket.config()).unwrap();
    (bucket, store)
}

fn held(bucket: &Bucket) -> Option<Vec<u8>> {
    bucket.state.objects.lock().unwrap().get("/bucket/a").cloned()
}

#[test]
fn a_damaged_upload_is_refused_and_sent_again() {
    let (bucket, store) = bucket(true, &[Upload::Flipped, Upload::Cut]);
    assert!(!store.confirms_puts());
    block_on(store.put("a", BYTES.into(), Precondition::Absent)).unwrap();
    assert_eq!(held(&bucket).unwrap(), BYTES.as_bytes());
    assert_eq!(bucket.requests(), ["PUT /bucket/a if-none-match"; 3]);
    assert!(store.confirms_puts());
}

#[test]
fn uploads_that_are_always_damaged_end_in_an_error_that_says_so() {
    let (bucket, store) = bucket(true, &[Upload::Flipped; 9]);
    let failed = block_on(store.put("a", BYTES.into(), Precondition::Absent)).unwrap_err();
    assert_eq!(failed.code(), "store-unavailable");
    assert!(failed.to_string().contains("BadDigest"), "{failed}");
    assert_eq!(held(&bucket), None);
}

#[test]
fn what_a_server_took_damaged_is_put_right() {
    for damage in [Upload::Flipped, Upload::Cut] {
        let (bucket, store) = bucket(false, &[Upload::Whole, damage]);
        block_on(store.put("b", BYTES.into(), Precondition::Absent)).unwrap();
        let etag = block_on(store.put("a", BYTES.into(), Precondition::Absent)).unwrap();
        assert_eq!(held(&bucket).unwrap(), BYTES.as_bytes());
        assert_eq!(block_on(store.get("a")).unwrap().etag, etag);
        let asked = bucket.requests();
        assert_eq!(asked[1..3], ["PUT /bucket/a if-none-match", "GET /bucket/a"]);
        assert!(asked[3].starts_with("PUT /bucket/a if-match "), "{asked:?}");
    }
}

#[test]
fn a_server_that_damages_all_it_takes_is_an_error() {
    let uploads = [vec![Upload::Whole], vec![Upload::Flipped; 99]].concat();
    let (_bucket, store) = bucket(false, &uploads);
    block_on(store.put("b", BYTES.into(), Precondition::Absent)).unwrap();
    let failed = block_on(store.put("a", BYTES.into(), Precondition::None)).unwrap_err();
    assert_eq!(failed.code(), "store-unavailable");
    assert!(failed.to_string().contains("other bytes than were sent"), "{failed}");
}

#[test]
fn objects_are_compared_by_size_and_tag() {
    let (bucket, store) = bucket(true, &[]);
    let compare = |bytes: &'static str| block_on(store.compare("a", bytes.into())).unwrap();
    assert_eq!(compare(BYTES), Found::Nothing);
    let etag = block_on(store.put("a", BYTES.into(), Precondition::None)).unwrap();
    assert_eq!(compare(BYTES), Found::Same);
    assert_eq!(compare("short"), Found::Other(ETag(etag.0.clone())));
    let asked = bucket.requests();
    assert_eq!(asked[2..], ["HEAD /bucket/a"; 2]);
    // The same size under another tag is read.
    assert_eq!(compare("sealed Bytes"), Found::Other(etag));
    assert_eq!(bucket.requests()[4..], ["HEAD /bucket/a", "GET /bucket/a"]);
}
