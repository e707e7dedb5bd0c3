//! The one error, in both directions.

use sealwood::Error;
use sealwood::bridge::{source_error, store_error};

/// What went wrong: in the core, or in a store or source of the app's.
#[derive(Debug, Clone, thiserror::Error, uniffi::Error)]
pub enum CoreError {
    /// The only case: codes are the core's, and there will be more of them.
    #[error("{reason}")]
    Failed {
        /// The stable code.
        code: String,
        /// What happened, without any path, name or key.
        reason: String,
        /// The path it is about, where there is one.
        path: Option<String>,
    },
}

impl CoreError {
    /// The error of an app's store.
    pub(crate) fn of_store(self) -> Error {
        let Self::Failed { code, reason, .. } = self;
        store_error(Some(&code), &reason)
    }

    /// The error of an app's source of bytes.
    pub(crate) fn of_source(self) -> Error {
        let Self::Failed { code, reason, .. } = self;
        source_error(Some(&code), &reason)
    }
}

impl From<Error> for CoreError {
    fn from(error: Error) -> Self {
        Self::Failed {
            code: error.code().to_owned(),
            reason: error.to_string(),
            path: error.path().map(|path| path.as_str().to_owned()),
        }
    }
}

/// What an app threw that is no error of ours. Its code is none of the core's.
impl From<uniffi::UnexpectedUniFFICallbackError> for CoreError {
    fn from(error: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed { code: "unexpected".to_owned(), reason: error.reason, path: None }
    }
}
