//! What is whole is given out, whatever is damaged; what may have been changed since says so.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use sealwood_engine::disk::{Disk, OpenMode};
use sealwood_engine::faults::FaultDisk;
use sealwood_engine::{
    Access, Certainty, Engine, EngineConfig, Error, Expiry, Finding, FindingKind, Precondition,
    PutOptions, RecoveryMode, Result, Salvage, Salvaged, SalvagedKey,
};

use crate::common::{Seen, everything, open_faulty, pattern, small, try_open};
use crate::ledger::Contents;

/// The values that each key ever had.
type History = BTreeMap<Vec<u8>, Vec<Vec<u8>>>;

/// What a salvage gave.
#[derive(Debug, Default)]
struct Given {
    contents: Contents,
    uncertain: Vec<Vec<u8>>,
    findings: Vec<Finding>,
    salvage: Salvage,
}

impl Given {
    fn kinds(&self) -> Vec<&FindingKind> {
        self.findings.iter().map(|finding| &finding.kind).collect()
    }

    fn lost_keys(&self) -> Vec<&[u8]> {
        self.findings.iter().filter_map(|finding| finding.key.as_deref()).collect()
    }
}

fn salvage(disk: &FaultDisk) -> Given {
    try_salvage(disk).unwrap()
}

fn try_salvage(disk: &FaultDisk) -> Result<Given> {
    let calls = disk.trace().len();
    let mut given = Given::default();
    let salvage = Engine::salvage(Arc::new(disk.clone()) as Arc<dyn Disk>, &mut |salvaged| {
        match salvaged {
            Salvaged::Finding(finding) => given.findings.push(finding),
            Salvaged::Key(key) => {
                if key.certainty() == Certainty::MaybeChanged {
                    given.uncertain.push(key.key().to_vec());
                }
                let namespace = key.namespace().unwrap_or("?").to_owned();
                let keys = given.contents.entry(namespace).or_default();
                assert!(keys.insert(key.key().to_vec(), seen(&key)).is_none());
            }
        }
        ControlFlow::Continue(())
    })?;
    let trace = disk.trace();
    let changed: Vec<_> = trace[calls..].iter().filter(|call| call.operation.is_change()).collect();
    assert!(changed.is_empty(), "{changed:?}");
    given.salvage = salvage;
    Ok(given)
}

pub(crate) fn seen(key: &SalvagedKey<'_>) -> Seen {
    let value = key.value().unwrap().to_vec();
    let mut pieces = Vec::new();
    key.pieces(&mut |piece| {
        assert!(piece.len() <= 64 * 1024);
        pieces.extend_from_slice(piece);
        Ok(())
    })
    .unwrap();
    assert_eq!((pieces == value, key.value_len()), (true, value.len() as u64));
    Seen { value, revision: key.revision(), expires_at_ms: key.expires_at().map(Expiry::as_ms) }
}

fn without_empty(mut contents: Contents) -> Contents {
    contents.retain(|_, keys| !keys.is_empty());
    contents
}

fn files(disk: &FaultDisk) -> Vec<(String, u64)> {
    let mut files = Vec::new();
    for directory in ["", "log", "frames", "values"] {
        for info in disk.list(directory).unwrap() {
            let name = match directory {
                "" => info.name,
                _ => format!("{directory}/{}", info.name),
            };
            files.push((name, info.len));
        }
    }
    files
}

fn read(disk: &FaultDisk, name: &str) -> Vec<u8> {
    let file = disk.open(name, OpenMode::Read).unwrap();
    let mut bytes = vec![0; file.len().unwrap() as usize];
    file.read_at(0, &mut bytes).unwrap();
    bytes
}

