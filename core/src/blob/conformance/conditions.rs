//! Preconditions, one writer at a time.

use sealwood_base::conformance::{Outcome, equal, fails, ok};

use super::fixture::Fixture;
use crate::blob::{ETag, Precondition};

const REFUSED: &str = "precondition-failed";

pub(super) async fn absent_creates(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("object");
    for bytes in ["first", "second life"] {
        let created = fixture.put_if(&key, bytes, Precondition::Absent).await;
        let etag = ok("a put under Absent", created)?;
        fixture.expect_object(&key, bytes.as_bytes(), &etag).await?;
        fixture.delete(&key).await?;
    }
    Ok(())
}

pub(super) async fn absent_refuses_existing(fixture: &Fixture<'_>) -> Outcome {
    for bytes in ["bytes", ""] {
        let key = fixture.key(&format!("object-{}", bytes.len()));
        let etag = fixture.put(&key, bytes).await?;
        for other in ["other", bytes] {
            let again = fixture.put_if(&key, other, Precondition::Absent).await;
            fails("a put under Absent on an object", again, REFUSED)?;
            fixture.expect_object(&key, bytes.as_bytes(), &etag).await?;
        }
    }
    Ok(())
}

pub(super) async fn matches_replaces(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("object");
    let mut etag = fixture.put(&key, "0").await?;
    for bytes in ["1", "22", "", "333"] {
        let replaced = fixture.put_if(&key, bytes, Precondition::Matches(etag)).await;
        etag = ok("a put under Matches with the current tag", replaced)?;
        fixture.expect_object(&key, bytes.as_bytes(), &etag).await?;
    }
    // The tag of a get serves as well as that of a put.
    let read = fixture.get(&key).await?.etag;
    let replaced = fixture.put_if(&key, "4", Precondition::Matches(read)).await;
    ok("a put under Matches with the tag of a get", replaced)?;
    Ok(())
}

pub(super) async fn matches_refuses_stale(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("object");
    let stale = fixture.put(&key, "old").await?;
    let current = fixture.put(&key, "new").await?;
    let elsewhere = fixture.put(&fixture.key("elsewhere"), "elsewhere").await?;
    for etag in [stale, elsewhere, ETag("\"00000000000000000000000000000000\"".into())] {
        let refused = fixture.put_if(&key, "x", Precondition::Matches(etag)).await;
        fails("a put under Matches with a tag that is not the object's", refused, REFUSED)?;
        fixture.expect_object(&key, b"new", &current).await?;
    }
    Ok(())
}

pub(super) async fn matches_refuses_missing(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("object");
    let etag = fixture.put(&key, "x").await?;
    fixture.delete(&key).await?;
    let refused = fixture.put_if(&key, "x", Precondition::Matches(etag)).await;
    fails("a put under Matches where there is nothing", refused, REFUSED)?;
    equal("a head after a refused put", &fixture.head(&key).await?, &None)
}
