//! `sealwood demo`: a vault at work on real files.
//!
//! A folder is stored file by file, then at once; a second client, which knows nothing but the 24
//! words, reads all of it back and compares every byte; a folder is renamed, and read again. Every
//! request to the store is counted.

mod comparison;
mod phase;
mod place;
mod source;
mod table;

use std::path::PathBuf;
use std::time::Instant;

use sealwood::Vault;
use sealwood::path::{EntryName, VaultPath};
use sealwood::platform::Environment;
use sealwood::seal::{RecoveryPhrase, SlotSecret};
use sealwood::vault::{Credential, Durability};

use self::phase::{Measure, Phase};
use self::place::Place;
use self::source::Source;
use crate::context::Context;
use crate::failure::Result;
use crate::local::LocalItem;
use crate::output::Meter;
use crate::upload::{Upload, put_file};

#[derive(clap::Args)]
pub(crate) struct Demo {
    /// The folder to store; by default the checkout around here. Of a git checkout, the files
    /// under version control
    folder: Option<PathBuf>,
}

impl Demo {
    pub(crate) async fn run(self, context: &Context) -> Result<()> {
        let place = Place::new(context.options.vault.as_deref()).await?;
        let source = match self.folder {
            Some(folder) => Source::of(folder)?,
            None => Source::around_here()?,
        };
        context.interrupt.listen()?;
        let outcome = context.interrupt.race(Box::pin(tour(context, &place, &source))).await;
        place.close_after(outcome).await
    }
}

/// The directories of the vault that the files are stored in.
const ONE_BY_ONE: &str = "one by one";
const AT_ONCE: &str = "at once";
const RENAMED: &str = "renamed";

async fn tour(context: &Context, place: &Place, source: &Source) -> Result<()> {
    let started = Instant::now();
    let output = &context.output;
    output.text(format_args!("{source}\nstored in {place}\n"))?;
    let secret = SlotSecret::generate(&Environment::default())?;
    let words = secret.recovery_phrase()?;
    let store = place.connect();
    let credential = Credential::Secret(secret);
    let vault = Vault::create(store.clone(), &credential).await?;
    let mut writer = Client { context, measure: Measure::new(store, vault.clone()), vault };

    let mut phases = Vec::new();
    phases.push(writer.put_one_by_one(source).await?);
    phases.push(writer.put_at_once(source).await?);
    let mut reader = Client::fresh(context, place, &words).await?;
    phases.push(
        reader.compare("read back by a second client", &[ONE_BY_ONE, AT_ONCE], source).await?,
    );
    phases.push(writer.rename().await?);
    let mut reader = Client::fresh(context, place, &words).await?;
    phases
        .push(reader.compare("read back after the rename", &[ONE_BY_ONE, RENAMED], source).await?);
    writer.vault.close().await?;

    table::print_phases(output, &phases)?;
    comparison::print(output, &comparison::measure().await?, writer.measure.last())?;
    output.finish()?;
    let differing: u64 = phases.iter().map(|phase| phase.differing).sum();
    table::print_verdict(output, differing, started.elapsed())
}

/// One client of the vault, apart from the others: all it has from them is what is stored.
struct Client<'a> {
    context: &'a Context,
    vault: Vault,
    measure: Measure,
}

impl<'a> Client<'a> {
    async fn fresh(context: &'a Context, place: &Place, words: &RecoveryPhrase) -> Result<Self> {
        let store = place.connect();
        let credential = Credential::Words(RecoveryPhrase::parse(words.expose())?);
        let vault = Vault::open(store.clone(), &credential).await?;
        Ok(Self { context, measure: Measure::new(store, vault.clone()), vault })
    }

    async fn put_one_by_one(&mut self, source: &Source) -> Result<Phase> {
        let meter = self.context.output.meter(source.bytes());
        self.measure.start("put, each file durable");
        for file in source.files() {
            let (local, target) = (file.local(), file.target(ONE_BY_ONE)?);
            let durability = Durability::OnReturn;
            let put = put_file(self.context, &self.vault, &meter, &local, &target, durability);
            let entry = Box::pin(put).await?;
            self.measure.file(entry.size);
        }
        Ok(self.end(&meter))
    }

    async fn put_at_once(&mut self, source: &Source) -> Result<Phase> {
        let meter = self.context.output.meter(source.bytes());
        self.measure.start("put, one flush");
        let items = source
            .files()
            .iter()
            .map(|file| Ok(LocalItem::File { path: file.local(), target: file.target(AT_ONCE)? }));
        let mut upload = Upload::silent(self.context, &self.vault, &meter);
        upload.put(items).await?;
        let totals = upload.finish().await?;
        self.measure.files(totals.files, totals.bytes);
        Ok(self.end(&meter))
    }

    async fn rename(&mut self) -> Result<Phase> {
        self.measure.start("rename of the folder");
        self.vault.rename(AT_ONCE, RENAMED).await?;
        Ok(self.measure.end())
    }

    /// Reads every file of the source from each of `directories` and compares it with the local
    /// one.
    async fn compare(
        &mut self,
        name: &'static str,
        directories: &[&str],
        source: &Source,
    ) -> Result<Phase> {
        let meter = self.context.output.meter(source.bytes() * directories.len() as u64);
        self.measure.start(name);
        for directory in directories {
            for file in source.files() {
                let target = file.target(directory)?;
                meter.name(target.as_str());
                match file.compare(&self.vault, &target, self.context.call(&meter)).await {
                    Ok(bytes) => self.measure.file(bytes),
                    Err(failure) if failure.concerns_one_file() => {
                        self.measure.differs();
                        self.context.output.problem(&failure);
                    }
                    Err(failure) => return Err(failure),
                }
            }
        }
        Ok(self.end(&meter))
    }

    fn end(&mut self, meter: &Meter) -> Phase {
        meter.clear();
        self.measure.end()
    }
}

/// The path of something in a directory of the top.
fn below(directory: &str, segments: &[String]) -> Result<VaultPath> {
    let mut path = VaultPath::new(directory)?;
    for segment in segments {
        path = path.join(&EntryName::new(segment)?);
    }
    Ok(path)
}
