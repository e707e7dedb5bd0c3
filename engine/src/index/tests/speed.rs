//! Figures for tuning: `cargo test --release -p sealwood --lib engine::index::tests::speed --
//! --ignored --nocapture`.

use std::hint::black_box;
use std::time::Instant;

use super::support::*;
use crate::index::Tree;

fn measured(what: &str, count: u64, work: impl FnOnce()) {
    let start = Instant::now();
    work();
    println!("{what}: {} ns each", start.elapsed().as_nanos() as u64 / count);
}

fn key(number: u64) -> Vec<u8> {
    let (year, month) = (2000 + number % 20, number / 20 % 12 + 1);
    format!("photos/{year}/{month:02}/IMG_{number:08}.jpeg").into_bytes()
}

#[test]
#[ignore = "prints times"]
fn times_of_a_hundred_thousand_keys() {
    for count in [100_000, 1_000_000] {
        let frames = Frames::new();
        let keys: Vec<_> = (0..count).map(|step| key(step * 7919 % count)).collect();
        let looked: Vec<_> =
            (0..count).map(|step| &keys[(step * 104_729 % count) as usize]).collect();
        let mut tree = Tree::new();
        let owned = Owned::inline(1_000_000, &[5; 100]);
        println!("{count} keys");
        measured("insert", count, || {
            for key in &keys {
                tree.insert(key, &owned.entry()).unwrap();
            }
        });
        println!("{} bytes a key", tree.memory().resident as u64 / count);
        measured("get", count, || {
            for key in &looked {
                black_box(tree.get(key, |entry| black_box(entry.revision)).unwrap());
            }
        });
        measured("overwrite", count, || {
            for key in &looked {
                tree.insert(key, &owned.entry()).unwrap();
            }
        });
        let snapshot = tree.snapshot();
        measured("scan keys", count, || {
            let mut cursor = snapshot.cursor(frames.clone());
            cursor.seek(b"").unwrap();
            while let Some(key) = cursor.key() {
                black_box(key);
                cursor.next().unwrap();
            }
        });
        measured("scan entries", count, || {
            let mut cursor = snapshot.cursor(frames.clone());
            cursor.seek(b"").unwrap();
            while let Some(key) = cursor.key() {
                black_box((key, cursor.entry()));
                cursor.next().unwrap();
            }
        });
        measured("scan entries backwards", count, || {
            let mut cursor = snapshot.cursor(frames.clone());
            cursor.last().unwrap();
            while let Some(key) = cursor.key() {
                black_box((key, cursor.entry()));
                cursor.previous().unwrap();
            }
        });
        drop(snapshot);
        let mut capture = tree.capture();
        let mut sink = Sink::new(&frames);
        measured("write", count, || {
            let written = capture.write(&mut sink).unwrap();
            println!("{} frames", written.frames());
            written.confirm();
        });
        drop(capture);
        measured("remove", count, || {
            for key in &looked {
                tree.remove(key).unwrap();
            }
        });
    }
}
