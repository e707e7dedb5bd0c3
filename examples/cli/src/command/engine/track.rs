//! `sealwood engine track` and `untrack`

use clap::ValueEnum;
use sealwood::engine::Tracking;

use super::folder::EngineFolder;
use super::job;
use super::options::OneNamespace;
use super::shown::Form;
use super::state::NamespaceState;
use crate::context::Context;
use crate::failure::Result;

#[derive(clap::Args)]
pub(super) struct Track {
    /// The directory of the engine
    directory: EngineFolder,

    /// How closely rows are hashed
    #[arg(long, value_enum, default_value_t = Detail::Buckets)]
    detail: Detail,

    #[command(flatten)]
    namespace: OneNamespace,
}

#[derive(clap::Args)]
pub(super) struct Untrack {
    /// The directory of the engine
    directory: EngineFolder,

    #[command(flatten)]
    namespace: OneNamespace,
}

#[derive(Clone, Copy, ValueEnum)]
enum Detail {
    /// One hash of all rows: 2 KiB
    Whole,
    /// One for each of 256 buckets of keys, of which those with rows take 2 KiB: one row in 256 is
    /// read to find a difference
    Buckets,
}

impl Track {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let Self { directory, detail, namespace } = self;
        let tracking = match detail {
            Detail::Whole => Tracking::Whole,
            Detail::Buckets => Tracking::Buckets,
        };
        track(context, directory, namespace.namespace, tracking).await
    }
}

impl Untrack {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let Self { directory, namespace } = self;
        track(context, directory, namespace.namespace, Tracking::Off).await
    }
}

/// Has a namespace tracked from now on, or no more, and counts the rows that are there.
async fn track(
    context: &Context,
    directory: EngineFolder,
    name: String,
    tracking: Tracking,
) -> Result<()> {
    let meter = context.output.working("counting rows");
    let work = move |teller: &job::Teller<NamespaceState>| {
        let opened = directory.open_to_change()?;
        let outcome = (|| {
            let namespace = opened.namespace(&name)?;
            opened.check(namespace.track(tracking))?;
            opened.check(namespace.backfill())?;
            opened.check(namespace.tracked_state())
        })();
        let state = opened.close_after(outcome)?;
        teller.tell(NamespaceState::new(name, state, Form::Text))
    };
    let tracked = job::run(context, work, |state| context.output.emit(&state)).await;
    meter.clear();
    tracked
}
