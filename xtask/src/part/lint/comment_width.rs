//! Whether comments of Rust are as narrow as its code: rustfmt leaves them as they are.

use super::sources::{Lengths, Source};

/// As `max_width` in `rustfmt.toml`.
const COLUMNS_MAX: usize = 100;

/// The lines that are wider, generated files excepted.
pub(super) fn faults(sources: &[Source], lengths: &Lengths) -> Vec<String> {
    let mut faults = Vec::new();
    for Source { path, text } in sources {
        if !path.ends_with(".rs") || lengths.generated.contains(path) {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            let columns = line.chars().count();
            if columns > COLUMNS_MAX && line.trim_start().starts_with("//") {
                let number = index + 1;
                faults.push(format!("{path}:{number} has {columns} columns of {COLUMNS_MAX}"));
            }
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_comments_of_rust_that_are_too_wide_are_told() {
        let comment = |columns: usize| format!("    // {}\n", "ä".repeat(columns - 7));
        let source = |path: &str, text: String| Source { path: path.into(), text };
        let sources = [
            source("a.rs", format!("{}{}", comment(100), comment(101))),
            source("b.rs", format!("let text = \"{}\";\n", "x".repeat(200))),
            source("c.js", comment(200)),
            source("made.rs", comment(200)),
        ];
        let lengths = Lengths { generated: vec!["made.rs".into()], longer: Vec::new() };
        assert_eq!(faults(&sources, &lengths), ["a.rs:2 has 101 columns of 100"]);
    }
}
