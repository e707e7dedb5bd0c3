//! Putting what is read once, from its start to its end: standard input, a pipe, a device.

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use sealwood::Vault;
use sealwood::path::VaultPath;
use sealwood::vault::{Durability, EntryInfo, Metadata, PutOptions};

use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::local::content_type_of;
use crate::output::Meter;

/// Puts all that `source` gives as `target`, in bounded memory.
pub(crate) async fn put_stream(
    context: &Context,
    vault: &Vault,
    meter: &Meter,
    source: impl Read + Send + 'static,
    target: &VaultPath,
    durability: Durability,
) -> Result<EntryInfo> {
    meter.name(target.as_str());
    let mut metadata = Metadata::new();
    metadata.content_type = target.name().and_then(content_type_of);
    let options =
        PutOptions::new().metadata(metadata).durability(durability).context(context.call(meter));
    let put = vault.put_reader_with(target.as_str(), source, &options).await;
    put.map_err(|error| Failure::from(error).at(target.as_str()))
}

/// A pipe or a device, opened with the first read: to open a pipe is to wait for who writes to it,
/// and reads wait where that holds up nothing else.
pub(crate) struct LocalStream {
    path: PathBuf,
    file: Option<File>,
}

impl LocalStream {
    pub(crate) fn new(path: PathBuf) -> Self {
        Self { path, file: None }
    }
}

impl Read for LocalStream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let file = match &mut self.file {
            Some(file) => file,
            file => file.insert(File::open(&self.path)?),
        };
        file.read(buffer)
    }
}
