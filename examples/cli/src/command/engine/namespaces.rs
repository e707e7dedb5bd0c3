//! `sealwood engine namespaces`

use std::fmt;

use serde::Serialize;

use super::folder::EngineFolder;
use super::job;
use crate::bytes_text::count;
use crate::context::Context;
use crate::failure::Result;

#[derive(clap::Args)]
pub(super) struct Namespaces {
    /// The directory of the engine
    directory: EngineFolder,
}

impl Namespaces {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let list = move |teller: &job::Teller<Line>| {
            let opened = self.directory.open_to_read()?;
            for namespace in opened.names(&[])? {
                let keys = opened.check(opened.namespace(&namespace)?.len())?;
                teller.tell(Line { namespace, keys })?;
            }
            Ok(())
        };
        job::run(context, list, |line| context.output.emit(&line)).await
    }
}

#[derive(Serialize)]
struct Line {
    namespace: String,
    /// Those that have expired and were not removed yet included.
    keys: u64,
}

impl fmt::Display for Line {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}  {}", self.namespace, count(self.keys, "key", "keys"))
    }
}
