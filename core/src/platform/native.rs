//! Native targets: threads for blocking work, `ureq` for HTTP.

mod http;
mod tcp;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::pin::Pin;
#[cfg(feature = "bridge")]
use std::sync::RwLock;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

#[cfg(feature = "bridge")]
use super::LogHook;
use super::disk::{DirectoryDisk, Disk};

pub use http::HttpClient;

/// `Send` natively, nothing on wasm32.
pub trait MaybeSend: Send {}
impl<T: Send + ?Sized> MaybeSend for T {}

/// `Sync` natively, nothing on wasm32.
pub trait MaybeSync: Sync {}
impl<T: Sync + ?Sized> MaybeSync for T {}

/// A boxed future, `Send` natively.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;
/// A boxed stream, `Send` natively.
pub type BoxStream<'a, T> = Pin<Box<dyn futures_util::Stream<Item = T> + Send + 'a>>;

/// Whether blocking work runs beside the caller's.
pub(crate) const HAS_THREADS: bool = true;

/// Others have threads of their own.
pub(crate) async fn let_others_work() {}

/// Runs blocking work off the executor.
pub async fn run_blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    blocking::unblock(work).await
}

/// Runs `work`, which goes on to its end once it has begun, whether or not anybody waits for it.
pub(crate) async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> T {
    run_blocking(|| futures_lite::future::block_on(work)).await
}

/// The host has no AES-256-GCM faster than the crate's own.
pub(crate) async fn seal_with_host(_key: &[u8; 32], _plaintext: &[u8]) -> Option<Vec<u8>> {
    None
}

/// The host has no AES-256-GCM faster than the crate's own.
pub(crate) async fn open_with_host(_key: &[u8; 32], _sealed: &[u8]) -> Option<Vec<u8>> {
    None
}

/// Makes the names in a directory durable. Windows has no such call; NTFS journals them.
pub(crate) fn sync_directory(path: &Path) -> std::io::Result<()> {
    if cfg!(windows) { Ok(()) } else { std::fs::File::open(path)?.sync_all() }
}

/// The disk in a directory of the file system, which is made if it is missing.
pub(crate) fn directory_disk(root: PathBuf) -> std::io::Result<Arc<dyn Disk>> {
    Ok(Arc::new(DirectoryDisk::open(root)?))
}

/// The disk in a directory of the file system, which is there.
pub(crate) fn existing_directory_disk(root: PathBuf) -> std::io::Result<Arc<dyn Disk>> {
    Ok(Arc::new(DirectoryDisk::open_existing(root)?))
}

#[cfg(feature = "bridge")]
static LOG_HOOK: RwLock<Option<Arc<dyn LogHook>>> = RwLock::new(None);

/// Who hears of log messages.
#[cfg(feature = "bridge")]
pub(crate) fn log_hook() -> Option<Arc<dyn LogHook>> {
    LOG_HOOK.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// Replaces who hears of log messages.
#[cfg(feature = "bridge")]
pub(crate) fn set_log_hook(hook: Option<Arc<dyn LogHook>>) {
    let before =
        std::mem::replace(&mut *LOG_HOOK.write().unwrap_or_else(PoisonError::into_inner), hook);
    // A hook's own drop may log.
    drop(before);
}

/// Time that passes, whatever the clock is set to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    pub(crate) fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

pub(super) fn now_ms() -> u64 {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX)
}

/// Lets other threads run until `done` or until `limit` has passed.
pub(crate) fn wait_until(limit: Duration, done: impl Fn() -> bool) {
    let end = std::time::Instant::now() + limit;
    while !done() && std::time::Instant::now() < end {
        std::thread::yield_now();
    }
}

/// A thread that does the same thing again and again.
pub(crate) struct Worker {
    signal: Arc<WorkerSignal>,
    thread: std::thread::JoinHandle<()>,
}

#[derive(Default)]
struct WorkerSignal {
    wanted: Mutex<Wanted>,
    told: Condvar,
}

#[derive(Default, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    #[default]
    Nothing,
    Work,
    End,
}

impl Worker {
    /// Starts a thread that runs `work` after `period`, then after what `work` asks for, and when
    /// it is woken, until `work` gives none or it is stopped. None if the platform gives no
    /// thread.
    pub(crate) fn start(
        mut period: Duration,
        mut work: impl FnMut() -> Option<Duration> + Send + 'static,
    ) -> Option<Self> {
        let signal = Arc::<WorkerSignal>::default();
        let own = signal.clone();
        let thread = std::thread::Builder::new().name("sealwood-engine".into()).spawn(move || {
            loop {
                let wanted = own.wanted.lock().unwrap_or_else(PoisonError::into_inner);
                let (mut wanted, _) = own
                    .told
                    .wait_timeout_while(wanted, period, |wanted| *wanted == Wanted::Nothing)
                    .unwrap_or_else(PoisonError::into_inner);
                if *wanted == Wanted::End {
                    return;
                }
                *wanted = Wanted::Nothing;
                drop(wanted);
                match work() {
                    Some(next) => period = next,
                    None => return,
                }
            }
        });
        Some(Self { signal, thread: thread.ok()? })
    }

    /// Lets it work now.
    pub(crate) fn wake(&self) {
        self.tell(Wanted::Work);
    }

    /// Ends it and, unless this is its own thread, waits until it has ended.
    pub(crate) fn stop(self) {
        self.tell(Wanted::End);
        if self.thread.thread().id() != std::thread::current().id() {
            // It has no result, and what panicked in it has been reported.
            let _ = self.thread.join();
        }
    }

    fn tell(&self, what: Wanted) {
        let mut wanted = self.signal.wanted.lock().unwrap_or_else(PoisonError::into_inner);
        if *wanted != Wanted::End {
            *wanted = what;
        }
        self.signal.told.notify_all();
    }
}
