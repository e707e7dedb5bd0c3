//! How rows are printed: JSON lines for tools, `name=value` for people.

use serde::Serialize;
use serde_json::Value;

/// Prints rows in the form the caller asked for.
pub(crate) struct Report {
    json: bool,
}

impl Report {
    /// A report of JSON lines, or of text.
    pub(crate) fn new(json: bool) -> Self {
        Report { json }
    }

    /// Prints one row: a struct of plain fields.
    pub(crate) fn row(&self, row: &impl Serialize) {
        // A row is a struct of strings and numbers; turning it into JSON can't fail.
        let value = serde_json::to_value(row).unwrap_or_default();
        println!("{}", if self.json { value.to_string() } else { text(&value) });
    }
}

fn text(row: &Value) -> String {
    let Value::Object(fields) = row else {
        return row.to_string();
    };
    let words: Vec<String> = fields
        .iter()
        .map(|(name, value)| match value {
            Value::String(word) => word.clone(),
            Value::Number(number) if number.is_f64() => {
                format!("{name}={:.3}", number.as_f64().unwrap_or(f64::NAN))
            }
            other => format!("{name}={other}"),
        })
        .collect();
    words.join("  ")
}
