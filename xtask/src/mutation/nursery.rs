//! Where mutants live: a copy of the checkout, so that the checkout itself is never changed, with
//! a target directory of its own, so that no faulty build is taken for a good one.

use std::fs::{self, File};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;

use super::mutant::{Mutant, Test};
use crate::file_tree::FileTree;
use crate::process;
use crate::workspace::Workspace;

/// The copy. Only one program at a time holds it.
pub(super) struct Nursery {
    tree: PathBuf,
    target_directory: PathBuf,
    _lock: File,
}

/// A test binary, built.
pub(super) struct Binary {
    executable: PathBuf,
    package_directory: PathBuf,
}

impl Nursery {
    /// A copy of the checkout as it is, uncommitted changes included.
    pub(super) fn prepare(workspace: &Workspace) -> Result<Self> {
        let home = workspace.cache().root().join("mutants");
        fs::create_dir_all(&home).with_context(|| format!("cannot create {}", home.display()))?;
        let lock = File::create(home.join("lock"))?;
        lock.lock().with_context(|| format!("cannot lock {}", home.display()))?;
        let mut list = workspace.command("git");
        list.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"]);
        let mut files = FileTree::default();
        for path in process::read(&mut list)?.split_terminator('\0') {
            let from = workspace.root().join(path);
            if from.is_file() {
                files.add_copy(path, &from)?;
            }
        }
        let tree = home.join("tree");
        files.write(&tree)?;
        Ok(Self { tree, target_directory: home.join("target"), _lock: lock })
    }

    /// Does `work` while `mutant` is in the tree.
    pub(super) fn with<T>(&self, mutant: &Mutant, work: impl FnOnce() -> Result<T>) -> Result<T> {
        let path = self.tree.join(&mutant.file);
        let cannot = || format!("cannot change {}", path.display());
        let source = fs::read_to_string(&path).with_context(cannot)?;
        fs::write(&path, mutant.apply(&source)?).with_context(cannot)?;
        let done = work();
        fs::write(&path, source).with_context(cannot)?;
        done
    }

    /// Builds the binary of `test` from the tree as it stands.
    pub(super) fn build(&self, test: &Test) -> Result<Binary> {
        let mut command = Command::new("cargo");
        command.args(["test", "--quiet", "--locked", "--no-run", "--message-format", "json"]);
        command.args(["--package", &test.package, "--features", &test.features.join(",")]);
        match &test.binary {
            Some(name) => command.args(["--test", name]),
            None => command.arg("--lib"),
        };
        command.current_dir(&self.tree).stdin(Stdio::null()).stderr(Stdio::inherit());
        command.env("CARGO_TARGET_DIR", &self.target_directory).env("CARGO_INCREMENTAL", "1");
        let output = command.output().context("cannot start `cargo`")?;
        let said = String::from_utf8_lossy(&output.stdout);
        let messages = || said.lines().filter_map(|it| serde_json::from_str::<Message>(it).ok());
        if !output.status.success() {
            let errors = messages().filter_map(|it| it.message).filter(|it| it.level == "error");
            bail!("{}", errors.map(|it| it.rendered).collect::<String>());
        }
        let built = messages().find(|it| it.profile.as_ref().is_some_and(|it| it.test));
        let built = built.with_context(|| format!("{test:?} builds no test"))?;
        let manifest = built.manifest_path.context("no manifest")?;
        Ok(Binary {
            executable: built.executable.context("no executable")?,
            package_directory: manifest.parent().context("no package")?.to_owned(),
        })
    }
}

impl Binary {
    /// The binary, to be run as cargo would run it.
    pub(super) fn command(&self, filter: &str) -> Command {
        let mut command = Command::new(&self.executable);
        command.arg(filter).stdin(Stdio::null());
        command.current_dir(&self.package_directory);
        command.env("CARGO_MANIFEST_DIR", &self.package_directory);
        command
    }
}

/// What of cargo's messages is looked at.
#[derive(Deserialize)]
struct Message {
    message: Option<Diagnostic>,
    profile: Option<Profile>,
    executable: Option<PathBuf>,
    manifest_path: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Diagnostic {
    level: String,
    rendered: String,
}

#[derive(Deserialize)]
struct Profile {
    test: bool,
}
