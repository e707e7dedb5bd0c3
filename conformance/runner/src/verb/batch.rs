//! A batch's calls.

use sealwood::vault::Batch;
use serde_json::Value;

use super::{Taken, options, unknown};
use crate::outcome::Outcome;
use crate::step::Step;

pub(super) async fn take(batch: &Batch, verb: &str, step: &Step) -> Taken {
    let path = || step.need_text("path");
    match verb {
        "put" => batch.put_with(path()?, step.content("content")?, &options::put(step)?).await?,
        "putStream" => {
            batch.put_stream_with(path()?, options::source(step)?, &options::put(step)?).await?;
        }
        "mkdir" => batch.mkdir(path()?)?,
        "remove" => batch.remove(path()?)?,
        "removeAll" => batch.remove_all(path()?)?,
        "rename" => batch.rename(step.need_text("from")?, step.need_text("to")?)?,
        "copy" => batch.copy(step.need_text("from")?, step.need_text("to")?)?,
        "setMetadata" => batch.set_metadata(path()?, &options::metadata(step)?)?,
        "length" => return Ok(Outcome::Value(Value::from(batch.len()))),
        "commit" => batch.commit_with(&step.context).await?,
        "close" => batch.discard(),
        _ => return unknown(verb),
    }
    Ok(Outcome::Nothing)
}
