//! Objects of stores as plain values.

use sealwood::blob::{self, ETag, ObjectMeta};

use crate::api::call::clamp;

/// An object's bytes and tag.
#[derive(Debug, Clone)]
pub struct ObjectRecord {
    /// The whole content.
    pub bytes: Vec<u8>,
    /// The tag of this state.
    pub etag: String,
}

/// What is known of an object without reading it.
#[derive(Debug, Clone)]
pub struct ObjectHead {
    /// The key.
    pub key: String,
    /// The size, in bytes.
    pub size: i64,
    /// When it was last put, by the clock of the store, in milliseconds since 1970.
    pub modified_ms: Option<i64>,
    /// The tag of this state.
    pub etag: Option<String>,
}

impl From<ObjectMeta> for ObjectHead {
    fn from(meta: ObjectMeta) -> Self {
        Self {
            key: meta.key,
            size: clamp(meta.size),
            modified_ms: meta.modified_ms.map(clamp),
            etag: meta.etag.map(|ETag(etag)| etag),
        }
    }
}

/// An object that was not deleted.
#[derive(Debug, Clone)]
pub struct NotDeleted {
    /// The key.
    pub key: String,
    /// The code of the error, if it is one of ours.
    pub code: Option<String>,
    /// What happened.
    pub message: String,
}

impl From<blob::NotDeleted> for NotDeleted {
    fn from(left: blob::NotDeleted) -> Self {
        Self {
            key: left.key,
            code: Some(left.error.code().to_owned()),
            message: left.error.to_string(),
        }
    }
}

/// One page of a listing of objects.
#[derive(Debug, Clone)]
pub struct ObjectList {
    /// Objects ascending by their keys.
    pub objects: Vec<ObjectHead>,
    /// Where to go on.
    pub next: Option<String>,
}

/// What a put depends on: one of the two, or nothing.
#[derive(Debug, Clone)]
pub struct PutCondition {
    /// There is no object.
    pub absent: bool,
    /// The object has this tag.
    pub matches: Option<String>,
}
