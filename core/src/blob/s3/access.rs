//! On whose behalf requests are made: with one key, with keys that end, or signed elsewhere.

use std::fmt;
use std::sync::Arc;

use futures_util::lock::Mutex;

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
    /// A key that is good now. Asked for before the first request, a minute before the key's end, and
    /// when the server says that it has ended; by one call at a time, whose answer all requests share.
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
    /// `request` with what the server wants to see: another URL, or more headers. Its method, its body
    /// and the headers it has must stay. Called once for each try.
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
    /// Locked while the source is asked: who comes then waits for the same answer.
    newest: Mutex<Newest>,
}

/// The newest key.
#[derive(Default)]
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
        Self { source, signer, clock, newest: Mutex::default() }
    }

    /// Sees to it that the signer has a good key, and gives its number.
    pub(super) async fn ready(&self) -> Result<u64> {
        let mut newest = self.newest.lock().await;
        let soon_ms = self.clock.now_ms().saturating_add(MARGIN_MS);
        if newest.number == 0 || newest.ends_ms.is_some_and(|ends_ms| ends_ms <= soon_ms) {
            self.ask(&mut newest).await?;
        }
        Ok(newest.number)
    }

    /// Gives the signer another key than the one with this number, which was refused.
    pub(super) async fn renew(&self, refused: u64) -> Result<()> {
        let mut newest = self.newest.lock().await;
        if newest.number == refused { self.ask(&mut newest).await } else { Ok(()) }
    }

    async fn ask(&self, newest: &mut Newest) -> Result<()> {
        let lease = self.source.key().await?;
        self.signer.use_key(lease.credentials);
        *newest = Newest { number: newest.number + 1, ends_ms: lease.ends_ms };
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::atomic::{AtomicU64, Ordering};

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
                    return Err(Error::StoreDenied { reason: "no key".into() });
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
            let numbers = join_all((0..5).map(|_| ring.ready())).await;
            assert!(numbers.into_iter().all(|number| number.unwrap() == 1));
            assert_eq!(asked(), 1);
            // All five are refused.
            join_all((0..5).map(|_| ring.renew(1))).await;
            assert_eq!((asked(), ring.ready().await.unwrap()), (2, 2));
            time.0.store(3_600_000 - MARGIN_MS, Ordering::Relaxed);
            assert_eq!(ring.ready().await.unwrap_err().code(), "store-denied");
            // One that goes away keeps nobody waiting.
            let mut left = Box::pin(ring.ready());
            assert!(poll_once(&mut left).await.is_none());
            drop(left);
            assert_eq!((ring.ready().await.unwrap(), asked()), (3, 5));
        });
    }
}
