//! Engines in a temporary directory, used by `sealwood engine`.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::drive::{Drive, Ran};

/// A directory with engines in it.
pub(crate) struct Engines {
    pub(crate) drive: Drive,
}

impl Engines {
    /// None yet.
    pub(crate) fn new() -> Self {
        Self { drive: Drive::without_vault() }
    }

    /// One, `a`, with these keys and values in the namespace `default`.
    pub(crate) fn with(rows: &[(&str, &str)]) -> Self {
        let engines = Self::new();
        for (key, value) in rows {
            engines.ok(&["put", "--create", "a", key, value]);
        }
        engines
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        self.drive.run(&[&["engine"], arguments].concat())
    }

    /// The same, which must succeed; returns what it printed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        self.drive.ok(&[&["engine"], arguments].concat())
    }

    /// The same with `--json`: the lines.
    pub(crate) fn json(&self, arguments: &[&str]) -> Vec<Value> {
        lines(&self.ok(&[arguments, &["--json"]].concat()))
    }

    /// The same as `run`, which must fail with this exit code and say this code.
    pub(crate) fn fails(&self, code: i32, name: &str, arguments: &[&str]) -> Ran {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.stderr);
        assert!(ran.stderr.contains(&format!("[{name}]")), "{arguments:?}: {}", ran.stderr);
        ran
    }

    /// Copies an engine that nobody has open.
    pub(crate) fn copy(&self, from: &str, to: &str) {
        for (path, bytes) in crate::drive::files_below(&self.drive.path(from)) {
            let target = self.drive.path(to).join(path);
            fs::create_dir_all(target.parent().unwrap()).unwrap();
            fs::write(target, bytes).unwrap();
        }
    }

    /// The files of a folder, in order.
    pub(crate) fn files(&self, folder: &str) -> Vec<PathBuf> {
        let entries = fs::read_dir(self.drive.path(folder)).unwrap();
        let mut files: Vec<_> = entries.map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }

    /// Flips a bit of every place in a folder's files where these bytes are; returns how many.
    pub(crate) fn flip(&self, folder: &str, bytes: &[u8]) -> usize {
        let mut flipped = 0;
        for file in self.files(folder) {
            let mut content = fs::read(&file).unwrap();
            let found = content.windows(bytes.len()).position(|window| window == bytes);
            if let Some(at) = found {
                content[at] ^= 1;
                fs::write(&file, content).unwrap();
                flipped += 1;
            }
        }
        flipped
    }
}

/// Each line as an object.
pub(crate) fn lines(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}
