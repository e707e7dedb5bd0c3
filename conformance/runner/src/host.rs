//! A store as an app would write it: it counts its calls, and one of them can be told to misbehave.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::{Bytes, BytesMut};
use event_listener::Event;
use sealwood::blob::{
    BlobStore, ETag, MemoryStore, NotDeleted, Object, ObjectMeta, ObjectPage, StoreGetOptions,
    StorePutOptions,
};
use sealwood::bridge::{not_deleted, store_error};
use sealwood::platform::BoxFuture;
use sealwood::{Error, Result, forward};

/// Where the clock of a store stands, in milliseconds since 1970.
const NOW_MS: u64 = 1_700_000_000_000;

/// A method whose calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    Get,
    GetRange,
    Put,
    Delete,
    DeleteMany,
    List,
    Head,
}

impl Method {
    /// Reads a method's name in a scenario.
    pub(crate) fn parse(name: &str) -> Result<Self, String> {
        Ok(match name {
            "get" => Method::Get,
            "getRange" => Method::GetRange,
            "put" => Method::Put,
            "delete" => Method::Delete,
            "deleteMany" => Method::DeleteMany,
            "list" => Method::List,
            "head" => Method::Head,
            _ => return Err(format!("no method of a store: {name:?}")),
        })
    }
}

/// How a call misbehaves.
#[derive(Debug, Clone)]
pub(crate) enum How {
    /// It never answers.
    Hang,
    /// It fails with an error that is not ours; in Rust, a type that does not fit is no other case.
    Throw,
    /// It fails with our error of this code.
    Code(String),
    /// A range is answered with more than was asked.
    Oversized,
    /// A put is done, and its answer never comes.
    Lose,
}

impl How {
    /// Reads `hang`, `throw`, `code` (with the code), `oversized`, `lose` or `wrongType`.
    pub(crate) fn parse(how: &str, code: Option<&str>) -> Result<Self, String> {
        match (how, code) {
            ("hang", None) => Ok(How::Hang),
            ("throw" | "wrongType", None) => Ok(How::Throw),
            ("oversized", None) => Ok(How::Oversized),
            ("lose", None) => Ok(How::Lose),
            ("code", Some(code)) => Ok(How::Code(code.to_owned())),
            _ => Err(format!("no way to misbehave: {how:?}")),
        }
    }
}

/// What comes back of a call that was done.
enum Answer {
    Whole,
    Oversized,
    Lost,
}

/// The call that will misbehave.
struct Armed {
    method: Option<Method>,
    /// How many calls of the method are still to come before it; 0 once it was the turn.
    left: u64,
    how: How,
}

/// The store.
#[derive(Default)]
pub(crate) struct HostStore {
    objects: MemoryStore,
    calls: AtomicU64,
    armed: Mutex<Option<Armed>>,
    arrived: Event,
}

impl HostStore {
    /// How many calls there were.
    pub(crate) fn calls(&self) -> u64 {
        self.calls.load(Ordering::SeqCst)
    }

    /// Has the `at`-th call from now on misbehave, of `method` or of any.
    pub(crate) fn arm(&self, at: u64, method: Option<Method>, how: How) {
        *self.armed() = Some(Armed { method, left: at, how });
    }

    /// Waits until the armed call has arrived.
    pub(crate) async fn wait_for_call(&self) -> Result<(), String> {
        loop {
            let arrived = self.arrived.listen();
            match &*self.armed() {
                None => return Err("no call was armed".into()),
                Some(armed) if armed.left == 0 => return Ok(()),
                Some(_) => {}
            }
            arrived.await;
        }
    }

    fn armed(&self) -> MutexGuard<'_, Option<Armed>> {
        self.armed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a call; fails, or never ends, if it is the one.
    async fn call(&self, method: Method) -> Result<Answer> {
        self.calls.fetch_add(1, Ordering::SeqCst);
        match (self.turn(method), method) {
            (None, _) => Ok(Answer::Whole),
            (Some(How::Oversized), Method::GetRange) => Ok(Answer::Oversized),
            (Some(How::Lose), Method::Put) => Ok(Answer::Lost),
            (Some(How::Oversized), _) => {
                Err(Error::InvalidArgument { what: "only a range is oversized" })
            }
            (Some(How::Lose), _) => {
                Err(Error::InvalidArgument { what: "only of a put the answer is lost" })
            }
            (Some(How::Hang), _) => std::future::pending().await,
            (Some(How::Throw), _) => Err(store_error(None, "the app's own error")),
            (Some(How::Code(code)), _) => Err(store_error(Some(&code), "an error of ours")),
        }
    }

    fn turn(&self, method: Method) -> Option<How> {
        let mut armed = self.armed();
        let armed = armed.as_mut().filter(|armed| armed.left > 0)?;
        if armed.method.is_some_and(|wanted| wanted != method) {
            return None;
        }
        armed.left -= 1;
        if armed.left > 0 {
            return None;
        }
        self.arrived.notify(usize::MAX);
        Some(armed.how.clone())
    }
}

impl BlobStore for HostStore {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        options: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            self.call(Method::Get).await?;
            self.objects.get_with(key, options).await
        })
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        Box::pin(async move {
            let answer = self.call(Method::GetRange).await?;
            let bytes = self.objects.get_range(key, offset, length).await?;
            if !matches!(answer, Answer::Oversized) {
                return Ok(bytes);
            }
            let mut more = BytesMut::from(&bytes[..]);
            more.resize(length as usize + 1, 0);
            Ok(more.freeze())
        })
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        Box::pin(async move {
            let answer = self.call(Method::Put).await?;
            let put = self.objects.put_with(key, bytes, options).await;
            match answer {
                Answer::Lost => std::future::pending().await,
                _ => put,
            }
        })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            self.call(Method::Delete).await?;
            self.objects.delete(key).await
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        Box::pin(async move {
            self.call(Method::List).await?;
            let page = self.objects.list(prefix, start_after, limit).await?;
            Ok(ObjectPage { objects: page.objects.into_iter().map(dated).collect(), ..page })
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async move {
            self.call(Method::Head).await?;
            Ok(self.objects.head(key).await?.map(dated))
        })
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Vec<NotDeleted>> {
        Box::pin(async move {
            match self.call(Method::DeleteMany).await {
                Ok(_) => self.objects.delete_many(keys).await,
                Err(error) => not_deleted(keys, Err(error)),
            }
        })
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { Ok(()) })
    }

    fn needs_flush(&self) -> bool {
        false
    }
}

/// A store with no other methods than one must have; those do what another's do.
pub(crate) struct BareStore(pub(crate) Arc<HostStore>);

impl BlobStore for BareStore {
    forward!(0: get_with, put_with, delete, list);
}

fn dated(meta: ObjectMeta) -> ObjectMeta {
    meta.with_modified_ms(NOW_MS)
}
