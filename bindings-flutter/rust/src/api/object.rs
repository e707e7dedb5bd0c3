//! Objects of stores as plain values.

/// An object's bytes and tag.
#[derive(Debug, Clone)]
pub struct ObjectRecord {
    /// The whole content.
    pub bytes: Vec<u8>,
    /// The tag of this state.
    pub etag: String,
}

/// An object's key and size.
#[derive(Debug, Clone)]
pub struct ObjectHead {
    /// The key.
    pub key: String,
    /// The size, in bytes.
    pub size: i64,
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
