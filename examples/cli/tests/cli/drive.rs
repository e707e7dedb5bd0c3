//! A vault in a temporary directory and the program to use it with.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tempfile::TempDir;

/// A directory with a vault, `vault`, a root secret that opens it, `secret`, and room for files.
pub(crate) struct Drive {
    directory: TempDir,
    /// Where the vault is.
    address: &'static str,
}

/// What a run of the program left.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Drive {
    /// A new vault.
    pub(crate) fn new() -> Self {
        Self::at("vault")
    }

    /// A new vault at an address.
    pub(crate) fn at(address: &'static str) -> Self {
        let drive = Self { address, ..Self::without_vault() };
        drive.ok(&["init"]);
        drive
    }

    pub(crate) fn without_vault() -> Self {
        Self { directory: tempfile::tempdir().unwrap(), address: "vault" }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    /// Writes a local file, and the folders above it.
    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.path(name)).unwrap()
    }

    /// The program in the directory, with the vault in its environment and nothing else of ours.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sealwood"));
        command.current_dir(self.directory.path()).stdin(Stdio::null());
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("SEALWOOD_") {
                command.env_remove(name);
            }
        }
        command.env("SEALWOOD_VAULT", self.address);
        command
    }

    /// Runs the program with the root secret.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command().args(["--secret-file", "secret"]).args(arguments))
    }

    /// The same by way of another program, which gets the command line as its last arguments.
    pub(crate) fn run_by(&self, wrapper: &[&str], arguments: &[&str]) -> Ran {
        let program = self.command();
        let mut outer = Command::new(wrapper[0]);
        outer.args(&wrapper[1..]).arg(program.get_program());
        outer.args(["--secret-file", "secret"]).args(arguments).stdin(Stdio::null());
        outer.current_dir(self.directory.path());
        for (name, value) in program.get_envs() {
            match value {
                Some(value) => outer.env(name, value),
                None => outer.env_remove(name),
            };
        }
        Ran::of(&mut outer)
    }

    /// The same among mounts of its own, which `script` makes; `"$@"` runs the program.
    #[cfg(target_os = "linux")]
    pub(crate) fn run_among_mounts(&self, script: &str, arguments: &[&str]) -> Ran {
        let shell = ["unshare", "--map-root-user", "--mount", "sh", "-ec", script, "sh"];
        self.run_by(&shell, arguments)
    }

    /// The same as somebody who may do no more than the modes of files say.
    #[cfg(unix)]
    pub(crate) fn run_as_nobody(&self, arguments: &[&str]) -> Ran {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        if self.directory.path().metadata().unwrap().uid() != 0 {
            return self.run(arguments);
        }
        for (name, mode) in [(".", 0o755), ("secret", 0o644)] {
            fs::set_permissions(self.path(name), fs::Permissions::from_mode(mode)).unwrap();
        }
        let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
        self.run_by(&nobody, arguments)
    }

    /// The same, which must succeed; returns what it printed.
    pub(crate) fn ok(&self, arguments: &[&str]) -> String {
        let ran = self.run(arguments);
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.stderr);
        String::from_utf8(ran.stdout).unwrap()
    }

    /// The paths of all entries, as `ls -R` prints them.
    pub(crate) fn entries(&self) -> Vec<String> {
        self.ok(&["ls", "-R"]).lines().map(str::to_owned).collect()
    }
}

impl Ran {
    /// The last line of a run with `--json`, which has the sums.
    pub(crate) fn totals(&self) -> serde_json::Value {
        let text = std::str::from_utf8(&self.stdout).unwrap();
        serde_json::from_str(text.lines().last().unwrap()).unwrap()
    }

    pub(crate) fn of(command: &mut Command) -> Self {
        let output = command.output().unwrap();
        Self {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

/// The files below a folder, with their contents, by path.
pub(crate) fn files_below(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut files: Vec<_> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(|entry| entry.unwrap())
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| {
            let path = entry.path().strip_prefix(folder).unwrap().to_owned();
            (path, fs::read(entry.path()).unwrap())
        })
        .collect();
    files.sort();
    files
}

/// Bytes without a pattern that repeats, the same each time.
pub(crate) fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        (state >> 56) as u8
    };
    std::iter::repeat_with(next).take(length).collect()
}

/// Waits until every later change of what is below a folder shows in its times: some file systems
/// count them in steps of two seconds.
#[cfg(unix)]
pub(crate) fn let_settle(folder: &Path) {
    use std::os::unix::fs::MetadataExt;
    let changes = walkdir::WalkDir::new(folder).into_iter();
    let newest = changes.map(|entry| entry.unwrap().metadata().unwrap().ctime()).max().unwrap();
    let settled = UNIX_EPOCH + Duration::from_secs(u64::try_from(newest).unwrap() + 4);
    while let Ok(left) = settled.duration_since(SystemTime::now()) {
        std::thread::sleep(left);
    }
}
