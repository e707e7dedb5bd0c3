//! Several calls at once.

use futures_util::future::{join, join_all};

use sealwood_base::conformance::{Outcome, equal, expect, fails, ok};

use super::fixture::{CONCURRENT_MAX, Fixture};
use super::objects::pattern;
use crate::blob::{ETag, Precondition};
use crate::error::Error;

/// How many writers race for one object.
const WRITERS: usize = 8;
/// How often each of them counts.
const UPDATES: u64 = 4;

pub(super) async fn one_creator_wins(fixture: &Fixture<'_>) -> Outcome {
    for round in 0..4 {
        let key = fixture.key(&format!("object-{round}"));
        one_wins(fixture, &key, round, &Precondition::Absent).await?;
    }
    Ok(())
}

pub(super) async fn one_replacer_wins(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("object");
    let mut etag = fixture.put(&key, "start").await?;
    for round in 0..4 {
        etag = one_wins(fixture, &key, round, &Precondition::Matches(etag)).await?;
    }
    Ok(())
}

pub(super) async fn no_update_is_lost(fixture: &Fixture<'_>) -> Outcome {
    let key = fixture.key("counter");
    fixture.put(&key, "0").await?;
    let counting = (0..WRITERS).map(|_| async {
        for _ in 0..UPDATES {
            count_one(fixture, &key).await?;
        }
        Ok(())
    });
    join_all(counting).await.into_iter().collect::<Outcome<()>>()?;
    let total = (WRITERS as u64 * UPDATES).to_string();
    equal("the count of every writer", &fixture.get(&key).await?.bytes.as_ref(), &total.as_bytes())
}

pub(super) async fn reads_are_whole(fixture: &Fixture<'_>) -> Outcome {
    const ROUNDS: usize = 12;
    let key = fixture.key("object");
    let states = [pattern(300_000, 3), pattern(200_001, 9)];
    let first = fixture.put(&key, states[0].clone()).await?;
    let writing = async {
        let mut written = vec![(0, first)];
        for round in 1..=ROUNDS {
            let state = round % 2;
            written.push((state, fixture.put(&key, states[state].clone()).await?));
        }
        Ok(written)
    };
    let reading = join_all((0..4).map(|_| async {
        let mut seen = Vec::new();
        for _ in 0..ROUNDS {
            let found = fixture.get(&key).await?;
            let state = states.iter().position(|state| found.bytes == state);
            seen.push((
                state.ok_or_else(|| "a get during a put gave neither state".to_owned())?,
                found.etag,
            ));
            let range =
                ok("a range during a put", fixture.store.get_range(&key, 0, 400_000).await)?;
            expect(states.iter().any(|state| range == state), || {
                "a range during a put gave neither state".into()
            })?;
        }
        Ok(seen)
    }));
    let (written, seen): (Outcome<Vec<_>>, Vec<Outcome<Vec<_>>>) = join(writing, reading).await;
    let written = written?;
    for seen in seen {
        // One content may have another tag each time it is put.
        expect(seen?.iter().all(|pair| written.contains(pair)), || {
            "a get during a put gave a state with a tag that no put of it gave".into()
        })?;
    }
    Ok(())
}

pub(super) async fn concurrent_puts_all_land(fixture: &Fixture<'_>) -> Outcome {
    let keys: Vec<_> =
        (0..CONCURRENT_MAX).map(|at| fixture.key(&format!("{}/{at}", at % 3))).collect();
    let puts = join_all(keys.iter().map(|key| fixture.put(key, key.clone()))).await;
    for (key, put) in keys.iter().zip(puts) {
        fixture.expect_object(key, key.as_bytes(), &put?).await?;
    }
    Ok(())
}

/// Races writers under one precondition and returns the winner's tag. Every body is new: a tag may
/// follow the content, so writing what is there already would not change it.
async fn one_wins(
    fixture: &Fixture<'_>,
    key: &str,
    round: u64,
    condition: &Precondition,
) -> Outcome<ETag> {
    let bodies: Vec<_> =
        (0..WRITERS).map(|writer| format!("round {round} writer {writer}")).collect();
    let racing = bodies.iter().map(|body| fixture.put_if(key, body.clone(), condition.clone()));
    let mut winner = None;
    for (body, outcome) in bodies.iter().zip(join_all(racing).await) {
        match outcome {
            Ok(etag) if winner.is_none() => winner = Some((body, etag)),
            Ok(_) => return Err("two concurrent puts under one precondition succeeded".into()),
            Err(error) => fails::<(), _>("a put that lost", Err(error), "precondition-failed")?,
        }
    }
    let (body, etag) = winner.ok_or("no concurrent put under a precondition succeeded")?;
    fixture.expect_object(key, body.as_bytes(), &etag).await?;
    Ok(etag)
}

async fn count_one(fixture: &Fixture<'_>, key: &str) -> Outcome {
    // Each failure means that another writer counted, and all together do so this often.
    for _ in 0..WRITERS as u64 * UPDATES {
        let found = fixture.get(key).await?;
        let count = std::str::from_utf8(&found.bytes).ok().and_then(|text| text.parse().ok());
        let count: u64 = count.ok_or("a counter read back as something else")?;
        let next = (count + 1).to_string();
        match fixture.put_if(key, next, Precondition::Matches(found.etag)).await {
            Ok(_) => return Ok(()),
            Err(Error::PreconditionFailed) => {}
            outcome => return ok("a put of a counter", outcome).map(drop),
        }
    }
    Err("puts under the current tag fail though no other writer wins".into())
}
