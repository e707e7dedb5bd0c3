//! What a wasm32 binary asks of its host.
//!
//! Everything the core needs from JavaScript goes through wasm-bindgen. Any other import, `env`
//! above all, is a function that nobody will provide: a C library that was linked by name only.

use std::path::Path;

use anyhow::{Context, Result, bail};
use wasmparser::{Parser, Payload};

/// The modules whose functions wasm-bindgen replaces after linking.
const MODULES: [&str; 2] = ["__wbindgen_placeholder__", "__wbindgen_externref_xform__"];

/// Fails if the binary at `path` imports anything from outside wasm-bindgen's modules.
pub(crate) fn check(path: &Path) -> Result<()> {
    let wasm = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let foreign = foreign_imports(&wasm)
        .with_context(|| format!("{} is not a wasm binary", path.display()))?;
    if !foreign.is_empty() {
        bail!("imports that nobody provides: {}", foreign.join(", "));
    }
    Ok(())
}

fn foreign_imports(wasm: &[u8]) -> Result<Vec<String>> {
    let mut foreign = Vec::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let Payload::ImportSection(imports) = payload? else { continue };
        for import in imports.into_imports() {
            let import = import?;
            if !MODULES.contains(&import.module) {
                foreign.push(format!("{}::{}", import.module, import.name));
            }
        }
    }
    Ok(foreign)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// A binary that imports one function without parameters, `module::go`.
    fn importing(module: &str) -> Vec<u8> {
        let mut entry = vec![1, module.len() as u8];
        entry.extend(module.bytes());
        entry.extend(b"\x02go\x00\x00");
        let mut wasm = b"\0asm\x01\0\0\0\x01\x04\x01\x60\0\0\x02".to_vec();
        wasm.push(entry.len() as u8);
        wasm.extend(entry);
        wasm
    }

    #[test]
    fn only_wasm_bindgen_may_be_imported_from() {
        assert!(foreign_imports(&importing(MODULES[0])).unwrap().is_empty());
        assert_eq!(foreign_imports(&importing("env")).unwrap(), ["env::go"]);
        assert!(foreign_imports(b"\x7fELF").is_err());
    }
}
