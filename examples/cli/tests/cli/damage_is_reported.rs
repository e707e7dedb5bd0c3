//! Bytes that are not what was stored are never given out, and the exit code says so.

use std::fs;

use crate::drive::{Drive, Ran, noise};

/// The files of a folder of the store other than the root, the largest first.
fn objects(drive: &Drive, folder: &str) -> Vec<std::path::PathBuf> {
    let mut objects: Vec<_> = walkdir::WalkDir::new(drive.path(folder))
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file() && entry.file_name() != "root")
        .map(|entry| (entry.metadata().unwrap().len(), entry.into_path()))
        .collect();
    objects.sort();
    objects.into_iter().rev().map(|(_, path)| path).collect()
}

fn with_two_files() -> Drive {
    let drive = Drive::at("dir:vault");
    drive.write("in/large", noise(1, 300_000));
    drive.write("in/small", noise(2, 20_000));
    drive.ok(&["put", "in", "/"]);
    drive
}

fn get(drive: &Drive) -> Ran {
    let ran = drive.run(&["get", "in", "out"]);
    assert_eq!(ran.code, Some(5), "{}", ran.stderr);
    ran
}

#[test]
fn an_altered_object_is_5_and_the_other_files_are_got() {
    let drive = with_two_files();
    let object = &objects(&drive, "vault/objects")[0];
    let mut bytes = fs::read(object).unwrap();
    bytes[100_000] ^= 1;
    fs::write(object, bytes).unwrap();
    let ran = get(&drive);
    assert!(ran.stderr.contains("in/large: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("[object-corrupt]"), "{}", ran.stderr);
    assert!(drive.read("out/small") == noise(2, 20_000));
    let names: Vec<_> = fs::read_dir(drive.path("out")).unwrap().map(|it| it.unwrap()).collect();
    assert_eq!(names.len(), 1, "neither a part of the file nor a temporary one: {names:?}");
}

#[test]
fn a_truncated_and_a_missing_object_are_5() {
    let drive = with_two_files();
    let object = &objects(&drive, "vault/objects")[0];
    let bytes = fs::read(object).unwrap();
    fs::write(object, &bytes[..1000]).unwrap();
    assert!(get(&drive).stderr.contains("[object-truncated]"));
    fs::remove_file(object).unwrap();
    assert!(get(&drive).stderr.contains("[object-missing]"));
}

#[test]
fn an_altered_value_of_a_local_store_is_5_and_the_other_files_are_got() {
    let drive = Drive::new();
    drive.write("in/large", noise(1, 300_000));
    drive.write("in/small", noise(2, 20_000));
    drive.ok(&["put", "in", "/"]);
    let value = &objects(&drive, "vault/values")[0];
    let mut bytes = fs::read(value).unwrap();
    bytes[100_000] ^= 1;
    fs::write(value, bytes).unwrap();
    let ran = get(&drive);
    assert!(ran.stderr.contains("in/large: "), "{}", ran.stderr);
    assert!(ran.stderr.contains("[store-corrupt]"), "{}", ran.stderr);
    assert!(drive.read("out/small") == noise(2, 20_000));
}

#[test]
fn a_put_of_all_again_heals_a_damaged_value_of_a_local_store() {
    for damage in [
        |bytes: &mut Vec<u8>| bytes[100_000] ^= 1,
        |bytes: &mut Vec<u8>| bytes.truncate(1000),
        |bytes: &mut Vec<u8>| bytes.extend([0; 10]),
    ] {
        let drive = Drive::new();
        drive.write("in/large", noise(1, 300_000));
        drive.ok(&["put", "in", "/"]);
        let value = &objects(&drive, "vault/values")[0];
        let mut bytes = fs::read(value).unwrap();
        damage(&mut bytes);
        fs::write(value, bytes).unwrap();
        get(&drive);
        drive.ok(&["put", "-I", "in", "/"]);
        drive.ok(&["get", "in/large", "healed"]);
        assert!(drive.read("healed") == noise(1, 300_000));
    }
}
