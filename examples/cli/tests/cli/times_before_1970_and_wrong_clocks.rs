//! Times of all kinds are kept, and another device's clock that is wrong is told of and taken from
//! nobody's files.

use std::fs;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use futures_lite::future::block_on;
use sealwood::Vault;
use sealwood::blob::DirectoryStore;
use sealwood::platform::{Clock, Environment};
use sealwood::seal::SlotSecret;
use sealwood::vault::{Credential, VaultConfig};
use serde_json::Value;

use crate::drive::Drive;

/// 2099-01-01.
const FAR: u64 = 4_070_908_800_000;

struct Far;

impl Clock for Far {
    fn now_ms(&self) -> u64 {
        FAR
    }
}

fn set_modified(drive: &Drive, name: &str, time: SystemTime) {
    fs::File::options().write(true).open(drive.path(name)).unwrap().set_modified(time).unwrap();
}

#[test]
fn times_before_1970_come_back() {
    let drive = Drive::new();
    let before = |ms| UNIX_EPOCH.checked_sub(Duration::from_millis(ms)).unwrap();
    let times = [
        ("1955", before(446_774_400_000), "1955-11-05T00:00:00Z"),
        ("half", before(500), "1969-12-31T23:59:59Z"),
        ("last", before(1), "1969-12-31T23:59:59Z"),
        ("epoch", before(0), "1970-01-01T00:00:00Z"),
    ];
    for (name, time, _) in times {
        drive.write(&format!("in/{name}"), "x");
        set_modified(&drive, &format!("in/{name}"), time);
    }
    drive.ok(&["put", "in", "/in"]);
    drive.ok(&["get", "in", "out"]);
    for (name, time, shown) in times {
        let found = fs::metadata(drive.path(&format!("out/{name}"))).unwrap().modified().unwrap();
        assert_eq!(found, time, "{name}");
        let line = drive.ok(&["ls", "-l", &format!("in/{name}")]);
        assert!(line.contains(shown), "{line}");
    }
    // What is finer than a millisecond is left out, towards the past on both sides of 1970.
    drive.write("fine", "x");
    set_modified(&drive, "fine", UNIX_EPOCH.checked_sub(Duration::from_micros(1_001)).unwrap());
    drive.ok(&["put", "fine", "/"]);
    let listed: Value = serde_json::from_str(&drive.ok(&["--json", "stat", "fine"])).unwrap();
    assert_eq!(listed["modified_ms"], -2);
}

#[test]
fn another_devices_clock_that_is_ahead_is_told_of_and_not_taken_over() {
    let drive = Drive::without_vault();
    let store = Arc::new(block_on(DirectoryStore::open(drive.path("shared"))).unwrap());
    let environment = Environment { clock: Arc::new(Far), ..Environment::default() };
    let config = VaultConfig::new().environment(environment);
    let secret = SlotSecret::from_bytes([7; 32]);
    drive.write("secret", [7; 32]);
    block_on(async {
        let vault = Vault::create_with(store, &Credential::Secret(secret), &config).await.unwrap();
        vault.put("far", "x").await.unwrap();
    });
    let at = |arguments: &[&str]| {
        let ran = drive.run(&[&["--vault", "dir:shared"], arguments].concat());
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        (String::from_utf8(ran.stdout).unwrap(), ran.stderr)
    };
    let (info, _) = at(&["--json", "info"]);
    assert_eq!(serde_json::from_str::<Value>(&info).unwrap()["future_commit_ms"], FAR);
    let (_, told) = at(&["mkdir", "made/now"]);
    assert!(told.contains("another device's clock is "), "{told}");
    assert!(told.contains("2099-01-01T00:00:00Z"), "{told}");
    for made in ["made", "made/now"] {
        let (stat, told) = at(&["--json", "stat", made]);
        let modified = serde_json::from_str::<Value>(&stat).unwrap()["modified_ms"].clone();
        assert!(modified.as_u64().unwrap() < FAR - 1000, "{made}: {modified}");
        assert_eq!(told, "");
    }
    let (info, told) = at(&["info"]);
    assert!(!info.contains("2099") && told.is_empty(), "{info}{told}");
}
