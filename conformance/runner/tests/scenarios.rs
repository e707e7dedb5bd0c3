//! Every scenario of `conformance/scenarios` and `conformance/engine`, of their READMEs, and of
//! those of directories, each counted as one test. Arguments that are no options select those whose
//! names contain one of them.

use std::io::stdout;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use sealwood_conformance::{Report, Variables, read, read_page};

fn main() -> anyhow::Result<ExitCode> {
    let wanted: Vec<_> = std::env::args().skip(1).filter(|word| !word.starts_with('-')).collect();
    let conformance = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut scenarios = Vec::new();
    for directory in ["scenarios", "engine"] {
        let directory = conformance.join(directory);
        scenarios.extend(read_page(&directory.join("README.md"))?);
        for file in files(&directory)? {
            scenarios.extend(read(&file, &Variables::new())?);
        }
    }
    let local = tempfile::tempdir()?;
    let variables = Variables::from([("DIRECTORY".to_owned(), local.path().display().to_string())]);
    for file in ["local/stores.json", "engine/directory/opening.json"] {
        scenarios.extend(read(&conformance.join(file), &variables)?);
    }
    let mut report = Report::default();
    for scenario in scenarios {
        if wanted.is_empty() || wanted.iter().any(|word| scenario.name.contains(word)) {
            report.add(&scenario, &mut stdout())?;
        }
    }
    report.finish(&mut stdout())?;
    Ok(if report.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The files of scenarios in a directory, in order.
fn files(directory: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for file in std::fs::read_dir(directory)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}
