//! `sealwood engine delete`

use std::ffi::OsString;

use serde::Serialize;

use super::folder::EngineFolder;
use super::job;
use super::options::{OneNamespace, Writing};
use super::shown::Shown;
use crate::context::Context;
use crate::failure::Result;

#[derive(clap::Args)]
pub(super) struct Delete {
    /// The directory of the engine
    directory: EngineFolder,

    /// The keys
    #[arg(required = true)]
    keys: Vec<OsString>,

    /// What is not there is no failure
    #[arg(long, short)]
    force: bool,

    #[command(flatten)]
    namespace: OneNamespace,

    #[command(flatten)]
    writing: Writing,
}

impl Delete {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        job::run(context, move |teller| self.delete(teller), |done| context.output.record(&done))
            .await
    }

    fn delete(self, teller: &job::Teller<Done>) -> Result<()> {
        let Self { directory, keys, force, namespace, writing } = self;
        let (name, form) = (namespace.namespace, writing.form());
        let keys = writing.read_all(&keys)?;
        let opened = directory.open_to_change()?;
        let outcome = (|| {
            let namespace = opened.namespace(&name)?;
            // Nobody else changes anything meanwhile.
            let mut present = Vec::new();
            for key in keys {
                let info = namespace.info(&key);
                match info.map_err(|error| form.failed(&name, &key, error))? {
                    Some(_) => present.push(key),
                    None if force => {}
                    None => return Err(form.absent(&name, &key)),
                }
            }
            let mut batch = opened.engine.batch();
            for key in &present {
                batch.delete(&namespace, key);
            }
            opened.check(batch.commit())?;
            Ok(present)
        })();
        for key in opened.close_after(outcome)? {
            teller.tell(Done { namespace: name.clone(), deleted: true, key: form.key(key) })?;
        }
        Ok(())
    }
}

#[derive(Serialize)]
struct Done {
    namespace: String,
    #[serde(flatten)]
    key: Shown<Vec<u8>>,
    deleted: bool,
}
