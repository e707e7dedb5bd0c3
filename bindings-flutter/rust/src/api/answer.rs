//! What stores and sources written in Dart are asked, and what they answer.

use crate::api::object::{NotDeleted, ObjectHead, ObjectList, PutCondition};

/// A request to a store written in Dart; the members that its method has no use for are empty.
#[derive(Debug, Clone)]
pub struct StoreAsk {
    /// What is asked.
    pub method: StoreMethod,
    /// The key, or the prefix of a listing.
    pub key: String,
    /// The keys of a delete of many.
    pub keys: Vec<String>,
    /// The first byte of a range.
    pub offset: i64,
    /// The bytes of a range, or the most objects of a listing.
    pub length: i64,
    /// The bytes to put.
    pub bytes: Vec<u8>,
    /// What the put depends on.
    pub condition: PutCondition,
    /// The key after which a listing starts.
    pub start_after: Option<String>,
}

/// The methods of a store written in Dart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StoreMethod {
    /// Reads an object.
    Get,
    /// Reads a range of an object.
    GetRange,
    /// Writes an object.
    Put,
    /// Removes an object.
    Delete,
    /// Removes objects.
    DeleteMany,
    /// Lists objects.
    List,
    /// Tells what is known of an object.
    Head,
    /// Makes all durable.
    Flush,
}

/// What a store written in Dart answers: a failure, or what its method gives.
#[derive(Debug, Clone)]
pub struct StoreAnswer {
    /// Why the request failed.
    pub failure: Option<CallbackFailure>,
    /// The object or the range.
    pub bytes: Option<Vec<u8>>,
    /// The tag of the object read or written.
    pub etag: Option<String>,
    /// The page of a listing.
    pub list: Option<ObjectList>,
    /// The head; none if there is no object.
    pub head: Option<ObjectHead>,
    /// What is left of a delete of many.
    pub left: Option<Vec<NotDeleted>>,
    /// Whether the store now has something to flush.
    pub needs_flush: bool,
}

/// Why something written in Dart failed.
#[derive(Debug, Clone)]
pub struct CallbackFailure {
    /// The code, if the error is one of ours.
    pub code: Option<String>,
    /// What happened.
    pub message: String,
}

/// What a source in Dart answers: a failure, a piece, or nothing at its end.
#[derive(Debug, Clone)]
pub struct SourceAnswer {
    /// Why there is no piece.
    pub failure: Option<CallbackFailure>,
    /// The next piece.
    pub piece: Option<Vec<u8>>,
}
