//! Who could do what with whose vault or engine.

use std::collections::BTreeMap;
use std::fmt;

/// A row for each owner, a column for each guest.
pub(super) struct Table<'a> {
    /// What is owned.
    matter: &'static str,
    languages: &'a [&'static str],
    failures: BTreeMap<(String, String), Vec<&'static str>>,
}

impl<'a> Table<'a> {
    /// A table without failures.
    pub(super) fn new(matter: &'static str, languages: &'a [&'static str]) -> Self {
        Self { matter, languages, failures: BTreeMap::new() }
    }

    /// Notes in which phase a cell failed.
    pub(super) fn failed(&mut self, owner: &str, guest: &str, phase: &'static str) {
        self.failures.entry((owner.to_owned(), guest.to_owned())).or_default().push(phase);
    }

    fn cell(&self, owner: &str, guest: &str) -> String {
        let failures = self.failures.get(&(owner.to_owned(), guest.to_owned()));
        failures.map_or_else(|| "ok".to_owned(), |phases| format!("no {}", phases.join(", no ")))
    }
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = |owner| self.languages.iter().map(move |guest| self.cell(owner, guest));
        let contents = self.languages.iter().flat_map(|owner| cells(owner)).map(|cell| cell.len());
        let names = self.languages.iter().map(|name| name.len());
        let width = names.chain(contents).max().unwrap_or(0);
        let corner = format!("{} of", self.matter);
        let first = corner.len().max(width);
        write!(f, "{corner:first$}")?;
        for guest in self.languages {
            write!(f, "  {guest:width$}")?;
        }
        for owner in self.languages {
            write!(f, "\n{owner:first$}")?;
            for cell in cells(owner) {
                write!(f, "  {cell:width$}")?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_says_what_failed() {
        let mut table = Table::new("vault", &["js", "dart"]);
        table.failed("js", "dart", "read");
        table.failed("js", "dart", "reread");
        let expected = "vault of            js                  dart              \n\
                        js                  ok                  no read, no reread\n\
                        dart                ok                  ok                ";
        let shown = table.to_string();
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(words(&shown), words(expected));
        assert_eq!(shown.lines().count(), 3);
    }
}
