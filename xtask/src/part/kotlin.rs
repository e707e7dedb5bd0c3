//! The Kotlin package and the command-line tool made of it, tested on the JVM by Maven, and the
//! scenarios.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::failures::Failures;
use crate::process;
use crate::scenario_files;
use crate::tally::Tally;
use crate::toolchain::maven::Maven;
use crate::toolchain::uniffi::{self, Profile};
use crate::workspace::Workspace;

/// The binding and what is made of it, as one Maven build.
const PROJECTS: &str = "bindings-swift-kotlin/kotlin/reactor.xml";

const SCENARIO_RUNNER: &str = "sealwood.conformance.RunnerKt";

pub(super) fn run(workspace: &Workspace, tally: &mut Tally) -> Result<()> {
    let maven = Maven::ensure(workspace)?;
    let build = Build::prepare(workspace, Profile::Dev)?;
    for reports in build.reports() {
        remove_if_present(&reports)?;
    }
    let mut failures = Failures::default();
    let mut tests = build.maven(workspace, &maven);
    let status = process::run_by_lines(tests.arg("test"), |line| {
        let line = String::from_utf8_lossy(line);
        failures.line(&line);
        writeln!(io::stdout(), "{line}")
    })?;
    for reports in build.reports() {
        let counts = counts_in(&reports)?;
        println!("{}", result_line(&counts));
        *tally += counts;
    }
    if !status.success() {
        // A test that failed is counted already; a build that failed is not.
        tally.failed = tally.failed.max(1);
        tally.failures.extend(failures.into_texts());
        tally.failures.push(format!("`{}` ended with {status}", process::describe(&tests)));
        return Ok(());
    }
    scenario_files::run(workspace, build.runner(workspace)?, tally)
}

/// The scenario runner, built; `scenario FILE...` and variables have to follow.
pub(crate) fn runner_command(workspace: &Workspace) -> Result<Command> {
    let maven = Maven::ensure(workspace)?;
    let build = Build::prepare(workspace, Profile::Dev)?;
    process::run(build.maven(workspace, &maven).arg("test-compile"))?;
    build.runner(workspace)
}

/// The jar of the package and that of the command-line tool, with the release build of the library
/// for this machine inside.
pub(crate) fn jars(workspace: &Workspace) -> Result<[PathBuf; 2]> {
    let maven = Maven::ensure(workspace)?;
    let build = Build::prepare(workspace, Profile::Release)?;
    process::run(build.maven(workspace, &maven).args(["-Dmaven.test.skip=true", "package"]))?;
    let version = env!("CARGO_PKG_VERSION");
    let package = build.binding.join(format!("sealwood-{version}.jar"));
    Ok([package, build.example.join("kotlin-cli.jar")])
}

/// The jar of the package alone.
pub(crate) fn jar(workspace: &Workspace) -> Result<PathBuf> {
    let [package, _] = jars(workspace)?;
    Ok(package)
}

/// Where Maven builds, with what the binding is made of in place.
struct Build {
    binding: PathBuf,
    example: PathBuf,
}

impl Build {
    /// Builds the library and writes the Kotlin layer over it.
    fn prepare(workspace: &Workspace, profile: Profile) -> Result<Self> {
        let top = workspace.target_directory().join("kotlin").join(profile.name());
        let build = Self { binding: top.join("sealwood"), example: top.join("kotlin-cli") };
        let library = uniffi::build_for(workspace, profile)?;
        library.generate(workspace, "kotlin", &build.binding.join("generated"))?;
        let native = build.binding.join("native").join(jna_platform()?);
        fs::create_dir_all(&native)
            .with_context(|| format!("cannot create {}", native.display()))?;
        let name = library.path().file_name().context("a library has a name")?;
        copy_if_newer(library.path(), &native.join(name))?;
        Ok(build)
    }