/// Every kind of record, before and after a checkpoint, in several segments, some compacted.
/// Returns the states that each key ever had, too.
fn eventful(close: Close) -> (FaultDisk, Contents, History) {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    let two = engine.namespace("two").unwrap();
    let mut history: History = BTreeMap::new();
    let mut put = |namespace: &sealwood_engine::Namespace, key: &[u8], len: usize, seed: u64| {
        let value = pattern(len, seed);
        namespace.put(key, value.clone()).unwrap();
        history.entry(key.to_vec()).or_default().push(value);
    };
    for number in 0..30u8 {
        put(&one, &[b'a', number], [10, 300, 1500, 0][usize::from(number) % 4], u64::from(number));
    }
    for number in 0..20u8 {
        put(&one, &[b'a', number], 250, 100 + u64::from(number));
    }
    put(&two, b"from/x", 40, 1);
    put(&two, b"from/y", 1200, 2);
    two.rename_prefix(b"from/", b"to/").unwrap();
    one.delete(&[b'a', 3]).unwrap();
    let options = PutOptions::new().expires_at(Expiry::at_ms(u64::MAX - 5));
    one.put_with(b"expiring", pattern(30, 9), &options).unwrap();
    engine.compact().unwrap();
    let gone = engine.namespace("gone").unwrap();
    put(&gone, b"secret", 20, 3);
    engine.drop_namespace("gone").unwrap();
    engine.checkpoint().unwrap();
    for number in 0..6u8 {
        put(&one, &[b'b', number], [12, 400][usize::from(number) % 2], 200 + u64::from(number));
    }
    one.delete(&[b'a', 5]).unwrap();
    one.delete(&[b'b', 2]).unwrap();
    let mut batch = engine.batch();
    batch.put(&one, b"batch1", pattern(20, 50)).put(&two, b"batch2", pattern(320, 51));
    batch.commit().unwrap();
    history.insert(b"expiring".to_vec(), vec![pattern(30, 9)]);
    history.insert(b"batch1".to_vec(), vec![pattern(20, 50)]);
    history.insert(b"batch2".to_vec(), vec![pattern(320, 51)]);
    one.expire_at(b"expiring", Expiry::at_ms(u64::MAX - 6)).unwrap();
    two.rename_prefix(b"to/", b"then/").unwrap();
    for name in [&b"x"[..], b"y"] {
        let values = history[&[&b"from/"[..], name].concat()].clone();
        history.insert([&b"to/"[..], name].concat(), values.clone());
        history.insert([&b"then/"[..], name].concat(), values);
    }
    one.put_with(b"last", pattern(33, 4), &PutOptions::new().precondition(Precondition::Absent))
        .unwrap();
    history.insert(b"last".to_vec(), vec![pattern(33, 4)]);
    let expected = everything(&engine);
    match close {
        Close::Checkpointed => engine.close().unwrap(),
        Close::Dropped => {}
    }
    drop((one, two, gone, engine));
    (disk, without_empty(expected), history)
}

#[derive(Clone, Copy, Debug)]
enum Close {
    Checkpointed,
    Dropped,
}

#[test]
fn a_whole_engine_is_salvaged_whole() {
    for close in [Close::Checkpointed, Close::Dropped] {
        let (disk, expected, _) = eventful(close);
        let given = salvage(&disk);
        assert_eq!(given.contents, expected, "{close:?}");
        let damage: Vec<_> =
            given.findings.iter().filter(|finding| finding.kind.is_damage()).collect();
        assert!(damage.is_empty(), "{damage:?}");
        assert!(given.uncertain.is_empty(), "{:?}", given.uncertain);
        assert_eq!((given.salvage.damaged, given.salvage.uncertain), (0, 0));
    }
}

/// What makes up for the log is not needed as long as the log is whole, and neither is any header
/// or footer of it.
#[test]
fn without_manifest_and_frames_all_is_there() {
    for close in [Close::Checkpointed, Close::Dropped] {
        let (disk, expected, _) = eventful(close);
        for lost in [&["manifest"][..], &["frames"], &["manifest", "frames"]] {
            let damaged = disk.reopen();
            for (name, _) in files(&damaged) {
                if lost.iter().any(|lost| name.starts_with(lost)) {
                    damaged.remove(&name).unwrap();
                }
            }
            let given = salvage(&damaged);
            assert_eq!(given.contents, expected, "without {lost:?}");
            assert!(given.salvage.damaged > 0, "without {lost:?}");
        }
    }
}

