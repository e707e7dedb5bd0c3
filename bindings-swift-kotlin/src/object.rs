//! Objects of stores and what is said of them.

use sealwood::blob::{ETag, Object, ObjectMeta, ObjectPage, Precondition};

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
}

impl From<ObjectMeta> for CoreObjectMeta {
    fn from(meta: ObjectMeta) -> Self {
        Self { key: meta.key, size: meta.size }
    }
}

impl From<CoreObjectMeta> for ObjectMeta {
    fn from(meta: CoreObjectMeta) -> Self {
        Self::new(meta.key, meta.size)
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