    fn maven(&self, workspace: &Workspace, maven: &Maven) -> Command {
        let mut command = maven.command(workspace, &workspace.root().join(PROJECTS));
        command.arg(format!("-Dsealwood.build={}", self.binding.display()));
        command.arg(format!("-Dsealwood.example.build={}", self.example.display()));
        command
    }

    /// The scenario runner, once Maven has compiled it.
    fn runner(&self, workspace: &Workspace) -> Result<Command> {
        let libraries = self.binding.join("classpath.txt");
        let libraries = fs::read_to_string(&libraries)
            .with_context(|| format!("cannot read {}", libraries.display()))?;
        let mut classpath = vec![self.binding.join("test-classes"), self.binding.join("classes")];
        classpath.extend(std::env::split_paths(libraries.trim()));
        let mut command = workspace.command("java");
        command.arg("-cp").arg(std::env::join_paths(classpath)?).arg(SCENARIO_RUNNER);
        Ok(command)
    }

    fn reports(&self) -> [PathBuf; 2] {
        [&self.binding, &self.example].map(|module| module.join("surefire-reports"))
    }
}

/// The directory in which JNA looks for the libraries of this machine.
pub(crate) fn jna_platform() -> Result<String> {
    let system = match std::env::consts::OS {
        "macos" => "darwin",
        "windows" => "win32",
        system => system,
    };
    let processor = match std::env::consts::ARCH {
        "x86_64" => "x86-64",
        "aarch64" => "aarch64",
        other => bail!("JNA's name for {other} is not known here"),
    };
    Ok(format!("{system}-{processor}"))
}

fn copy_if_newer(from: &Path, to: &Path) -> Result<()> {
    let modified = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    if modified(to).is_ok_and(|there| modified(from).is_ok_and(|built| built <= there)) {
        return Ok(());
    }
    fs::copy(from, to).with_context(|| format!("cannot write {}", to.display()))?;
    Ok(())
}

fn remove_if_present(directory: &Path) -> Result<()> {
    match fs::remove_dir_all(directory) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("cannot remove {}", directory.display()))
        }
        _ => Ok(()),
    }
}

/// What Maven's reports in `directory` say; nothing if it wrote none.
fn counts_in(directory: &Path) -> Result<Tally> {
    let mut tally = Tally::default();
    let Ok(entries) = fs::read_dir(directory) else { return Ok(tally) };
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|kind| kind == "xml") {
            let report = fs::read_to_string(&path)
                .with_context(|| format!("cannot read {}", path.display()))?;
            tally += counts(&report).with_context(|| format!("no counts in {}", path.display()))?;
        }
    }
    Ok(tally)
}

/// The counts in the first element of one report. A skipped test is a failed one: nothing is
/// skipped.
fn counts(report: &str) -> Option<Tally> {
    let (_, rest) = report.split_once("<testsuite ")?;
    let (attributes, _) = rest.split_once('>')?;
    let count = |name: &str| -> Option<u64> {
        let (_, value) = attributes.split_once(&format!(" {name}=\""))?;
        value.split_once('"')?.0.parse().ok()
    };
    let failed = count("failures")? + count("errors")? + count("skipped")?;
    Some(Tally::of(count("tests")?.checked_sub(failed)?, failed))
}

fn result_line(counts: &Tally) -> String {
    let word = if counts.failed == 0 { "ok" } else { "FAILED" };
    format!("test result: {word}. {} passed; {} failed; 0 ignored", counts.passed, counts.failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_counted() {
        let report = "<?xml version=\"1.0\"?>\n<testsuite xmlns:xsi=\"x\" name=\"sealwood.VaultTest\" \
                      time=\"1.5\" tests=\"7\" errors=\"1\" skipped=\"0\" failures=\"2\">\n<testcase/>";
        assert_eq!(counts(report), Some(Tally::of(4, 3)));
        assert_eq!(counts("<html>"), None);
    }

    #[test]
    fn the_line_is_one_that_is_counted() {
        let tally = Tally::of(4, 3);
        assert_eq!(Tally::from_result_line(&result_line(&tally)), Some(tally));
    }
}
