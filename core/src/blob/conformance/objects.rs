//! Objects one at a time.

use sealwood_base::conformance::{Outcome, equal, expect, fails, ok};

use super::fixture::Fixture;
use crate::blob::KEY_BYTES_MAX;

pub(super) async fn reads_what_was_written(fixture: &Fixture<'_>) -> Outcome {
    for size in [1, 2, 255, 4096, 100_000] {
        let key = fixture.key(&format!("object-{size}"));
        let bytes = pattern(size, 7);
        let etag = fixture.put(&key, bytes.clone()).await?;
        fixture.expect_object(&key, &bytes, &etag).await?;
        let meta = fixture.head(&key).await?.ok_or("a head found no object")?;
        equal("the size of a head", &meta.size, &(size as u64))?;
        equal("the key of a head", &meta.key, &key)?;
    }
    Ok(())
}

pub(super) async fn missing_is_missing(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("missing");
    fixture.put(&fixture.key("missing/below"), "x").await?;
    fails("a get of nothing", fixture.store.get(&key).await, "object-missing")?;
    fails("a range of nothing", fixture.store.get_range(&key, 0, 1).await, "object-missing")?;
    equal("a head of nothing", &fixture.head(&key).await?, &None)
}

pub(super) async fn empty_objects(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("empty");
    let etag = fixture.put(&key, "").await?;
    fixture.expect_object(&key, b"", &etag).await?;
    let meta = fixture.head(&key).await?.ok_or("a head found no empty object")?;
    equal("the size of an empty object", &meta.size, &0)?;
    let range = fixture.store.get_range(&key, 0, 1).await;
    fails("a range of an empty object", range, "object-truncated")
}

pub(super) async fn large_objects(fixture: &Fixture<'_>) -> Outcome {
    const SIZE: usize = 8 << 20;
    let key = fixture.key("large");
    let bytes = pattern(SIZE, 11);
    let etag = fixture.put(&key, bytes.clone()).await?;
    fixture.expect_object(&key, &bytes, &etag).await?;
    let (offset, length) = (SIZE / 2 - 100, 70_000);
    let range = fixture.store.get_range(&key, offset as u64, length as u64).await;
    expect(ok("a range of a large object", range)? == bytes[offset..offset + length], || {
        "a range of a large object has other bytes".into()
    })
}

pub(super) async fn ranges(fixture: &Fixture<'_>) -> Outcome {
    const SIZE: u64 = 1000;
    let key = fixture.key("object");
    let bytes = pattern(SIZE as usize, 3);
    fixture.put(&key, bytes.clone()).await?;
    for (offset, length) in [
        (0, 1),
        (0, SIZE),
        (0, SIZE + 1),
        (1, 998),
        (500, 500),
        (500, 501),
        (SIZE - 1, 1),
        (SIZE - 1, 2),
        (10, u64::MAX),
    ] {
        let what = format!("the range of {length} bytes from {offset}");
        let found = ok(&what, fixture.store.get_range(&key, offset, length).await)?;
        let end = SIZE.min(offset.saturating_add(length));
        expect(found == bytes[offset as usize..end as usize], || {
            format!("{what} of {SIZE} has {} bytes, or others", found.len())
        })?;
    }
    for offset in [SIZE, SIZE + 1, u64::MAX >> 1] {
        let range = fixture.store.get_range(&key, offset, 1).await;
        fails(&format!("a range from {offset} of {SIZE}"), range, "object-truncated")?;
    }
    Ok(())
}

pub(super) async fn replaces(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("object");
    for size in [5000, 50, 0, 500] {
        let bytes = pattern(size, 5);
        let etag = fixture.put(&key, bytes.clone()).await?;
        fixture.expect_object(&key, &bytes, &etag).await?;
        let found = fixture.head(&key).await?.map(|meta| meta.size);
        equal("the size after a replacement", &found, &Some(size as u64))?;
    }
    Ok(())
}

pub(super) async fn tags_tell_states_apart(fixture: &Fixture<'_>) -> Outcome {
    let (one, other) = (fixture.key("one"), fixture.key("other"));
    let mut seen = Vec::new();
    for bytes in ["a", "b", "", "aa"] {
        let etag = fixture.put(&one, bytes).await?;
        expect(!seen.contains(&etag), || "two states of an object share a tag".into())?;
        seen.push(etag);
    }
    let elsewhere = fixture.put(&other, "other bytes").await?;
    expect(!seen.contains(&elsewhere), || "objects of other bytes share a tag".into())
}

pub(super) async fn deletes_twice(fixture: &Fixture<'_>) -> Outcome {
    let (key, neighbour) = (fixture.key("object"), fixture.key("object-2"));
    fixture.delete(&key).await?;
    fixture.put(&key, "x").await?;
    let etag = fixture.put(&neighbour, "stays").await?;
    fixture.delete(&key).await?;
    fails("a get after a delete", fixture.store.get(&key).await, "object-missing")?;
    equal("a head after a delete", &fixture.head(&key).await?, &None)?;
    let page = ok("a list", fixture.store.list(fixture.base(), None, 10).await)?;
    expect(page.objects.iter().all(|object| object.key != key), || {
        "a deleted object is still listed".into()
    })?;
    fixture.delete(&key).await?;
    fixture.expect_object(&neighbour, b"stays", &etag).await
}

pub(super) async fn keys_are_distinct(fixture: &Fixture<'_>) -> Outcome {
    let longest = "k".repeat(KEY_BYTES_MAX - fixture.base().len() - 1);
    let deep = ["d"; 30].join("/");
    let names =
        ["a", "a/b", "a/b/c", "a-", "a_", "a0", "-", "_", "0", "aux", &deep, longest.as_str()];
    let mut written = Vec::new();
    for name in names {
        let key = fixture.key(name);
        let etag = fixture.put(&key, key.clone()).await?;
        written.push((key, etag));
    }
    for (key, etag) in &written {
        fixture.expect_object(key, key.as_bytes(), etag).await?;
    }
    // Removing the shortest leaves the longer ones.
    fixture.delete(&written[0].0).await?;
    for (key, etag) in &written[1..] {
        fixture.expect_object(key, key.as_bytes(), etag).await?;
    }
    Ok(())
}

pub(super) async fn flush_settles(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("object");
    let etag = fixture.put(&key, "x").await?;
    ok("a flush", fixture.store.flush().await)?;
    expect(!fixture.store.needs_flush(), || "a flush is needed after a flush".into())?;
    fixture.expect_object(&key, b"x", &etag).await
}

/// Bytes in which every position differs from its neighbours.
pub(super) fn pattern(size: usize, seed: usize) -> Vec<u8> {
    (0..size).map(|at| (at.wrapping_mul(31) ^ (at >> 8).wrapping_mul(seed)) as u8).collect()
}
