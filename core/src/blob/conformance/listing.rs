//! Listings: order, prefix, continuation, pages.

use futures_util::future::join_all;

use sealwood_base::conformance::{Outcome, equal, expect, ok};

use super::fixture::{CONCURRENT_MAX, Fixture};
use crate::blob::LIST_LIMIT_MAX;

/// Names whose order as paths is not their order as bytes: `-` sorts before `/`, `_` after.
const NAMES: [&str; 14] = [
    "a", "a-", "a-b", "a/a", "a/b", "a/b-c", "a/b/c", "a/b0", "a0", "a_", "aa", "b/a/a/a", "b0/a",
    "c",
];

pub(super) async fn lists_in_order(fixture: &Fixture<'_>) -> Outcome {
    let keys = write_names(fixture).await?;
    let page = fixture.store.list(&format!("{}/", fixture.base()), None, LIST_LIMIT_MAX).await;
    let page = ok("a list", page)?;
    equal("the end of a listing", &page.next, &None)?;
    for object in &page.objects {
        equal("a listed size", &object.size, &(object.key.len() as u64))?;
    }
    let listed: Vec<_> = page.objects.into_iter().map(|object| object.key).collect();
    equal("a listing", &listed, &keys)
}

pub(super) async fn lists_the_prefix(fixture: &Fixture<'_>) -> Outcome {
    let keys = write_names(fixture).await?;
    for name in ["a", "a/", "a/b", "a/b/", "a/b/c", "a/b/c/", "a-", "b", "b/a/", "c", "c0", "d/"] {
        let prefix = format!("{}/{name}", fixture.base());
        let expected: Vec<_> =
            keys.iter().filter(|key| key.starts_with(&prefix)).cloned().collect();
        let listed = list_all(fixture, &prefix, None, LIST_LIMIT_MAX).await?;
        equal(&format!("the listing of the prefix {name:?}"), &listed, &expected)?;
    }
    Ok(())
}

pub(super) async fn lists_after_a_key(fixture: &Fixture<'_>) -> Outcome {
    let keys = write_names(fixture).await?;
    let extra = ["0", "a-a", "a/b/b", "a/b/d", "b", "b/a/a", "z"];
    for prefix in [String::new(), "a".into(), "a/b".into()] {
        let prefix = format!("{}/{prefix}", fixture.base());
        for name in NAMES.iter().chain(&extra) {
            let after = format!("{}/{name}", fixture.base());
            let expected: Vec<_> = keys
                .iter()
                .filter(|key| key.starts_with(&prefix) && **key > after)
                .cloned()
                .collect();
            let listed = list_all(fixture, &prefix, Some(after), LIST_LIMIT_MAX).await?;
            equal(&format!("the listing after {name:?}"), &listed, &expected)?;
        }
    }
    Ok(())
}

pub(super) async fn lists_in_pages(fixture: &Fixture<'_>) -> Outcome {
    let names = write_names(fixture).await?;
    let prefix = format!("{}/", fixture.base());
    for limit in (1..=NAMES.len() + 1).chain([LIST_LIMIT_MAX]) {
        let listed = list_all(fixture, &prefix, None, limit).await?;
        equal(&format!("the listing in pages of {limit}"), &listed, &names)?;
    }
    // More than the largest page holds.
    let many: Vec<_> = (0..LIST_LIMIT_MAX + 1)
        .map(|at| fixture.key(&format!("many/{}/{at:04}", at / 300)))
        .collect();
    for batch in many.chunks(CONCURRENT_MAX) {
        for put in join_all(batch.iter().map(|key| fixture.put(key, ""))).await {
            put?;
        }
    }
    let prefix = format!("{prefix}many/");
    for limit in [333, LIST_LIMIT_MAX] {
        let listed = list_all(fixture, &prefix, None, limit).await?;
        expect(listed == many, || {
            format!("{} objects in pages of {limit} list as {}", many.len(), listed.len())
        })?;
    }
    Ok(())
}

/// Writes an object for each of [`NAMES`], its key its content; returns the keys in order.
async fn write_names(fixture: &Fixture<'_>) -> Outcome<Vec<String>> {
    let keys: Vec<_> = NAMES.iter().map(|name| fixture.key(name)).collect();
    // Not in the order in which they are to be listed.
    for put in join_all(keys.iter().rev().map(|key| fixture.put(key, key.clone()))).await {
        put?;
    }
    Ok(keys)
}

/// Every key of a listing, page by page.
async fn list_all(
    fixture: &Fixture<'_>,
    prefix: &str,
    mut after: Option<String>,
    limit: usize,
) -> Outcome<Vec<String>> {
    let mut keys = Vec::new();
    loop {
        let page = ok("a list", fixture.store.list(prefix, after.as_deref(), limit).await)?;
        expect(page.objects.len() <= limit, || {
            format!("a page of at most {limit} has {} objects", page.objects.len())
        })?;
        keys.extend(page.objects.into_iter().map(|object| object.key));
        match page.next {
            None => return Ok(keys),
            Some(next) => {
                expect(after.as_ref() < Some(&next), || "a page leads back".into())?;
                after = Some(next);
            }
        }
    }
}
