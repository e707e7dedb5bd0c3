//! What a command runs in: its options, its output, its interrupt, and the way to the vault.

use sealwood::vault::VaultConfig;
use sealwood::{CallContext, Error, Vault};

use crate::address::{Address, Purpose};
use crate::clock_note::ClockNote;
use crate::failure::{Failure, Result};
use crate::gate::Gate;
use crate::global::Global;
use crate::interrupt::Interrupt;
use crate::output::{Meter, Output, Results};
use crate::place::expect_no_objects;
use crate::probe_memory;
use crate::secrets;

pub(crate) struct Context {
    pub(crate) output: Output,
    pub(crate) interrupt: Interrupt,
    pub(crate) options: Global,
    /// What files at work pass.
    pub(crate) gate: Gate,
}

impl Context {
    pub(crate) fn new(options: Global, results: Results) -> Self {
        let output = Output::new(&options, results);
        Self { output, interrupt: Interrupt::default(), options, gate: Gate::default() }
    }

    /// The address that was given, or that of the environment.
    pub(crate) fn address(&self) -> Result<Address> {
        if let Some(text) = &self.options.vault {
            return Address::parse(text);
        }
        match secrets::variable("SEALWOOD_VAULT")? {
            Some(text) => Address::parse(&text),
            None => Err(Failure::Usage(
                "which vault? give --vault ADDRESS or set SEALWOOD_VAULT".into(),
            )),
        }
    }

    /// Opens the vault and runs `work` on it, until Ctrl-C.
    pub(crate) async fn with_vault(
        &self,
        work: impl AsyncFnOnce(&Vault) -> Result<()>,
    ) -> Result<()> {
        self.open(Purpose::Change, work).await
    }

    /// The same for work that changes nothing, which goes where nothing may be written as well.
    pub(crate) async fn with_vault_to_read(
        &self,
        work: impl AsyncFnOnce(&Vault) -> Result<()>,
    ) -> Result<()> {
        self.open(Purpose::Read, work).await
    }

    async fn open(
        &self,
        purpose: Purpose,
        work: impl AsyncFnOnce(&Vault) -> Result<()>,
    ) -> Result<()> {
        let address = self.address()?;
        address.expect_vault()?;
        let secret = secrets::known(&self.options.secrets)?;
        self.interrupt.listen()?;
        let store = self.interrupt.race(Box::pin(address.store(purpose))).await?;
        let opened = async {
            let config = VaultConfig::new().probe(probe_memory::probe());
            match Vault::open_with(store.objects(), &secret.credential, &config).await {
                Ok(vault) => {
                    if let Some(note) = ClockNote::of(&vault) {
                        self.output.note(note);
                    }
                    work(&vault).await
                }
                Err(Error::VaultNotFound) => {
                    expect_no_objects(&*store.objects()).await?;
                    Err(Error::VaultNotFound.into())
                }
                Err(error) => Err(secret.explain(error)),
            }
        };
        let outcome = self.interrupt.race(Box::pin(opened)).await;
        store.close_after(outcome).await
    }

    /// The context of a long call: Ctrl-C cancels it, and `meter` hears of its progress.
    pub(crate) fn call(&self, meter: &Meter) -> CallContext {
        CallContext::new().cancel(self.interrupt.token()).progress(meter.progress())
    }
}
