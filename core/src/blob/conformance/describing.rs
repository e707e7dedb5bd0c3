//! What is told of objects beside their sizes.

use sealwood_base::conformance::{Outcome, equal, expect, ok};

use super::fixture::Fixture;
use crate::blob::ObjectMeta;

pub(super) async fn describes_objects(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("object");
    let mut last = None;
    for bytes in ["a", "bc", "", "a"] {
        let etag = fixture.put(&key, bytes).await?;
        for (what, meta) in
            [("a head", head(fixture, &key).await?), ("a listing", listed(fixture, &key).await?)]
        {
            if let Some(told) = &meta.etag {
                equal(&format!("the tag that {what} tells"), told, &etag)?;
            }
            equal(&format!("the size that {what} tells"), &meta.size, &(bytes.len() as u64))?;
        }
        let modified_ms = listed(fixture, &key).await?.modified_ms;
        expect(modified_ms >= last, || {
            format!("an object was modified at {modified_ms:?} after it was at {last:?}")
        })?;
        last = modified_ms;
    }
    Ok(())
}

async fn head(fixture: &Fixture<'_>, key: &str) -> Outcome<ObjectMeta> {
    Ok(fixture.head(key).await?.ok_or("a head found no object")?)
}

async fn listed(fixture: &Fixture<'_>, key: &str) -> Outcome<ObjectMeta> {
    let page = ok("a list", fixture.store.list(key, None, 1).await)?;
    let first = page.objects.into_iter().next().filter(|meta| meta.key == key);
    Ok(first.ok_or("an object is not listed")?)
}
