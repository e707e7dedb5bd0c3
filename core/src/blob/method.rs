//! The methods of a store as values, for the wrappers that count or fail them.

/// A method of [`BlobStore`](super::BlobStore).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// [`BlobStore::get`](super::BlobStore::get).
    Get,
    /// [`BlobStore::get_range`](super::BlobStore::get_range).
    GetRange,
    /// [`BlobStore::put`](super::BlobStore::put).
    Put,
    /// [`BlobStore::delete`](super::BlobStore::delete).
    Delete,
    /// [`BlobStore::list`](super::BlobStore::list).
    List,
    /// [`BlobStore::head`](super::BlobStore::head).
    Head,
    /// [`BlobStore::compare`](super::BlobStore::compare).
    Compare,
    /// [`BlobStore::flush`](super::BlobStore::flush).
    Flush,
}

impl Method {
    /// Every method.
    pub const ALL: [Method; 8] = [
        Method::Get,
        Method::GetRange,
        Method::Put,
        Method::Delete,
        Method::List,
        Method::Head,
        Method::Compare,
        Method::Flush,
    ];
}
