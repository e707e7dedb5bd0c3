//! Rows as JSON lines for tools, or as a table for people.

use std::collections::BTreeMap;

use anyhow::Result;
use serde::Serialize;

use crate::conductor::Row;
use crate::metric::Metric;

/// One line of JSON: the medians beside the names, the extremes below `min` and `max`.
#[derive(Serialize)]
struct Line<'a> {
    bench: &'a str,
    engine: &'a str,
    #[serde(flatten)]
    medians: BTreeMap<Metric, f64>,
    min: BTreeMap<Metric, f64>,
    max: BTreeMap<Metric, f64>,
    rounds: usize,
    durability: &'a str,
}

/// Prints all rows.
pub(crate) fn print(rows: &[Row], json: bool) -> Result<()> {
    let mut bench = "";
    for row in rows {
        let line = Line::of(row);
        if json {
            println!("{}", serde_json::to_string(&line)?);
            continue;
        }
        if row.bench != bench {
            bench = &row.bench;
            println!("\n{bench}");
        }
        println!("  {:<19} {}", row.engine, line.text()?);
    }
    Ok(())
}

impl<'a> Line<'a> {
    fn of(row: &'a Row) -> Self {
        let each = |of: fn(&Row, Metric) -> Option<f64>| {
            let metrics = row.samples.keys();
            metrics.filter_map(|&metric| Some((metric, of(row, metric)?))).collect()
        };
        Line {
            bench: &row.bench,
            engine: row.engine,
            medians: each(Row::median),
            min: each(|row, metric| row.samples.get(&metric)?.iter().copied().reduce(f64::min)),
            max: each(|row, metric| row.samples.get(&metric)?.iter().copied().reduce(f64::max)),
            rounds: row.samples.values().map(Vec::len).max().unwrap_or(0),
            durability: row.durability,
        }
    }

    fn text(&self) -> Result<String> {
        let mut words = Vec::new();
        for (metric, &median) in &self.medians {
            let name = serde_json::to_value(metric)?;
            let name = name.as_str().unwrap_or_default();
            let extremes = match (self.min.get(metric), self.max.get(metric)) {
                (Some(min), Some(max)) if min < max => {
                    format!(" [{}..{}]", short(*min), short(*max))
                }
                _ => String::new(),
            };
            words.push(format!("{name}={}{extremes}", short(median)));
        }
        Ok(words.join("  "))
    }
}

/// Three or four digits, and a unit for large counts.
pub(crate) fn short(value: f64) -> String {
    match value.abs() {
        size if size >= 1e9 => format!("{:.2}G", value / 1e9),
        size if size >= 1e6 => format!("{:.2}M", value / 1e6),
        size if size >= 1e5 => format!("{:.0}k", value / 1e3),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_line_has_the_median_under_the_metrics_own_name() {
        let row = Row {
            bench: "get".into(),
            engine: "redb",
            durability: "fdatasync",
            samples: BTreeMap::from([(Metric::P50Us, vec![3.0, 1.0, 2.0])]),
        };
        let line = serde_json::to_value(Line::of(&row)).unwrap();
        assert_eq!(line["p50_us"], 2.0);
        assert_eq!(line["min"]["p50_us"], 1.0);
        assert_eq!(line["rounds"], 3);
        assert_eq!(Line::of(&row).text().unwrap(), "p50_us=2.000 [1.000..3.000]");
    }
}
