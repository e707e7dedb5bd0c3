//! Following changes.

use sealwood::bridge::Pull;
use sealwood::engine::{EventKind, WatchEvent};
use serde_json::{Value, json};

use super::{Taken, unknown};
use crate::outcome::Outcome;
use crate::spelled::spell;
use crate::step::Step;

pub(super) async fn take(watch: &Pull<WatchEvent>, verb: &str, step: &Step) -> Taken {
    match verb {
        "next" => {
            let event = step.context.cancel.run(watch.next()).await?;
            Ok(Outcome::Value(event.map_or(Value::Null, |event| said(&event))))
        }
        "stop" => {
            watch.close();
            Ok(Outcome::Nothing)
        }
        _ => unknown(verb),
    }
}

fn said(event: &WatchEvent) -> Value {
    let (kind, to) = match &event.kind {
        EventKind::Put => ("put", None),
        EventKind::Delete => ("delete", None),
        EventKind::Expire => ("expire", None),
        EventKind::Rename { to } => ("rename", Some(spell(to))),
    };
    let (revision, key) = (event.revision.get(), spell(&event.key));
    json!({"revision": revision, "kind": kind, "key": key, "to": to})
}
