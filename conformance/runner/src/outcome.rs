//! What a step gives, and whether that is what the scenario says.

use bytes::Bytes;
use sealwood::vault::{EntryInfo, EntryKind, VaultStats};
use sealwood::{Error, blob::ObjectPage};
use serde_json::{Value, json};

use crate::content;

/// What a step gives.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// Nothing that could be compared.
    Nothing,
    /// Bytes.
    Content(Bytes),
    /// A value; of an object, the members that are expected are compared.
    Value(Value),
    /// The paths of a listing in no particular order.
    Paths(Vec<String>),
}

impl From<Bytes> for Outcome {
    fn from(bytes: Bytes) -> Self {
        Self::Content(bytes)
    }
}

impl From<bool> for Outcome {
    fn from(value: bool) -> Self {
        Self::Value(value.into())
    }
}

impl From<&str> for Outcome {
    fn from(text: &str) -> Self {
        Self::Value(text.into())
    }
}

impl From<EntryInfo> for Outcome {
    fn from(entry: EntryInfo) -> Self {
        let kind = match entry.kind {
            EntryKind::File => "file",
            EntryKind::Directory => "directory",
        };
        Self::Value(json!({
            "path": entry.path.as_str(),
            "name": entry.name(),
            "kind": kind,
            "size": entry.size,
            "modifiedMs": entry.modified_ms,
            "contentType": entry.content_type,
            "metadata": entry.metadata,
        }))
    }
}

impl From<VaultStats> for Outcome {
    fn from(stats: VaultStats) -> Self {
        let written = stats.written;
        Self::Value(json!({
            "sequence": stats.sequence,
            "tailOperations": stats.tail_operations,
            "chunkBytes": stats.chunk_bytes,
            "convergence": stats.convergence.as_str(),
            "futureCommitMs": stats.future_commit_ms,
            "indexRequests": written.index_requests,
            "indexBytes": written.index_bytes,
            "contentRequests": written.content_requests,
            "contentBytes": written.content_bytes,
            "commits": written.commits,
            "spills": written.spills,
            "conflicts": written.conflicts,
        }))
    }
}

impl From<&ObjectPage> for Outcome {
    fn from(page: &ObjectPage) -> Self {
        let keys: Vec<_> = page.objects.iter().map(|object| object.key.as_str()).collect();
        Self::Value(json!({"count": keys.len(), "keys": keys, "next": page.next}))
    }
}

impl Outcome {
    /// Nothing if this is what `expect` says, else what is not.
    pub(crate) fn compare(self, expect: Option<&Value>) -> Result<(), String> {
        let Some(expect) = expect else { return Ok(()) };
        match self {
            Outcome::Nothing => Err(format!("the step gives nothing, expected {expect}")),
            Outcome::Content(bytes) => {
                let expected = content::bytes(expect)?;
                if bytes == expected {
                    return Ok(());
                }
                let (expected, came) = (content::shown(&expected), content::shown(&bytes));
                Err(format!("expected {expected}, came {came}"))
            }
            Outcome::Paths(mut paths) => {
                paths.sort();
                same(&paths_of(expect)?.into(), &paths.into())
            }
            Outcome::Value(value) => match (expect.as_object(), value.as_object()) {
                (Some(expected), Some(members)) => {
                    expected.iter().try_for_each(|(name, expected)| {
                        let member = members.get(name);
                        let member = member.ok_or_else(|| format!("nothing is called {name:?}"))?;
                        same(expected, member).map_err(|what| format!("{name}: {what}"))
                    })
                }
                _ => same(expect, &value),
            },
        }
    }
}

/// Nothing if `error` is what `expected` says, else what is not.
pub(crate) fn compare_error(error: &Error, expected: &Value) -> Result<(), String> {
    let members = expected.as_object().ok_or("\"error\" is no object")?;
    if !members.contains_key("code") {
        return Err("\"error\" has no code".into());
    }
    members.iter().try_for_each(|(name, expected)| match name.as_str() {
        "code" => same(expected, &error.code().into()),
        "path" => same(expected, &json!(error.path().map(|path| path.as_str()))),
        _ => Err(format!("nothing of an error is called {name:?}")),
    })
}

fn paths_of(expect: &Value) -> Result<Vec<String>, String> {
    let wrong = || format!("not a set of paths: {expect}");
    let members = expect.as_object().filter(|members| members.len() == 1).ok_or_else(wrong)?;
    let paths = members.get("paths").and_then(Value::as_array).ok_or_else(wrong)?;
    let paths = paths.iter().map(|path| path.as_str().map(str::to_owned).ok_or_else(wrong));
    let mut paths = paths.collect::<Result<Vec<_>, _>>()?;
    paths.sort();
    Ok(paths)
}

fn same(expected: &Value, came: &Value) -> Result<(), String> {
    if expected == came { Ok(()) } else { Err(format!("expected {expected}, came {came}")) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn members_that_are_expected_are_compared_and_must_exist() {
        let outcome = || Outcome::Value(json!({"size": 1, "contentType": null}));
        assert!(outcome().compare(Some(&json!({"size": 1}))).is_ok());
        assert!(outcome().compare(Some(&json!({"contentType": null}))).is_ok());
        assert!(outcome().compare(Some(&json!({"size": 2}))).is_err());
        assert!(outcome().compare(Some(&json!({"sise": null}))).is_err());
        assert!(Outcome::Nothing.compare(Some(&Value::Null)).is_err());
    }

    #[test]
    fn paths_are_a_set_without_repetition() {
        let paths =
            |paths: &[&str]| Outcome::Paths(paths.iter().map(|&path| path.into()).collect());
        let expect = json!({"paths": ["b", "a"]});
        assert!(paths(&["a", "b"]).compare(Some(&expect)).is_ok());
        assert!(paths(&["a", "b", "b"]).compare(Some(&expect)).is_err());
    }

    #[test]
    fn an_error_has_a_code_and_perhaps_a_path() {
        assert!(compare_error(&Error::Closed, &json!({"code": "closed"})).is_ok());
        assert!(compare_error(&Error::Closed, &json!({"code": "closed", "path": null})).is_ok());
        assert!(compare_error(&Error::Closed, &json!({"code": "closed", "path": "a"})).is_err());
        assert!(compare_error(&Error::Closed, &json!({"code": "cancelled"})).is_err());
        assert!(compare_error(&Error::Closed, &json!({})).is_err());
    }
}
