//! What the footers of sealed segments say is what their records say.

use sealwood_engine::disk::{Disk, MemoryDisk, OpenMode};
use sealwood_engine::{Expiry, RecoveryMode};

use crate::common::{assert_whole, everything, open, pattern, small};

/// How many segments have a footer that lists what is in them.
fn listing(disk: &MemoryDisk) -> usize {
    let lists = |name: &str| {
        let file = disk.open(&format!("log/{name}"), OpenMode::Read).unwrap();
        let mut bytes = vec![0; file.len().unwrap() as usize];
        file.read_at(0, &mut bytes).unwrap();
        bytes.windows(9).any(|window| window == b"SWlogdir\x01")
    };
    disk.list("log").unwrap().iter().filter(|file| lists(&file.name)).count()
}

#[test]
fn what_is_rebuilt_from_footers_is_what_was_there() {
    let disk = MemoryDisk::new();
    let engine = open(&disk, small());
    let one = engine.namespace("one").unwrap();
    engine.namespace("dropped").unwrap().put(b"key", pattern(300, 1)).unwrap();
    // Deletes, expiries and a rename in segments of their own, and among the values.
    for number in 0..60u8 {
        one.put(&[number], pattern(300 + 10 * usize::from(number % 80), u64::from(number)))
            .unwrap();
        match number % 10 {
            3 => assert!(one.delete(&[number]).unwrap()),
            5 => assert!(one.delete(&[number - 5]).unwrap()),
            7 => assert!(one.expire_at(&[number], Expiry::at_ms(1 << 60)).unwrap()),
            9 => assert!(one.rename_prefix(&[number - 1], &[200 + number / 10]).unwrap()),
            _ => {}
        }
    }
    engine.drop_namespace("dropped").unwrap();
    one.put(b"last", pattern(900, 7)).unwrap();
    let expected = everything(&engine);
    engine.close().unwrap();
    assert!(listing(&disk) > 5, "{} footers list anything", listing(&disk));

    let engine = open(&disk, small().recovery(RecoveryMode::Rebuild));
    assert_eq!(everything(&engine), expected);
    assert_eq!(engine.namespace("one").unwrap().len().unwrap(), expected["one"].len() as u64);
    assert_whole(&engine);
}
