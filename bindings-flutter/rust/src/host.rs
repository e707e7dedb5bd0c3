//! Stores and sources written in Dart, as the core knows them.

use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use flutter_rust_bridge::DartFnFuture;
use sealwood::blob::{
    BlobStore, ETag, NotDeleted, Object, ObjectMeta, ObjectPage, Precondition, StoreGetOptions,
    StorePutOptions,
};
use sealwood::bridge;
use sealwood::platform::{BoxFuture, BoxStream};
use sealwood::{Error, Result};

use crate::api::answer::{SourceAnswer, StoreAnswer, StoreAsk, StoreMethod};
use crate::api::call::clamp;
use crate::api::object::{self, ObjectHead, PutCondition};
use crate::callback::start;

/// Asks a store in Dart.
pub(crate) type Ask = Box<dyn Fn(StoreAsk) -> DartFnFuture<StoreAnswer> + Send + Sync>;

/// A store in Dart. Its answers are not checked here, but that they are there.
pub(crate) struct HostStore {
    ask: Ask,
    /// As the last answer had it: Dart cannot be asked while the core waits.
    needs_flush: AtomicBool,
}

impl HostStore {
    pub(crate) fn new(ask: Ask, needs_flush: bool) -> Self {
        Self { ask, needs_flush: AtomicBool::new(needs_flush) }
    }

    async fn answer(&self, ask: StoreAsk) -> Result<StoreAnswer> {
        let answer = start((self.ask)(ask)).await?;
        self.needs_flush.store(answer.needs_flush, Ordering::SeqCst);
        match answer.failure {
            Some(failure) => Err(bridge::store_error(failure.code.as_deref(), &failure.message)),
            None => Ok(answer),
        }
    }
}

impl BlobStore for HostStore {
    fn get_with<'a>(
        &'a self,
        key: &'a str,
        _: &'a StoreGetOptions,
    ) -> BoxFuture<'a, Result<Object>> {
        Box::pin(async move {
            let answer = self.answer(ask(StoreMethod::Get, key)).await?;
            let bytes = answer.bytes.ok_or_else(nothing)?;
            Ok(Object { bytes: bytes.into(), etag: ETag(answer.etag.ok_or_else(nothing)?) })
        })
    }

    fn get_range<'a>(
        &'a self,
        key: &'a str,
        offset: u64,
        length: u64,
    ) -> BoxFuture<'a, Result<Bytes>> {
        let (offset, length) = (clamp(offset), clamp(length));
        let ask = StoreAsk { offset, length, ..ask(StoreMethod::GetRange, key) };
        Box::pin(async { Ok(self.answer(ask).await?.bytes.ok_or_else(nothing)?.into()) })
    }

    fn put_with<'a>(
        &'a self,
        key: &'a str,
        bytes: Bytes,
        options: &'a StorePutOptions,
    ) -> BoxFuture<'a, Result<ETag>> {
        let condition = match options.precondition.clone() {
            Precondition::None => PutCondition { absent: false, matches: None },
            Precondition::Absent => PutCondition { absent: true, matches: None },
            Precondition::Matches(etag) => PutCondition { absent: false, matches: Some(etag.0) },
        };
        let ask = StoreAsk { bytes: bytes.into(), condition, ..ask(StoreMethod::Put, key) };
        Box::pin(async { self.answer(ask).await?.etag.map(ETag).ok_or_else(nothing) })
    }

    fn delete<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<()>> {
        Box::pin(async { self.answer(ask(StoreMethod::Delete, key)).await.map(drop) })
    }

    fn delete_many<'a>(&'a self, keys: &'a [String]) -> BoxFuture<'a, Vec<NotDeleted>> {
        let ask = StoreAsk { keys: keys.to_vec(), ..ask(StoreMethod::DeleteMany, "") };
        Box::pin(async {
            let answer = self.answer(ask).await;
            let left = answer.and_then(|answer| answer.left.ok_or_else(nothing));
            bridge::not_deleted(keys, left.map(|left| left.into_iter().map(not_deleted).collect()))
        })
    }

    fn list<'a>(
        &'a self,
        prefix: &'a str,
        start_after: Option<&'a str>,
        limit: usize,
    ) -> BoxFuture<'a, Result<ObjectPage>> {
        let ask = StoreAsk {
            start_after: start_after.map(str::to_owned),
            length: clamp(limit as u64),
            ..ask(StoreMethod::List, prefix)
        };
        Box::pin(async {
            let list = self.answer(ask).await?.list.ok_or_else(nothing)?;
            let objects = list.objects.into_iter().map(meta).collect::<Result<_>>()?;
            Ok(ObjectPage { objects, next: list.next })
        })
    }

    fn head<'a>(&'a self, key: &'a str) -> BoxFuture<'a, Result<Option<ObjectMeta>>> {
        Box::pin(async {
            let head = self.answer(ask(StoreMethod::Head, key)).await?.head;
            head.map(meta).transpose()
        })
    }

    fn flush(&self) -> BoxFuture<'_, Result<()>> {
        Box::pin(async { self.answer(ask(StoreMethod::Flush, "")).await.map(drop) })
    }

    fn needs_flush(&self) -> bool {
        self.needs_flush.load(Ordering::SeqCst)
    }
}

/// The bytes that `next` gives, piece by piece.
pub(crate) fn source(
    next: impl Fn() -> DartFnFuture<SourceAnswer> + Send + Sync + 'static,
) -> BoxStream<'static, Result<Bytes>> {
    bridge::source(move || {
        let answer = start(next());
        Box::pin(async {
            let answer = answer.await?;
            match answer.failure {
                Some(failure) => {
                    Err(bridge::source_error(failure.code.as_deref(), &failure.message))
                }
                None => Ok(answer.piece.map(Bytes::from)),
            }
        })
    })
}

fn ask(method: StoreMethod, key: &str) -> StoreAsk {
    StoreAsk {
        method,
        key: key.to_owned(),
        keys: Vec::new(),
        offset: 0,
        length: 0,
        bytes: Vec::new(),
        condition: PutCondition { absent: false, matches: None },
        start_after: None,
    }
}

fn meta(head: ObjectHead) -> Result<ObjectMeta> {
    let size = unsigned(head.size, "a negative size")?;
    let modified_ms = head.modified_ms.map(|moment| unsigned(moment, "a time before 1970"));
    let meta = ObjectMeta::new(head.key, size).with_modified_ms(modified_ms.transpose()?);
    Ok(meta.with_etag(head.etag.map(ETag)))
}

fn unsigned(number: i64, what: &str) -> Result<u64> {
    u64::try_from(number).map_err(|_| Error::StoreFailed { reason: what.to_owned(), source: None })
}

fn not_deleted(left: object::NotDeleted) -> NotDeleted {
    NotDeleted::new(left.key, bridge::store_error(left.code.as_deref(), &left.message))
}

fn nothing() -> Error {
    Error::StoreFailed { reason: "the app's store answered nothing".to_owned(), source: None }
}
