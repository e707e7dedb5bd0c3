//! `sealwood engine verify`

use std::fmt;
use std::ops::ControlFlow;

use sealwood::engine::{Error, Finding, StateCheck, StateDifference, Verified};
use serde::Serialize;

use super::folder::{EngineFolder, OpenEngine};
use super::job;
use super::options::{SomeNamespaces, Writing};
use super::shown::{Form, Shown};
use crate::bytes_text::{count, size};
use crate::context::Context;
use crate::failure::{Failure, Result};
use crate::output::Meter;

#[derive(clap::Args)]
pub(super) struct Verify {
    /// The directory of the engine
    directory: EngineFolder,

    /// Read all rows of tracked namespaces too, and compare them with what was counted
    #[arg(long)]
    state: bool,

    /// Of a namespace whose rows differ, name so many keys of the buckets that do at most
    #[arg(long, value_name = "N", default_value_t = 100, requires = "state")]
    candidates: u64,

    #[command(flatten)]
    namespaces: SomeNamespaces,

    #[command(flatten)]
    writing: Writing,
}

enum Told {
    Finding(Finding),
    Candidate(Candidate),
    Checked(Checked),
    /// What ends the check of one namespace.
    Unchecked(Failure),
}

impl Verify {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        if !self.state && !self.namespaces.namespaces.is_empty() {
            let text = "all of an engine is verified: a namespace is chosen for --state alone";
            return Err(Failure::Usage(text.into()));
        }
        let meter = context.output.working("verifying");
        let (form, counter) = (self.writing.form(), meter.clone());
        let print = |told| {
            match told {
                Told::Finding(finding) => tell(context, finding, form),
                Told::Candidate(candidate) => context.output.emit(&candidate)?,
                Told::Unchecked(failure) => context.output.problem(&failure),
                Told::Checked(checked) => {
                    if let Some(place) = &checked.place {
                        context.output.problem(&Failure::StateDiffers {
                            place: place.to_string(),
                            namespace: checked.namespace.clone(),
                        });
                    }
                    context.output.emit(&checked)?;
                }
            }
            Ok(())
        };
        let verified = job::run(context, move |teller| self.verify(&counter, teller), print).await;
        meter.clear();
        context.output.emit(&verified?)
    }

    fn verify(self, meter: &Meter, teller: &job::Teller<Told>) -> Result<Sums> {
        let opened = self.directory.open_to_read()?;
        let names = opened.names(&self.namespaces.namespaces)?;
        let verified = opened.check(opened.engine.verify(&mut |finding| {
            match teller.tell(Told::Finding(finding)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(()),
            }
        }))?;
        let mut sums = Sums::from(verified);
        if self.state {
            for name in names {
                match self.check(&opened, &name, meter, teller) {
                    Ok(Some(checked)) => {
                        sums.add(&checked);
                        teller.tell(Told::Checked(checked))?;
                    }
                    Ok(None) => {}
                    Err(failure) if failure.is_damage() => {
                        sums.tracked += 1;
                        sums.unchecked += 1;
                        teller.tell(Told::Unchecked(failure))?;
                    }
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok(sums)
    }

    /// Reads all rows of a namespace; nothing if it is not tracked.
    fn check(
        &self,
        opened: &OpenEngine,
        name: &str,
        meter: &Meter,
        teller: &job::Teller<Told>,
    ) -> Result<Option<Checked>> {
        let failed = |error: Error| Failure::Engine { error, path: Some(name.to_owned()) };
        let namespace = opened.namespace(name)?;
        if namespace.tracked_state().map_err(failed)?.is_none() {
            return Ok(None);
        }
        let mut check = namespace.check_state().map_err(failed)?;
        while check.step().map_err(failed)? {
            let (read, all) = (check.rows(), count(check.rows_counted(), "row", "rows"));
            meter.name(&format!("{name}: {read} of {all}"));
        }
        let Some(StateDifference::Buckets(_)) = check.difference() else {
            return Ok(Some(Checked::of(name, &check, None)));
        };
        let (mut left, mut told) = (self.candidates, Ok(()));
        let walked = check.candidates(&mut |key| {
            if left > 0 {
                left -= 1;
                let (namespace, key) = (name.to_owned(), self.writing.form().key(key.to_vec()));
                told = teller.tell(Told::Candidate(Candidate { namespace, key, candidate: true }));
            }
            if told.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        told?;
        Ok(Some(Checked::of(name, &check, Some(walked.map_err(failed)?))))
    }
}

/// Reports damage as the failure that it is; what a crash leaves too is a note.
pub(super) fn tell(context: &Context, finding: Finding, form: Form) {
    if finding.kind.is_damage() {
        context.output.problem(&form.found(finding));
    } else {
        context.output.note(finding);
    }
}

/// A key of a bucket that differs.
#[derive(Serialize)]
struct Candidate {
    namespace: String,
    #[serde(flatten)]
    key: Shown<Vec<u8>>,
    candidate: bool,
}

/// What became of the check of a namespace.
#[derive(Serialize)]
struct Checked {
    namespace: String,
    /// Those that were read, and those that were counted before.
    rows: u64,
    rows_counted: u64,
    /// `same`, `differs`, or `backfilling`: not all rows are counted, so nothing is verified.
    state: &'static str,
    /// The buckets that differ, where there are any.
    #[serde(flatten)]
    place: Option<Place>,
    /// How many keys those have.
    #[serde(skip_serializing_if = "Option::is_none")]
    candidates: Option<u64>,
    /// Whether all rows there are were counted before, and so read now.
    is_whole: bool,
}

/// Where rows are others than were counted.
#[derive(Serialize)]
struct Place {
    buckets: Option<Vec<u8>>,
}

impl Checked {
    fn of(name: &str, check: &StateCheck, candidates: Option<u64>) -> Self {
        let place = check.difference().map(|difference| match difference {
            StateDifference::Buckets(buckets) => Place { buckets: Some(buckets) },
            _ => Place { buckets: None },
        });
        let is_whole = check.is_of_all_rows();
        let state = match &place {
            Some(_) => "differs",
            None if is_whole => "same",
            None => "backfilling",
        };
        Self {
            namespace: name.to_owned(),
            rows: check.rows(),
            rows_counted: check.rows_counted(),
            state,
            place,
            candidates,
            is_whole,
        }
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}, ", self.namespace, count(self.rows, "row", "rows"))?;
        match &self.place {
            Some(place) => {
                let counted = count(self.rows_counted, "row", "rows");
                write!(f, "others than the {counted} that were counted {place}")
            }
            None => f.write_str("as they were counted"),
        }?;
        if let Some(keys) = self.candidates {
            write!(f, ", among {}", count(keys, "key", "keys"))?;
        }
        if self.is_whole { Ok(()) } else { f.write_str("; the others are not counted yet") }
    }
}

impl fmt::Display for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "may be another than was counted: {}/{}", self.namespace, self.key)
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.buckets.as_deref() {
            None => f.write_str("somewhere"),
            Some(buckets) => {
                let numbers: Vec<String> = buckets.iter().map(u8::to_string).collect();
                let word = if buckets.len() == 1 { "bucket" } else { "buckets" };
                write!(f, "in {word} {}", numbers.join(", "))
            }
        }
    }
}

