//! The names of the Dart package beside those of Flutter.
//!
//! An app imports both as they are, and what both export is usable by neither name: so a package
//! for Flutter exports no `Row`. Dart's analysis says so of the program that is made here.

use std::fs;

use anyhow::{Result, ensure};

use crate::workspace::Workspace;

/// The program is analysed with the rest, and never run.
pub(crate) const PROGRAM: &str = "bindings-flutter/test/names/main.dart";
/// What the package exports.
const LIBRARY: &str = "bindings-flutter/lib/sealwood.dart";

/// A program that imports the package and Flutter, and names all that the package exports.
pub(crate) fn program(workspace: &Workspace) -> Result<String> {
    let library = fs::read_to_string(workspace.root().join(LIBRARY))?;
    let names = exported(&library);
    ensure!(!names.is_empty(), "{LIBRARY} exports nothing");
    Ok(format!(
        "// ignore_for_file: type=lint, unused_import, strict_raw_type\n\
         import 'package:flutter/cupertino.dart';\n\
         import 'package:flutter/material.dart';\n\
         import 'package:sealwood/sealwood.dart';\n\n\
         const List<Object> names = [{}];\n",
        names.join(", ")
    ))
}

/// The names that the exports of `library` show.
fn exported(library: &str) -> Vec<&str> {
    let exports = library.split("export '").skip(1).filter_map(|export| export.split_once(';'));
    let shown = exports.filter_map(|(export, _)| export.split_once("show"));
    shown.flat_map(|(_, names)| names.split(',').map(str::trim)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_is_exported() {
        let library = "/// It shows.\nlibrary;\n\nexport 'src/a.dart' show A;\n\
                       export 'src/b.dart'\n    show\n        B,\n        c;\n";
        assert_eq!(exported(library), ["A", "B", "c"]);
    }
}
