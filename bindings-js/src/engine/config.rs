//! What an engine is opened with and how its calls are made, checked by the caller.

use js_sys::Uint8Array;
use sealwood::bridge::engine::{ConfigInput, ScanInput};
use sealwood::engine::{
    Access, Background, DeleteOptions, Durability, Expiry, Order, Precondition, PutOptions,
    RecoveryMode, Revision, Tracking,
};
use sealwood::lthash::Detail;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The settings of an engine.
    pub type EngineArguments;

    #[wasm_bindgen(method, getter)]
    fn access(this: &EngineArguments) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn recovery(this: &EngineArguments) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn background(this: &EngineArguments) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = separatedBytesMin)]
    fn separated_bytes_min(this: &EngineArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = memoryBytesMax)]
    fn memory_bytes_max(this: &EngineArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter, js_name = namespacesMax)]
    fn namespaces_max(this: &EngineArguments) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = checkpointIdleMs)]
    fn checkpoint_idle_ms(this: &EngineArguments) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = watchEventsMax)]
    fn watch_events_max(this: &EngineArguments) -> Option<u32>;
    #[wasm_bindgen(method, getter, js_name = watchBytesMax)]
    fn watch_bytes_max(this: &EngineArguments) -> Option<f64>;

    /// How a key is written.
    pub type WriteArguments;

    #[wasm_bindgen(method, getter)]
    fn precondition(this: &WriteArguments) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn revision(this: &WriteArguments) -> Option<f64>;
    #[wasm_bindgen(method, getter)]
    fn durability(this: &WriteArguments) -> Option<String>;
    #[wasm_bindgen(method, getter, js_name = expiresAtMs)]
    fn expires_at_ms(this: &WriteArguments) -> Option<f64>;

    /// What is scanned.
    pub type ScanArguments;

    #[wasm_bindgen(method, getter)]
    fn prefix(this: &ScanArguments) -> Option<Uint8Array>;
    #[wasm_bindgen(method, getter)]
    fn start(this: &ScanArguments) -> Option<Uint8Array>;
    #[wasm_bindgen(method, getter)]
    fn end(this: &ScanArguments) -> Option<Uint8Array>;
    #[wasm_bindgen(method, getter, js_name = startAfter)]
    fn start_after(this: &ScanArguments) -> Option<Uint8Array>;
    #[wasm_bindgen(method, getter)]
    fn order(this: &ScanArguments) -> Option<String>;
    #[wasm_bindgen(method, getter)]
    fn limit(this: &ScanArguments) -> Option<f64>;
}

/// The settings of an engine. Work that nobody waits for is the caller's to do: there is no thread.
pub(super) fn config_input(arguments: &EngineArguments) -> ConfigInput {
    let mut input = ConfigInput::default();
    if arguments.access().as_deref() == Some("readOnly") {
        input.access = Access::ReadOnly;
    }
    input.recovery = match arguments.recovery().as_deref() {
        Some("rebuild") => RecoveryMode::Rebuild,
        Some("passOver") => RecoveryMode::PassOver,
        _ => RecoveryMode::Checkpoint,
    };
    if arguments.background().as_deref() == Some("manual") {
        input.background = Background::Manual;
    }
    input.separated_bytes_min = arguments.separated_bytes_min().map(whole);
    input.memory_bytes_max = arguments.memory_bytes_max().map(whole);
    input.namespaces_max = arguments.namespaces_max();
    input.checkpoint_idle_ms = arguments.checkpoint_idle_ms();
    input.watch_events_max = arguments.watch_events_max();
    input.watch_bytes_max = arguments.watch_bytes_max().map(whole);
    input
}

pub(super) fn put_options(arguments: &WriteArguments) -> PutOptions {
    let mut options = PutOptions::new()
        .precondition(precondition(arguments))
        .durability(durability(arguments.durability().as_deref()));
    options.expires_at = arguments.expires_at_ms().map(|ms| Expiry::at_ms(whole(ms)));
    options
}

pub(super) fn delete_options(arguments: &WriteArguments) -> DeleteOptions {
    DeleteOptions::new()
        .precondition(precondition(arguments))
        .durability(durability(arguments.durability().as_deref()))
}

fn precondition(arguments: &WriteArguments) -> Precondition {
    match (arguments.precondition().as_deref(), arguments.revision()) {
        (Some("absent"), _) => Precondition::Absent,
        (Some("present"), _) => Precondition::Present,
        (_, Some(revision)) => Precondition::Revision(Revision::new(whole(revision))),
        (_, None) => Precondition::None,
    }
}

pub(super) fn durability(name: Option<&str>) -> Durability {
    match name {
        Some("none") => Durability::None,
        Some("sync") => Durability::Sync,
        _ => Durability::Group,
    }
}

pub(super) fn scan_input(arguments: &ScanArguments) -> ScanInput {
    let bytes = |array: Uint8Array| array.to_vec();
    ScanInput {
        prefix: arguments.prefix().map(bytes).unwrap_or_default(),
        start: arguments.start().map(bytes),
        end: arguments.end().map(bytes),
        start_after: arguments.start_after().map(bytes),
        order: match arguments.order().as_deref() {
            Some("descending") => Order::Descending,
            _ => Order::Ascending,
        },
        limit: arguments.limit().map(whole),
    }
}

pub(super) fn tracking(name: &str) -> Tracking {
    match name {
        "whole" => Tracking::Whole,
        "buckets" => Tracking::Buckets,
        _ => Tracking::Off,
    }
}

pub(super) fn detail(name: &str) -> Detail {
    match name {
        "buckets" => Detail::Buckets,
        _ => Detail::Whole,
    }
}

/// A whole number that the caller has checked.
pub(super) fn whole(number: f64) -> u64 {
    number as u64
}
