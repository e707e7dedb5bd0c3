//! The browser that pages are tested in: the one `SEALWOOD_CHROMIUM` names, or Debian's.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use super::apt;
use crate::workspace::Workspace;

const DEBIAN: &str = "/usr/bin/chromium";

/// The variable that names a browser, for this program and for the tests' JavaScript.
pub(crate) const VARIABLE: &str = "SEALWOOD_CHROMIUM";

/// The executable of Chromium, installed if need be.
pub(crate) fn ensure(workspace: &Workspace) -> Result<PathBuf> {
    if let Some(path) = env::var_os(VARIABLE).map(PathBuf::from) {
        if !path.is_file() {
            bail!("{VARIABLE} names {}, which is no file", path.display());
        }
        return Ok(path);
    }
    if !Path::new(DEBIAN).exists() {
        apt::install(workspace, &["chromium"]).with_context(|| {
            format!("no Chromium: install one and name it in the variable {VARIABLE}")
        })?;
    }
    Ok(DEBIAN.into())
}
