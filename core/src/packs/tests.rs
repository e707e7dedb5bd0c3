//! Which requests reads of units come to, and that none of them hangs on another.
#![allow(clippy::unwrap_used)]

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use futures_lite::future::block_on;

use super::*;
use crate::blob::{Fault, FaultMode, FaultyStore, MemoryStore, MeteredStore, Method, Precondition};
use crate::forward;
use crate::platform::BoxFuture;

const PACK: PackId = PackId([1; 16]);
const UNIT: u32 = 4_096;

type Store = MeteredStore<FaultyStore<MemoryStore>>;

/// A pack of units of which each repeats its number.
fn pack(units: u32) -> Arc<Store> {
    let bytes: Vec<u8> = (0..units).flat_map(|unit| vec![unit as u8; UNIT as usize]).collect();
    let store = MeteredStore::with_log(FaultyStore::new(MemoryStore::new()), 10_000);
    block_on(store.put(&pack_name(PACK), bytes.into(), Precondition::None)).unwrap();
    store.reset();
    Arc::new(store)
}

fn place(unit: u32) -> Place {
    Place { pack: PACK, offset: unit * UNIT, length: UNIT }
}

fn wanted(unit: u32) -> Wanted {
    Wanted::alone(place(unit))
}

/// Checks a unit as opening it would.
fn check(unit: u32, sealed: &[u8]) -> Result<u32> {
    if sealed.len() < UNIT as usize {
        return Err(Error::ObjectTruncated);
    }
    if sealed.iter().any(|byte| *byte != unit as u8) {
        return Err(Error::ObjectCorrupt);
    }
    Ok(unit)
}

async fn read(reader: &PackReader, unit: u32) -> Result<u32> {
    reader.read(UnitKind::Content, &place(unit), |sealed| check(unit, sealed)).await
}

#[test]
fn the_first_read_takes_its_unit_alone_and_the_rest_of_a_pack_few_requests() {
    let store = pack(200);
    let reader = PackReader::new(store.clone(), 16 << 20);
    block_on(async {
        read(&reader, 7).await.unwrap();
        assert_eq!(store.reset().bytes_received, u64::from(UNIT));
        for unit in (0..200).map(|unit| unit * 77 % 200) {
            assert_eq!(read(&reader, unit).await.unwrap(), unit);
        }
        let metrics = store.reset();
        assert!(metrics.requests() <= 14, "{metrics:?}");
        assert!(metrics.bytes_received <= 220 * u64::from(UNIT), "{metrics:?}");
    });
}

#[test]
fn units_side_by_side_are_one_request_and_what_is_kept_none() {
    let store = pack(64);
    let reader = PackReader::new(store.clone(), 16 << 20);
    let places: Vec<_> = (0..64).rev().map(wanted).collect();
    let read = reader
        .read_all(UnitKind::Content, &places, |index, sealed| check(63 - index as u32, sealed));
    assert_eq!(block_on(read).unwrap(), (0..64).rev().collect::<Vec<_>>());
    assert_eq!(store.snapshot().requests(), 1);
    assert_eq!(block_on(super::tests::read(&reader, 9)).unwrap(), 9);
    assert_eq!(store.reset().requests(), 1);
}

#[test]
fn what_is_kept_stays_within_the_budget() {
    let store = pack(250);
    let budget = 40 * UNIT as usize;
    let reader = PackReader::new(store, budget);
    block_on(async {
        for unit in (0..1_000).map(|read| read * 97 % 250) {
            read(&reader, unit).await.unwrap();
            assert!(reader.kept_bytes() <= budget, "{}", reader.kept_bytes());
        }
        let places: Vec<_> = (0..250).map(wanted).collect();
        let open = |index: usize, sealed: &[u8]| check(index as u32, sealed);
        reader.read_all(UnitKind::Content, &places, open).await.unwrap();
        assert!(reader.kept_bytes() <= budget, "{}", reader.kept_bytes());
    });
}

/// A store that counts the bytes of its answers that are still in memory, and can hang.
struct Lending {
    inner: Arc<Store>,
    lent: Arc<AtomicUsize>,
    hangs: AtomicBool,
}

struct Lent(Bytes, Arc<AtomicUsize>);

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        self.1.fetch_sub(self.0.len(), Ordering::Relaxed);
    }
}

impl BlobStore for Lending {
    fn get_range<'a>(&'a self, key: &'a str, at: u64, len: u64) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            if self.hangs.load(Ordering::Relaxed) {
                return std::future::pending().await;
            }
            let bytes = self.inner.get_range(key, at, len).await?;
            self.lent.fetch_add(bytes.len(), Ordering::Relaxed);
            Ok(Bytes::from_owner(Lent(bytes, self.lent.clone())))
        })
    }

    forward!(inner: get_with, put_with, delete, list, head, flush, needs_flush);
}

