//! `sealwood engine salvage`

use std::fmt;
use std::ops::ControlFlow;

use sealwood::engine::{
    Certainty, Durability, Engine, Error, Finding, Precondition, PutOptions, Salvaged, SalvagedKey,
};
use serde::Serialize;

use super::folder::{EngineFolder, OpenEngine};
use super::job;
use super::options::Writing;
use super::shown::{Form, Shown};
use super::verify::tell;
use crate::bytes_text::{count, size};
use crate::context::Context;
use crate::failure::Result;
use crate::output::Meter;

/// Longer values are copied in pieces, in bytes.
const WHOLE_BYTES_MAX: u64 = 1 << 20;

#[derive(clap::Args)]
pub(super) struct Salvage {
    /// The directory of the damaged engine; nothing in it is changed
    directory: EngineFolder,

    /// Where to make an engine of what is whole; it must hold nothing yet
    target: EngineFolder,

    #[command(flatten)]
    writing: Writing,
}

enum Told {
    Finding(Finding),
    Uncertain(Uncertain),
}

impl Salvage {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let meter = context.output.working("salvaging");
        let (form, counter) = (self.writing.form(), meter.clone());
        let print = |told| match told {
            Told::Finding(finding) => {
                tell(context, finding, form);
                Ok(())
            }
            Told::Uncertain(key) => context.output.emit(&key),
        };
        let saved = job::run(context, move |teller| self.salvage(&counter, teller), print).await;
        meter.clear();
        context.output.emit(&saved?)
    }

    fn salvage(self, meter: &Meter, teller: &job::Teller<Told>) -> Result<Saved> {
        let disk = self.directory.disk()?;
        let target = self.target.make_outside(&self.directory)?;
        let mut saved = Saved { target: self.target.shown(), ..Saved::default() };
        let form = self.writing.form();
        let mut failed = None;
        let outcome = Engine::salvage(disk, &mut |item| {
            let done = match item {
                Salvaged::Finding(finding) => teller.tell(Told::Finding(finding)),
                Salvaged::Key(key) => saved.put(&target, &key, form, teller),
            };
            meter.name(&count(saved.keys, "key", "keys"));
            match done {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    failed = Some(failure);
                    ControlFlow::Break(())
                }
            }
        });
        let outcome = match failed {
            Some(failure) => Err(failure),
            None => outcome.map_err(|error| self.directory.failed(error)),
        };
        let outcome = outcome.and_then(|_| target.check(target.engine.sync()));
        target.close_after(outcome)?;
        Ok(saved)
    }
}

/// What was put into the target.
#[derive(Default, Serialize)]
struct Saved {
    target: String,
    keys: u64,
    value_bytes: u64,
    /// Keys that may have been changed or deleted since.
    uncertain: u64,
}

impl Saved {
    fn put(
        &mut self,
        target: &OpenEngine,
        key: &SalvagedKey<'_>,
        form: Form,
        teller: &job::Teller<Told>,
    ) -> Result<()> {
        let name = match key.namespace() {
            Some(name) => name.to_owned(),
            None => format!("unnamed-{}", key.namespace_id()),
        };
        let put = copy(target, &name, key);
        put.map_err(|error| form.failed(&name, key.key(), error))?;
        self.keys += 1;
        self.value_bytes += key.value_len();
        if key.certainty() == Certainty::MaybeChanged {
            self.uncertain += 1;
            let (key, certainty) = (form.key(key.key().to_vec()), "maybe-changed");
            teller.tell(Told::Uncertain(Uncertain { namespace: name, key, certainty }))?;
        }
        Ok(())
    }
}

/// Copies a key. It is durable once the target is synced.
fn copy(target: &OpenEngine, name: &str, key: &SalvagedKey<'_>) -> Result<(), Error> {
    let namespace = target.engine.namespace(name)?;
    let mut options =
        PutOptions::new().durability(Durability::None).precondition(Precondition::Absent);
    if let Some(expiry) = key.expires_at() {
        options = options.expires_at(expiry);
    }
    if key.value_len() <= WHOLE_BYTES_MAX {
        return namespace.put_with(key.key(), key.value()?, &options).map(|_| ());
    }
    let mut upload = namespace.upload_with(key.key(), &options)?;
    key.pieces(&mut |piece| upload.write(piece))?;
    upload.finish().map(|_| ())
}

impl fmt::Display for Saved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys = count(self.keys, "key", "keys");
        write!(f, "{keys}, {} in {}", size(self.value_bytes), self.target)?;
        match self.uncertain {
            0 => Ok(()),
            some => write!(f, "; {some} may have been changed or deleted since"),
        }
    }
}

/// A key that may not be in its last state.
#[derive(Serialize)]
struct Uncertain {
    namespace: String,
    #[serde(flatten)]
    key: Shown<Vec<u8>>,
    certainty: &'static str,
}

impl fmt::Display for Uncertain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "may have been changed since: {}/{}", self.namespace, self.key)
    }
}
