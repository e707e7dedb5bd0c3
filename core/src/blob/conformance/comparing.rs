//! What is at a key against the bytes that should be there.

use bytes::Bytes;

use sealwood_base::conformance::{Outcome, equal, expect, ok};

use super::fixture::Fixture;
use super::objects::pattern;
use crate::blob::{Found, Precondition};

/// About the size of a chunk that is sealed, so that a store which sends large objects in parts
/// meets one.
const LARGE: usize = (1 << 20) + 16;

pub(super) async fn compares_contents(fixture: &Fixture<'_>) -> Outcome {
    for size in [1, 2, 1000, LARGE] {
        let key = fixture.key(&format!("object-{size}"));
        let whole = Bytes::from(pattern(size, 7));
        equal(
            "a comparison with nothing",
            &compare(fixture, &key, &whole).await?,
            &Found::Nothing,
        )?;
        for wrong in wrongs(&whole) {
            fixture.put(&key, wrong.clone()).await?;
            let found = compare(fixture, &key, &whole).await?;
            let Found::Other(etag) = found else {
                return Err(format!(
                    "a comparison of {size} bytes with an object of {} others gave {found:?}",
                    wrong.len()
                ));
            };
            equal(
                "a comparison with itself",
                &compare(fixture, &key, &wrong).await?,
                &Found::Same,
            )?;
            let replaced = fixture.put_if(&key, whole.clone(), Precondition::Matches(etag)).await;
            ok("a put under Matches with the tag of a comparison", replaced)?;
            equal("a comparison after it", &compare(fixture, &key, &whole).await?, &Found::Same)?;
        }
        fixture.delete(&key).await?;
    }
    let key = fixture.key("empty");
    fixture.put(&key, "").await?;
    equal("a comparison of no byte", &compare(fixture, &key, &Bytes::new()).await?, &Found::Same)?;
    let found = compare(fixture, &key, &Bytes::from_static(b"x")).await?;
    expect(matches!(found, Found::Other(_)), || {
        format!("a comparison of one byte with an object of none gave {found:?}")
    })
}

/// What may lie in the place of `whole`: nothing of it, a part, something more, a bit turned at
/// either end.
fn wrongs(whole: &Bytes) -> Vec<Bytes> {
    let mut cuts = vec![0, 1, whole.len() / 2, whole.len() - 1];
    cuts.retain(|cut| *cut < whole.len());
    cuts.dedup();
    let mut wrongs: Vec<_> = cuts.into_iter().map(|cut| whole.slice(..cut)).collect();
    wrongs.push([whole, &b"x"[..]].concat().into());
    for at in [0, whole.len() - 1] {
        let mut turned = whole.to_vec();
        turned[at] ^= 1;
        wrongs.push(turned.into());
    }
    wrongs
}

async fn compare(fixture: &Fixture<'_>, key: &str, bytes: &Bytes) -> Outcome<Found> {
    ok("a comparison", fixture.store.compare(key, bytes.clone()).await)
}
