//! A vault is not made among other files, nor over what may be left of another, and a get writes
//! nothing into it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::bucket::{Bucket, Mood};
use crate::drive::{Drive, Ran, files_below};

/// All that is in a folder, by path.
fn all_below(folder: &Path) -> Vec<PathBuf> {
    let mut all: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap().path().strip_prefix(folder).unwrap().to_owned())
        .collect();
    all.sort();
    all
}

fn refused(drive: &Drive, arguments: &[&str], code: i32, told: &str) {
    let ran = drive.run(arguments);
    assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
    assert!(ran.stderr.contains(told), "{arguments:?}: {}", ran.stderr);
}

#[test]
fn no_vault_is_made_among_other_files() {
    for file in ["theirs/notes.txt", "theirs/log/today", "theirs/objects/pack", "theirs/manifest"] {
        let drive = Drive::without_vault();
        drive.write(file, "theirs");
        for address in ["theirs", "dir:theirs"] {
            let before = all_below(&drive.path("."));
            refused(&drive, &["--vault", address, "init"], 1, "[local-not-empty]");
            assert_eq!(all_below(&drive.path(".")), before);
        }
    }
}

#[test]
fn a_new_folder_and_an_empty_one_are_fine() {
    let drive = Drive::without_vault();
    fs::create_dir(drive.path("empty")).unwrap();
    fs::create_dir(drive.path("also")).unwrap();
    for address in ["new/one", "dir:new/two", "empty", "dir:also"] {
        drive.ok(&["--vault", address, "init"]);
        drive.ok(&["--vault", address, "ls"]);
    }
}

#[test]
fn both_kinds_of_vault_do_not_share_a_folder() {
    for (first, second) in [("vault", "dir:vault"), ("dir:vault", "vault")] {
        let drive = Drive::at(first);
        let before = all_below(&drive.path("vault"));
        refused(&drive, &["--vault", second, "init"], 1, "[vault-exists]");
        assert_eq!(all_below(&drive.path("vault")), before);
        drive.ok(&["ls"]);
    }
}