#[test]
fn who_waits_for_some_units_holds_none_of_the_others() {
    const BUDGET: usize = 64 * UNIT as usize;
    let lent = Arc::new(AtomicUsize::new(0));
    let hangs = AtomicBool::new(false);
    let store = Arc::new(Lending { inner: pack(250), lent: lent.clone(), hangs });
    let reader = PackReader::new(store.clone(), BUDGET);
    let mut context = Context::from_waker(Waker::noop());
    let open = |index: usize, _: &[u8]| Ok(index);
    // Units that are kept, and more of them on their way than one call waits for.
    let kept: Vec<_> = (0..60).map(wanted).collect();
    block_on(reader.read_all(UnitKind::Content, &kept, open)).unwrap();
    store.hangs.store(true, Ordering::Relaxed);
    let lone = |unit: u32| Wanted::alone(Place { pack: PackId([2; 16]), ..place(unit * 50) });
    let on_their_way: Vec<_> = (0..20).map(lone).collect();
    let mut others: Vec<_> = on_their_way
        .iter()
        .map(|unit| Box::pin(reader.read(UnitKind::Node, &unit.place, |_| Ok(()))))
        .collect();
    for other in &mut others {
        assert!(other.as_mut().poll(&mut context).is_pending());
    }
    let all: Vec<_> = on_their_way.iter().chain(&kept).copied().collect();
    let mut waits = pin!(reader.read_all(UnitKind::Content, &all, open));
    assert!(waits.as_mut().poll(&mut context).is_pending());
    // Meanwhile the cache needs the room for others.
    store.hangs.store(false, Ordering::Relaxed);
    let rest: Vec<_> = (100..160).map(wanted).collect();
    block_on(reader.read_all(UnitKind::Content, &rest, open)).unwrap();
    let lent = lent.load(Ordering::Relaxed);
    assert!(lent <= BUDGET, "{lent} bytes are held");
}

#[test]
fn two_who_want_one_unit_send_one_request_and_neither_needs_the_other() {
    let store = pack(4);
    let reader = PackReader::new(store.clone(), 1 << 20);
    let mut context = Context::from_waker(Waker::noop());
    let mut left_alone = pin!(read(&reader, 1));
    // Under way, and never polled again.
    assert!(matches!(left_alone.as_mut().poll(&mut context), Poll::Pending));
    assert_eq!(block_on(read(&reader, 1)).unwrap(), 1);
    assert_eq!(store.reset().requests(), 1);
}

#[test]
fn a_request_whose_first_waiter_left_goes_on_for_the_second() {
    let store = pack(4);
    // Each of the two answers a poll later.
    let slower = Arc::new(MeteredStore::new(store.clone()));
    let reader = PackReader::new(slower, 1 << 20);
    let mut context = Context::from_waker(Waker::noop());
    let mut first = Box::pin(read(&reader, 1));
    assert!(first.as_mut().poll(&mut context).is_pending());
    let mut second = Box::pin(read(&reader, 1));
    assert!(second.as_mut().poll(&mut context).is_pending());
    drop(first);
    assert_eq!(block_on(second).unwrap(), 1);
    assert_eq!(store.reset().requests(), 1);
    // And one that everybody left leaves nothing behind.
    let mut alone = Box::pin(read(&reader, 3));
    assert!(alone.as_mut().poll(&mut context).is_pending());
    drop(alone);
    assert_eq!(block_on(read(&reader, 3)).unwrap(), 3);
}

#[test]
fn a_damaged_answer_is_asked_for_again_and_not_kept() {
    for mode in [FaultMode::FlipBit(5 * 8 * u64::from(UNIT)), FaultMode::TruncateReads] {
        let store = pack(8);
        let reader = PackReader::new(store.clone(), 1 << 20);
        let places: Vec<_> = (0..8).map(wanted).collect();
        let open = |index: usize, sealed: &[u8]| check(index as u32, sealed);
        store.inner().arm(Fault::new(mode.clone()).on(Method::GetRange).nth(1));
        let read_all = reader.read_all(UnitKind::Content, &places, open);
        assert_eq!(block_on(read_all).unwrap().len(), 8, "{mode:?}");
        for unit in 0..8 {
            assert_eq!(block_on(read(&reader, unit)).unwrap(), unit);
        }
        store.inner().disarm();
        store.inner().arm(Fault::new(mode).on(Method::GetRange));
        let fresh = PackReader::new(store.clone(), 1 << 20);
        match block_on(
            fresh.read_all(UnitKind::Content, &places[5..6], |_, sealed| check(5, sealed)),
        ) {
            Err(Error::Damaged { object, .. }) => assert_eq!(object, pack_name(PACK)),
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn requests_on_their_way_are_bounded() {
    let store = Arc::new(MeteredStore::new(FaultyStore::new(MemoryStore::new())));
    let place = |pack| Place { pack: PackId([pack; 16]), offset: 0, length: UNIT };
    let places: Vec<_> = (0..100).map(|pack| Wanted::alone(place(pack))).collect();
    for Wanted { place, .. } in &places {
        let bytes = vec![place.pack.0[0]; UNIT as usize].into();
        block_on(store.put(&pack_name(place.pack), bytes, Precondition::None)).unwrap();
    }
    store.reset();
    store.inner().arm(Fault::new(FaultMode::Hang));
    let reader = PackReader::new(store.clone(), 1 << 20);
    let mut read =
        pin!(reader.read_all(UnitKind::Node, &places, |unit, sealed| check(unit as u32, sealed)));
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..10 {
        assert!(read.as_mut().poll(&mut context).is_pending());
    }
    assert_eq!(store.snapshot().requests(), REQUESTS_AT_A_TIME as u64);
}

#[test]
fn a_place_that_holds_no_unit_is_told_and_not_read() {
    let store = pack(1);
    let reader = PackReader::new(store.clone(), 1 << 20);
    let nothing = Place { length: 0, ..place(0) };
    let read = block_on(reader.read(UnitKind::Node, &nothing, |_| Ok(())));
    assert_eq!(read.unwrap_err().code(), "malformed");
    assert_eq!(store.reset().requests(), 0);
}
