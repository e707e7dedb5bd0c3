//! RocksDB as Debian builds it. The copy that its crate brings takes a quarter of an hour to
//! compile.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use super::apt;
use crate::process;
use crate::workspace::Workspace;

/// The library with its headers, and what the crate reads the headers with.
const DEBIAN_PACKAGES: [&str; 2] = ["librocksdb-dev", "libclang-dev"];

const LIBRARY_VARIABLE: &str = "ROCKSDB_LIB_DIR";
const HEADERS_VARIABLE: &str = "ROCKSDB_INCLUDE_DIR";

/// An installed library.
pub(crate) struct RocksDb {
    library_directory: PathBuf,
    headers_directory: PathBuf,
}

impl RocksDb {
    /// The library, installed if need be; the one that variables name where they are set.
    pub(crate) fn ensure(workspace: &Workspace) -> Result<Self> {
        if let (Some(library), Some(headers)) =
            (env::var_os(LIBRARY_VARIABLE), env::var_os(HEADERS_VARIABLE))
        {
            return Ok(Self {
                library_directory: library.into(),
                headers_directory: headers.into(),
            });
        }
        apt::install(workspace, &DEBIAN_PACKAGES).with_context(|| {
            format!(
                "the benchmark runs beside RocksDB 7.8: install it and libclang, and set \
                 {LIBRARY_VARIABLE} and {HEADERS_VARIABLE}, or leave it out by `--without rocksdb`"
            )
        })?;
        let mut query = workspace.command("dpkg-query");
        let files = process::read(query.args(["--listfiles", DEBIAN_PACKAGES[0]]))?;
        let directory_of = |name: &str| {
            let file = files.lines().map(Path::new).find(|file| file.ends_with(name));
            let parents = name.split('/').count();
            file.and_then(|file| file.ancestors().nth(parents))
                .map(Path::to_owned)
                .with_context(|| format!("{} has no {name}", DEBIAN_PACKAGES[0]))
        };
        Ok(Self {
            library_directory: directory_of("librocksdb.so")?,
            headers_directory: directory_of("rocksdb/c.h")?,
        })
    }

    /// Tells the crate's build where the library is.
    pub(crate) fn tell(&self, command: &mut Command) {
        command.env(LIBRARY_VARIABLE, &self.library_directory);
        command.env(HEADERS_VARIABLE, &self.headers_directory);
    }
}
