//! `sealwood engine get`

use std::ffi::OsString;

use bytes::Bytes;
use sealwood::engine::KeyInfo;
use serde::Serialize;

use super::folder::EngineFolder;
use super::job;
use super::options::{OneNamespace, Writing};
use super::shown::{Form, Shown};
use crate::command::cat::ByteRange;
use crate::context::Context;
use crate::failure::{Failure, Result};

/// How much of a value is in memory at once, in bytes; also the most that is put into a line of
/// JSON.
const PIECE_BYTES: u64 = 1 << 20;

#[derive(clap::Args)]
pub(super) struct Get {
    /// The directory of the engine
    directory: EngineFolder,

    /// The key
    key: OsString,

    /// Of the value, the bytes from the first to the last, counted from 0, or to its end if that
    /// comes before; 100- for the rest
    #[arg(long, value_name = "FIRST-LAST")]
    range: Option<ByteRange>,

    #[command(flatten)]
    namespace: OneNamespace,

    #[command(flatten)]
    writing: Writing,
}

/// A value, or a piece of it.
enum Told {
    Piece(Bytes),
    Line(Box<Line>),
}

impl Get {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let is_json = context.options.json;
        let form = self.writing.form();
        job::run(
            context,
            move |teller| self.read(is_json, teller),
            |told| match (told, form) {
                (Told::Line(line), _) => context.output.record(&line),
                (Told::Piece(bytes), Form::Text) => context.output.bytes(&bytes),
                (Told::Piece(bytes), Form::Hex) => {
                    context.output.bytes(hex::encode(bytes).as_bytes())
                }
            },
        )
        .await?;
        match form {
            Form::Hex => context.output.text(""),
            Form::Text => Ok(()),
        }
    }

    fn read(self, is_json: bool, teller: &job::Teller<Told>) -> Result<()> {
        let Self { directory, key, range, namespace, writing } = self;
        let (name, form) = (namespace.namespace, writing.form());
        let key = writing.read(&key)?;
        let opened = directory.open_to_read()?;
        let namespace = opened.namespace(&name)?;
        let failed = |error| form.failed(&name, &key, error);
        let info = namespace.info(&key).map_err(failed)?;
        let info = info.ok_or_else(|| form.absent(&name, &key))?;
        let range = range.map_or(0..info.len, |range| range.within(info.len));
        let part = |offset: u64, len: u64| {
            // Nobody changes what is open to read.
            let read = namespace.get_range(&key, offset, len).map_err(failed)?;
            read.map(|value| value.bytes).ok_or_else(|| form.absent(&name, &key))
        };
        let len = range.end - range.start;
        if is_json {
            if len > PIECE_BYTES {
                return Err(Failure::Usage(format!(
                    "a line of JSON takes up to 1 MiB of a value, and this is {len} bytes: \
                     ask for a range, or leave out --json"
                )));
            }
            let value = form.value(part(range.start, len)?);
            let line =
                Line { namespace: name, key: form.key(key.clone()), about: info.into(), value };
            return teller.tell(Told::Line(Box::new(line)));
        }
        // Also where nothing of it is asked for: a range that begins past the end is told.
        let mut at = range.start;
        loop {
            let piece = part(at, PIECE_BYTES.min(range.end - at))?;
            at += piece.len() as u64;
            teller.tell(Told::Piece(piece))?;
            if at >= range.end {
                return Ok(());
            }
        }
    }
}

#[derive(Serialize)]
struct Line {
    namespace: String,
    #[serde(flatten)]
    key: Shown<Vec<u8>>,
    #[serde(flatten)]
    about: About,
    #[serde(flatten)]
    value: Shown<Bytes>,
}

/// What is known of a key besides its value.
#[derive(Clone, Copy, Serialize)]
pub(super) struct About {
    pub(super) size: u64,
    revision: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at_ms: Option<u64>,
}

impl From<KeyInfo> for About {
    fn from(info: KeyInfo) -> Self {
        Self {
            size: info.len,
            revision: info.revision.get(),
            expires_at_ms: info.expires_at.map(|expiry| expiry.as_ms()),
        }
    }
}
