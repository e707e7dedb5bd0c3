//! Whether a program of the machine's own is recent enough.

use crate::process;
use crate::workspace::Workspace;

/// Whether `program` is on the PATH and `program --version` says `label`, then at least `minimum`.
pub(crate) fn on_path(
    workspace: &Workspace,
    program: &str,
    label: &str,
    minimum: (u32, u32),
) -> bool {
    let said = process::read(workspace.command(program).arg("--version"));
    said.is_ok_and(|text| version_after(&text, label).is_some_and(|version| version >= minimum))
}

/// The major and minor number that follow `label`.
fn version_after(text: &str, label: &str) -> Option<(u32, u32)> {
    let (_, rest) = text.split_once(label)?;
    let mut numbers = rest.split(|character: char| !character.is_ascii_digit());
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_the_programs_say() {
        let dart = "Dart SDK version: 3.13.0 (stable) on \"linux_x64\"";
        assert_eq!(version_after(dart, "Dart SDK version: "), Some((3, 13)));
        let swift = "Apple Swift version 6.2-dev (LLVM)";
        assert_eq!(version_after(swift, "Swift version "), Some((6, 2)));
        assert_eq!(version_after("command not found", "Swift version "), None);
    }
}
