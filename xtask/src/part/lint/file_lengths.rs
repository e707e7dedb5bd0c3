//! Whether every source file is short enough to have one idea.

use super::sources::{Lengths, Source};

/// Files of these kinds are looked at.
pub(super) const KINDS: [&str; 10] =
    ["rs", "js", "mjs", "cjs", "ts", "mts", "dart", "swift", "kt", "kts"];

/// More lines need a reason.
const LINES_MAX: usize = 500;

/// The files that are too long, and what `lengths` has of files that are not.
pub(super) fn faults(sources: &[Source], lengths: &Lengths) -> Vec<String> {
    let mut faults = Vec::new();
    for Source { path, text } in sources {
        let lines = text.lines().count();
        if lengths.generated.contains(path) {
            continue;
        }
        let longer = lengths.longer.iter().find(|longer| longer.file == *path);
        match longer {
            Some(_) if lines <= LINES_MAX => {
                faults.push(format!("{path} has {lines} lines and needs no leave to have more"));
            }
            Some(longer) if longer.reason.trim().is_empty() => {
                faults.push(format!("that {path} is longer has no reason"));
            }
            _ => {}
        }
        let lines_max = longer.map_or(LINES_MAX, |longer| longer.lines_max);
        if lines > lines_max {
            faults.push(format!("{path} has {lines} lines, more than {lines_max}"));
        }
    }
    let named = lengths.longer.iter().map(|longer| &longer.file).chain(&lengths.generated);
    let gone = named.filter(|file| !sources.iter().any(|source| source.path == **file));
    faults.extend(gone.map(|file| format!("{file} is named among long files and is not there")));
    faults
}

#[cfg(test)]
mod tests {
    use super::super::sources::Longer;
    use super::*;

    fn source(path: &str, lines: usize) -> Source {
        Source { path: path.into(), text: "\n".repeat(lines) }
    }

    fn lengths(file: &str, lines_max: usize, reason: &str) -> Lengths {
        let longer = Longer { file: file.into(), lines_max, reason: reason.into() };
        Lengths { generated: vec!["made.rs".into()], longer: vec![longer] }
    }

    #[test]
    fn a_file_that_grows_beyond_what_it_may_have_is_told() {
        let lengths = lengths("long.rs", 600, "why");
        let files =
            |a, long| [source("a.rs", a), source("long.rs", long), source("made.rs", 9_000)];
        assert!(faults(&files(500, 600), &lengths).is_empty());
        assert!(faults(&files(501, 600), &lengths)[0].contains("a.rs has 501 lines"));
        assert!(faults(&files(500, 601), &lengths)[0].contains("more than 600"));
    }

    #[test]
    fn an_exception_that_is_not_needed_is_told() {
        let made = || source("made.rs", 1);
        let not_long = faults(&[source("a.rs", 500), made()], &lengths("a.rs", 600, "why"));
        assert!(not_long[0].contains("needs no leave"));
        assert!(faults(&[made()], &lengths("a.rs", 600, "why"))[0].contains("not there"));
        let no_reason = faults(&[source("a.rs", 501), made()], &lengths("a.rs", 600, ""));
        assert!(no_reason[0].contains("no reason"));
    }
}
