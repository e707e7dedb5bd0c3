//! Many objects that go together.

use sealwood_base::conformance::{Outcome, equal, expect, fails, ok};

use super::fixture::Fixture;

/// More than a store that deletes in groups takes at a time by default.
const MANY: usize = 40;

pub(super) async fn deletes_many(fixture: &Fixture<'_>) -> Outcome {
    let keys: Vec<_> = (0..MANY).map(|number| fixture.key(&format!("{number}"))).collect();
    let neighbour = fixture.key("neighbour");
    let etag = fixture.put(&neighbour, "stays").await?;
    // Every third is not there.
    for key in keys.iter().enumerate().filter(|(at, _)| at % 3 != 1).map(|(_, key)| key) {
        fixture.put(key, "goes").await?;
    }
    for round in ["first", "second"] {
        let failed = fixture.store.delete_many(&keys).await;
        expect(failed.is_empty(), || {
            format!("the {round} delete of many left {}: {:?}", failed.len(), failed.first())
        })?;
    }
    let nothing = fixture.store.delete_many(&[]).await;
    expect(nothing.is_empty(), || "a delete of nothing failed".into())?;
    for key in &keys {
        fails("a get after a delete of many", fixture.store.get(key).await, "object-missing")?;
    }
    let page = ok("a list", fixture.store.list(fixture.base(), None, MANY).await)?;
    let left: Vec<_> = page.objects.into_iter().map(|object| object.key).collect();
    equal("what is left after a delete of many", &left, &vec![neighbour.clone()])?;
    fixture.expect_object(&neighbour, b"stays", &etag).await
}
