//! What is read from, whatever is behind it.

use std::sync::Arc;

use sealwood::CallContext;
use sealwood::bridge::{Tree, shared_directory};
use sealwood::vault::ReadOptions;

use crate::call::{CoreCall, context, run};
use crate::entry::{CoreEntry, CorePage, CoreRange};
use crate::error::CoreError;
use crate::pull::{CoreContent, CoreEntries};
use crate::store::CoreStore;

/// A tree of directories and files to read from: a vault, one state of it, or a directory opened
/// from a link.
#[derive(uniffi::Object)]
pub struct CoreTree {
    tree: Tree,
}

impl CoreTree {
    pub(crate) fn new(tree: impl Into<Tree>) -> Arc<Self> {
        Arc::new(Self { tree: tree.into() })
    }
}

#[uniffi::export]
impl CoreTree {
    /// The directory that the 56 bytes of `link` name.
    #[uniffi::constructor]
    pub fn shared(store: Arc<CoreStore>, link: &[u8]) -> Result<Arc<Self>, CoreError> {
        Ok(Self::new(shared_directory(Arc::clone(store.store.objects()), link)?))
    }

    /// The entry at `path`.
    pub async fn stat(
        &self,
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CoreEntry, CoreError> {
        Ok(run(call, self.tree.stat(&path)).await?.into())
    }

    /// Whether there is an entry at `path`.
    pub async fn exists(
        &self,
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<bool, CoreError> {
        run(call, self.tree.exists(&path)).await
    }

    /// The content of the file at `path`, or a range of it.
    pub async fn get(
        &self,
        path: String,
        range: Option<CoreRange>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Vec<u8>, CoreError> {
        Ok(self.tree.get_with(&path, &read_options(range, context(call))).await?.into())
    }

    /// The same, piece by piece.
    pub async fn get_stream(
        &self,
        path: String,
        range: Option<CoreRange>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreContent>, CoreError> {
        let options = read_options(range, context(call));
        let (info, content) = self.tree.get_stream_with(&path, &options).await?;
        Ok(Arc::new(CoreContent::new(info, content)))
    }

    /// A page of the directory at `path`, after the name `after`; of the core's size without
    /// `limit`.
    pub async fn list(
        &self,
        path: String,
        after: Option<String>,
        limit: Option<u32>,
        call: Option<Arc<CoreCall>>,
    ) -> Result<CorePage, CoreError> {
        Ok(run(call, self.tree.list(&path, after, limit)).await?.into())
    }

    /// The entries of the directory at `path`.
    pub async fn entries(
        &self,
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreEntries>, CoreError> {
        let cancel = context(call.clone()).cancel;
        Ok(Arc::new(CoreEntries::new(run(call, self.tree.entries(&path, cancel)).await?)))
    }

    /// The entries of the directory at `path` and of all below it.
    pub async fn entries_recursive(
        &self,
        path: String,
        call: Option<Arc<CoreCall>>,
    ) -> Result<Arc<CoreEntries>, CoreError> {
        let cancel = context(call.clone()).cancel;
        let entries = run(call, self.tree.entries_recursive(&path, cancel)).await?;
        Ok(Arc::new(CoreEntries::new(entries)))
    }
}

fn read_options(range: Option<CoreRange>, context: CallContext) -> ReadOptions {
    let options = ReadOptions::new().context(context);
    match range {
        Some(CoreRange { start, end }) => options.range(start..end),
        None => options,
    }
}
