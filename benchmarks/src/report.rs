//! How rows are printed: JSON lines for tools, `name=value` for people.

use anyhow::Result;
use serde::Serialize;
use serde_json::{Map, Value};

/// Prints rows in the form the caller asked for.
pub(crate) struct Report {
    json: bool,
}

impl Report {
    /// A report of JSON lines, or of text.
    pub(crate) fn new(json: bool) -> Self {
        Report { json }
    }

    /// Prints one row: a struct of strings and numbers.
    pub(crate) fn row(&self, row: &impl Serialize) -> Result<()> {
        let line = serde_json::to_string(row)?;
        if self.json {
            println!("{line}");
        } else {
            println!("{}", text(&serde_json::from_str(&line)?));
        }
        Ok(())
    }
}

/// The strings of a row, which say what it is about, then its numbers by name.
fn text(row: &Map<String, Value>) -> String {
    let strings = row.values().filter_map(Value::as_str).map(str::to_owned);
    let numbers = row.iter().filter_map(|(name, value)| match value {
        Value::Number(number) if number.is_f64() => {
            Some(format!("{name}={:.3}", number.as_f64().unwrap_or(f64::NAN)))
        }
        Value::Number(number) => Some(format!("{name}={number}")),
        _ => None,
    });
    strings.chain(numbers).collect::<Vec<_>>().join("  ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn text_says_what_before_how_much() {
        let row = r#"{"bench":"seal","bytes":512,"gb_per_s":1.23456,"none":null,"peer":"ring"}"#;
        assert_eq!(
            text(&serde_json::from_str(row).unwrap()),
            "seal  ring  bytes=512  gb_per_s=1.235"
        );
    }
}
