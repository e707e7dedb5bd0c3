//! Files of scenarios, and the variables in them.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// What `${NAME}` stands for.
pub type Variables = BTreeMap<String, String>;

/// One scenario, variables filled in.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// What it shows.
    pub name: String,
    /// What is done, in order.
    pub steps: Vec<Map<String, Value>>,
}

/// The scenarios of the file at `path`.
pub fn read(path: &Path, variables: &Variables) -> Result<Vec<Scenario>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    parse(&text, variables).with_context(|| path.display().to_string())
}

/// The scenarios in a page of Markdown: those of its blocks that are JSON.
pub fn read_page(path: &Path) -> Result<Vec<Scenario>> {
    let text =
        std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let blocks = text.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    let scenarios = blocks.map(|block| parse(block, &Variables::new()));
    let scenarios: Vec<_> = scenarios.collect::<Result<_>>()?;
    Ok(scenarios.into_iter().flatten().collect())
}

fn parse(text: &str, variables: &Variables) -> Result<Vec<Scenario>> {
    match filled(serde_json::from_str(text)?, variables)? {
        Value::Array(scenarios) => scenarios.into_iter().map(scenario).collect(),
        one => Ok(vec![scenario(one)?]),
    }
}

fn scenario(document: Value) -> Result<Scenario> {
    let Value::Object(mut members) = document else { bail!("a scenario is an object") };
    let Some(Value::String(name)) = members.remove("name") else { bail!("a scenario has a name") };
    let Some(Value::Array(steps)) = members.remove("steps") else { bail!("{name}: no steps") };
    if let Some(other) = members.keys().next() {
        bail!("{name}: unknown member {other:?}");
    }
    let steps = steps.into_iter().map(|step| match step {
        Value::Object(step) => Ok(step),
        other => bail!("{name}: {other} is no step"),
    });
    let steps = steps.collect::<Result<_>>()?;
    Ok(Scenario { name, steps })
}

/// `value` with every variable in its strings and names of members replaced.
fn filled(value: Value, variables: &Variables) -> Result<Value> {
    Ok(match value {
        Value::String(text) => filled_text(&text, variables)?.into(),
        Value::Array(items) => {
            items.into_iter().map(|item| filled(item, variables)).collect::<Result<_>>()?
        }
        Value::Object(members) => {
            let members = members.into_iter();
            let filled = members.map(|(name, value)| {
                Ok((filled_text(&name, variables)?, filled(value, variables)?))
            });
            Value::Object(filled.collect::<Result<_>>()?)
        }
        other => other,
    })
}

fn filled_text(text: &str, variables: &Variables) -> Result<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, from)) = rest.split_once("${") {
        let (name, after) = from.split_once('}').context("a variable without its end")?;
        let value = variables.get(name).with_context(|| format!("no variable {name}"))?;
        out += before;
        out += value;
        rest = after;
    }
    Ok(out + rest)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::json;

    use super::*;

    #[test]
    fn variables_are_filled_in_everywhere_and_must_be_known() {
        let variables = Variables::from([("A".to_owned(), "x".to_owned())]);
        let document = json!({"${A}": ["a${A}b${A}", 1, "$A"]});
        assert_eq!(filled(document, &variables).unwrap(), json!({"x": ["axbx", 1, "$A"]}));
        assert!(filled(json!("${B}"), &variables).is_err());
    }

    #[test]
    fn a_scenario_has_a_name_and_steps_and_nothing_else() {
        assert!(scenario(json!({"name": "n", "steps": [{}]})).is_ok());
        assert!(scenario(json!({"name": "n", "steps": [{}], "only": true})).is_err());
        assert!(scenario(json!({"name": "n", "steps": [1]})).is_err());
        assert!(scenario(json!({"steps": []})).is_err());
    }
}
