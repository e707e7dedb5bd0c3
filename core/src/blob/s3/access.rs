//! On whose behalf requests are made: with one key, with keys that end, or signed elsewhere.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use event_listener::Event;

use super::S3Credentials;
use super::sign::Signer;
use crate::error::Result;
use crate::platform::{BoxFuture, Clock, HttpRequest, MaybeSend, MaybeSync};

/// How long before its end a key counts as ended, in milliseconds: a request may wait its turn.
const MARGIN_MS: u64 = 60_000;

/// On whose behalf requests are made.
#[derive(Clone)]
pub enum S3Access {
    /// With one key.
    Key(S3Credentials),
    /// With keys that end.
    Keys(Arc<dyn S3KeySource>),
    /// With signatures that are made elsewhere.
    Signer(Arc<dyn S3Signer>),
}

/// Where keys come from that end.
pub trait S3KeySource: MaybeSend + MaybeSync {
    /// A key that is good now. Asked for before the first request, a minute before the key's end,
    /// and when the server says that it has ended; by one call at a time, whose answer all requests
    /// share.
    fn key(&self) -> BoxFuture<'_, Result<S3Lease>>;
}

/// A key, and until when it is good.
#[derive(Debug, Clone)]
pub struct S3Lease {
    /// The key.
    pub credentials: S3Credentials,
    /// Its end in milliseconds since 1970; if `None`, the server says when it has come.
    pub ends_ms: Option<u64>,
}

/// Who signs requests, for example a server of the app's that has the key.
pub trait S3Signer: MaybeSend + MaybeSync {
    /// Returns `request` as it is to be sent: with another URL, or with more headers. Its method,
    /// its body and the headers it has must stay. Called once for each try.
    fn sign(&self, request: HttpRequest) -> BoxFuture<'_, Result<HttpRequest>>;
}

impl From<S3Credentials> for S3Access {
    fn from(credentials: S3Credentials) -> Self {
        Self::Key(credentials)
    }
}

impl fmt::Debug for S3Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("S3Access")
    }
}

/// The keys of one store, of which the signer has the newest.
pub(super) struct Keyring {
    source: Arc<dyn S3KeySource>,
    signer: Arc<Signer>,
    clock: Arc<dyn Clock>,
    newest: Mutex<Newest>,
    /// Whether the source is being asked.
    is_asked: AtomicBool,
    /// Whoever waits for its answer.
    waiting: Event,
}

/// The newest key.
#[derive(Clone, Copy, Default)]
struct Newest {
    /// How many there were; 0 before the first.
    number: u64,
    ends_ms: Option<u64>,
}

impl Keyring {
    pub(super) fn new(
        source: Arc<dyn S3KeySource>,
        signer: Arc<Signer>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let (is_asked, waiting) = (AtomicBool::new(false), Event::new());
        Self { source, signer, clock, newest: Mutex::default(), is_asked, waiting }
    }

    /// Sees to it that the signer has a good key, another than the one with the number `refused`,
    /// and returns its number.
    pub(super) async fn ready(&self, refused: Option<u64>) -> Result<u64> {
        loop {
            let change = self.waiting.listen();
            let newest = *self.newest();
            let soon_ms = self.clock.now_ms().saturating_add(MARGIN_MS);
            let has_ended = newest.ends_ms.is_some_and(|ends_ms| ends_ms <= soon_ms);
            if newest.number > 0 && !has_ended && refused != Some(newest.number) {
                return Ok(newest.number);
            }
            if self.is_asked.swap(true, Ordering::SeqCst) {
                change.await;
                continue;
            }
            let _turn = Turn(self);
            let lease = self.source.key().await?;
            self.signer.use_key(lease.credentials);
            let mut newest = self.newest();
            *newest = Newest { number: newest.number + 1, ends_ms: lease.ends_ms };
            // Good or not: it is the newest there is.
            return Ok(newest.number);
        }
    }

    fn newest(&self) -> MutexGuard<'_, Newest> {
        self.newest.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The one call that asks the source; also one that is dropped lets the others go on.
struct Turn<'a>(&'a Keyring);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.is_asked.store(false, Ordering::SeqCst);
        self.0.waiting.notify(usize::MAX);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::AtomicU64;

    use futures_lite::future::{block_on, poll_once, yield_now};
    use futures_util::future::join_all;

    use super::super::S3Signing;
    use super::*;
    use crate::error::Error;

    struct Time(AtomicU64);

    impl Clock for Time {
        fn now_ms(&self) -> u64 {
            self.0.load(Ordering::Relaxed)
        }
    }

    /// Keys that live for an hour, counted.
    struct Hours {
        time: Arc<Time>,
        asked: AtomicU64,
    }

    impl S3KeySource for Hours {
        fn key(&self) -> BoxFuture<'_, Result<S3Lease>> {
            Box::pin(async {
                let number = self.asked.fetch_add(1, Ordering::Relaxed);
                yield_now().await;
                if number == 2 {
                    return Err(Error::StoreDenied { reason: "no key".into(), source: None });
                }
                let credentials = S3Credentials::new(&number.to_string(), "secret");
                Ok(S3Lease { credentials, ends_ms: Some(self.time.now_ms() + 3_600_000) })
            })
        }
    }

    #[test]
    fn requests_share_a_key_until_shortly_before_its_end_or_its_refusal() {
        let time = Arc::new(Time(AtomicU64::new(0)));
        let source = Arc::new(Hours { time: time.clone(), asked: AtomicU64::new(0) });
        let key = S3Credentials::new("", "");
        let signer = Signer::new(key, "r".into(), S3Signing::Header, time.clone());
        let ring = Keyring::new(source.clone(), Arc::new(signer), time.clone());
        let asked = || source.asked.load(Ordering::Relaxed);
        block_on(async {
            let numbers = join_all((0..5).map(|_| ring.ready(None))).await;
            assert!(numbers.into_iter().all(|number| number.unwrap() == 1));
            assert_eq!(asked(), 1);
            // All five are refused.
            join_all((0..5).map(|_| ring.ready(Some(1)))).await;
            assert_eq!((asked(), ring.ready(None).await.unwrap()), (2, 2));
            time.0.store(3_600_000 - MARGIN_MS, Ordering::Relaxed);
            assert_eq!(ring.ready(None).await.unwrap_err().code(), "store-denied");
            // One that goes away keeps nobody waiting.
            let mut left = Box::pin(ring.ready(None));
            assert!(poll_once(&mut left).await.is_none());
            drop(left);
            assert_eq!((ring.ready(None).await.unwrap(), asked()), (3, 5));
        });
    }
}