/// What was checked in all.
#[derive(Serialize)]
struct Sums {
    keys: u64,
    value_bytes: u64,
    findings: u64,
    /// Tracked namespaces that were looked at.
    tracked: u64,
    /// Those of them in which rows differ, and those that could not be read.
    differ: u64,
    unchecked: u64,
    /// Those of which not all rows are counted.
    backfilling: u64,
}

impl From<Verified> for Sums {
    fn from(verified: Verified) -> Self {
        let Verified { keys, value_bytes, findings } = verified;
        Self { keys, value_bytes, findings, tracked: 0, differ: 0, unchecked: 0, backfilling: 0 }
    }
}

impl Sums {
    fn add(&mut self, checked: &Checked) {
        self.tracked += 1;
        self.differ += u64::from(checked.place.is_some());
        self.backfilling += u64::from(!checked.is_whole);
    }
}

impl fmt::Display for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = count(self.keys, "key", "keys");
        write!(f, "{keys}, {}: ", size(self.value_bytes))?;
        match self.findings {
            0 => f.write_str("all is whole")?,
            some => write!(f, "{some} found")?,
        }
        if self.tracked > 0 {
            let tracked = count(self.tracked, "tracked namespace", "tracked namespaces");
            write!(f, "; {tracked}")?;
            if self.differ > 0 {
                write!(f, ", {} differ", self.differ)?;
            }
            if self.unchecked > 0 {
                write!(f, ", {} could not be read", self.unchecked)?;
            }
            if self.backfilling > 0 {
                write!(f, ", {} not counted yet", self.backfilling)?;
            }
        }
        Ok(())
    }
}
