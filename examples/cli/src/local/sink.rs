//! Pipes and devices that the user names: they take a content as it comes.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::Arc;

use cap_fs_ext::FileTypeExt;
use futures_util::TryStreamExt;
use sealwood::platform::run_blocking;
use sealwood::vault::ContentStream;

use crate::failure::{Failure, Result};

/// Whether a pipe or a device is at `path`, or a link to one.
pub(crate) fn is_stream(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|found| {
        let kind = found.file_type();
        kind.is_fifo() || kind.is_char_device() || kind.is_block_device()
    })
}

/// Writes a content to what is at `path`, which must be there. A pipe that nobody reads blocks a
/// thread of its own and not the program, which Ctrl-C can end.
pub(crate) async fn write_stream(path: &Path, mut content: ContentStream) -> Result<()> {
    let failed = |error| Failure::local(path, error);
    let named = path.to_owned();
    let opened = run_blocking(move || OpenOptions::new().write(true).open(named)).await;
    let file = Arc::new(opened.map_err(failed)?);
    while let Some(part) = content.try_next().await? {
        let file = Arc::clone(&file);
        run_blocking(move || (&*file).write_all(&part)).await.map_err(failed)?;
    }
    Ok(())
}
