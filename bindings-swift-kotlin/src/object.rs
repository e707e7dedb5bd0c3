//! Objects of stores and what is said of them.

use sealwood::blob::{ETag, NotDeleted, Object, ObjectMeta, ObjectPage, Precondition};

use crate::error::CoreError;

/// What must hold for a put to take effect.
#[derive(Debug, Clone, uniffi::Enum)]
pub enum CorePrecondition {
    /// Nothing.
    None,
    /// There is no object at the key.
    Absent,
    /// The object at the key has this tag.
    Matches {
        /// The tag.
        etag: String,
    },
}

impl From<Precondition> for CorePrecondition {
    fn from(precondition: Precondition) -> Self {
        match precondition {
            Precondition::None => Self::None,
            Precondition::Absent => Self::Absent,
            Precondition::Matches(ETag(etag)) => Self::Matches { etag },
        }
    }
}

impl From<CorePrecondition> for Precondition {
    fn from(precondition: CorePrecondition) -> Self {
        match precondition {
            CorePrecondition::None => Self::None,
            CorePrecondition::Absent => Self::Absent,
            CorePrecondition::Matches { etag } => Self::Matches(ETag(etag)),
        }
    }
}

/// An object and its tag.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreObject {
    /// The whole content.
    pub bytes: Vec<u8>,
    /// The tag of this state.
    pub etag: String,
}

impl From<Object> for CoreObject {
    fn from(object: Object) -> Self {
        Self { bytes: object.bytes.into(), etag: object.etag.0 }
    }
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreObjectMeta {
    /// The key.
    pub key: String,
    /// The size in bytes.
    pub size: u64,
    /// When it was last put, by the clock of the store, in milliseconds since 1970; nothing if the
    /// store does not tell.
    pub modified_ms: Option<u64>,
    /// The tag of this state; nothing if the store would have to read the object for it.
    pub etag: Option<String>,
}

impl From<ObjectMeta> for CoreObjectMeta {
    fn from(meta: ObjectMeta) -> Self {
        let etag = meta.etag.map(|ETag(etag)| etag);
        Self { key: meta.key, size: meta.size, modified_ms: meta.modified_ms, etag }
    }
}

impl From<CoreObjectMeta> for ObjectMeta {
    fn from(meta: CoreObjectMeta) -> Self {
        Self::new(meta.key, meta.size)
            .with_modified_ms(meta.modified_ms)
            .with_etag(meta.etag.map(ETag))
    }
}

/// An object that was not deleted.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreNotDeleted {
    /// The key.
    pub key: String,
    /// Why it may still be there.
    pub error: CoreError,
}

impl From<NotDeleted> for CoreNotDeleted {
    fn from(left: NotDeleted) -> Self {
        Self { key: left.key, error: left.error.into() }
    }
}

impl From<CoreNotDeleted> for NotDeleted {
    fn from(left: CoreNotDeleted) -> Self {
        Self::new(left.key, left.error.of_store())
    }
}

/// One page of a listing.
#[derive(Debug, Clone, uniffi::Record)]
pub struct CoreObjectPage {
    /// Objects ascending by key.
    pub objects: Vec<CoreObjectMeta>,
    /// Where to go on; nothing at the end.
    pub next: Option<String>,
}

impl From<ObjectPage> for CoreObjectPage {
    fn from(page: ObjectPage) -> Self {
        Self { objects: page.objects.into_iter().map(Into::into).collect(), next: page.next }
    }
}

impl From<CoreObjectPage> for ObjectPage {
    fn from(page: CoreObjectPage) -> Self {
        Self { objects: page.objects.into_iter().map(Into::into).collect(), next: page.next }
    }
}
