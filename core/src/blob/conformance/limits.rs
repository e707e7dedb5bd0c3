//! Objects that may have no more than so many bytes.

use sealwood_base::conformance::{Outcome, equal, expect, fails, ok};

use super::fixture::Fixture;
use super::objects::pattern;
use crate::blob::StoreGetOptions;

pub(super) async fn keeps_to_a_limit(fixture: &Fixture<'_>) -> Outcome {
    for size in [0, 1, 1000, 300_000] {
        let key = fixture.key(&format!("object-{size}"));
        let bytes = pattern(size, 13);
        let etag = fixture.put(&key, bytes.clone()).await?;
        for bytes_max in [size as u64, size as u64 + 1, u64::MAX] {
            let options = StoreGetOptions::ANY.with_bytes_max(bytes_max);
            let what = format!("a get of {size} bytes of at most {bytes_max}");
            let found = ok(&what, fixture.store.get_with(&key, &options).await)?;
            expect(found.bytes == bytes, || format!("{what} gave others"))?;
            equal("the tag of a get with a limit", &found.etag, &etag)?;
        }
        for bytes_max in [0, size as u64 / 2].into_iter().filter(|max| *max < size as u64) {
            let options = StoreGetOptions::ANY.with_bytes_max(bytes_max);
            let what = format!("a get of {size} bytes of at most {bytes_max}");
            fails(&what, fixture.store.get_with(&key, &options).await, "object-corrupt")?;
        }
    }
    let options = StoreGetOptions::ANY.with_bytes_max(1);
    let missing = fixture.store.get_with(&fixture.key("missing"), &options).await;
    fails("a get of nothing with a limit", missing, "object-missing")
}