/// One flipped bit anywhere: no value is ever wrong, what is not given is named or may have been
/// lost, and what may have changed since says so.
#[test]
fn one_flipped_bit_costs_at_most_what_it_hits() {
    for close in [Close::Checkpointed, Close::Dropped] {
        let (disk, expected, history) = eventful(close);
        for (name, len) in files(&disk) {
            // The ends have what is no record; a manifest is mostly zeros.
            let is_end = |at: u64| at < 120 || (at + 120 > len && name != "manifest");
            let offsets = (0..len).filter(|at| match is_end(*at) {
                true => at % 2 == 0,
                false => at % 23 == 0,
            });
            for offset in offsets {
                let damaged = disk.reopen();
                damaged.flip_bit(&name, offset, (offset % 8) as u8).unwrap();
                let given = salvage(&damaged);
                let place = format!("byte {offset} of {name}, {close:?}");
                check(&given, &expected, &history, &place);
                if name.starts_with("frames") || name == "manifest" {
                    assert_eq!(given.contents, expected, "{place}");
                }
                if name.starts_with("values") {
                    assert_eq!(given.lost_keys().len(), 1, "{place}: {:?}", given.findings);
                }
                if offset % 4 != 0 {
                    continue;
                }
                let opened = open_faulty(&damaged, passing_over());
                check_opened(&opened, &given, &place);
            }
        }
    }
}

fn passing_over() -> EngineConfig {
    small().access(Access::ReadOnly).recovery(RecoveryMode::PassOver)
}

fn check(given: &Given, expected: &Contents, history: &History, place: &str) {
    let lost = given.lost_keys();
    let mut missing = 0;
    for (namespace, keys) in expected {
        for (key, seen) in keys {
            let salvaged = given
                .contents
                .get(namespace)
                .or(given.contents.get("?"))
                .and_then(|keys| keys.get(key));
            match salvaged {
                Some(salvaged) if salvaged == seen => {}
                Some(older) => {
                    assert!(history[key].contains(&older.value), "{key:?}, {place}");
                    assert!(given.uncertain.contains(key), "{key:?} is older, {place}");
                }
                None => {
                    missing += 1;
                    let may_be_lost = !given.findings.is_empty();
                    assert!(lost.contains(&&key[..]) || may_be_lost, "{key:?}, {place}");
                }
            }
        }
    }
    // A batch and what shares a record at most.
    assert!(missing <= 2, "{missing} keys, {place}: {:?}", given.findings);
    for keys in given.contents.values() {
        for (key, seen) in keys {
            let values = history.get(key);
            assert!(values.is_some_and(|all| all.contains(&seen.value)), "{key:?}, {place}");
            let is_there = expected.values().any(|keys| keys.contains_key(key));
            assert!(is_there || given.uncertain.contains(key), "{key:?} came back, {place}");
        }
    }
}

/// An engine that passes damage over reads what a salvage gives.
fn check_opened(engine: &Engine, given: &Given, place: &str) {
    assert_eq!(
        engine.passed_over().iter().map(|finding| &finding.kind).collect::<Vec<_>>(),
        given
            .kinds()
            .into_iter()
            .filter(|kind| !matches!(kind, FindingKind::Value | FindingKind::UnnamedValue))
            .collect::<Vec<_>>(),
        "{place}"
    );
    for (name, keys) in &given.contents {
        let name = if name == "?" { "unnamed-16" } else { name };
        let namespace = engine.namespace(name).unwrap();
        for (key, seen) in keys {
            let value = namespace.get(key).unwrap().unwrap();
            assert_eq!((&value.bytes[..], value.revision), (&seen.value[..], seen.revision));
            assert_eq!(value.expires_at.map(Expiry::as_ms), seen.expires_at_ms, "{place}");
        }
        assert!(matches!(namespace.put(b"new", "value"), Err(Error::ReadOnly)), "{place}");
    }
}

#[test]
fn a_damaged_record_is_passed_over_and_its_key_named_if_a_checkpoint_knows_it() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..20u8 {
        one.put(&[number], pattern(300, u64::from(number))).unwrap();
    }
    engine.close().unwrap();
    let mut expected = everything(&open_faulty(&disk.reopen(), small()));
    let segment = files(&disk).into_iter().find(|(name, _)| name.starts_with("log/")).unwrap().0;
    let at = read(&disk, &segment).windows(40).position(|at| at == &pattern(300, 5)[..40]).unwrap();
    disk.flip_bit(&segment, at as u64, 2).unwrap();
    let given = salvage(&disk);
    expected.get_mut("one").unwrap().remove(&[5][..]);
    assert_eq!(given.contents, expected);
    assert_eq!(given.lost_keys(), [&[5][..]]);
    assert!(given.uncertain.is_empty());
    assert!(given.kinds().iter().any(|kind| matches!(
        kind,
        FindingKind::Log { revisions: Some(revisions), .. } if revisions.end() == revisions.start()
    )));
    // Opened to pass damage over, the key is there and its value is not.
    let engine = open_faulty(&disk, passing_over());
    let one = engine.namespace("one").unwrap();
    assert!(one.info(&[5]).unwrap().is_some());
    assert!(matches!(one.get(&[5]), Err(Error::StoreCorrupt { .. })));
}

