//! The options of calls.

use bytes::Bytes;
use futures_lite::stream;
use sealwood::bridge::{PutInput, source_error};
use sealwood::platform::BoxStream;
use sealwood::vault::{ListOptions, Metadata, PutOptions, ReadOptions};

use crate::step::Step;

const PIECE_BYTES: u64 = 65_536;

pub(super) fn put(step: &Step) -> Result<PutOptions, String> {
    let mut input = attributes(step)?;
    input.deferred = step.flag("deferred")?;
    input.size_hint = step.number("sizeHint")?;
    Ok(input.options(step.context.clone()))
}

pub(super) fn metadata(step: &Step) -> Result<Metadata, String> {
    attributes(step).map(PutInput::metadata)
}

fn attributes(step: &Step) -> Result<PutInput, String> {
    let pairs = step.object("metadata")?.into_iter().flatten().map(|(key, value)| {
        let value = value.as_str().ok_or_else(|| format!("not metadata: {value}"))?;
        Ok((key.clone(), value.to_owned()))
    });
    Ok(PutInput {
        content_type: step.text("contentType")?.map(str::to_owned),
        metadata: pairs.collect::<Result<_, String>>()?,
        modified_ms: step.time("modifiedMs")?,
        ..PutInput::default()
    })
}

/// The content in pieces, and an error after some of them if the step asks for it.
pub(super) fn source(step: &Step) -> Result<BoxStream<'static, sealwood::Result<Bytes>>, String> {
    let content = step.content("content")?;
    let piece_bytes = step.number("pieceBytes")?.unwrap_or(PIECE_BYTES) as usize;
    let mut pieces: Vec<_> =
        content.chunks(piece_bytes).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    if let Some(given) = step.number("failAfter")? {
        pieces.truncate(given as usize);
        pieces.push(Err(source_error(None, "the source of the scenario")));
    }
    Ok(Box::pin(stream::iter(pieces)))
}

pub(super) fn read(step: &Step) -> Result<ReadOptions, String> {
    let options = ReadOptions::new().context(step.context.clone());
    match (step.number("start")?, step.number("end")?) {
        (None, None) => Ok(options),
        (Some(start), Some(end)) => Ok(options.range(start..end)),
        _ => Err("a range has a start and an end".into()),
    }
}

pub(super) fn list(step: &Step) -> Result<ListOptions, String> {
    let mut options = ListOptions::new();
    options.after = step.text("after")?.map(str::to_owned);
    if let Some(limit) = step.number("limit")? {
        options.limit = limit as usize;
    }
    Ok(options)
}
