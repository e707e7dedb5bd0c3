//! `sealwood engine scan`

use std::ffi::OsString;
use std::fmt;
use std::ops::Bound;

use bytes::Bytes;
use sealwood::engine::{Error, Namespace, OwnedScanEntry, OwnedScanItem, ScanBuilder};
use serde::Serialize;

use super::folder::EngineFolder;
use super::get::About;
use super::job;
use super::options::{OneNamespace, Writing};
use super::shown::Shown;
use crate::bytes_text::{count, size};
use crate::context::Context;
use crate::failure::{Failure, Result};

#[derive(clap::Args)]
pub(super) struct Scan {
    /// The directory of the engine
    directory: EngineFolder,

    /// Keys that begin with this
    #[arg(long, short, value_name = "KEY")]
    prefix: Option<OsString>,

    /// This key and those after it
    #[arg(long, value_name = "KEY")]
    from: Option<OsString>,

    /// Those before this key
    #[arg(long, value_name = "KEY")]
    to: Option<OsString>,

    /// From the last key to the first
    #[arg(long, short)]
    reverse: bool,

    /// So many at most
    #[arg(long, short, value_name = "N")]
    limit: Option<usize>,

    /// Keys that have this byte after the prefix are shown as one, up to it: / lists as folders do
    #[arg(long, short, value_name = "BYTE")]
    delimiter: Option<OsString>,

    /// The keys alone
    #[arg(long, short)]
    keys: bool,

    /// Longer values are not read, and shown as their size
    #[arg(long, value_name = "BYTES", default_value_t = 1 << 20)]
    value_max: u64,

    #[command(flatten)]
    namespace: OneNamespace,

    #[command(flatten)]
    writing: Writing,
}

/// What a scan comes to.
enum Told {
    Row(Row),
    Prefix(Prefix),
    /// Something that is damaged.
    Problem(Failure),
}

impl Scan {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let mut too_long = 0;
        let value_max = self.value_max;
        job::run(
            context,
            move |teller| self.scan(teller),
            |told| match told {
                Told::Row(row) => {
                    too_long += u64::from(row.is_too_long);
                    context.output.emit(&row)
                }
                Told::Prefix(prefix) => context.output.emit(&prefix),
                Told::Problem(failure) => {
                    context.output.problem(&failure);
                    Ok(())
                }
            },
        )
        .await?;
        if too_long > 0 {
            let values = count(too_long, "value is", "values are");
            context
                .output
                .note(format_args!("{values} longer than {} and not shown", size(value_max)));
        }
        Ok(())
    }

    fn scan(self, teller: &job::Teller<Told>) -> Result<()> {
        let name = &self.namespace.namespace;
        let opened = self.directory.open_to_read()?;
        let namespace = opened.namespace(name)?;
        let rows = opened.check(self.rows(&namespace)?.iter())?;
        for item in rows {
            match opened.check(item)? {
                OwnedScanItem::Key(entry) => teller.tell(self.row(entry)?)?,
                OwnedScanItem::Damaged(finding) => {
                    teller.tell(Told::Problem(self.writing.form().found(*finding)))?;
                }
                OwnedScanItem::CommonPrefix(prefix) => {
                    let prefix = self.writing.form().prefix(prefix);
                    teller.tell(Told::Prefix(Prefix { namespace: name.clone(), prefix }))?;
                }
            }
        }
        Ok(())
    }

    fn rows(&self, namespace: &Namespace) -> Result<ScanBuilder> {
        let read = |key: &Option<OsString>| -> Result<Option<Vec<u8>>> {
            key.as_ref().map(|key| self.writing.read(key)).transpose()
        };
        let scan = namespace.scan().map_err(|error| self.directory.failed(error))?;
        let mut scan = scan.pass_over().range((
            read(&self.from)?.map_or(Bound::Unbounded, Bound::Included),
            read(&self.to)?.map_or(Bound::Unbounded, Bound::Excluded),
        ));
        if let Some(prefix) = read(&self.prefix)? {
            scan = scan.prefix(&prefix);
        }
        if let Some(delimiter) = read(&self.delimiter)? {
            let [delimiter] = delimiter[..] else {
                return Err(Failure::Usage("a delimiter is one byte".into()));
            };
            scan = scan.delimiter(delimiter);
        }
        if self.reverse {
            scan = scan.descending();
        }
        match self.limit {
            Some(limit) => Ok(scan.limit(limit)),
            None => Ok(scan),
        }
    }

    fn row(&self, entry: OwnedScanEntry) -> Result<Told> {
        let (form, namespace) = (self.writing.form(), &self.namespace.namespace);
        let about = About::from(entry.info());
        let is_too_long = !self.keys && about.size > self.value_max;
        let value = if self.keys || is_too_long {
            None
        } else {
            match entry.value() {
                Ok(bytes) => Some(form.value(bytes)),
                Err(error) => {
                    let is_damage = matches!(error, Error::StoreCorrupt { .. });
                    let failure = form.failed(namespace, entry.key(), error);
                    return if is_damage { Ok(Told::Problem(failure)) } else { Err(failure) };
                }
            }
        };
        let key = form.key(entry.into_key());
        Ok(Told::Row(Row { namespace: namespace.clone(), key, about, value, is_too_long }))
    }
}

#[derive(Serialize)]
struct Row {
    namespace: String,
    #[serde(flatten)]
    key: Shown<Vec<u8>>,
    #[serde(flatten)]
    about: About,
    /// None where the keys alone are shown, or the value is too long.
    #[serde(flatten)]
    value: Option<Shown<Bytes>>,
    #[serde(skip)]
    is_too_long: bool,
}

/// What several keys begin with.
#[derive(Serialize)]
struct Prefix {
    namespace: String,
    #[serde(flatten)]
    prefix: Shown<Vec<u8>>,
}

impl fmt::Display for Prefix {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.prefix)
    }
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        match &self.value {
            Some(value) => write!(f, " = {value}"),
            None if self.is_too_long => write!(f, " = ({})", size(self.about.size)),
            None => Ok(()),
        }
    }
}
