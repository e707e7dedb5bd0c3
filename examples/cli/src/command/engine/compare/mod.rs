//! `sealwood engine compare`

mod rows;

use std::collections::BTreeSet;
use std::fmt;
use std::ops::ControlFlow;

use sealwood::engine::{Compared, Error, Namespace, RowDifference};
use serde::Serialize;

use super::folder::{EngineFolder, OpenEngine, expect_names};
use super::job;
use super::options::{SomeNamespaces, Writing};
use super::shown::{Form, Shown};
use crate::bytes_text::count;
use crate::context::Context;
use crate::failure::{Failure, Result};

#[derive(clap::Args)]
pub(super) struct Compare {
    /// The directory of an engine
    first: EngineFolder,

    /// That of the other
    second: EngineFolder,

    #[command(flatten)]
    namespaces: SomeNamespaces,

    #[command(flatten)]
    writing: Writing,
}

enum Told {
    Row(Row),
    Namespace(Line),
    /// What ends the comparison of one namespace.
    Uncompared(Failure),
}

impl Compare {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let meter = context.output.working("comparing");
        let print = |told| match told {
            Told::Row(row) => {
                context.output.differs();
                context.output.emit(&row)
            }
            Told::Namespace(line) => {
                if !line.is_same() {
                    context.output.differs();
                }
                context.output.emit(&line)
            }
            Told::Uncompared(failure) => {
                context.output.problem(&failure);
                Ok(())
            }
        };
        let compared = job::run(context, move |teller| self.compare(teller), print).await;
        meter.clear();
        let sums = compared?;
        context.output.record(&sums)?;
        context.output.note(&sums);
        Ok(())
    }

    fn compare(self, teller: &job::Teller<Told>) -> Result<Sums> {
        let (first, second) = (self.first.open_to_read()?, self.second.open_to_read()?);
        let (ours, theirs) = (first.names(&[])?, second.names(&[])?);
        let all: BTreeSet<&String> = ours.iter().chain(&theirs).collect();
        let all: Vec<String> = all.into_iter().cloned().collect();
        let mut sums = Sums::default();
        for name in expect_names(&self.namespaces.namespaces, all)? {
            let outcome = match (ours.contains(&name), theirs.contains(&name)) {
                (true, false) => Line::of_one(&first, name, "only-first"),
                (false, _) => Line::of_one(&second, name, "only-second"),
                (true, true) => compare(&first, &second, name, self.writing.form(), teller),
            };
            match outcome {
                Ok(line) => {
                    *(if line.is_same() { &mut sums.same } else { &mut sums.differ }) += 1;
                    teller.tell(Told::Namespace(line))?;
                }
                Err(failure) if failure.is_damage() => {
                    sums.uncompared += 1;
                    teller.tell(Told::Uncompared(failure))?;
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(sums)
    }
}

/// Compares a namespace that both have.
fn compare(
    first: &OpenEngine,
    second: &OpenEngine,
    name: String,
    form: Form,
    teller: &job::Teller<Told>,
) -> Result<Line> {
    let (ours, theirs) = (first.namespace(&name)?, second.namespace(&name)?);
    let mut each = |difference| {
        let row = Row::new(&name, difference, form);
        match row.map_or(Ok(()), |row| teller.tell(Told::Row(row))) {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    };
    let failed = |error: Error| Failure::Engine { error, path: Some(name.clone()) };
    let is_hashed = has_hash(&ours).map_err(failed)? && has_hash(&theirs).map_err(failed)?;
    let (compared, by) = match is_hashed {
        true => (ours.compare(&theirs, &mut each), "hash"),
        false => (rows::compare(&ours, &theirs, &mut each), "rows"),
    };
    let Compared { differences, rows_read, .. } = compared.map_err(failed)?;
    let result = if differences == 0 { "same" } else { "differs" };
    let how = How { by, differences, rows_read };
    Ok(Line { namespace: name, result, how: Some(how), keys: None })
}

/// Whether all rows are counted.
fn has_hash(namespace: &Namespace) -> Result<bool, Error> {
    Ok(namespace.tracked_state()?.is_some_and(|state| state.partition.hash().is_ok()))
}

/// A row in which two namespaces differ.
#[derive(Serialize)]
struct Row {
    namespace: String,
    #[serde(flatten)]
    key: Shown<Vec<u8>>,
    difference: &'static str,
}

impl Row {
    /// None for a kind of difference that is not known here.
    fn new(namespace: &str, difference: RowDifference, form: Form) -> Option<Self> {
        let (key, difference) = match difference {
            RowDifference::OnlyFirst(key) => (key, "only-first"),
            RowDifference::OnlySecond(key) => (key, "only-second"),
            RowDifference::Value(key) => (key, "value"),
            _ => return None,
        };
        Some(Self { namespace: namespace.to_owned(), key: form.key(key), difference })
    }
}

/// What came of one namespace.
#[derive(Serialize)]
struct Line {
    namespace: String,
    result: &'static str,
    #[serde(flatten)]
    how: Option<How>,
    /// How many keys there are, where one engine alone has the namespace.
    #[serde(skip_serializing_if = "Option::is_none")]
    keys: Option<u64>,
}

#[derive(Serialize)]
struct How {
    /// Whether both sides have a hash of all rows; if not, all were read.
    by: &'static str,
    differences: u64,
    rows_read: u64,
}

impl Line {
    /// A namespace that one engine alone has.
    fn of_one(opened: &OpenEngine, namespace: String, result: &'static str) -> Result<Self> {
        let keys = opened.check(opened.namespace(&namespace)?.len())?;
        Ok(Self { namespace, result, how: None, keys: Some(keys) })
    }

    fn is_same(&self) -> bool {
        self.result == "same"
    }
}

/// How many namespaces are the same, and how many not.
#[derive(Default, Serialize)]
struct Sums {
    same: u64,
    differ: u64,
    /// Those of which something is damaged.
    uncompared: u64,
}

impl fmt::Display for Row {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self.difference {
            "only-first" => "only in the first",
            "only-second" => "only in the second",
            _ => "another value",
        };
        write!(f, "{what}: {}/{}", self.namespace, self.key)
    }
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.namespace)?;
        let keys = |number| count(number, "key", "keys");
        match (&self.how, self.keys) {
            (Some(How { differences: 0, by: "hash", .. }), _) => f.write_str("same hash"),
            (Some(How { differences: 0, .. }), _) => f.write_str("same rows"),
            (Some(how), _) => write!(f, "differs in {}", keys(how.differences)),
            (None, all) => {
                let which = if self.result == "only-first" { "first" } else { "second" };
                write!(f, "only in the {which}, {}", keys(all.unwrap_or_default()))
            }
        }
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let same = count(self.same, "namespace is the same", "namespaces are the same");
        write!(f, "{same}, {} not", self.differ)?;
        match self.uncompared {
            0 => Ok(()),
            some => write!(f, ", {some} could not be compared"),
        }
    }
}