#[test]
fn what_an_init_that_was_cut_off_left_is_used() {
    let drive = Drive::without_vault();
    let full = ["sh", "-c", r#"exec "$@" 2> /dev/full"#, "sh"];
    for address in ["vault", "dir:other"] {
        assert_eq!(drive.run_by(&full, &["--vault", address, "init"]).code, Some(1));
        drive.ok(&["--vault", address, "init"]);
    }
}

#[test]
fn a_store_that_lost_its_root_is_no_place_for_another_vault() {
    let drive = Drive::at("dir:vault");
    drive.write("file", [1; 300_000]);
    drive.ok(&["put", "file", "/"]);
    let root = drive.read("vault/objects/root");
    fs::remove_file(drive.path("vault/objects/root")).unwrap();
    let before = files_below(&drive.path("vault"));
    for command in ["init", "ls"] {
        refused(&drive, &[command], 5, "[root-missing]");
        assert!(files_below(&drive.path("vault")) == before);
    }
    drive.write("vault/objects/root", root);
    assert_eq!(drive.entries(), ["file"]);
}

#[test]
fn nor_is_a_bucket_that_lost_it() {
    let drive = Drive::without_vault();
    drive.write("file", [1; 300_000]);
    let bucket = Bucket::new(Mood::Works);
    let run = |arguments: &[&str]| {
        let mut command = drive.command();
        bucket.give_to(&mut command).args(["--secret-file", "secret"]).args(arguments);
        Ran::of(&mut command)
    };
    assert_eq!(run(&["init"]).code, Some(0));
    assert_eq!(run(&["put", "file", "/"]).code, Some(0));
    bucket.lose("/bucket/root");
    let keys = bucket.keys();
    for command in ["init", "ls"] {
        let ran = run(&[command]);
        assert_eq!(ran.code, Some(5), "{}", ran.stderr);
        assert!(ran.stderr.contains("[root-missing]"), "{}", ran.stderr);
    }
    assert_eq!(bucket.keys(), keys);
}

#[test]
fn an_init_that_cannot_be_leaves_nothing() {
    let drive = Drive::without_vault();
    for address in ["vault", "dir:vault"] {
        for bytes in ["5", "131073", "65536", "33554432", "-1", "x"] {
            let ran = drive.run(&["--vault", address, "init", "--chunk-bytes", bytes]);
            assert_eq!(ran.code, Some(2), "{bytes}: {}", ran.stderr);
        }
    }
    assert_eq!(all_below(&drive.path(".")), [PathBuf::new()]);
}

#[test]
fn a_salvage_goes_to_a_place_of_its_own_too() {
    let drive = Drive::new();
    drive.write("theirs/notes.txt", "theirs");
    for address in ["theirs", "dir:theirs"] {
        refused(&drive, &["salvage", "vault", address], 1, "[local-not-empty]");
    }
    assert_eq!(all_below(&drive.path("theirs")), [PathBuf::new(), "notes.txt".into()]);
}

#[cfg(unix)]
#[test]
fn nothing_is_written_into_the_vault_by_whatever_way() {
    use std::os::unix::fs::symlink;
    for (address, inner) in [("vault", "log"), ("dir:vault", "objects")] {
        let drive = Drive::at(address);
        for name in ["manifest", "root", "lock", inner] {
            drive.write(&format!("in/{name}"), "not the vault's");
        }
        drive.ok(&["put", "in", "/vault"]);
        drive.ok(&["mkdir", "/top"]);
        drive.ok(&["cp", "/vault", "/top/"]);
        drive.ok(&["mkdir", "/new"]);
        fs::create_dir(drive.path("a")).unwrap();
        symlink("../vault", drive.path("a/link")).unwrap();
        symlink(format!("vault/{inner}"), drive.path("deep")).unwrap();
        let before = all_below(&drive.path("vault"));
        let inside = format!("vault/{inner}/");
        let made = format!("vault/{inner}/new/er");
        for arguments in [
            ["vault/manifest", "vault/"],
            ["vault/manifest", "vault"],
            ["vault/manifest", "vault/manifest"],
            ["vault/root", "a/../vault/root"],
            ["vault/lock", "./a/link/"],
            ["vault/root", "deep"],
            ["vault/root", "deep/new/er/"],
            ["vault/root", &inside],
            ["vault", &inside],
            ["vault", &made],
            ["vault/root", &made],
            ["vault", "vault/new"],
            ["new", "vault"],
            // The way there is in the vault.
            ["top", "."],
            ["top/vault", "."],
            ["/", "."],
        ] {
            let mut command = vec!["get"];
            command.extend(arguments);
            // What is put below another name is fine.
            if arguments == ["top", "."] {
                drive.ok(&command);
                assert_eq!(drive.read("top/vault/root"), b"not the vault's");
                continue;
            }
            // The rest of the top directory is written.
            let code = if arguments == ["/", "."] { 7 } else { 1 };
            refused(&drive, &command, code, "[local-own-store]");
        }
        for (path, content) in files_below(&drive.path("vault")) {
            assert!(content != b"not the vault's", "{}", path.display());
        }
        assert_eq!(all_below(&drive.path("vault")), before);
        assert_eq!(drive.ok(&["cat", "vault/root"]), "not the vault's");
    }
}

#[test]
fn what_is_left_of_a_local_store_is_no_room_for_another() {
    for gone in [&["manifest"][..], &["manifest", "log"], &["manifest", "log", "frames"]] {
        let drive = Drive::new();
        drive.write("large", vec![7; 400_000]);
        drive.ok(&["put", "large", "/"]);
        for name in gone {
            let path = drive.path("vault").join(name);
            let removed =
                if path.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) };
            removed.unwrap();
        }
        let before = files_below(&drive.path("vault"));
        for command in [&["init"][..], &["ls"], &["put", "large", "again"]] {
            refused(&drive, command, 5, "[store-corrupt]");
        }
        assert_eq!(files_below(&drive.path("vault")), before, "without {gone:?}");
    }
}

#[test]
fn files_of_others_with_a_lock_stay_as_they_are() {
    for other in ["reserve", "manifest.tmp", "log/0000000000000001"] {
        let drive = Drive::without_vault();
        drive.write("theirs/lock", "1234");
        drive.write(&format!("theirs/{other}"), "theirs");
        refused(&drive, &["--vault", "theirs", "init"], 1, "[local-not-empty]");
        assert_eq!(drive.read(&format!("theirs/{other}")), b"theirs");
    }
}
