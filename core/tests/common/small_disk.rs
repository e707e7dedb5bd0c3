//! A disk that is soon full.

use std::path::PathBuf;
use std::process::Command;

/// Names the disk to the process that a test runs itself in.
const DISK_VARIABLE: &str = "SEALWOOD_TEST_DISK";

/// A disk of `size`, as `mount` takes it, in a namespace of its own: for the process in which the
/// ignored test of this whole name is run again; none for who waited for that.
pub fn on_small_disk(size: &str, test: &str) -> Option<PathBuf> {
    if let Some(root) = std::env::var_os(DISK_VARIABLE) {
        return Some(root.into());
    }
    let disk = tempfile::tempdir().unwrap();
    let script = r#"mount -t tmpfs -o size="$4" tmpfs "$1" && exec "$2" --ignored --exact "$3""#;
    let output = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount", "sh", "-ec", script, "sh"])
        .args([disk.path(), &std::env::current_exe().unwrap()])
        .args([test, size])
        .env(DISK_VARIABLE, disk.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains(" 1 passed;"), "{test}: {output:?}");
    None
}
