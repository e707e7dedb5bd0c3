//! An address that is not understood makes no folder, and each refusal says what is wrong.

use std::fs;

use crate::drive::{Drive, Ran};

#[test]
fn what_looks_like_another_kind_of_address_is_refused() {
    let drive = Drive::without_vault();
    for (address, told) in [
        ("s3:bucket/p", "s3://BUCKET/PREFIX"),
        ("S3://bucket", "s3://BUCKET/PREFIX"),
        ("b2:b", "b2: is no kind of vault"),
        ("remote:backup", "written ./remote:backup"),
        ("user@host:vault", "no kind of vault"),
        ("DIR:x", "dir:PATH"),
        ("sftp://host/x", "no kind of vault"),
        ("memory", "memory:"),
        ("~", "./~"),
        ("~/v", "the shell left ~/v as it is"),
        ("dir:~/v", "the shell left ~/v as it is"),
        ("engine:", "needs a path"),
        ("dir:", "needs a path"),
        ("", "needs a path"),
    ] {
        for command in ["init", "ls"] {
            let given = drive.run(&["--vault", address, command]);
            let mut by_environment = drive.command();
            by_environment.env("SEALWOOD_VAULT", address);
            let set = Ran::of(by_environment.args(["--secret-file", "secret", command]));
            for ran in [given, set] {
                assert_eq!(ran.code, Some(2), "{address}: {}", ran.stderr);
                assert!(ran.stderr.contains(told), "{address}: {}", ran.stderr);
            }
        }
    }
    assert_eq!(fs::read_dir(drive.path(".")).unwrap().count(), 0);
}

#[cfg(unix)]
#[test]
fn a_path_with_a_colon_can_be_said() {
    let drive = Drive::without_vault();
    for address in ["./a:b", "engine:c:d", "./~", "./memory"] {
        drive.ok(&["--vault", address, "init"]);
    }
    for folder in ["a:b", "c:d", "~", "memory"] {
        assert!(drive.path(folder).join("manifest").is_file(), "{folder}");
    }
}

#[cfg(unix)]
#[test]
fn an_address_that_is_no_text_is_told_as_that() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let drive = Drive::without_vault();
    let mut command = drive.command();
    command.env("SEALWOOD_VAULT", OsStr::from_bytes(b"vault\xff"));
    let ran = Ran::of(command.args(["--secret-file", "secret", "init"]));
    assert_eq!(ran.code, Some(2), "{}", ran.stderr);
    assert!(ran.stderr.contains("SEALWOOD_VAULT is not valid Unicode"), "{}", ran.stderr);
}

#[test]
fn a_file_is_no_place_for_a_vault() {
    let drive = Drive::without_vault();
    drive.write("file", "x");
    for address in ["file", "dir:file", "file/below", "dir:file/below"] {
        for command in ["init", "ls"] {
            let ran = drive.run(&["--vault", address, command]);
            assert_eq!(ran.code, Some(1), "{address}: {}", ran.stderr);
            assert!(ran.stderr.contains("[local-not-a-folder]"), "{address}: {}", ran.stderr);
        }
    }
}

#[cfg(unix)]
#[test]
fn a_folder_that_may_not_be_looked_into_is_denied() {
    use std::os::unix::fs::PermissionsExt;
    for address in ["vault", "dir:vault"] {
        let drive = Drive::at(address);
        let mode = |mode| {
            fs::set_permissions(drive.path("vault"), fs::Permissions::from_mode(mode)).unwrap();
        };
        // Somebody who is not root has the folder for an own one.
        mode(0o000);
        for command in ["ls", "init"] {
            let ran = drive.run_as_nobody(&[command]);
            assert_eq!(ran.code, Some(6), "{}", ran.stderr);
            assert!(ran.stderr.contains("[store-denied]"), "{}", ran.stderr);
        }
        mode(0o700);
    }
}
