//! `sealwood engine put`

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use sealwood::engine::{
    Clock, Expiry, Namespace, Precondition, PutOptions, Revision, SystemClock, Upload,
};
use serde::Serialize;

use super::folder::EngineFolder;
use super::job;
use super::options::{OneNamespace, Writing};
use super::shown::{Form, Shown};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::output::{Meter, expect_input};

/// How much of a value that is read is in memory at once, in bytes.
const PIECE_BYTES: usize = 64 * 1024;

#[derive(clap::Args)]
pub(super) struct Put {
    /// The directory of the engine
    directory: EngineFolder,

    /// The key, of up to 64 KiB
    key: OsString,

    /// The value; - for standard input, as it is
    #[arg(required_unless_present = "file")]
    value: Option<OsString>,

    /// The value is what FILE holds, as it is
    #[arg(long, value_name = "FILE", conflicts_with = "value")]
    file: Option<PathBuf>,

    /// Make the engine and the namespace where they are not there yet
    #[arg(long)]
    create: bool,

    /// Only if there is no such key
    #[arg(long, conflicts_with = "if_revision")]
    if_absent: bool,

    /// Only if the last change of the key made this revision
    #[arg(long, value_name = "REVISION")]
    if_revision: Option<u64>,

    /// Let the key expire after so many seconds
    #[arg(long, value_name = "SECONDS")]
    expires_in: Option<u64>,

    #[command(flatten)]
    namespace: OneNamespace,

    #[command(flatten)]
    writing: Writing,
}

/// What is to be put.
enum Value {
    Bytes(Vec<u8>),
    /// From where, and what that is called.
    Stream(Box<dyn Read + Send>, PathBuf),
}

impl Put {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let meter = context.output.counter();
        let counted = meter.clone();
        let put = job::run(
            context,
            move |teller| teller.tell(self.put(&counted)?),
            |done| context.output.record(&done),
        )
        .await;
        meter.clear();
        put
    }

    fn put(self, meter: &Meter) -> Result<Done> {
        let key = self.writing.read(&self.key)?;
        let form = self.writing.form();
        let value = self.value()?;
        let options = self.options();
        let name = self.namespace.namespace;
        let opened = match self.create {
            true => self.directory.open_or_make()?,
            false => self.directory.open_to_change()?,
        };
        let outcome = (|| {
            let namespace = match self.create {
                true => opened.check(opened.engine.namespace(&name))?,
                false => opened.namespace(&name)?,
            };
            Target { namespace, name, key, form, options }.take(value, meter)
        })();
        opened.close_after(outcome)
    }

    /// A mistake in the arguments shows before anything is opened or made.
    fn value(&self) -> Result<Value> {
        match (&self.value, &self.file) {
            (Some(value), _) if value == "-" => {
                expect_input()?;
                Ok(Value::Stream(Box::new(io::stdin()), "standard input".into()))
            }
            (Some(value), _) => self.writing.read(value).map(Value::Bytes),
            (None, Some(path)) => {
                let file = File::open(path).map_err(|error| Failure::local(path, error))?;
                Ok(Value::Stream(Box::new(file), path.clone()))
            }
            (None, None) => Err(Failure::Usage("which value? give it, - or --file FILE".into())),
        }
    }

    fn options(&self) -> PutOptions {
        let options = PutOptions::new().precondition(match (self.if_absent, self.if_revision) {
            (true, _) => Precondition::Absent,
            (false, Some(number)) => Precondition::Revision(Revision::new(number)),
            (false, None) => Precondition::None,
        });
        match self.expires_in {
            Some(seconds) => {
                let ms = SystemClock.now_ms().saturating_add(seconds.saturating_mul(1000));
                options.expires_at(Expiry::at_ms(ms))
            }
            None => options,
        }
    }
}

/// Where a value is put, and how.
struct Target {
    namespace: Namespace,
    name: String,
    key: Vec<u8>,
    form: Form,
    options: PutOptions,
}

impl Target {
    fn take(self, value: Value, meter: &Meter) -> Result<Done> {
        let failed = |error| self.form.failed(&self.name, &self.key, error);
        let (size, revision) = match value {
            Value::Bytes(bytes) => {
                let size = bytes.len() as u64;
                (size, self.namespace.put_with(&self.key, bytes, &self.options).map_err(failed)?)
            }
            Value::Stream(source, path) => {
                let upload = self.namespace.upload_with(&self.key, &self.options);
                let mut upload = upload.map_err(failed)?;
                let size = fill(&mut upload, source, &path, meter, failed)?;
                (size, upload.finish().map_err(failed)?)
            }
        };
        let revision = revision.get();
        Ok(Done { namespace: self.name, key: self.form.key(self.key), size, revision })
    }
}

/// Reads all that a source gives. Returns how many bytes that is.
fn fill(
    upload: &mut Upload,
    mut source: impl Read,
    path: &Path,
    meter: &Meter,
    failed: impl Fn(sealwood::engine::Error) -> Failure,
) -> Result<u64> {
    let mut piece = vec![0; PIECE_BYTES];
    let mut size = 0;
    loop {
        match source.read(&mut piece) {
            Ok(0) => return Ok(size),
            Ok(len) => {
                upload.write(&piece[..len]).map_err(&failed)?;
                size += len as u64;
                meter.add(len as u64);
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(Failure::local(path, error)),
        }
    }
}

#[derive(Serialize)]
struct Done {
    namespace: String,
    #[serde(flatten)]
    key: Shown<Vec<u8>>,
    size: u64,
    revision: u64,
}
