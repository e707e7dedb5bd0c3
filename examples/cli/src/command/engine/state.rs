//! `sealwood engine state`

use std::fmt;

use sealwood::engine::TrackedState;
use sealwood::engine::lthash::{Detail, LtHash, State as Counted, Statistics};
use serde::Serialize;

use super::folder::EngineFolder;
use super::job;
use super::options::{SomeNamespaces, Writing};
use super::shown::{Form, Shown};
use crate::bytes_text::{count, size};
use crate::context::Context;
use crate::failure::Result;

#[derive(clap::Args)]
pub(super) struct State {
    /// The directory of the engine
    directory: EngineFolder,

    #[command(flatten)]
    namespaces: SomeNamespaces,

    #[command(flatten)]
    writing: Writing,
}

enum Told {
    Namespace(NamespaceState),
    Sum(Sum),
}

impl State {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        job::run(
            context,
            move |teller| self.look(teller),
            |told| match told {
                Told::Namespace(state) => context.output.emit(&state),
                Told::Sum(sum) => context.output.emit(&sum),
            },
        )
        .await
    }

    fn look(self, teller: &job::Teller<Told>) -> Result<()> {
        let form = self.writing.form();
        let opened = self.directory.open_to_read()?;
        let (mut sum, mut hash) = (Sum::default(), LtHash::identity());
        for name in opened.names(&self.namespaces.namespaces)? {
            let state = opened.check(opened.namespace(&name)?.tracked_state())?;
            if let Some(state) = &state {
                sum.tracked += 1;
                if let Ok(one) = state.partition.hash() {
                    hash.merge(one);
                    sum.add(state.partition.statistics().unwrap_or_default());
                }
            }
            teller.tell(Told::Namespace(NamespaceState::new(name, state, form)))?;
        }
        sum.checksum = hash.checksum().to_string();
        teller.tell(Told::Sum(sum))
    }
}

/// What is known of the rows of a namespace.
#[derive(Serialize)]
pub(super) struct NamespaceState {
    namespace: String,
    tracking: &'static str,
    #[serde(flatten)]
    known: Option<Known>,
}

#[derive(Serialize)]
struct Known {
    state: &'static str,
    /// The last key that is counted, while a backfill is under way.
    #[serde(flatten)]
    cursor: Option<Shown<Vec<u8>>>,
    revision: u64,
    /// Those that are counted.
    #[serde(flatten)]
    statistics: Option<Rows>,
    #[serde(skip_serializing_if = "Option::is_none")]
    checksum: Option<String>,
}

#[derive(Clone, Copy, Default, Serialize)]
struct Rows {
    rows: u64,
    bytes: u64,
}

/// The sum of the hashes of all namespaces that are valid.
#[derive(Default, Serialize)]
struct Sum {
    tracked: u64,
    valid: u64,
    #[serde(flatten)]
    statistics: Rows,
    checksum: String,
}

impl NamespaceState {
    pub(super) fn new(namespace: String, state: Option<TrackedState>, form: Form) -> Self {
        let tracking = match &state {
            None => "off",
            Some(state) => detail_name(state.partition.detail()),
        };
        Self { namespace, tracking, known: state.map(|state| Known::new(&state, form)) }
    }
}

impl Known {
    fn new(tracked: &TrackedState, form: Form) -> Self {
        let partition = &tracked.partition;
        let (state, cursor) = match partition.state() {
            Counted::Absent => ("absent", None),
            Counted::Backfilling { cursor } => ("backfilling", cursor.clone()),
            Counted::Valid => ("valid", None),
        };
        Self {
            state,
            cursor: cursor.map(|key| form.cursor(key)),
            revision: tracked.revision.get(),
            statistics: partition.statistics().map(Rows::from),
            checksum: partition.hash().ok().map(|hash| hash.checksum().to_string()),
        }
    }
}

impl From<Statistics> for Rows {
    fn from(statistics: Statistics) -> Self {
        Self { rows: statistics.rows, bytes: statistics.bytes }
    }
}

impl Sum {
    fn add(&mut self, statistics: Statistics) {
        self.valid += 1;
        self.statistics.rows += statistics.rows;
        self.statistics.bytes += statistics.bytes;
    }
}

fn detail_name(detail: Detail) -> &'static str {
    match detail {
        Detail::Whole => "whole",
        Detail::Buckets => "buckets",
    }
}

impl fmt::Display for NamespaceState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  tracking {}", self.namespace, self.tracking)?;
        let Some(known) = &self.known else { return Ok(()) };
        write!(f, "  {}", known.state)?;
        if let Some(cursor) = &known.cursor {
            write!(f, " up to {cursor}")?;
        }
        write!(f, "  revision {}", known.revision)?;
        if let Some(rows) = known.statistics {
            write!(f, "  {rows}")?;
        }
        known.checksum.iter().try_for_each(|checksum| write!(f, "  {checksum}"))
    }
}

impl fmt::Display for Rows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", count(self.rows, "row", "rows"), size(self.bytes))
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { tracked, valid, statistics, checksum } = self;
        write!(f, "(sum of {valid} of {tracked} tracked)  {statistics}  {checksum}")
    }
}
