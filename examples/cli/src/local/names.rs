//! Which names of a vault may become names of local files.
//!
//! A name in a vault is never `.`, `..` or empty and holds no `/`, so on Unix every name is one
//! path segment. Windows gives a meaning to more of them; there such a name could reach outside
//! the folder it was meant for, a device, or a hidden stream of another file.

use std::path::Path;

use crate::failure::{Failure, Result};

/// Fails if a file below `folder` must not have this name on this system.
pub(crate) fn check_local_name(folder: &Path, name: &str) -> Result<()> {
    let is_safe = is_one_segment(name) && (cfg!(not(windows)) || is_safe_on_windows(name));
    if is_safe {
        return Ok(());
    }
    Err(Failure::LocalRefused {
        code: "local-name",
        reason: "no file of this system can have that name",
        path: folder.join(name.replace(['/', '\\'], "_")),
    })
}

fn is_one_segment(name: &str) -> bool {
    !matches!(name, "" | "." | "..") && !name.contains(['/', '\0'])
}

fn is_safe_on_windows(name: &str) -> bool {
    const RESERVED: [&str; 6] = ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"];
    let is_plain = |char: char| !char.is_control() && !r#"\/:*?"<>|"#.contains(char);
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_uppercase();
    let is_port = ["COM", "LPT"].iter().any(|port| {
        let rest = stem.strip_prefix(port).unwrap_or_default();
        matches!(rest.chars().next(), Some('0'..='9' | '\u{b9}' | '\u{b2}' | '\u{b3}'))
            && rest.chars().count() == 1
    });
    name.chars().all(is_plain)
        && !name.ends_with(['.', ' '])
        && !RESERVED.contains(&stem.as_str())
        && !is_port
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_that_are_more_than_one_name_are_refused_everywhere() {
        for name in ["", ".", "..", "a/b", "/a", "a\0"] {
            assert!(check_local_name(Path::new("t"), name).is_err(), "{name:?}");
        }
        for name in ["a", "...", ".a", "a b", "-rf", "caf\u{e9}"] {
            assert!(check_local_name(Path::new("t"), name).is_ok(), "{name:?}");
        }
    }

    #[test]
    fn names_with_a_meaning_of_their_own_are_refused_on_windows() {
        for name in [
            r"..\a", r"\a", "C:", "C:a", "a:b", "a.", "a ", "a?", "a\n", "NUL", "nul.txt", "com1",
            "LPT9.x", "aux .c",
        ] {
            assert!(!is_safe_on_windows(name), "{name:?}");
        }
        for name in ["a", ".a", "a.b", "null", "com", "com10", "conx", "caf\u{e9}"] {
            assert!(is_safe_on_windows(name), "{name:?}");
        }
    }
}
