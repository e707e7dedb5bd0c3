//! Values that are put piece by piece.

use bytes::{Bytes, BytesMut};

use super::config::Durability;
use super::expiry::Expiry;
use super::namespace::Namespace;
use super::options::PutOptions;
use super::values::{Synced, ValueWriter};
use super::write::{NewValue, Operation, OperationKind};
use crate::error::{Error, Result};
use crate::revision::Revision;

/// A value on its way in. It takes memory up to the namespace's threshold of separation, whatever
/// its length. Dropping it before [`finish`](Upload::finish) leaves nothing behind. Its file
/// stays open until it is dropped, whether or not the engine is closed meanwhile.
pub struct Upload {
    namespace: Namespace,
    key: Bytes,
    options: PutOptions,
    threshold: u64,
    body: UploadBody,
}

enum UploadBody {
    /// Still small.
    Gathered(BytesMut),
    /// In a file that has no name yet.
    File(ValueWriter),
}

impl Namespace {
    /// A value that is put piece by piece, in bounded memory.
    pub fn upload(&self, key: &[u8]) -> Result<Upload> {
        self.upload_with(key, &PutOptions::default())
    }

    /// A value that is put piece by piece, with options that count at its end.
    pub fn upload_with(&self, key: &[u8], options: &PutOptions) -> Result<Upload> {
        Upload::new(self.clone(), key, options)
    }
}

impl Upload {
    fn new(namespace: Namespace, key: &[u8], options: &PutOptions) -> Result<Self> {
        let threshold = {
            let _call = namespace.shared.enter()?;
            namespace.shared.check_writable()?;
            namespace.shared.threshold(namespace.id)?
        };
        let key = Bytes::copy_from_slice(key);
        let body = UploadBody::Gathered(BytesMut::new());
        Ok(Self { namespace, key, options: *options, threshold, body })
    }

    /// Adds bytes. After an error the upload is of no more use.
    pub fn write(&mut self, bytes: &[u8]) -> Result<()> {
        let _call = self.namespace.shared.enter()?;
        if let UploadBody::Gathered(gathered) = &mut self.body {
            if ((gathered.len() + bytes.len()) as u64) < self.threshold {
                gathered.extend_from_slice(bytes);
                return Ok(());
            }
            let mut writer = self.namespace.shared.values.writer()?;
            writer.write(gathered)?;
            self.body = UploadBody::File(writer);
        }
        match &mut self.body {
            UploadBody::File(writer) => writer.write(bytes),
            UploadBody::Gathered(_) => Err(Error::Closed),
        }
    }

    /// Puts the value under its key, with the options given at the start. Returns its revision.
    pub fn finish(self) -> Result<Revision> {
        let Self { namespace, key, options, body, .. } = self;
        let shared = namespace.shared.clone();
        let _call = shared.enter()?;
        let synced = match options.durability {
            Durability::None => Synced::Later,
            Durability::Group | Durability::Sync => Synced::Now,
        };
        let (value, _pin) = match body {
            UploadBody::Gathered(gathered) => (NewValue::Bytes(gathered.freeze()), None),
            UploadBody::File(writer) => {
                let address = writer.address();
                let pin = shared.pins.pin(address);
                // It may have its name for all that.
                let refused = |_: &Error| shared.discard(std::iter::once(address));
                shared.is_named(&address)?;
                let stored = writer.finish(synced).inspect_err(refused)?;
                shared.counters.value_bytes.add(stored.len);
                (NewValue::Stored(stored), Some(pin))
            }
        };
        let kind = OperationKind::Put { value, expires_at_ms: Expiry::stored(options.expires_at) };
        let precondition = options.precondition;
        let operation = Operation { namespace: namespace.id, key, precondition, kind };
        Ok(shared.commit(&[operation], options.durability)?.revision)
    }
}

impl std::fmt::Debug for Upload {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Upload")
    }
}
