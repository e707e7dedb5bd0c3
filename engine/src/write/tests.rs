//! How often a write looks for its key.
#![allow(clippy::unwrap_used)]

use std::sync::Arc;

use super::Precondition;
use crate::config::{Background, EngineConfig};
use crate::disk::MemoryDisk;
use crate::index::descents_of;
use crate::{Engine, Namespace, PutOptions};

fn under(precondition: Precondition) -> PutOptions {
    PutOptions::new().precondition(precondition)
}

fn engine() -> (Engine, Namespace) {
    let config = EngineConfig { background: Background::Manual, ..EngineConfig::default() };
    let engine = Engine::open(Arc::new(MemoryDisk::new()), config).unwrap();
    let namespace = engine.namespace("n").unwrap();
    (engine, namespace)
}

fn key(number: u32) -> Vec<u8> {
    let number = number.wrapping_mul(0x9e37_79b9);
    format!("{:02x}/{number:08x}", number & 0x3f).into_bytes()
}

/// Whatever shape the index has: keys in new places, buckets that are split, keys that others
/// begin with.
#[test]
fn a_put_descends_once() {
    let (_engine, namespace) = engine();
    for number in 0..3_000 {
        let put = descents_of(|| {
            namespace.put(&key(number), vec![7; 100]).unwrap();
        });
        assert_eq!(put, 1, "{number}");
    }
    for number in 0..3_000 {
        for len in [1, 2, 3] {
            let put = descents_of(|| {
                namespace.put(&key(number)[..len], vec![7; 100]).unwrap();
            });
            assert_eq!(put, 1, "{number}");
        }
    }
}

#[test]
fn every_change_of_one_key_descends_once() {
    let (_engine, namespace) = engine();
    for number in 0..3_000 {
        namespace.put(&key(number), vec![7; 100]).unwrap();
    }
    let (there, missing) = (key(5), key(3_000));
    let once = |change: &dyn Fn() -> bool| {
        let mut changed = false;
        let descents = descents_of(|| changed = change());
        assert_eq!(descents, 1);
        changed
    };
    assert!(once(&|| namespace.put_with(&there, vec![8], &under(Precondition::Present)).is_ok()));
    assert!(once(&|| namespace.put_with(&missing, vec![9], &under(Precondition::Absent)).is_ok()));
    assert!(once(&|| namespace.persist(&there).unwrap()));
    assert!(once(&|| namespace.delete(&missing).unwrap()));
    assert!(!once(&|| namespace.delete(&missing).unwrap()));
    assert_eq!(namespace.get(&there).unwrap().unwrap().bytes, vec![8]);
}
