//! Scans of a namespace and of its snapshots, and what else a snapshot is read by.

use std::cell::RefCell;
use std::rc::Rc;

use sealwood::bridge::Pull;
use sealwood::bridge::engine::{Namespace, ScanEntry, ScanInput, ScanKey, Snapshot};
use sealwood::engine::Order;
use sealwood::{CancelToken, Result};
use serde_json::{Value, json};

use super::namespace::{info, value};
use super::{Taken, unknown};
use crate::outcome::Outcome;
use crate::spelled::spell;
use crate::step::Step;
use crate::world::{OpenScan, World};

/// What can be scanned.
pub(super) trait Scanned {
    async fn entries(&self, input: ScanInput, cancel: CancelToken) -> Result<Pull<Vec<ScanEntry>>>;
    async fn keys(&self, input: ScanInput, cancel: CancelToken) -> Result<Pull<Vec<ScanKey>>>;
}

impl Scanned for Namespace {
    async fn entries(&self, input: ScanInput, cancel: CancelToken) -> Result<Pull<Vec<ScanEntry>>> {
        self.scan(input, cancel).await
    }

    async fn keys(&self, input: ScanInput, cancel: CancelToken) -> Result<Pull<Vec<ScanKey>>> {
        self.scan_keys(input, cancel).await
    }
}

impl Scanned for Snapshot {
    async fn entries(&self, input: ScanInput, cancel: CancelToken) -> Result<Pull<Vec<ScanEntry>>> {
        self.scan(input, cancel).await
    }

    async fn keys(&self, input: ScanInput, cancel: CancelToken) -> Result<Pull<Vec<ScanKey>>> {
        self.scan_keys(input, cancel).await
    }
}

pub(super) async fn take(world: &World, snapshot: &Snapshot, verb: &str, step: &Step) -> Taken {
    let cancel = &step.context.cancel;
    match verb {
        "get" => Ok(value(cancel.run(snapshot.get(step.need_bytes("key")?)).await?)),
        "info" => Ok(info(cancel.run(snapshot.info(step.need_bytes("key")?)).await?)),
        "revision" => {
            world.revisions.set(step.text("as")?, snapshot.revision());
            Ok(Outcome::Nothing)
        }
        _ => scan(world, snapshot, verb, step).await,
    }
}

pub(super) async fn scan(world: &World, of: &impl Scanned, verb: &str, step: &Step) -> Taken {
    let (input, take) = (input(step)?, || step.number("take"));
    let cancel = step.context.cancel.clone();
    match verb {
        "scan" => {
            let take = take()?;
            let entries = all(of.entries(input, cancel).await?, take).await?;
            let row = |entry: &ScanEntry| json!([spell(&entry.key), spell(&entry.value)]);
            Ok(Outcome::Value(entries.iter().map(row).collect()))
        }
        "scanKeys" => {
            let take = take()?;
            let keys = all(of.keys(input, cancel).await?, take).await?;
            Ok(Outcome::Value(keys.iter().map(|entry| spell(&entry.key)).collect()))
        }
        "openScan" => {
            let name = step.need_text("as")?;
            let pages = of.entries(input, CancelToken::new()).await?;
            world.scans.set(Some(name), Rc::new(OpenScan { pages, left: RefCell::default() }));
            Ok(Outcome::Nothing)
        }
        _ => unknown(verb),
    }
}

pub(super) async fn take_open(scan: &OpenScan, verb: &str, step: &Step) -> Taken {
    match verb {
        "next" => {
            let left = scan.left.borrow_mut().pop_front();
            let entry = match left {
                Some(entry) => Some(entry),
                None => {
                    let page = step.context.cancel.run(scan.pages.next()).await?;
                    let mut left = scan.left.borrow_mut();
                    left.extend(page.unwrap_or_default());
                    left.pop_front()
                }
            };
            let row = entry.map(|entry| json!([spell(&entry.key), spell(&entry.value)]));
            Ok(Outcome::Value(row.unwrap_or(Value::Null)))
        }
        "stop" => {
            scan.left.borrow_mut().clear();
            scan.pages.close();
            Ok(Outcome::Nothing)
        }
        _ => unknown(verb),
    }
}

/// All items, or the first of them; the rest is released then.
async fn all<T>(pages: Pull<Vec<T>>, take: Option<u64>) -> Result<Vec<T>> {
    let take = take.map_or(usize::MAX, |take| take as usize);
    let mut items = Vec::new();
    while items.len() < take
        && let Some(page) = pages.next().await?
    {
        items.extend(page);
    }
    items.truncate(take);
    Ok(items)
}

fn input(step: &Step) -> Result<ScanInput, String> {
    let order = match step.text("order") {
        Err(what) => return Err(what),
        Ok(None | Some("ascending")) => Order::Ascending,
        Ok(Some("descending")) => Order::Descending,
        Ok(Some(other)) => return Err(format!("no order: {other:?}")),
    };
    Ok(ScanInput {
        prefix: step.bytes("prefix")?.unwrap_or_default(),
        start: step.bytes("start")?,
        end: step.bytes("end")?,
        start_after: step.bytes("startAfter")?,
        order,
        limit: step.number("limit")?,
    })
}
