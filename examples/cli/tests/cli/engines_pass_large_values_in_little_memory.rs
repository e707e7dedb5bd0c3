//! A value that is larger than the memory it is to take goes in and comes out.

#![cfg(target_os = "linux")]

use std::fs;
use std::io::{Read, Write};
use std::process::{Child, Stdio};

use crate::drive::noise;
use crate::engine::Engines;

/// How large the value is, and how much memory the program may take for all it does.
const VALUE_BYTES: usize = 128 << 20;
const MEMORY_BYTES_MAX: usize = 96 << 20;

#[test]
fn a_put_and_a_get_take_less_memory_than_the_value() {
    let engines = Engines::with(&[("k", "v")]);
    let piece = noise(1, 1 << 20);
    let mut command = engines.drive.command();
    command.args(["engine", "put", "a", "large", "-"]);
    let mut put = command.stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = put.stdin.take().unwrap();
    for _ in 0..VALUE_BYTES / piece.len() {
        stdin.write_all(&piece).unwrap();
    }
    // It has read all but what a pipe holds.
    expect_little_memory(&put);
    drop(stdin);
    assert!(put.wait().unwrap().success());

    let mut command = engines.drive.command();
    let mut get =
        command.args(["engine", "get", "a", "large"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = get.stdout.take().unwrap();
    let mut got = vec![0; piece.len()];
    for number in 1..=VALUE_BYTES / piece.len() {
        // What is left is more than a pipe holds: it is not at its end.
        if number == VALUE_BYTES / piece.len() {
            expect_little_memory(&get);
        }
        stdout.read_exact(&mut got).unwrap();
        assert!(got == piece, "{number}");
    }
    assert_eq!(stdout.read(&mut got).unwrap(), 0);
    assert!(get.wait().unwrap().success());
}

/// Fails if a process that is still there has ever had too much memory.
fn expect_little_memory(child: &Child) {
    let status = fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let most: usize = most.trim().trim_end_matches(" kB").parse().unwrap();
    assert!(most * 1024 < MEMORY_BYTES_MAX, "{most} KiB");
}