/// After a checkpoint nobody else knows what a damaged record said: what is older may have changed.
#[test]
fn what_a_damaged_record_may_have_changed_is_uncertain() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    one.put(b"a", "kept").unwrap();
    one.put(b"b", "deleted").unwrap();
    one.delete(b"b").unwrap();
    one.put(b"c", "later").unwrap();
    drop((one, engine));
    let segment = files(&disk).into_iter().find(|(name, _)| name.starts_with("log/")).unwrap().0;
    let bytes = read(&disk, &segment);
    let put = bytes.windows(7).position(|at| at == b"deleted").unwrap();
    // The body of the delete comes after its head.
    disk.flip_bit(&segment, put as u64 + 7 + 13 + 1, 0).unwrap();
    for recovery in [RecoveryMode::Checkpoint, RecoveryMode::Rebuild] {
        let opened = try_open(&disk.reopen(), small().recovery(recovery));
        assert!(matches!(opened, Err(Error::StoreCorrupt { .. })), "{opened:?}");
    }
    let given = salvage(&disk);
    assert_eq!(
        given.contents["one"].keys().map(|key| &key[..]).collect::<Vec<_>>(),
        [b"a", b"b", b"c"]
    );
    assert_eq!(given.uncertain, [b"a", b"b"]);
}

#[test]
fn passing_over_is_for_reading_alone() {
    let disk = FaultDisk::new();
    let config = small().recovery(RecoveryMode::PassOver);
    assert!(matches!(try_open(&disk, config), Err(Error::InvalidArgument { .. })));
}

#[test]
fn somebody_who_writes_is_told_of() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let outcome =
        Engine::salvage(
            Arc::new(disk.clone()) as Arc<dyn Disk>,
            &mut |_| ControlFlow::Continue(()),
        );
    assert!(matches!(outcome, Err(Error::StoreLocked)), "{outcome:?}");
    engine.close().unwrap();
    assert_eq!(salvage(&disk).salvage, Salvage::default());
}

#[test]
fn a_missing_segment_makes_what_is_older_uncertain() {
    let disk = FaultDisk::new();
    let engine = open_faulty(&disk, small());
    let one = engine.namespace("one").unwrap();
    for number in 0..40u8 {
        one.put(&[number], pattern(400, u64::from(number))).unwrap();
    }
    drop((one, engine));
    let expected = everything(&open_faulty(&disk.reopen(), small()));
    let segments: Vec<String> =
        files(&disk).into_iter().map(|it| it.0).filter(|it| it.starts_with("log/")).collect();
    for neighbours in segments.windows(3) {
        let [_, missing, after] = neighbours else { unreachable!() };
        let damaged = disk.reopen();
        damaged.remove(missing).unwrap();
        let given = salvage(&damaged);
        let named: Vec<_> = given
            .findings
            .iter()
            .filter_map(|finding| match (&finding.kind, &finding.error) {
                (
                    FindingKind::Log { bytes: 0, revisions: Some(it) },
                    Error::StoreCorrupt { file, .. },
                ) => Some((file.clone(), it.clone())),
                _ => None,
            })
            .collect();
        assert_eq!(named.len(), 1, "{:?}", given.findings);
        assert_eq!(&named[0].0, after, "the one before which there is a gap");
        let revisions = &named[0].1;
        for (key, seen) in &expected["one"] {
            let salvaged = given.contents["one"].get(key);
            assert_eq!(salvaged.is_none(), revisions.contains(&seen.revision), "{key:?}");
            assert!(salvaged.is_none_or(|it| it == seen));
            let is_older = seen.revision < *revisions.start();
            assert_eq!(given.uncertain.contains(key), is_older, "{key:?} {revisions:?}");
        }
    }
}
