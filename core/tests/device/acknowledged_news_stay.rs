//! A model: sessions of one device in several processes, whose requests meet in any order, fail, are
//! not answered, and whose updates are given up on. What an update returned stays.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use futures_lite::future::{block_on, yield_now};
use sealwood::blob::{
    BlobStore, ETag, Fault, FaultyStore, MemoryStore, Method, Object, StoreGetOptions,
    StorePutOptions,
};
use sealwood::forward;
use sealwood::internals::{DeviceRecord, DeviceState, News};
use sealwood::platform::BoxFuture;
use sealwood::{Error, Result};

use crate::fixture::*;

const SEEDS: u64 = 300;
const PROCESSES: usize = 3;
const STEPS: usize = 200;
const ROOTS: usize = 40;

/// A generator of small numbers.
#[derive(Clone)]
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % end as u64) as usize
    }
}

/// Lets others go on before and after each request.
struct Slow {
    inner: Arc<FaultyStore<MemoryStore>>,
    pauses: AtomicU64,
}

impl Slow {
    async fn pause(&self) {
        let pauses = self.pauses.fetch_add(1, Ordering::SeqCst) % 3;
        for _ in 0..pauses {
            yield_now().await;
        }
    }
}

impl BlobStore for Slow {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            self.pause().await;
            let found = self.inner.get_with(key, options).await;
            self.pause().await;
            found
        })
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            self.pause().await;
            let outcome = self.inner.put_with(key, bytes, options).await;
            self.pause().await;
            outcome
        })
    }

    forward!(inner: get_range, delete, list, head, compare, delete_many, confirms_puts, honours_conditions, identity, hold, flush, needs_flush);
}

type Update = Pin<Box<dyn Future<Output = (News, Result<DeviceRecord>)>>>;

struct Process {
    state: Arc<DeviceState>,
    update: Option<Update>,
}

/// What has to be there.
#[derive(Default)]
struct Acknowledged {
    sequence: u64,
    device: Option<u32>,
    settings: Vec<(String, Bytes)>,
    sent: Vec<sealwood::internals::Sent>,
}

impl Acknowledged {
    fn add(&mut self, news: News) {
        let root = news.position.map_or(0, |position| position.kept.root.sequence());
        self.sequence = self.sequence.max(root);
        self.device = self.device.max(news.device);
        self.sent.extend(news.sent);
        let set = news.settings.into_iter().filter_map(|(name, value)| Some((name, value?)));
        self.settings.extend(set);
    }

    fn check(&self, record: &DeviceRecord, seed: u64) {
        assert!(sequence(record) >= self.sequence, "seed {seed}: a root was lost");
        assert!(record.device >= self.device, "seed {seed}: a number was lost");
        for (name, value) in &self.settings {
            assert_eq!(record.settings.get(name), Some(value), "seed {seed}: a setting was lost");
        }
        let is_kept = |sent| sequence(record) >= sequence_of(sent) || record.sent.contains(sent);
        assert!(self.sent.iter().all(is_kept), "seed {seed}: a root on its way was lost");
    }
}

fn sequence_of(sent: &sealwood::internals::Sent) -> u64 {
    sent.sequence
}

fn run(seed: u64, roots: &[sealwood::internals::Kept]) -> usize {
    let mut random = Random(seed);
    let faulty = Arc::new(FaultyStore::new(MemoryStore::new()));
    let store = Arc::new(Slow { inner: faulty.clone(), pauses: seed.into() });
    let new = || Process { state: Arc::new(state(store.clone())), update: None };
    let mut processes: Vec<Process> = (0..PROCESSES).map(|_| new()).collect();
    let (mut acknowledged, mut count, mut names) = (Acknowledged::default(), 0, 0);
    let mut context = Context::from_waker(Waker::noop());
    for _ in 0..STEPS {
        let process = &mut processes[random.below(PROCESSES)];
        match random.below(20) {
            0 => *process = new(),
            1 => process.update = None,
            2 => faulty.arm(Fault::lost_answer().on(Method::Put).nth(1)),
            3 => faulty.arm(Fault::unavailable().nth(1)),
            4 => faulty.disarm(),
            _ => {
                let update = process.update.get_or_insert_with(|| {
                    names = (names + 1) % 30;
                    let news = News {
                        device: Some(random.below(9) as u32),
                        sent: vec![sent(random.below(ROOTS) as u64, random.below(9) as u8)],
                        ..accepted(&roots[random.below(ROOTS)])
                    };
                    let news = match acknowledged.settings.len() + PROCESSES < 30 {
                        true => {
                            News { settings: setting(&names.to_string(), "x").settings, ..news }
                        }
                        false => news,
                    };
                    let state = process.state.clone();
                    Box::pin(async move {
                        let outcome = state.update(&news).await;
                        (news, outcome)
                    })
                });
                if let Poll::Ready((news, outcome)) = update.as_mut().poll(&mut context) {
                    process.update = None;
                    match outcome {
                        Ok(record) => {
                            acknowledged.add(news);
                            count += 1;
                            acknowledged.check(&block_on(look(&faulty)), seed);
                            assert!(sequence(&record) <= ROOTS as u64);
                        }
                        Err(Error::StoreUnavailable { .. } | Error::CommitContention { .. }) => {}
                        Err(error) => panic!("seed {seed}: {error}"),
                    }
                }
            }
        }
    }
    count
}

/// What is in the store, beneath all faults.
async fn look(faulty: &Arc<FaultyStore<MemoryStore>>) -> DeviceRecord {
    let key = state(faulty.clone()).key().to_owned();
    let copy = Arc::new(MemoryStore::new());
    let object = faulty.inner().get(&key).await.unwrap();
    copy.put(&key, object.bytes, Default::default()).await.unwrap();
    state(copy).load().await.unwrap().unwrap()
}

#[test]
fn what_an_update_returned_stays() {
    let roots = history(ROOTS);
    let count: usize = (0..SEEDS).map(|seed| run(seed, &roots)).sum();
    assert!(count > 2_500, "hardly an update returned: {count}");
}
